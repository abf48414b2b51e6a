"""Users and teams as issues show them: who did something, and who an issue is assigned to.

Changes nothing and answers no request.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from sentry_plugin.sandbox.kept.store import equal

if TYPE_CHECKING:
    from sentry_plugin.sandbox.sandbox import Sandbox


def user(sandbox: Sandbox) -> dict[str, Any]:
    """Build the user that the tokens belong to."""
    body = sandbox.store.value("SELECT body FROM member WHERE user_id = ?", sandbox.user_id)
    person: dict[str, Any] = orjson.loads(body)["user"]
    return person


def actor(sandbox: Sandbox, assigned: str) -> dict[str, Any]:
    """Build the user or team that an issue is assigned to, from a text such as `team:2000`."""
    kind, _, number = assigned.partition(":")
    if kind == "team":
        slug = sandbox.store.value("SELECT slug FROM team WHERE id = ?", int(number))
        return {"type": "team", "id": number, "name": slug}
    row = sandbox.store.select("member", equal("user_id", int(number)))[0]
    return {"type": "user", "id": number, "name": row["name"], "email": row["email"]}
