"""Reads the message, the user and the tags of an event. Pure."""

from __future__ import annotations

from typing import Any

# Attributes of an event that Sentry also shows as tags.
ATTRIBUTES_AS_TAGS = (
    "environment",
    "level",
    "logger",
    "release",
    "server_name",
    "transaction",
    "dist",
)
# Names of tags that are not just the key with capital letters.
NAMES = {"os": "OS", "url": "URL", "server_name": "Server"}


def message_of(event: dict[str, Any]) -> str:
    """Return an event's message, or an empty text."""
    entry = event.get("logentry") or {}
    return str(entry.get("formatted") or entry.get("message") or "")


def user_of(event: dict[str, Any]) -> str | None:
    """Return what identifies an event's user, such as `id:7`, or None."""
    found: str | None = (event.get("user") or {}).get("sentry_user")
    return found


def tags_of(event: dict[str, Any]) -> dict[str, str]:
    """Return an event's tags and those that Sentry adds, sorted by key."""
    given = [tag for tag in event.get("tags") or [] if tag]
    added = [(name, event.get(name)) for name in ATTRIBUTES_AS_TAGS] + [("user", user_of(event))]
    return dict(sorted((str(key), str(value)) for key, value in (*given, *added) if key and value))


def tag_name(key: str) -> str:
    """Return the name of a tag that people see."""
    return NAMES.get(key, key.replace("_", " ").title())
