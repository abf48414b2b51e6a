"""Finds the user or team that `assignedTo` names, in the form that every Sentry accepts.

Requests who may be assigned: members of the project's teams, and teams that have the project.
Assigns nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

from sentry_plugin import strictjson
from sentry_plugin.client.routes import ROOT, Route, path
from sentry_plugin.errors import Forbidden, InputError, NotFound
from sentry_plugin.issues.update import Target
from sentry_plugin.logs import logger, printable

if TYPE_CHECKING:
    from sentry_plugin.client.client import SentryClient
    from sentry_plugin.strictjson import JSON

SCOPE = "project:read"
MOST_NAMED = 10
_NUMBERED = re.compile(r"(?:user:)?([0-9]+)")
_TEAM = re.compile(r"(?:#|team:)\s*(.+)", re.IGNORECASE)


class Project(NamedTuple):
    """The project of an issue; organization and slug are empty if unknown."""

    client: SentryClient
    organization: str
    slug: str

    def fetch_all(self, what: str) -> list[Any]:
        """Fetch all of the project's ``members/`` or ``teams/``."""
        if not (self.organization and self.slug):
            raise NotFound(
                "The organization of the issue is not known.",
                "Set the connection's `organization`, or give the issue by its address.",
            )
        slugs = {"organization": self.organization, "project": self.slug}
        place = path("projects/{organization}/{project}/", **slugs) + what
        routes = [Route(place, organization=self.organization)]
        return [one for page in self.client.pages(routes, SCOPE) for one in page.items]


def target(project: Project, text: str) -> Target:
    """Return the target for the input's *text*; an empty text means nobody."""
    actor = _actor(project, text.strip())

    def is_met(issue: JSON) -> bool:
        # If only the server can find the assignee, any assignee will do.
        return assigned(issue) == actor if _is_resolved(actor) else bool(assigned(issue))

    return Target("assignedTo", {"assignedTo": actor}, is_met, always=not _is_resolved(actor))


def assigned(issue: JSON) -> str:
    """Return the assignee of an issue as user:1 or team:2; empty if there is none."""
    actor = issue.get("assignedTo")
    return f"{actor.get('type') or 'user'}:{actor.get('id')}" if isinstance(actor, dict) else ""


def _is_resolved(actor: str) -> bool:
    return actor == "" or bool(re.fullmatch(r"(?:user|team):[0-9]+", actor))


def _actor(project: Project, text: str) -> str:
    if not text:
        return ""
    if named := _TEAM.fullmatch(text):
        return _team(project, named[1])
    text = f"user:{_own_id(project.client)}" if text == "me" else text
    numbered = _NUMBERED.fullmatch(text)
    try:
        members = project.fetch_all("members/")
    except (Forbidden, NotFound) as error:
        logger.warning("Who may be assigned is left to the server: %s", error.cause)
        return f"user:{numbered[1]}" if numbered else text
    return _member(project, members, text.removeprefix("user:"))


def _own_id(client: SentryClient) -> str:
    user = strictjson.at(client.get([ROOT]), "user")
    if not isinstance(user, dict):
        raise InputError(
            "The input's `assignedTo` is me, and the token belongs to no user.",
            "Name a user or a team.",
        )
    return str(user.get("id"))


def _team(project: Project, name: str) -> str:
    try:
        teams = project.fetch_all("teams/")
    except (Forbidden, NotFound):
        if name.isascii() and name.isdecimal():
            return f"team:{name}"
        raise
    wanted = name.casefold()
    found = _first(
        [team for team in teams if isinstance(team, dict)],
        lambda team: [team.get("id")],
        lambda team: [team.get("slug")],
        wanted=wanted,
    )
    if not found:
        raise InputError(
            f"The input's `assignedTo` names no team that has the project {project.slug}.",
            f"Give the team the project, or name one that has it: {_list(teams, _team_name)}.",
        )
    return f"team:{found[0]['id']}"


def _member(project: Project, members: Iterable[Any], name: str) -> str:
    known = [member for member in members if isinstance(member, dict)]
    found = _first(known, _ids, _addresses, _names, wanted=name.casefold())
    if not found:
        raise InputError(
            "The input's `assignedTo` names no member of a team that has the project "
            f"{project.slug}.",
            f"Add the user to such a team, or name one of: {_list(known, _user_name)}. "
            "A team is named as #slug.",
        )
    if len(found) > 1:
        raise InputError(
            f"The input's `assignedTo` is ambiguous: {_list(found, _user_name)}.",
            "Give one of these as user:ID.",
        )
    user = found[0].get("user")
    if not isinstance(user, dict):
        raise InputError(
            "The input's `assignedTo` names somebody who has not accepted the invitation yet.",
            "Wait until they have, or name somebody else.",
        )
    if user.get("isActive") is False:
        raise InputError(
            "The input's `assignedTo` names a user who is deactivated.", "Name somebody else."
        )
    return f"user:{user.get('id')}"


def _first(items: Iterable[JSON], *readers: Callable[[JSON], list[Any]], wanted: str) -> list[JSON]:
    """Return the items of which the first useful one of *readers* returns *wanted*."""
    for reader in readers:
        if found := [item for item in items if wanted in map(_folded, reader(item))]:
            return found
    return []


def _folded(value: Any) -> str:
    return str(value or "").casefold()


def _ids(member: JSON) -> list[Any]:
    return [_user(member).get("id")]


def _addresses(member: JSON) -> list[Any]:
    user = _user(member)
    return [user.get("username"), user.get("email"), member.get("email")]


def _names(member: JSON) -> list[Any]:
    return [_user(member).get("name"), member.get("name")]


def _user(member: JSON) -> JSON:
    user: JSON = member.get("user") or {}
    return user


def _user_name(member: JSON) -> str:
    user = _user(member)
    return f"user:{user['id']} ({user.get('username')})" if user.get("id") else ""


def _team_name(team: JSON) -> str:
    return f"#{team.get('slug')}"


def _list(items: Iterable[JSON], form: Callable[[JSON], str]) -> str:
    names = [name for name in map(form, items) if name]
    more = ", ..." if len(names) > MOST_NAMED else ""
    return printable(", ".join(names[:MOST_NAMED]) + more) or "nobody"
