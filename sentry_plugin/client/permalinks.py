"""The organization in the address that Sentry gives an issue's page. Pure."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import unquote, urlsplit

from sentry_plugin.address import origin_of

SAAS = re.compile(r"(?:([a-z0-9-]+)\.)?sentry\.io")
_REGION = re.compile(r"(?:us|de)[0-9]*|www|app")
_PAGE = re.compile(r"/(?:organizations/([^/]+)|([^/]+)/[^/]+)/(?:issues|feedback)/")


def organization_in(permalink: Any) -> str:
    """Return the organization that a *permalink* names; empty if it names none."""
    if not isinstance(permalink, str):
        return ""
    try:
        there = origin_of(permalink)
    except ValueError:
        return ""
    page = _PAGE.search(urlsplit(permalink).path)
    return unquote((page[1] or page[2]) if page else subdomain(there.host))


def subdomain(host: str) -> str:
    """Return the organization in a host such as acme.sentry.io; empty if there is none."""
    found = SAAS.fullmatch(host)
    label: str = (found[1] or "") if found else ""
    return "" if _REGION.fullmatch(label) else label
