"""Collects organizations into one graph, with many requests at a time.

A list that fails makes its types partial, and the rest goes on. Knows neither input nor output.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from sentry_plugin.client.routes import Route
from sentry_plugin.errors import ApiError, Gone, NotFound, Unsupported
from sentry_plugin.inventory.collect.lists import FATAL, ListRequest, Reader
from sentry_plugin.inventory.graph import api_sources, employees, entities, relationships
from sentry_plugin.inventory.graph.completeness import Gaps
from sentry_plugin.inventory.graph.entities import entity
from sentry_plugin.inventory.graph.graph import Graph
from sentry_plugin.inventory.graph.relationships import mapped, relationship
from sentry_plugin.inventory.threads import ThreadPool
from sentry_plugin.logs import logger

if TYPE_CHECKING:
    from sentry_plugin.client.client import SentryClient
    from sentry_plugin.inventory.graph.api_sources import ApiSource
    from sentry_plugin.inventory.graph.entities import EntityKind
    from sentry_plugin.inventory.graph.relationships import RelationshipKind
    from sentry_plugin.strictjson import JSON


class CollectOptions(NamedTuple):
    """What to collect; *raw* also keeps the objects of the API, *tags* go to all entities."""

    organizations: Sequence[str] = ()
    include: Collection[str] = ()
    raw: bool = False
    tags: Mapping[str, str] = {}
    employees: Collection[str] | None = None


class CollectedInventory(NamedTuple):
    """A graph and how it was collected; *seconds* is the time that it took."""

    graph: Graph
    gaps: Gaps
    organizations: list[str]
    options: CollectOptions
    requests: int
    began: datetime
    seconds: float


def collect(client: SentryClient, options: CollectOptions) -> CollectedInventory:
    """Collect the organizations of the options, else the client's, else all that it sees.

    Raises the first error where nothing at all was collected.
    """
    began, clock = datetime.now(UTC), time.monotonic()
    graph, gaps = Graph(), Gaps(_collected_types(options))
    with ThreadPool() as pool:
        reader = Reader(client, pool)
        slugs = list(dict.fromkeys(options.organizations)) or _all_organizations(client, reader)
        for slug in slugs:
            one = _Organization(reader, graph, gaps, options)
            pool.add(partial(one.collect, slug, is_only_one=len(slugs) == 1))
        pool.wait()
    if gaps.first_error and not graph.entities:
        raise gaps.first_error
    for kind in graph.drop_loose_relationships():
        gaps.add("", [kind], "An entity at one of its ends was not collected.")
    if options.employees is not None:
        graph.add(relationships=employees.matches(graph.entities, options.employees))
    graph.tag(options.tags)
    seconds = round(time.monotonic() - clock, 3)
    return CollectedInventory(graph, gaps, slugs, options, reader.requests, began, seconds)


def _collected_types(options: CollectOptions) -> set[str]:
    matched = employees.TYPES if options.employees is not None else ()
    return {*api_sources.types(options.include), *matched}


def _all_organizations(client: SentryClient, reader: Reader) -> list[str]:
    if client.organization:
        return [client.organization]
    pages = reader.pages([Route("organizations/")], "org:read")
    found = [each for page in pages for each in _with_ids(page.items)]
    if not found:
        raise NotFound(
            "The server lists no organization for this token: it never does for the token of an "
            "integration or of an organization, and so nothing is known of what there is.",
            "Set the connection's `organization`, or name the `organizations` in the input.",
        )
    return [str(each.get("slug") or each["id"]) for each in found]


class _Organization:
    """Collects one organization; its lists are jobs of the reader's pool."""

    def __init__(self, reader: Reader, graph: Graph, gaps: Gaps, options: CollectOptions) -> None:
        self._reader = reader
        self._graph = graph
        self._gaps = gaps
        self._options = options
        self._slug = ""
        self._name = ""
        self._key = ""
        self._key_prefix = ""
        self._roles: set[str] = set()
        self._repositories: set[str] = set()

    def collect(self, slug: str, *, is_only_one: bool) -> None:
        """Collect the organization itself, and add jobs that collect its lists."""
        self._slug = slug
        self._set_name(slug)
        try:
            found = self._reader.get(
                api_sources.ORGANIZATION.route(slug), api_sources.ORGANIZATION.scope
            )
            self._add_organization(_with_ids([found])[0], is_only_one=is_only_one)
        except (*FATAL, NotFound):
            raise
        except ApiError as error:
            self._mark_partial(api_sources.ORGANIZATION, error)
        self._read(api_sources.TEAMS, self._add_teams)
        self._read(api_sources.PROJECTS, self._add_projects)
        self._read(api_sources.MEMBERS, self._add_members)
        if self._includes("repositories"):
            self._read(api_sources.REPOSITORIES, self._add_repositories)
        if self._includes("keys"):
            self._read(api_sources.KEYS, self._add_keys, on_error=self._keys_failed)

    def _set_name(self, name: str) -> None:
        self._name = name
        self._part = self._graph.part_of(name)

    def _includes(self, what: str) -> bool:
        return what in self._options.include

    def _mark_partial(self, source: ApiSource, error: ApiError) -> None:
        self._gaps.add_error(self._name, source.types, error)

    def _read(
        self,
        source: ApiSource,
        take: Callable[[list[JSON]], None],
        on_error: Callable[[ApiSource, ApiError], None] | None = None,
        **segments: str,
    ) -> None:
        def usable(items: list[Any]) -> None:
            take(_with_ids(items))

        routes = [source.route(self._slug, **segments)]
        lost = partial(on_error or self._mark_partial, source)
        self._reader.read(ListRequest(routes, source.scope, usable, lost))

    def _add_owned(
        self, kind: EntityKind, relation: RelationshipKind, items: Iterable[JSON]
    ) -> None:
        """Add entities, each with a relationship from the organization."""
        made = [entity(kind, each, raw=self._options.raw) for each in items]
        has = (relationship(relation, self._key, each["_key"]) for each in made)
        self._part.add(made, has if self._key else ())

    def _add_organization(self, source: JSON, *, is_only_one: bool) -> None:
        found = entity(entities.ORGANIZATION, source, raw=self._options.raw)
        if self._includes("settings"):
            settings = {name: read(source) for name, read in entities.SETTINGS.items()}
            found |= {name: value for name, value in settings.items() if value is not None}
        self._key = found["_key"]
        self._set_name(str(source.get("slug") or self._slug))
        # JupiterOne's keys of roles and of the service are the same in all organizations.
        self._key_prefix = "" if is_only_one else f"{source['id']}:"
        self._part.add([found])
        if self._includes("service"):
            self._add_service()
        if self._includes("roles"):
            self._add_roles(source)

    def _add_service(self) -> None:
        key = entities.SERVICE.key(f":{self._key_prefix[:-1]}" if self._key_prefix else "")
        found = entity(entities.SERVICE, {}, key=key, raw=self._options.raw)
        self._part.add([found], [relationship(relationships.HAS_SERVICE, self._key, key)])

    def _add_roles(self, source: JSON) -> None:
        # Sentry before version 22 has only `availableRoles`.
        listed = source.get("orgRoleList") or source.get("availableRoles")
        if not isinstance(listed, list):
            self._mark_partial(
                api_sources.ROLES, ApiError("The server does not say which roles there are.")
            )
            return
        for role in _with_ids(listed):
            key = self._role_key(role["id"])
            self._roles.add(key)
            found = entity(entities.ROLE, role, key=key, raw=self._options.raw)
            self._part.add([found], [relationship(relationships.HAS_ROLE, self._key, key)])

    def _role_key(self, of_id: object) -> str:
        return entities.ROLE.key(f"{self._key_prefix}{of_id}")

    def _add_teams(self, teams: list[JSON]) -> None:
        self._add_owned(entities.TEAM, relationships.HAS_TEAM, teams)
        for team in teams:
            key = entities.TEAM.key(team["id"])
            owned = _with_ids(team.get("projects") or [])
            self._part.add(
                relationships=(
                    relationship(relationships.TEAM_PROJECT, key, entities.PROJECT.key(each["id"]))
                    for each in owned
                )
            )
            named = str(team.get("slug") or team["id"])
            self._read(api_sources.TEAM_MEMBERS, partial(self._add_team_members, key), team=named)
        logger.info("Collected %d teams of %s.", len(teams), self._slug)

    def _add_team_members(self, team: str, members: list[JSON]) -> None:
        found = ((entities.MEMBER.key(each["id"]), each.get("teamRole")) for each in members)
        self._part.add(
            relationships=(
                relationship(relationships.TEAM_MEMBER, team, member, teamRole=role)
                for member, role in found
            )
        )

    def _add_projects(self, projects: list[JSON]) -> None:
        self._add_owned(entities.PROJECT, relationships.HAS_PROJECT, projects)
        logger.info("Collected %d projects of %s.", len(projects), self._slug)
        if self._includes("findings") and projects:
            self._reader.pool.add(partial(self._collect_findings, projects))

    def _add_members(self, members: list[JSON]) -> None:
        self._add_owned(entities.MEMBER, relationships.HAS_MEMBER, members)
        logger.info("Collected %d members of %s.", len(members), self._slug)
        roles = (
            (
                entities.MEMBER.key(each["id"]),
                self._role_key(each.get("orgRole") or each.get("role")),
            )
            for each in members
        )
        self._part.add(
            relationships=(
                relationship(relationships.MEMBER_ROLE, member, role)
                for member, role in roles
                if role in self._roles
            )
        )

    def _add_repositories(self, repositories: list[JSON]) -> None:
        addresses = {each["url"] for each in repositories if each.get("url")}
        if self._key:
            self._part.add(
                relationships=(
                    mapped(relationships.HAS_REPOSITORY, self._key, webLink=url)
                    for url in addresses
                )
            )

    def _collect_findings(self, projects: list[JSON]) -> None:
        """Collect the issues of a page of projects, with one list for all where that works."""
        try:
            self._findings_of_all(projects) if projects[1:] else self._findings_of_each(projects)
        except FATAL:
            raise
        except ApiError as error:
            self._mark_partial(api_sources.FINDINGS, error)

    def _findings_of_all(self, projects: list[JSON]) -> None:
        route = api_sources.FINDINGS.route(self._slug)
        ids = [str(each["id"]) for each in projects]
        try:
            self._add_findings(route._replace(query={**route.query, "project": ids}))
        except ApiError as error:
            if error.retryable:
                raise
            # Some servers list the issues of one project only.
            self._findings_of_each(projects)

    def _findings_of_each(self, projects: list[JSON]) -> None:
        for project in projects:
            slug = str(project.get("slug") or project["id"])
            self._add_findings(api_sources.PROJECT_FINDINGS.route(self._slug, project=slug))

    def _add_findings(self, route: Route) -> None:
        for page in self._reader.pages([route], api_sources.FINDINGS.scope):
            issues = _with_ids(page.items)
            owned = ((each, (each.get("project") or {}).get("id")) for each in issues)
            self._part.add(
                (entity(entities.FINDING, each, raw=self._options.raw) for each in issues),
                (
                    relationship(
                        relationships.PROJECT_FINDING,
                        entities.PROJECT.key(project),
                        entities.FINDING.key(each["id"]),
                    )
                    for each, project in owned
                ),
            )

    def _add_keys(self, keys: list[JSON]) -> None:
        for key in keys:
            found = entity(entities.CLIENT_KEY, key, raw=self._options.raw)
            project = entities.PROJECT.key(key.get("projectId"))
            self._part.add(
                [found], [relationship(relationships.PROJECT_KEY, project, found["_key"])]
            )

    def _keys_failed(self, source: ApiSource, error: ApiError) -> None:
        if not isinstance(error, NotFound | Gone | Unsupported):
            self._mark_partial(source, error)
            return
        # Servers before 2022 list keys by project only.
        self._read(api_sources.PROJECTS, self._read_keys_by_project)

    def _read_keys_by_project(self, projects: list[JSON]) -> None:
        for project in projects:
            slug = str(project.get("slug") or project["id"])
            self._read(api_sources.PROJECT_KEYS, self._add_keys, project=slug)


def _with_ids(items: list[Any]) -> list[JSON]:
    """Return items that all have an id, or raise an ApiError."""
    if all(isinstance(each, dict) and each.get("id") for each in items):
        return items
    raise ApiError("The server's answer holds something without an id.")
