"""Finds the user or team that an issue is to be assigned to, by any name that Sentry accepts.

Assigns nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from sentry_plugin.sandbox.kept.store import Where, equal, one_of
from sentry_plugin.sandbox.messages.lookups import number_of
from sentry_plugin.sandbox.messages.responses import refuse_fields

if TYPE_CHECKING:
    from sentry_plugin.sandbox.kept.store import Store

USERNAME = "json_extract(body, '$.user.username')"
ACTIVE = "json_extract(body, '$.user.isActive')"
MEMBERS = "member JOIN team_member ON member_id = member.id JOIN project_team USING (team_id)"


def assignee(store: Store, projects: list[int], text: str) -> str | None:
    """Return who *text* names, such as `team:2000`; refuse who cannot see all of *projects*."""
    if not text:
        return None
    kind, _, rest = text.rpartition(":")
    number = number_of(rest)
    if kind == "team" and store.count("team", equal("id", number)):
        _check_team(store, projects, number)
        return f"team:{number}"
    if number is None or kind not in ("", "user"):
        number = _user(store, text)
    _check_user(store, projects, number)
    return f"user:{number}"


def _user(store: Store, text: str) -> int:
    """Find a member by user name, else by e-mail address; an invitation is not a member yet."""
    named = Where(f"user_id IS NOT NULL AND ? IN ({USERNAME}, email)", (text,))
    row = store.first("member", named, order=f"{USERNAME} != email, id")
    found: int = row["user_id"] if row else _refuse("Unknown actor input")
    return found


def _check_team(store: Store, projects: list[int], number: int | None) -> None:
    seen = equal("team_id", number) & one_of("project_id", projects)
    if store.count("project_team", seen) < len(projects):
        _refuse("Cannot assign to a team without access to the project")


def _check_user(store: Store, projects: list[int], number: int) -> None:
    seen = equal("user_id", number) & one_of("project_id", projects)
    if store.count(MEMBERS, seen, of="DISTINCT project_id") < len(projects):
        _refuse("Cannot assign to non-team member")
    if not store.count("member", equal("user_id", number) & Where(ACTIVE)):
        _refuse("Cannot assign to a deactivated member")


def _refuse(words: str) -> NoReturn:
    refuse_fields({"assignedTo": [words]})
