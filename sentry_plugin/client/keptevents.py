"""Whether a server shows an event that was sent to one of its projects. Sends no event."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sentry_plugin import strictjson
from sentry_plugin.client.routes import below_organization, project_event_route
from sentry_plugin.errors import NotFound

if TYPE_CHECKING:
    from sentry_plugin.client.client import SentryClient

PAUSES = (0.0, 2.0, 4.0)
"""Seconds before each look: GlitchTip shows an event up to four seconds after it took it."""


def is_kept(client: SentryClient, project: str, event_id: str) -> bool:
    """Look the event up in the *project* of that number; False also if nothing can be known."""
    organization, slug = client.organization, _slug(client, project)
    if not slug:
        return False
    for pause in PAUSES:
        client.wait(pause)
        try:
            client.get([project_event_route(organization, slug, event_id)], "event:read")
        except NotFound:
            continue
        return True
    return False


def _slug(client: SentryClient, project: str) -> str:
    """Return the slug of a project of the connection's organization; empty if it has none."""
    if not client.organization:
        return ""
    route = below_organization(client.organization, "projects/")
    listed = (each for page in client.pages([route], "project:read") for each in page.items)
    found = (each for each in listed if str(strictjson.at(each, "id")) == project)
    return str(strictjson.at(next(found, None), "slug") or "")
