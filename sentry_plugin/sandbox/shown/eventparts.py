"""Parts of an event that several modules need: its message, its user and its tags.

Pure.
"""

from __future__ import annotations

from typing import Any

# Attributes of an event that Sentry shows as tags, too.
ATTRIBUTES_AS_TAGS = (
    "environment",
    "level",
    "logger",
    "release",
    "server_name",
    "transaction",
    "dist",
)
# Names of tags that are not just their words with capitals.
NAMES = {"os": "OS", "url": "URL", "server_name": "Server"}


def message_of(event: dict[str, Any]) -> str:
    """Give an event's message, or nothing."""
    entry = event.get("logentry") or {}
    return str(entry.get("formatted") or entry.get("message") or "")


def user_of(event: dict[str, Any]) -> str | None:
    """Give what an event's user is told apart by."""
    found: str | None = (event.get("user") or {}).get("sentry_user")
    return found


def tags_of(event: dict[str, Any]) -> dict[str, str]:
    """Give an event's tags with those that Sentry adds, sorted."""
    given = [tag for tag in event.get("tags") or [] if tag]
    added = [(name, event.get(name)) for name in ATTRIBUTES_AS_TAGS] + [("user", user_of(event))]
    return dict(sorted((str(key), str(value)) for key, value in (*given, *added) if key and value))


def tag_name(key: str) -> str:
    """Give what people call a tag."""
    return NAMES.get(key, key.replace("_", " ").title())
