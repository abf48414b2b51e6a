"""API tokens and what each may do.

Answers 401 and 403 as Sentry does. Does not know the endpoints: each names the scopes, any one of
which opens it.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sentry_plugin.sandbox.answers import refuse
from sentry_plugin.sandbox.store import equal

if TYPE_CHECKING:
    from sentry_plugin.sandbox.store import Store

SUBJECTS = ("org", "project", "team", "member", "event", "alerts")
READ = tuple(f"{subject}:read" for subject in SUBJECTS)
ALL = (
    *(f"{subject}:{right}" for subject in SUBJECTS for right in ("read", "write", "admin")),
    "project:releases",
    "org:ci",
    "org:integrations",
    "member:invite",
)
CHALLENGE = {"WWW-Authenticate": 'xBasic realm="api"'}


@dataclass(frozen=True)
class Token:
    """What a request may do."""

    value: str
    scopes: tuple[str, ...]


def new(store: Store, scopes: tuple[str, ...]) -> str:
    """Make a token with *scopes*."""
    value = f"sntryu_{secrets.token_hex(32)}"
    store.insert("token", {"value": value, "scopes": " ".join(scopes)})
    return value


def token_of(store: Store, authorization: str) -> Token | None:
    """Find who asks; None where the request carries no bearer token."""
    words = authorization.split()
    if not words or words[0].lower() != "bearer":
        return None
    if len(words) != 2:
        problem = "Token string should not contain spaces." if words[1:] else ""
        problem = problem or "No credentials provided."
        refuse(401, f"Invalid token header. {problem}", CHALLENGE)
    row = store.first("token", equal("value", words[1]))
    if row is None:
        refuse(401, "Invalid token", CHALLENGE)
    return Token(words[1], tuple(row["scopes"].split()))


def check(token: Token | None, scopes: tuple[str, ...]) -> None:
    """Refuse a request that may not do what any one of *scopes* allows."""
    if token is None:
        refuse(401, "Authentication credentials were not provided.", CHALLENGE)
    if not set(scopes) & set(token.scopes):
        needed = " ".join(scopes)
        challenge = f'Bearer realm="api", error="insufficient_scope", scope="{needed}"'
        headers = {"WWW-Authenticate": challenge}
        refuse(403, "You do not have permission to perform this action.", headers)
