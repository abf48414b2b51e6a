"""Collects one organization after the other into one graph, with many requests at a time.

What fails makes its types partial, and the rest goes on. Knows neither message nor output.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from sentry_plugin.client.routes import Route
from sentry_plugin.errors import ApiError, Gone, NotFound
from sentry_plugin.inventory.collect.lists import FATAL, Listing, Reader
from sentry_plugin.inventory.graph import api_sources, employees, entities, relationships
from sentry_plugin.inventory.graph.completeness import Gaps
from sentry_plugin.inventory.graph.entities import entity
from sentry_plugin.inventory.graph.graph import Graph
from sentry_plugin.inventory.graph.relationships import mapped, relationship
from sentry_plugin.inventory.threads import Crew
from sentry_plugin.logs import logger

if TYPE_CHECKING:
    from sentry_plugin.client.client import SentryClient
    from sentry_plugin.inventory.graph.api_sources import ApiSource
    from sentry_plugin.inventory.graph.entities import EntityKind
    from sentry_plugin.inventory.graph.relationships import RelationshipKind
    from sentry_plugin.strictjson import JSON


class Wanted(NamedTuple):
    """What to collect."""

    organizations: Sequence[str] = ()
    include: Collection[str] = ()
    raw: bool = False
    tags: Mapping[str, str] = {}
    employees: Collection[str] | None = None


class Inventory(NamedTuple):
    """What was collected."""

    graph: Graph
    gaps: Gaps
    organizations: list[str]
    wanted: Wanted
    requests: int
    began: datetime
    seconds: float


def collect(client: SentryClient, wanted: Wanted) -> Inventory:
    """Collect organizations: those that are wanted, else the client's, else all that it sees."""
    began, clock = datetime.now(UTC), time.monotonic()
    graph, gaps = Graph(), Gaps(_types(wanted))
    with Crew() as crew:
        reader = Reader(client, crew)
        slugs = list(dict.fromkeys(wanted.organizations)) or _all(client, reader)
        for slug in slugs:
            one = _Organization(reader, graph, gaps, wanted)
            crew.give(partial(one.collect, slug, alone=len(slugs) == 1))
        crew.finish()
    if gaps.first_error and not graph.entities:
        raise gaps.first_error
    for kind in graph.drop_loose_relationships():
        gaps.add("", [kind], "An entity at one of its ends was not collected.")
    if wanted.employees is not None:
        graph.add(relationships=employees.matches(graph.entities, wanted.employees))
    graph.tag(wanted.tags)
    seconds = round(time.monotonic() - clock, 3)
    return Inventory(graph, gaps, slugs, wanted, reader.asked, began, seconds)


def _types(wanted: Wanted) -> set[str]:
    matched = employees.TYPES if wanted.employees is not None else ()
    return {*api_sources.types(wanted.include), *matched}


def _all(client: SentryClient, reader: Reader) -> list[str]:
    if client.organization:
        return [client.organization]
    pages = reader.pages([Route("organizations/")], "org:read")
    return [str(each.get("slug") or each["id"]) for page in pages for each in _usable(page.items)]


class _Organization:
    """One organization, as far as it is collected."""

    def __init__(self, reader: Reader, graph: Graph, gaps: Gaps, wanted: Wanted) -> None:
        self._reader = reader
        self._whole = graph
        self._gaps = gaps
        self._wanted = wanted
        self._slug = ""
        self._name = ""
        self._key = ""
        self._scope = ""
        self._roles: set[str] = set()
        self._repositories: set[str] = set()

    def collect(self, slug: str, *, alone: bool) -> None:
        """Collect the organization, and have its lists collected."""
        self._slug = slug
        self._is(slug)
        try:
            found = self._reader.get(
                api_sources.ORGANIZATION.route(slug), api_sources.ORGANIZATION.scope
            )
            self._organization(_usable([found])[0], alone=alone)
        except (*FATAL, NotFound):
            raise
        except ApiError as error:
            self._lose(api_sources.ORGANIZATION, error)
        self._read(api_sources.TEAMS, self._teams)
        self._read(api_sources.PROJECTS, self._projects)
        self._read(api_sources.MEMBERS, self._members)
        if self._includes("repositories"):
            self._read(api_sources.REPOSITORIES, self._of_repositories)
        if self._includes("keys"):
            self._read(api_sources.KEYS, self._keys, lose=self._lose_keys)

    def _is(self, name: str) -> None:
        self._name = name
        self._graph = self._whole.part_of(name)

    def _includes(self, what: str) -> bool:
        return what in self._wanted.include

    def _lose(self, source: ApiSource, error: ApiError) -> None:
        self._gaps.add_error(self._name, source.types, error)

    def _read(
        self,
        source: ApiSource,
        take: Callable[[list[JSON]], None],
        lose: Callable[[ApiSource, ApiError], None] | None = None,
        **segments: str,
    ) -> None:
        def usable(items: list[Any]) -> None:
            take(_usable(items))

        routes = [source.route(self._slug, **segments)]
        lost = partial(lose or self._lose, source)
        self._reader.read(Listing(routes, source.scope, usable, lost))

    def _add(self, kind: EntityKind, relation: RelationshipKind, items: Iterable[JSON]) -> None:
        """Add what the organization itself has."""
        made = [entity(kind, each, raw=self._wanted.raw) for each in items]
        has = (relationship(relation, self._key, each["_key"]) for each in made)
        self._graph.add(made, has if self._key else ())

    def _organization(self, source: JSON, *, alone: bool) -> None:
        found = entity(entities.ORGANIZATION, source, raw=self._wanted.raw)
        if self._includes("settings"):
            settings = {name: read(source) for name, read in entities.SETTINGS.items()}
            found |= {name: value for name, value in settings.items() if value is not None}
        self._key = found["_key"]
        self._is(str(source.get("slug") or self._slug))
        # JupiterOne's keys of roles and of the service are the same in all organizations.
        self._scope = "" if alone else f"{source['id']}:"
        self._graph.add([found])
        if self._includes("service"):
            self._service()
        if self._includes("roles"):
            self._of_roles(source)

    def _service(self) -> None:
        key = entities.SERVICE.key(f":{self._scope[:-1]}" if self._scope else "")
        found = entity(entities.SERVICE, {}, key=key, raw=self._wanted.raw)
        self._graph.add([found], [relationship(relationships.HAS_SERVICE, self._key, key)])

    def _of_roles(self, source: JSON) -> None:
        # Sentry before 22 only has the second.
        listed = source.get("orgRoleList") or source.get("availableRoles")
        if not isinstance(listed, list):
            self._lose(
                api_sources.ROLES, ApiError("The server does not say which roles there are.")
            )
            return
        for role in _usable(listed):
            key = self._role(role["id"])
            self._roles.add(key)
            found = entity(entities.ROLE, role, key=key, raw=self._wanted.raw)
            self._graph.add([found], [relationship(relationships.HAS_ROLE, self._key, key)])

    def _role(self, of_id: object) -> str:
        return entities.ROLE.key(f"{self._scope}{of_id}")

    def _teams(self, teams: list[JSON]) -> None:
        self._add(entities.TEAM, relationships.HAS_TEAM, teams)
        for team in teams:
            key = entities.TEAM.key(team["id"])
            owned = _usable(team.get("projects") or [])
            self._graph.add(
                relationships=(
                    relationship(relationships.TEAM_PROJECT, key, entities.PROJECT.key(each["id"]))
                    for each in owned
                )
            )
            named = str(team.get("slug") or team["id"])
            self._read(api_sources.TEAM_MEMBERS, partial(self._team_members, key), team=named)
        logger.info("Collected %d teams of %s.", len(teams), self._slug)

    def _team_members(self, team: str, members: list[JSON]) -> None:
        found = ((entities.MEMBER.key(each["id"]), each.get("teamRole")) for each in members)
        self._graph.add(
            relationships=(
                relationship(relationships.TEAM_MEMBER, team, member, teamRole=role)
                for member, role in found
            )
        )

    def _projects(self, projects: list[JSON]) -> None:
        self._add(entities.PROJECT, relationships.HAS_PROJECT, projects)
        logger.info("Collected %d projects of %s.", len(projects), self._slug)
        if self._includes("findings") and projects:
            self._reader.crew.give(partial(self._findings, projects))

    def _members(self, members: list[JSON]) -> None:
        self._add(entities.MEMBER, relationships.HAS_MEMBER, members)
        logger.info("Collected %d members of %s.", len(members), self._slug)
        roles = (
            (entities.MEMBER.key(each["id"]), self._role(each.get("orgRole") or each.get("role")))
            for each in members
        )
        self._graph.add(
            relationships=(
                relationship(relationships.MEMBER_ROLE, member, role)
                for member, role in roles
                if role in self._roles
            )
        )

    def _of_repositories(self, repositories: list[JSON]) -> None:
        addresses = {each["url"] for each in repositories if each.get("url")}
        if self._key:
            self._graph.add(
                relationships=(
                    mapped(relationships.HAS_REPOSITORY, self._key, webLink=url)
                    for url in addresses
                )
            )

    def _findings(self, projects: list[JSON]) -> None:
        """Collect the issues of a page of projects: at once, where the server can do that."""
        try:
            self._together(projects) if projects[1:] else self._one_by_one(projects)
        except FATAL:
            raise
        except ApiError as error:
            self._lose(api_sources.FINDINGS, error)

    def _together(self, projects: list[JSON]) -> None:
        route = api_sources.FINDINGS.route(self._slug)
        ids = [str(each["id"]) for each in projects]
        try:
            self._issues(route._replace(query={**route.query, "project": ids}))
        except ApiError as error:
            if error.retryable:
                raise
            # Some servers list the issues of one project only.
            self._one_by_one(projects)

    def _one_by_one(self, projects: list[JSON]) -> None:
        for project in projects:
            slug = str(project.get("slug") or project["id"])
            self._issues(api_sources.PROJECT_FINDINGS.route(self._slug, project=slug))

    def _issues(self, route: Route) -> None:
        for page in self._reader.pages([route], api_sources.FINDINGS.scope):
            issues = _usable(page.items)
            owned = ((each, (each.get("project") or {}).get("id")) for each in issues)
            self._graph.add(
                (entity(entities.FINDING, each, raw=self._wanted.raw) for each in issues),
                (
                    relationship(
                        relationships.PROJECT_FINDING,
                        entities.PROJECT.key(project),
                        entities.FINDING.key(each["id"]),
                    )
                    for each, project in owned
                ),
            )

    def _keys(self, keys: list[JSON]) -> None:
        for key in keys:
            found = entity(entities.CLIENT_KEY, key, raw=self._wanted.raw)
            project = entities.PROJECT.key(key.get("projectId"))
            self._graph.add(
                [found], [relationship(relationships.PROJECT_KEY, project, found["_key"])]
            )

    def _lose_keys(self, source: ApiSource, error: ApiError) -> None:
        if not isinstance(error, NotFound | Gone):
            self._lose(source, error)
            return
        # Servers before 2022 list them by project only.
        self._read(api_sources.PROJECTS, self._project_keys)

    def _project_keys(self, projects: list[JSON]) -> None:
        for project in projects:
            slug = str(project.get("slug") or project["id"])
            self._read(api_sources.PROJECT_KEYS, self._keys, project=slug)


def _usable(items: list[Any]) -> list[JSON]:
    """Give the items, which all have an id, or fail."""
    if all(isinstance(each, dict) and each.get("id") for each in items):
        return items
    raise ApiError("The server's answer holds something without an id.")
