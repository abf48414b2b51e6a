"""Organization tokens, which contain the URL of their server and their organization.

Such a token is ``sntrys_``, JSON in base64, ``_`` and random text. The JSON is not signed: it says
where the token may go, never that the token is valid.
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
    """Who made a token, as far as the token says."""

    servers: tuple[str, ...] = ()
    """The URL of the server, and that of its region; either may be missing."""
    organization: str = ""


def issuer(token: str) -> Issuer:
    """Read who made a token; an empty Issuer if the token does not say."""
    if not token.startswith(PREFIX):
        return Issuer()
    try:
        # More padding than needed is allowed.
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


def is_same_server(one: str, other: str) -> bool:
    """Tell whether two URLs have the same server; sentry.io and its subdomains are one."""
    return _server(one) == _server(other)


def fields(connection: JSON) -> JSON:
    """Return `url` and `organization` of a connection, as far as its token contains them."""
    servers, organization = issuer(connection.get("token", {}).get("token", ""))
    fields = {"url": next(iter(servers), ""), "organization": organization}
    return {name: text for name, text in fields.items() if text}


def check(connection: JSON) -> None:
    """Refuse a token of another server or another organization than the connection names."""
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
    # A number is an ID, which the token does not contain.
    if organization and given.lower() != organization.lower() and not given.isdecimal():
        raise InputError(
            f"The connection's token was made for the organization {printable(organization)}, and "
            "its `organization` names another one.",
            "Leave `organization` empty, or give a token of the organization that it names; one "
            "that was renamed needs a new token.",
        )


def _is_of(url: str, servers: Iterable[str]) -> bool:
    """Tell whether *url* is one of *servers*; theirs may say http for https, behind a proxy."""
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
