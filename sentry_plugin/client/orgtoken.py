"""What an organization token says of itself: the server that made it, and its organization.

Such a token is ``sntrys_``, JSON in base64, ``_`` and random text. What it says comes from the same
hand as the token: it says where the token goes, never that the token is good.
https://docs.sentry.io/account/auth-tokens/
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from sentry_plugin import strictjson
from sentry_plugin.address import Origin, api_root, origin_of
from sentry_plugin.errors import InputError
from sentry_plugin.logs import printable

if TYPE_CHECKING:
    from sentry_plugin.strictjson import JSON

PREFIX = "sntrys_"

_SAAS = origin_of("https://sentry.io")
_OF_SAAS = re.compile(r"([a-z0-9-]+\.)?sentry\.io")


class Issuer(NamedTuple):
    """Who made a token, as far as it tells."""

    servers: tuple[str, ...] = ()
    """The server's address, and that of the region; a server may know neither of itself."""
    organization: str = ""


def issuer(token: str) -> Issuer:
    """Read who made a token; one that cannot be read is just a token."""
    if not token.startswith(PREFIX):
        return Issuer()
    try:
        # With more padding than it needs it is read all the same.
        payload = base64.b64decode(token.removeprefix(PREFIX).partition("_")[0] + "==")
        told = strictjson.loads(payload)
    except ValueError:
        return Issuer()
    if not isinstance(told, dict):
        return Issuer()
    servers = (told.get(name) for name in ("url", "region_url"))
    organization = told.get("org")
    known = tuple(each for each in servers if isinstance(each, str) and _is_server(each))
    return Issuer(known, organization if isinstance(organization, str) else "")


def is_same(one: str, other: str) -> bool:
    """Tell whether two addresses are of one server; sentry.io and all below it are one."""
    return _server(one) == _server(other)


def told(connection: JSON) -> JSON:
    """Give what a connection's token says of the connection: its `url` and `organization`."""
    servers, organization = issuer(connection.get("token", {}).get("token", ""))
    fields = {"url": next(iter(servers), ""), "organization": organization}
    return {name: text for name, text in fields.items() if text}


def check(connection: JSON) -> None:
    """Refuse a token that another server made, or for another organization."""
    servers, organization = issuer(connection["token"]["token"])
    if servers and not _is_of(connection["url"], servers):
        raise InputError(
            f"The connection's token was made by {printable(servers[0])}, and its `url` names "
            "another server, which does not get it.",
            "Leave `url` empty, or give a token of the server that it names. If that server only "
            "calls itself so (its setting system.url-prefix), use a token of an internal "
            "integration, which names no server.",
        )
    given = connection.get("organization", "")
    # Who gives a number means the slug that it belongs to.
    if organization and given.lower() != organization.lower() and not given.isdecimal():
        raise InputError(
            f"The connection's token was made for the organization {printable(organization)}, and "
            "its `organization` names another one.",
            "Leave `organization` empty, or give a token of the organization that it names; one "
            "that was renamed needs a new token.",
        )


def _is_of(url: str, servers: Iterable[str]) -> bool:
    """Tell whether *url* is an address of one of *servers*, which may not know of their TLS."""
    known = {_server(each) for each in servers}
    known |= {each._replace(scheme="https") for each in known if each.port is None}
    return _server(url) in known


def _is_server(url: str) -> bool:
    try:
        return bool(api_root(url))
    except InputError:
        return False


def _server(url: str) -> Origin:
    there = origin_of(api_root(url))
    is_saas = there == (_SAAS.scheme, there.host, _SAAS.port) and _OF_SAAS.fullmatch(there.host)
    return _SAAS if is_saas else there
