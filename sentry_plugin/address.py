"""Addresses of servers: from what people paste to the root of an API. Pure."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from sentry_plugin.errors import InputError

API = "/api/0"

# No user, no query, no fragment, no space.
_URL = re.compile(r"https?://[^\s/@?#\\]+(/[^\s@?#\\]*)?", re.IGNORECASE)


def api_root(url: str) -> str:
    """Bring the address of a Sentry to that of its API: ``https://host[:port][/prefix]/api/0/``."""
    try:
        parts = urlsplit(url.strip())
        usable = _URL.fullmatch(url.strip()) and parts.hostname and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise InputError(
            "The connection's `url` is not the address of a server.",
            "Give it as https://host, or https://host/api/0/; the token goes into `token`.",
        )
    prefix = parts.path.rstrip("/").removesuffix(API)
    return f"{parts.scheme}://{parts.netloc.lower()}{prefix}{API}/"


def is_loopback(url: str) -> bool:
    """Tell whether *url* names this machine itself."""
    host = urlsplit(url).hostname or ""
    return host in {"localhost", "::1"} or host.startswith("127.")
