"""Addresses of servers: the place that a request goes to, and the root of an API. Pure.

What decides where a secret may go, and what sends it there, are different parsers. So a place is
read only from an address that every parser reads alike; any other is refused, never mended.
"""

from __future__ import annotations

import ipaddress
import re
from typing import NamedTuple

from sentry_plugin.errors import InputError

API = "/api/0"

_STANDARD = {"http": 80, "https": 443}
_PLACE = re.compile(
    r"""
    (?P<scheme>https?)://
    (?P<host>[a-z0-9_][a-z0-9._-]* | \[(?P<ipv6>[0-9a-f:.]+)\])
    (?: : (?P<port>[0-9]{1,5}) )?
    (?=[/?\#]|\Z)
    """,
    re.ASCII | re.IGNORECASE | re.VERBOSE,
)
# The first that fits says what is wrong.
_FAULTS = (
    (re.compile(r".*[\x00-\x1f\x7f\\]", re.DOTALL), "it holds a backslash or a control character"),
    (re.compile(r"(?!https?://)", re.IGNORECASE), "it does not begin with http:// or https://"),
    (re.compile(r"[^/]*//[^/?#]*@"), "it holds an @, which ends a user's name, before its host"),
    (
        re.compile(r"[^/]*//[^/?#]*[^!-~]"),
        "its host holds a space or a letter beyond a to z, whose ASCII form (xn--...) is needed",
    ),
    (re.compile(r"[^/]*//[^/?#]*%"), "its host holds a percent sign"),
)
_NOT_OF_A_SERVER = re.compile(r"[\s@?#]")


class Place(NamedTuple):
    """A server: equal for two addresses only if what is sent to them goes to the same one."""

    scheme: str
    host: str
    """In lower case; with a final dot it is another one, because it is looked up in another way."""
    port: int | None
    """None where it is the standard one."""

    @property
    def name(self) -> str:
        """The host, with its port where that is not the standard one."""
        return f"{self.host}:{self.port}" if self.port else self.host

    @property
    def url(self) -> str:
        """The address without any path."""
        return f"{self.scheme}://{self.name}"


def place(url: str) -> Place:
    """Give the place of an address; a ValueError says why it has none, without repeating it."""
    fault = next((words for pattern, words in _FAULTS if pattern.match(url)), None)
    found = _PLACE.match(url)
    if fault or not found or not _is_possible(found["ipv6"], found["port"]):
        raise ValueError(fault or "its host or its port is not valid")
    scheme, port = found["scheme"].lower(), int(found["port"] or 0)
    return Place(scheme, found["host"].lower(), None if port in {0, _STANDARD[scheme]} else port)


def is_at(url: str | None, there: Place) -> bool:
    """Tell whether what is sent to *url* goes *there*."""
    try:
        return url is not None and place(url) == there
    except ValueError:
        return False


def server(url: str) -> tuple[Place, str]:
    """Give the place and the path of a server's address, which ends there, or a ValueError."""
    there = place(url)
    path = url.partition("//")[2].partition("/")[2]
    if _NOT_OF_A_SERVER.search(url):
        raise ValueError("what follows its host holds a space, an @, a ? or a #")
    return there, f"/{path}".rstrip("/")


def api_root(url: str) -> str:
    """Bring the address of a Sentry to that of its API: ``https://host[:port][/prefix]/api/0/``."""
    try:
        there, path = server(url.strip())
    except ValueError as error:
        raise InputError(
            f"The connection's `url` is not the address of a server: {error}.",
            "Give it as https://host, or https://host/api/0/; the token goes into `token`.",
        ) from error
    return f"{there.url}{path.removesuffix(API)}{API}/"


def is_private(url: str) -> bool:
    """Tell whether nobody on the way reads what is sent to *url*."""
    return place(url).scheme == "https" or is_loopback(url)


def is_loopback(url: str) -> bool:
    """Tell whether *url* names this machine itself."""
    host = place(url).host
    return host == "localhost" or bool((ip := _ip(host.strip("[]"))) and ip.is_loopback)


def _is_possible(ipv6: str | None, port: str | None) -> bool:
    return (ipv6 is None or _ip(ipv6) is not None) and int(port or 1) in range(1, 65536)


def _ip(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None
