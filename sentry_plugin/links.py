"""The Link header, by which Sentry tells of further pages. Pure.

Only cursors are taken from it: its URLs are built from the server's own idea of its address, and
may name another host.
"""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

_LINK = re.compile(r'<([^>]*)>((?:\s*;\s*\w+="[^"]*")*)')
_ATTRIBUTE = re.compile(r'(\w+)="([^"]*)"')


def next_cursor(header: str) -> str | None:
    """Give the cursor of the next page, or None where this page is the last.

    Sentry sends both rels on every page; only ``results="true"`` says that there is more.
    https://docs.sentry.io/api/pagination/
    """
    for url, attributes in _LINK.findall(header):
        link: dict[str, str] = dict(_ATTRIBUTE.findall(attributes))
        if link.get("rel") == "next" and link.get("results") == "true":
            in_url: list[str] = parse_qs(urlsplit(url).query).get("cursor", [""])
            return link.get("cursor") or in_url[-1] or None
    return None
