"""API tokens, and the scopes that each has.

Refuses no request: `permissions` does.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sentry_plugin.sandbox.kept.store import equal

if TYPE_CHECKING:
    from sentry_plugin.sandbox.kept.store import Store

SUBJECTS = ("org", "project", "team", "member", "event", "alerts")
READ = tuple(f"{subject}:read" for subject in SUBJECTS)
ALL = (
    *(f"{subject}:{right}" for subject in SUBJECTS for right in ("read", "write", "admin")),
    "project:releases",
    "org:ci",
    "org:integrations",
    "member:invite",
)


@dataclass(frozen=True)
class Token:
    """A token and its scopes."""

    value: str
    scopes: tuple[str, ...]


def new(store: Store, scopes: tuple[str, ...]) -> str:
    """Make a token that has *scopes*, and return its value."""
    value = f"sntryu_{secrets.token_hex(32)}"
    store.insert("token", {"value": value, "scopes": " ".join(scopes)})
    return value


def find(store: Store, value: str) -> Token | None:
    """Find a token; None if this sandbox did not make it."""
    row = store.first("token", equal("value", value))
    return Token(value, tuple(row["scopes"].split())) if row else None
