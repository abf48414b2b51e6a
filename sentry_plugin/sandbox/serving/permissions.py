"""Checks the token of a request: 401 and 403 as Sentry answers them.

Does not know which scopes an endpoint needs: `routes` does. Any one of them is enough.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sentry_plugin.sandbox.kept import tokens
from sentry_plugin.sandbox.messages.responses import refuse

if TYPE_CHECKING:
    from sentry_plugin.sandbox.kept.store import Store
    from sentry_plugin.sandbox.kept.tokens import Token

CHALLENGE = {"WWW-Authenticate": 'xBasic realm="api"'}


def token_of(store: Store, authorization: str) -> Token | None:
    """Find the token that the request has; None if it has none, 401 if it is not known."""
    words = authorization.split()
    if not words or words[0].lower() != "bearer":
        return None
    if len(words) != 2:
        problem = "Token string should not contain spaces." if words[1:] else ""
        problem = problem or "No credentials provided."
        refuse(401, f"Invalid token header. {problem}", CHALLENGE)
    return tokens.find(store, words[1]) or refuse(401, "Invalid token", CHALLENGE)


def check(token: Token | None, scopes: tuple[str, ...]) -> None:
    """Refuse a request whose token has none of *scopes*."""
    if token is None:
        refuse(401, "Authentication credentials were not provided.", CHALLENGE)
    if not set(scopes) & set(token.scopes):
        needed = " ".join(scopes)
        challenge = f'Bearer realm="api", error="insufficient_scope", scope="{needed}"'
        headers = {"WWW-Authenticate": challenge}
        refuse(403, "You do not have permission to perform this action.", headers)
