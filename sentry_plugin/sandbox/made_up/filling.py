"""Fills a new database with a made-up organization of one of three sizes, untidy on purpose.

All but random keys and times relative to the present is computed from the number of a row, so that
two sandboxes of one size hold the same. Answers no request.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sentry_plugin.sandbox import times
from sentry_plugin.sandbox.kept.store import Where
from sentry_plugin.sandbox.made_up import organization, people, sizes
from sentry_plugin.sandbox.made_up.issues import MadeUpIssue

if TYPE_CHECKING:
    from sentry_plugin.sandbox.kept.store import Store
    from sentry_plugin.sandbox.made_up.sizes import Profile


def fill(store: Store, profile: Profile) -> None:
    """Fill a new database."""
    with store.transaction():
        store.insert_many("organization", [organization.organization_row()])
        store.insert_many("project", organization.projects(profile))
        store.insert_many("project_key", organization.keys(profile))
        store.insert_many("repository", map(organization.repository, range(profile.repositories)))
        store.insert_many("member", map(people.member, range(profile.members)))
        _fill_teams(store, profile)
        _fill_releases(store, profile)
        _fill_issues(store, profile)


def _fill_teams(store: Store, profile: Profile) -> None:
    teams = [_members(team, profile) for team in range(profile.teams)]
    store.insert_many(
        "team", (people.team(team, len(members)) for team, members in enumerate(teams))
    )
    store.insert_many(
        "team_member",
        (
            (sizes.FIRST_TEAM_ID + team, sizes.FIRST_MEMBER_ID + member, people.team_role(member))
            for team, members in enumerate(teams)
            for member in members
        ),
    )
    store.insert_many(
        "project_team",
        (
            (sizes.FIRST_PROJECT_ID + project, sizes.FIRST_TEAM_ID + team)
            for team in range(profile.teams)
            for project in _projects(team, profile)
        ),
    )


def _members(team: int, profile: Profile) -> set[int]:
    """Choose a team's members: member 0, who owns the tokens, is in team 0; the last has none."""
    if team == profile.teams - 1:
        return set()
    steps = range(profile.members_per_team)
    return {(team * 7 + step * 13 * (team % 5 + 1)) % profile.members for step in steps}


def _projects(team: int, profile: Profile) -> set[int]:
    """Choose a team's projects; every eleventh project belongs to no team."""
    first = team * profile.projects_per_team
    steps = range(profile.projects_per_team)
    found = {(first + step) % profile.projects for step in steps}
    return {project for project in found if project % 11 != 10}


def _fill_releases(store: Store, profile: Profile) -> None:
    projects = [(sizes.FIRST_PROJECT_ID + number, number) for number in range(1, profile.projects)]
    made = [
        (project, f"1.{number % 20}.0", times.moment_of(sizes.day(number)))
        for project, number in projects
        if number % 3
    ]
    store.insert_many("release_project", made)
    first = {version: time for _, version, time in reversed(made)}
    store.insert_many("release", first.items(), ("version", "created"))
    store.insert_many(
        "environment",
        (
            (project, name)
            for project, number in projects
            for name in ("production", "staging")[: number % 2 + 1]
        ),
    )


def _fill_issues(store: Store, profile: Profile) -> None:
    present, size = times.now(), profile.issues_per_project
    made = [
        MadeUpIssue(project, step, present)
        for project in range(1, profile.projects)
        for step in range(size)
    ]
    rows = (tuple(one.issue().values()) for one in made)
    store.insert_many("issue", rows, made[0].issue())
    others = Where("id != ?", (sizes.FIRST_PROJECT_ID,))
    store.update("project", {"issues": size}, others)
    store.insert_many("event", (one.event() for one in made))
    store.insert_many("issue_hour", ((one.issue_id, one.last // times.HOUR, 1) for one in made))
    store.insert_many("tag", (row for one in made for row in one.tag_rows()))
