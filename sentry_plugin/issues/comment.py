"""Comments as Sentry gives them, with their words at hand. Pure."""

from __future__ import annotations

from typing import Any

from sentry_plugin import strictjson


def normalised(comment: Any) -> Any:
    """Put the words of a comment beside its data."""
    words = said(comment)
    return comment if words is None else {**comment, "text": words}


def said(comment: Any) -> str | None:
    """Give the words of a comment, or None where there are none."""
    text = strictjson.at(comment, "data", "text")
    return text if isinstance(text, str) else None
