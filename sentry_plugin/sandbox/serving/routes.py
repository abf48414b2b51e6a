"""The table of endpoints: path, method, function, and the scopes of which a token needs one.

Has both Sentry's old paths, without an organization, and the new ones. Calls no endpoint.
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
from sentry_plugin.sandbox.messages.responses import Response

if TYPE_CHECKING:
    from sentry_plugin.sandbox.messages.call import Call

Answering = Callable[["Call"], Response]


@dataclass(frozen=True)
class Endpoint:
    """One method of one path; where *scopes* is empty, no token is needed."""

    method: str
    path: str
    answering: Answering
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
# Sentry has two names for comments.
NOTES = ("comments", "notes")
IN_TEAM = "/api/0/teams/{organization}/{team}/"


def _of_issue(path: str) -> tuple[Endpoint, ...]:
    return (
        Endpoint("GET", path, issues.show, EVENT),
        Endpoint("PUT", path, issueupdates.one, EVENT_WRITE),
        Endpoint("DELETE", path, issues.delete, EVENT_ADMIN),
        Endpoint("GET", f"{path}events/", events.of_issue, EVENT),
        Endpoint("GET", f"{path}events/{{event}}/", events.one_of_issue, EVENT),
        *(Endpoint("GET", f"{path}{name}/", comments.listed, EVENT) for name in NOTES),
        *(Endpoint("POST", f"{path}{name}/", comments.add, EVENT_WRITE) for name in NOTES),
        Endpoint("GET", f"{path}tags/", tags.of_issue, EVENT),
        Endpoint("GET", f"{path}tags/{{key}}/", tags.key_of_issue, EVENT),
        Endpoint("GET", f"{path}tags/{{key}}/values/", tags.values_of_issue, EVENT),
    )


def _of_monitor(path: str) -> tuple[Endpoint, ...]:
    return (
        Endpoint("GET", path, monitors.show, MONITOR),
        Endpoint("GET", f"{path}checkins/", monitors.check_ins, MONITOR),
    )


API = (
    Endpoint("GET", "/api/0/", index.show),
    Endpoint("GET", "/api/0/organizations/", organizations.listed, ORG),
    Endpoint("GET", IN_ORG, organizations.show, ORG),
    Endpoint("GET", f"{IN_ORG}issues/", issues.of_organization, EVENT),
    Endpoint("PUT", f"{IN_ORG}issues/", issueupdates.of_organization, EVENT_WRITE),
    Endpoint("DELETE", f"{IN_ORG}issues/", issueupdates.delete_of_organization, EVENT_ADMIN),
    *_of_issue(f"{IN_ORG}issues/{{issue}}/"),
    *_of_issue("/api/0/issues/{issue}/"),
    Endpoint("GET", f"{IN_ORG}shortids/{{short_id}}/", issues.by_short_id, EVENT),
    Endpoint("GET", f"{IN_ORG}eventids/{{event}}/", events.by_event_id, ORG),
    Endpoint("GET", f"{IN_ORG}projects/", projects.of_organization, ORG),
    Endpoint("GET", f"{IN_ORG}project-keys/", keys.of_organization, ORG),
    Endpoint("GET", f"{IN_ORG}teams/", teams.of_organization, ORG),
    Endpoint("GET", f"{IN_ORG}members/", members.of_organization, MEMBER),
    Endpoint("GET", f"{IN_ORG}members/{{member}}/", members.show, MEMBER),
    Endpoint("GET", f"{IN_ORG}users/", members.who_can_sign_in, MEMBER),
    Endpoint("GET", f"{IN_ORG}monitors/", monitors.listed, ("alerts:read", *ORG)),
    *_of_monitor(f"{IN_ORG}monitors/{{monitor}}/"),
    *_of_monitor(f"{IN_PROJECT}monitors/{{monitor}}/"),
    Endpoint("GET", f"{IN_ORG}repos/", repositories.listed, REPOSITORY),
    Endpoint("GET", f"{IN_ORG}environments/", environments.of_organization, ORG),
    Endpoint("GET", f"{IN_ORG}releases/", releases.of_organization, RELEASE),
    Endpoint("POST", f"{IN_ORG}releases/", releases.create, RELEASE_WRITE),
    Endpoint("GET", IN_RELEASE, releases.show, RELEASE),
    Endpoint("PUT", IN_RELEASE, releases.change, RELEASE_WRITE),
    Endpoint("GET", f"{IN_RELEASE}deploys/", deploys.listed, RELEASE),
    Endpoint("POST", f"{IN_RELEASE}deploys/", deploys.add, RELEASE_WRITE),
    Endpoint("GET", "/api/0/projects/", projects.listed, PROJECT),
    Endpoint("GET", IN_PROJECT, projects.show, PROJECT),
    Endpoint("GET", f"{IN_PROJECT}issues/", issues.of_project, EVENT),
    Endpoint("PUT", f"{IN_PROJECT}issues/", issueupdates.of_project, EVENT_WRITE),
    Endpoint("DELETE", f"{IN_PROJECT}issues/", issueupdates.delete_of_project, EVENT_ADMIN),
    Endpoint("GET", f"{IN_PROJECT}events/", events.of_project, PROJECT),
    Endpoint("GET", f"{IN_PROJECT}events/{{event}}/", events.one_of_project, PROJECT),
    Endpoint("GET", f"{IN_PROJECT}releases/", releases.of_project, RELEASE),
    Endpoint("GET", f"{IN_PROJECT}user-feedback/", reports.listed, PROJECT),
    Endpoint("POST", f"{IN_PROJECT}user-feedback/", reports.add, PROJECT_WRITE),
    Endpoint("GET", f"{IN_PROJECT}tags/{{key}}/values/", tags.values_of_project, PROJECT),
    Endpoint("GET", f"{IN_PROJECT}keys/", keys.of_project, PROJECT),
    Endpoint("GET", f"{IN_PROJECT}keys/{{key}}/", keys.show, PROJECT),
    Endpoint("PUT", f"{IN_PROJECT}keys/{{key}}/", keys.change, PROJECT_WRITE),
    Endpoint("GET", f"{IN_PROJECT}teams/", teams.of_project, PROJECT),
    Endpoint("GET", f"{IN_PROJECT}members/", members.of_project, PROJECT),
    Endpoint("GET", f"{IN_PROJECT}environments/", environments.of_project, PROJECT),
    Endpoint("GET", IN_TEAM, teams.show, TEAM),
    Endpoint("GET", f"{IN_TEAM}members/", members.of_team, TEAM),
    Endpoint("GET", f"{IN_TEAM}projects/", projects.of_team, PROJECT),
)
STORE = ("/api/{project}/store/", "/api/store/")
ENVELOPE = ("/api/{project}/envelope/",)
CRON = (
    "/api/{project}/cron/{monitor}/{key}/",
    "/api/{project}/cron/{monitor}/",
    "/api/cron/{monitor}/{key}/",
)
INGEST = (
    *(Endpoint("POST", path, ingest.store) for path in STORE),
    *(Endpoint("GET", path, ingest.pixel) for path in STORE),
    *(Endpoint("POST", path, ingest.take_envelope) for path in ENVELOPE),
    *(Endpoint("GET", path, ingest.take_check_in) for path in CRON),
    *(Endpoint("POST", path, ingest.take_check_in) for path in CRON),
    *(Endpoint("OPTIONS", path, ingest.preflight) for path in (*STORE, *ENVELOPE)),
)
# The form of a web page; Sentry itself answers it, not Relay.
EMBED = (Endpoint("POST", "/api/embed/error-page/", reports.embedded),)
CONTROL = (
    Endpoint("GET", "/_sandbox/faults", control.faults),
    Endpoint("POST", "/_sandbox/faults", control.add_fault),
    Endpoint("DELETE", "/_sandbox/faults", control.clear_faults),
    Endpoint("GET", "/_sandbox/requests", control.requests),
    Endpoint("DELETE", "/_sandbox/requests", control.clear_requests),
    Endpoint("POST", "/_sandbox/tokens", control.add_token),
    Endpoint("POST", "/_sandbox/members", control.add_member),
    Endpoint("POST", "/_sandbox/issues/{issue}/escalate", control.escalate),
)


# Relay takes several slashes in place of one, and only numbers for projects; Sentry does not.
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


def _table() -> list[tuple[re.Pattern[str], dict[str, Endpoint]]]:
    found: dict[str, dict[str, Endpoint]] = {}
    for route in (*API, *INGEST, *EMBED, *CONTROL):
        found.setdefault(route.path, {})[route.method] = route
    taking = {route.path for route in INGEST}
    return [(_pattern(path, relay=path in taking), group) for path, group in found.items()]


_TABLE = _table()


def match(path: str) -> tuple[dict[str, Endpoint], dict[str, str]]:
    """Return the endpoints of a path by method, and the parts of the path by name.

    As on a real server, a slash ends a part even if it was sent as %2F.
    """
    for pattern, methods in _TABLE:
        if found := pattern.fullmatch(unquote(path)):
            return methods, found.groupdict()
    return {}, {}
