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
    if not is_server(url):
        raise InputError(
            "The connection's `url` is not the address of a server.",
            "Give it as https://host, or https://host/api/0/; the token goes into `token`.",
        )
    parts = urlsplit(url.strip())
    prefix = parts.path.rstrip("/").removesuffix(API)
    return f"{parts.scheme}://{parts.netloc.lower()}{prefix}{API}/"


def is_server(url: str) -> bool:
    """Tell whether *url* is the address of a server, with a path or without."""
    try:
        parts = urlsplit(url.strip())
        return bool(_URL.fullmatch(url.strip()) and parts.hostname and parts.port != 0)
    except ValueError:
        return False


def is_private(url: str) -> bool:
    """Tell whether nobody on the way reads what is sent to *url*."""
    return url.lower().startswith("https:") or is_loopback(url)


def is_loopback(url: str) -> bool:
    """Tell whether *url* names this machine itself."""
    host = urlsplit(url).hostname or ""
    return host in {"localhost", "::1"} or host.startswith("127.")
