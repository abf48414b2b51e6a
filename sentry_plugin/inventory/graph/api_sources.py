"""Which request brings which part of the graph: paths, scopes, and the types that need it.

A table; sends no request.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, NamedTuple

from sentry_plugin.client.routes import Route, organization_route, path
from sentry_plugin.inventory.graph import entities, relationships

if TYPE_CHECKING:
    from sentry_plugin.inventory.graph.entities import EntityKind
    from sentry_plugin.inventory.graph.relationships import MappedRelationshipKind, RelationshipKind


class ApiSource(NamedTuple):
    """One endpoint of the API; *types* are partial where it fails."""

    template: str
    scope: str
    types: tuple[str, ...]
    query: Mapping[str, str] = {}

    def route(self, organization: str, **segments: str) -> Route:
        """Return the route to it; *segments* fill the path's other names."""
        place = path(self.template, organization=organization, **segments)
        # Teams and projects were found in a list of them, and so exist.
        within = organization_route(organization) if self.template.startswith(_IN) else None
        return Route(place, self.query, organization, within=within)


def _types(*kinds: EntityKind | RelationshipKind | MappedRelationshipKind) -> tuple[str, ...]:
    return tuple(kind.type for kind in kinds)


_R = relationships
_OF_TEAMS = _types(entities.TEAM, _R.HAS_TEAM, _R.TEAM_PROJECT, _R.TEAM_MEMBER)
_OF_FINDINGS = _types(entities.FINDING, _R.PROJECT_FINDING)
_OF_KEYS = _types(entities.CLIENT_KEY, _R.PROJECT_KEY)
_OF_ROLES = _types(entities.ROLE, _R.HAS_ROLE, _R.MEMBER_ROLE)
_OF_MEMBERS = _types(entities.MEMBER, _R.HAS_MEMBER, _R.TEAM_MEMBER, _R.MEMBER_ROLE, _R.IS_PERSON)
_OF_PROJECTS = _types(entities.PROJECT, _R.HAS_PROJECT, _R.TEAM_PROJECT)

INCLUDED: Mapping[str, tuple[str, ...]] = {
    "roles": _OF_ROLES,
    "service": _types(entities.SERVICE, _R.HAS_SERVICE),
    "findings": _OF_FINDINGS,
    "repositories": _types(_R.HAS_REPOSITORY),
    "keys": _OF_KEYS,
    "settings": (),
}
"""What an input may include, and the types that come with it."""

ALWAYS = (
    *_types(entities.ORGANIZATION, _R.HAS_TEAM, _R.HAS_PROJECT, _R.HAS_MEMBER),
    *_types(entities.TEAM, entities.PROJECT, entities.MEMBER, _R.TEAM_PROJECT, _R.TEAM_MEMBER),
)
"""The types that every collection has."""


def types(included: Collection[str]) -> set[str]:
    """Return the types of a collection that includes these."""
    return {*ALWAYS, *(each for name in included for each in INCLUDED[name])}


_IN = "organizations/{organization}/"

ORGANIZATION = ApiSource(
    _IN,
    "org:read",
    (
        *_types(entities.ORGANIZATION, _R.HAS_TEAM, _R.HAS_PROJECT, _R.HAS_MEMBER),
        *(*_OF_ROLES, *INCLUDED["service"], *INCLUDED["repositories"]),
    ),
    # Else the answer also has all teams and projects: megabytes, which come in the lists anyway.
    {"detailed": "0"},
)
ROLES = ApiSource(_IN, "org:read", _OF_ROLES)
TEAMS = ApiSource(_IN + "teams/", "team:read or org:read", _OF_TEAMS)
PROJECTS = ApiSource(
    _IN + "projects/",
    "project:read or org:read",
    (*_OF_PROJECTS, *_OF_FINDINGS, *_OF_KEYS),
)
MEMBERS = ApiSource(_IN + "members/", "member:read", _OF_MEMBERS)
REPOSITORIES = ApiSource(_IN + "repos/", "org:read", _types(_R.HAS_REPOSITORY))
TEAM_MEMBERS = ApiSource(
    "teams/{organization}/{team}/members/", "team:read", _types(_R.TEAM_MEMBER)
)
# The query is Sentry's default, said explicitly.
FINDINGS = ApiSource(
    _IN + "issues/", "event:read", _OF_FINDINGS, {"query": "is:unresolved", "limit": "100"}
)
PROJECT_FINDINGS = ApiSource(
    "projects/{organization}/{project}/issues/",
    "event:read",
    _OF_FINDINGS,
    {"query": "is:unresolved", "limit": "100"},
)
KEYS = ApiSource(_IN + "project-keys/", "org:read", _OF_KEYS)
PROJECT_KEYS = ApiSource("projects/{organization}/{project}/keys/", "project:read", _OF_KEYS)
