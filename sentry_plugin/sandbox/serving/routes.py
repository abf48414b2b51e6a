"""Which endpoint answers which path and method, and the scopes that open it.

A table. The legacy paths of Sentry lie beside those of the organization. Calls no endpoint.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote

from sentry_plugin.sandbox.endpoints import (
    comments,
    control,
    deploys,
    environments,
    events,
    index,
    ingest,
    issues,
    issueupdates,
    keys,
    members,
    monitors,
    organizations,
    projects,
    releases,
    reports,
    repositories,
    tags,
    teams,
)
from sentry_plugin.sandbox.messages.answers import Answer

if TYPE_CHECKING:
    from sentry_plugin.sandbox.messages.call import Call

Endpoint = Callable[["Call"], Answer]


@dataclass(frozen=True)
class Route:
    """One method of one path; without scopes, it asks for no token."""

    method: str
    path: str
    endpoint: Endpoint
    scopes: tuple[str, ...] = ()


def _family(subject: str, *rights: str) -> tuple[str, ...]:
    return tuple(f"{subject}:{right}" for right in rights)


ORG = _family("org", "read", "write", "admin")
TEAM = _family("team", "read", "write", "admin")
MEMBER = _family("member", "read", "write", "admin")
PROJECT = _family("project", "read", "write", "admin")
PROJECT_WRITE = _family("project", "write", "admin")
EVENT = _family("event", "read", "write", "admin")
EVENT_WRITE = _family("event", "write", "admin")
EVENT_ADMIN = _family("event", "admin")
MONITOR = ("alerts:read", "alerts:write", *PROJECT)
RELEASE_WRITE = ("project:releases", *PROJECT_WRITE, "org:ci")
RELEASE = ("project:read", *RELEASE_WRITE)
REPOSITORY = (*ORG, "org:ci", "org:integrations")

IN_ORG = "/api/0/organizations/{organization}/"
IN_PROJECT = "/api/0/projects/{organization}/{project}/"
IN_RELEASE = f"{IN_ORG}releases/{{version}}/"
# Sentry has comments by two names.
NOTES = ("comments", "notes")
IN_TEAM = "/api/0/teams/{organization}/{team}/"


def _of_issue(path: str) -> tuple[Route, ...]:
    return (
        Route("GET", path, issues.show, EVENT),
        Route("PUT", path, issueupdates.one, EVENT_WRITE),
        Route("DELETE", path, issues.delete, EVENT_ADMIN),
        Route("GET", f"{path}events/", events.of_issue, EVENT),
        Route("GET", f"{path}events/{{event}}/", events.one_of_issue, EVENT),
        *(Route("GET", f"{path}{name}/", comments.listed, EVENT) for name in NOTES),
        *(Route("POST", f"{path}{name}/", comments.add, EVENT_WRITE) for name in NOTES),
        Route("GET", f"{path}tags/", tags.of_issue, EVENT),
        Route("GET", f"{path}tags/{{key}}/", tags.key_of_issue, EVENT),
        Route("GET", f"{path}tags/{{key}}/values/", tags.values_of_issue, EVENT),
    )


def _of_monitor(path: str) -> tuple[Route, ...]:
    return (
        Route("GET", path, monitors.show, MONITOR),
        Route("GET", f"{path}checkins/", monitors.check_ins, MONITOR),
    )


API = (
    Route("GET", "/api/0/", index.show),
    Route("GET", "/api/0/organizations/", organizations.listed, ORG),
    Route("GET", IN_ORG, organizations.show, ORG),
    Route("GET", f"{IN_ORG}issues/", issues.of_organization, EVENT),
    Route("PUT", f"{IN_ORG}issues/", issueupdates.of_organization, EVENT_WRITE),
    Route("DELETE", f"{IN_ORG}issues/", issueupdates.delete_of_organization, EVENT_ADMIN),
    *_of_issue(f"{IN_ORG}issues/{{issue}}/"),
    *_of_issue("/api/0/issues/{issue}/"),
    Route("GET", f"{IN_ORG}shortids/{{short_id}}/", issues.by_short_id, EVENT),
    Route("GET", f"{IN_ORG}eventids/{{event}}/", events.by_event_id, ORG),
    Route("GET", f"{IN_ORG}projects/", projects.of_organization, ORG),
    Route("GET", f"{IN_ORG}project-keys/", keys.of_organization, ORG),
    Route("GET", f"{IN_ORG}teams/", teams.of_organization, ORG),
    Route("GET", f"{IN_ORG}members/", members.of_organization, MEMBER),
    Route("GET", f"{IN_ORG}members/{{member}}/", members.show, MEMBER),
    Route("GET", f"{IN_ORG}users/", members.who_can_sign_in, MEMBER),
    Route("GET", f"{IN_ORG}monitors/", monitors.listed, ("alerts:read", *ORG)),
    *_of_monitor(f"{IN_ORG}monitors/{{monitor}}/"),
    *_of_monitor(f"{IN_PROJECT}monitors/{{monitor}}/"),
    Route("GET", f"{IN_ORG}repos/", repositories.listed, REPOSITORY),
    Route("GET", f"{IN_ORG}environments/", environments.of_organization, ORG),
    Route("GET", f"{IN_ORG}releases/", releases.of_organization, RELEASE),
    Route("POST", f"{IN_ORG}releases/", releases.create, RELEASE_WRITE),
    Route("GET", IN_RELEASE, releases.show, RELEASE),
    Route("PUT", IN_RELEASE, releases.change, RELEASE_WRITE),
    Route("GET", f"{IN_RELEASE}deploys/", deploys.listed, RELEASE),
    Route("POST", f"{IN_RELEASE}deploys/", deploys.add, RELEASE_WRITE),
    Route("GET", "/api/0/projects/", projects.listed, PROJECT),
    Route("GET", IN_PROJECT, projects.show, PROJECT),
    Route("GET", f"{IN_PROJECT}issues/", issues.of_project, EVENT),
    Route("PUT", f"{IN_PROJECT}issues/", issueupdates.of_project, EVENT_WRITE),
    Route("DELETE", f"{IN_PROJECT}issues/", issueupdates.delete_of_project, EVENT_ADMIN),
    Route("GET", f"{IN_PROJECT}events/", events.of_project, PROJECT),
    Route("GET", f"{IN_PROJECT}events/{{event}}/", events.one_of_project, PROJECT),
    Route("GET", f"{IN_PROJECT}releases/", releases.of_project, RELEASE),
    Route("GET", f"{IN_PROJECT}user-feedback/", reports.listed, PROJECT),
    Route("POST", f"{IN_PROJECT}user-feedback/", reports.add, PROJECT_WRITE),
    Route("GET", f"{IN_PROJECT}tags/{{key}}/values/", tags.values_of_project, PROJECT),
    Route("GET", f"{IN_PROJECT}keys/", keys.of_project, PROJECT),
    Route("GET", f"{IN_PROJECT}keys/{{key}}/", keys.show, PROJECT),
    Route("PUT", f"{IN_PROJECT}keys/{{key}}/", keys.change, PROJECT_WRITE),
    Route("GET", f"{IN_PROJECT}teams/", teams.of_project, PROJECT),
    Route("GET", f"{IN_PROJECT}members/", members.of_project, PROJECT),
    Route("GET", f"{IN_PROJECT}environments/", environments.of_project, PROJECT),
    Route("GET", IN_TEAM, teams.show, TEAM),
    Route("GET", f"{IN_TEAM}members/", members.of_team, TEAM),
    Route("GET", f"{IN_TEAM}projects/", projects.of_team, PROJECT),
)
STORE = ("/api/{project}/store/", "/api/store/")
ENVELOPE = ("/api/{project}/envelope/",)
CRON = (
    "/api/{project}/cron/{monitor}/{key}/",
    "/api/{project}/cron/{monitor}/",
    "/api/cron/{monitor}/{key}/",
)
INGEST = (
    *(Route("POST", path, ingest.store) for path in STORE),
    *(Route("GET", path, ingest.pixel) for path in STORE),
    *(Route("POST", path, ingest.take_envelope) for path in ENVELOPE),
    *(Route("GET", path, ingest.take_check_in) for path in CRON),
    *(Route("POST", path, ingest.take_check_in) for path in CRON),
    *(Route("OPTIONS", path, ingest.preflight) for path in (*STORE, *ENVELOPE)),
)
# No part of Relay: the form of a web page.
EMBED = (Route("POST", "/api/embed/error-page/", reports.embedded),)
CONTROL = (
    Route("GET", "/_sandbox/faults", control.faults),
    Route("POST", "/_sandbox/faults", control.add_fault),
    Route("DELETE", "/_sandbox/faults", control.clear_faults),
    Route("GET", "/_sandbox/requests", control.requests),
    Route("DELETE", "/_sandbox/requests", control.clear_requests),
    Route("POST", "/_sandbox/tokens", control.add_token),
    Route("POST", "/_sandbox/members", control.add_member),
    Route("POST", "/_sandbox/issues/{issue}/escalate", control.escalate),
)


# Relay takes any number of slashes where Sentry takes one, and only numbers as projects.
_RELAY = {"/": "/+", "{project}": r"(?P<project>[1-9]\d*)"}


def _pattern(path: str, *, relay: bool) -> re.Pattern[str]:
    known = _RELAY if relay else {}
    parts = re.findall(r"/|\{\w+\}|[^/{}]+", path)
    if relay:
        parts[-1:] = []
    pattern = "".join(known.get(part) or _part(part) for part in parts)
    return re.compile(f"{pattern}/*" if relay else pattern)


def _part(part: str) -> str:
    return f"(?P<{part[1:-1]}>[^/]+)" if part.startswith("{") else re.escape(part)


def _table() -> list[tuple[re.Pattern[str], dict[str, Route]]]:
    found: dict[str, dict[str, Route]] = {}
    for route in (*API, *INGEST, *EMBED, *CONTROL):
        found.setdefault(route.path, {})[route.method] = route
    taking = {route.path for route in INGEST}
    return [(_pattern(path, relay=path in taking), group) for path, group in found.items()]


_TABLE = _table()


def match(path: str) -> tuple[dict[str, Route], dict[str, str]]:
    """Give the routes of a path by their methods, and the values of its parts by their names.

    As on the real server, a slash ends a part even where it was sent as %2F.
    """
    for pattern, methods in _TABLE:
        if found := pattern.fullmatch(unquote(path)):
            return methods, found.groupdict()
    return {}, {}
