"""Comments from Sentry, brought to the form of the spec. Pure."""

from __future__ import annotations

from typing import Any

from sentry_plugin import strictjson


def normalised(comment: Any) -> Any:
    """Return a comment with its text as `text`, beside its `data`."""
    words = text_of(comment)
    return comment if words is None else {**comment, "text": words}


def text_of(comment: Any) -> str | None:
    """Return the text of a comment; None if it has none."""
    text = strictjson.at(comment, "data", "text")
    return text if isinstance(text, str) else None
