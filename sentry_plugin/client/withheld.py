"""What Sentry's answers hold that only the owner of a thing may know: it is left out. Pure.

A thing is known by what it has together, so that an event, which may hold anything of somebody
else's program, stays as it is.
"""

from __future__ import annotations

from typing import Any, NamedTuple


class Owned(NamedTuple):
    """A thing with a secret."""

    secrets: tuple[str, ...]
    """What is left out; `dsn.secret` is what is in its `dsn`."""
    has: frozenset[str]
    """What it is known by."""


OWNED = (
    # https://docs.sentry.io/api/projects/list-a-projects-client-keys/
    Owned(("secret", "dsn.secret"), frozenset({"id", "public", "dsn"})),
    # https://docs.sentry.io/api/projects/list-a-projects-service-hooks/
    Owned(("secret",), frozenset({"id", "url", "events", "status", "dateCreated"})),
    # https://docs.sentry.io/api/integration/retrieve-a-custom-integration-by-id-or-slug/
    Owned(("clientSecret",), frozenset({"uuid", "slug", "clientId", "verifyInstall"})),
    # https://docs.sentry.io/api/projects/retrieve-a-project/
    Owned(("securityToken",), frozenset({"id", "slug", "securityTokenHeader"})),
)
_NAMES = {f'"{path.split(".")[-1]}"'.encode() for owned in OWNED for path in owned.secrets}


def public(document: Any, body: bytes) -> Any:
    """Take out of *document* what is to be withheld; *body* is what it was read from."""
    if any(name in body for name in _NAMES):
        due = [document]
        while due:
            each = due.pop()
            if isinstance(each, dict):
                _take_out(each)
            inner = each.values() if isinstance(each, dict) else each
            due += [one for one in inner if isinstance(one, dict | list)]
    return document


def _take_out(thing: dict[str, Any]) -> None:
    for owned in OWNED:
        if owned.has <= thing.keys():
            for path in owned.secrets:
                place, _, name = path.rpartition(".")
                holder = thing[place] if place else thing
                if isinstance(holder, dict):
                    holder.pop(name, None)
