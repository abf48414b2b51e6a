"""Secrets in Sentry's answers, such as those of client keys, are removed. Pure.

An object is recognised by a set of fields, so that an event, which may hold any data of any
program, is not changed.
"""

from __future__ import annotations

from typing import Any, NamedTuple


class ObjectWithSecrets(NamedTuple):
    """A kind of object with secrets."""

    secrets: tuple[str, ...]
    """Fields to remove; `dsn.secret` is the field of the object in `dsn`."""
    has: frozenset[str]
    """Fields by which it is recognised."""


WITH_SECRETS = (
    # https://docs.sentry.io/api/projects/list-a-projects-client-keys/
    ObjectWithSecrets(("secret", "dsn.secret"), frozenset({"id", "public", "dsn"})),
    # https://docs.sentry.io/api/projects/list-a-projects-service-hooks/
    ObjectWithSecrets(("secret",), frozenset({"id", "url", "events", "status", "dateCreated"})),
    # https://docs.sentry.io/api/integration/retrieve-a-custom-integration-by-id-or-slug/
    ObjectWithSecrets(("clientSecret",), frozenset({"uuid", "slug", "clientId", "verifyInstall"})),
    # https://docs.sentry.io/api/projects/retrieve-a-project/
    ObjectWithSecrets(("securityToken",), frozenset({"id", "slug", "securityTokenHeader"})),
)
_NAMES = {f'"{path.split(".")[-1]}"'.encode() for kind in WITH_SECRETS for path in kind.secrets}


def without_secrets(document: Any, body: bytes) -> Any:
    """Remove the secrets from *document*, at any depth; *body* is the JSON it was read from."""
    if any(name in body for name in _NAMES):
        due = [document]
        while due:
            each = due.pop()
            if isinstance(each, dict):
                _remove_secrets(each)
            inner = each.values() if isinstance(each, dict) else each
            due += [one for one in inner if isinstance(one, dict | list)]
    return document


def _remove_secrets(thing: dict[str, Any]) -> None:
    for kind in WITH_SECRETS:
        if kind.has <= thing.keys():
            for path in kind.secrets:
                place, _, name = path.rpartition(".")
                holder = thing[place] if place else thing
                if isinstance(holder, dict):
                    holder.pop(name, None)
