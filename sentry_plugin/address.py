"""Addresses of servers: the origin, which a request goes to, and the root of an API. Pure.

One parser decides where a secret may go, and another one (in requests) sends it there. So an
origin is read only from a URL that every parser reads in the same way; all others are refused.
"""

from __future__ import annotations

import ipaddress
import re
from typing import NamedTuple

from sentry_plugin.errors import InputError

API = "/api/0"

_STANDARD = {"http": 80, "https": 443}
_ORIGIN = re.compile(
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


class Origin(NamedTuple):
    """Scheme, host and port of a URL: equal only for URLs of the same server."""

    scheme: str
    host: str
    """In lower case. A final dot makes another host: DNS looks it up in another way."""
    port: int | None
    """None for the standard port of the scheme."""

    @property
    def name(self) -> str:
        """The host, with its port unless that is the standard one."""
        return f"{self.host}:{self.port}" if self.port else self.host

    @property
    def url(self) -> str:
        """The origin as a URL without a path."""
        return f"{self.scheme}://{self.name}"


def origin_of(url: str) -> Origin:
    """Return the origin of a URL; a ValueError says what is wrong, without repeating the URL."""
    fault = next((words for pattern, words in _FAULTS if pattern.match(url)), None)
    found = _ORIGIN.match(url)
    if fault or not found or not _is_possible(found["ipv6"], found["port"]):
        raise ValueError(fault or "its host or its port is not valid")
    scheme, port = found["scheme"].lower(), int(found["port"] or 0)
    return Origin(scheme, found["host"].lower(), None if port in {0, _STANDARD[scheme]} else port)


def has_origin(url: str | None, origin: Origin) -> bool:
    """Tell whether *url* is valid and has this origin."""
    try:
        return url is not None and origin_of(url) == origin
    except ValueError:
        return False


def origin_and_path(url: str) -> tuple[Origin, str]:
    """Split the URL of a server, which has no query and no fragment; ValueError for any other."""
    origin = origin_of(url)
    path = url.partition("//")[2].partition("/")[2]
    if _NOT_OF_A_SERVER.search(url):
        raise ValueError("what follows its host holds a space, an @, a ? or a #")
    return origin, f"/{path}".rstrip("/")


def api_root(url: str) -> str:
    """Return the root of a Sentry's API: ``https://host[:port][/prefix]/api/0/``."""
    try:
        origin, path = origin_and_path(url.strip())
    except ValueError as error:
        raise InputError(
            f"The connection's `url` is not the address of a server: {error}.",
            "Give it as https://host, or https://host/api/0/; the token goes into `token`.",
        ) from error
    return f"{origin.url}{path.removesuffix(API)}{API}/"


def is_private(url: str) -> bool:
    """Tell whether nobody on the way can read what is sent to *url*."""
    return origin_of(url).scheme == "https" or is_loopback(url)


def is_loopback(url: str) -> bool:
    """Tell whether the host of *url* is this machine."""
    host = origin_of(url).host
    return host == "localhost" or bool((ip := _ip(host.strip("[]"))) and ip.is_loopback)


def _is_possible(ipv6: str | None, port: str | None) -> bool:
    return (ipv6 is None or _ip(ipv6) is not None) and int(port or 1) in range(1, 65536)


def _ip(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None
