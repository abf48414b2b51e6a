"""DSNs: the address for the events of one project, with its keys. Sends nothing.

Never repeats a DSN in a message: its keys are secrets.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from sentry_plugin.address import origin_of
from sentry_plugin.errors import InputError
from sentry_plugin.logs import logger

# https://develop.sentry.dev/sdk/overview/#parsing-the-dsn , with the slashes that SDKs take, too.
_GRAMMAR = re.compile(
    r"""
    (?P<scheme>https?)://
    (?P<public_key>[\w-]+) (?: : (?P<secret_key>[\w-]*) )?
    @(?P<host>[^/?\#]+)
    (?P<path>(?: /+(?!\.{1,2}/)[\w.~-]+ )*)
    /+(?P<project>\d+) /*
    """,
    re.ASCII | re.IGNORECASE | re.VERBOSE,
)


class Dsn(NamedTuple):
    """A parsed DSN: ``{scheme}://{key}[:{secret}]@{host}[:{port}][{path}]/{project}``."""

    base: str
    host: str
    project: str
    public_key: str
    secret_key: str

    @property
    def text(self) -> str:
        """The DSN without its secret key, which is no longer needed."""
        scheme, _, rest = self.base.partition("//")
        return f"{scheme}//{self.public_key}@{rest}/{self.project}"

    def url(self, route: str) -> str:
        """Return the URL of the route ``envelope`` or ``store``."""
        return f"{self.base}/api/{self.project}/{route}/"


def parse(text: str) -> Dsn:
    """Parse a DSN; space around it is ignored, and so is a query, which old SDKs had options in."""
    plain, *unused = re.split(r"[?#]", text.strip(), maxsplit=1)
    found = _GRAMMAR.fullmatch(plain)
    if not found:
        raise _refusal("")
    try:
        origin = origin_of(f"{found['scheme']}://{found['host']}")
    except ValueError as error:
        raise _refusal(f": {error}") from error
    if unused:
        logger.info(
            "What follows the ? or # in the DSN is not used; how TLS is verified is up to the "
            "connection."
        )
    path = re.sub("/+", "/", found["path"])
    base, secret = f"{origin.url}{path}", found["secret_key"] or ""
    return Dsn(base, origin.host, found["project"], found["public_key"], secret)


def _refusal(why: str) -> InputError:
    return InputError(
        f"The input's `dsn` is not a DSN{why}.",
        "It has the form https://key@host/project-number: copy it from the project's settings in "
        "Sentry, under Client Keys (DSN).",
    )
