"""Sorts entities into clusters: a cluster is a team with its members, projects and their details.

A member or project of several teams stands with the smallest, which says most about it. The
clusters of an organization are an island. Knows no coordinates.
"""

from __future__ import annotations

import heapq
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple

from sentry_plugin.inventory.graph import entities, relationships

if TYPE_CHECKING:
    from sentry_plugin.strictjson import JSON

BUSY = 12
"""A member of more teams than this does not count when it is asked which teams share most."""

TEAM, MEMBER, PROJECT = entities.TEAM.type, entities.MEMBER.type, entities.PROJECT.type
_IN_TEAM = (relationships.TEAM_MEMBER.type, relationships.TEAM_PROJECT.type)
_OF_PROJECT = (relationships.PROJECT_FINDING.type, relationships.PROJECT_KEY.type)
_OF_ORGANIZATION = tuple(
    each.type
    for each in vars(relationships).values()
    if isinstance(each, relationships.RelationshipKind) and each.source is entities.ORGANIZATION
)

Ends = Mapping[str, Sequence[tuple[str, str]]]
"""Pairs of keys, source and target, by the type of relationship."""


class Cluster(NamedTuple):
    """The keys of a team (or none), its people, its projects, and what these have (details)."""

    team: str | None
    people: Sequence[str]
    projects: Sequence[str]
    details: Sequence[str]


class Island(NamedTuple):
    """An organization (or none) and its clusters; on its *shelf* stands what is in none of them."""

    organization: str | None
    shelf: Sequence[str]
    clusters: Sequence[Cluster]


def islands(nodes: Iterable[JSON], ends: Ends) -> list[Island]:
    """Sort all entities; clusters that are neighbours in a list share many members or projects."""
    places = _Places({each["_key"]: each["_type"] for each in nodes}, ends)
    found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for key in places.kinds:
        team = places.team(key)
        found[places.organization(key, team)][team].append(key)
    shared = _shared(ends)
    return [_island(places, key, found[key], shared) for key in sorted(found)]


class _Places:
    """The team and the organization of each entity; an empty text for none."""

    def __init__(self, kinds: Mapping[str, str], ends: Ends) -> None:
        self.kinds = kinds
        self._homes = {key: team for type_ in _IN_TEAM for key, team in _homes(ends.get(type_, ()))}
        self.owners = _by_target(ends, _OF_PROJECT)
        self._organizations = _by_target(ends, _OF_ORGANIZATION)
        known = [key for key, kind in kinds.items() if kind == entities.ORGANIZATION.type]
        self._organizations.update((key, key) for key in known)
        self._only = known[0] if len(known) == 1 else ""

    def team(self, key: str) -> str:
        if self.kinds[key] == TEAM:
            return key
        return self._homes.get(self.owners.get(key, key), "")

    def organization(self, key: str, team: str) -> str:
        candidates = (key, self.owners.get(key, ""), team)
        found = (self._organizations[each] for each in candidates if each in self._organizations)
        return next(found, self._only)


def _by_target(ends: Ends, types: Iterable[str]) -> dict[str, str]:
    return {target: source for type_ in types for source, target in ends.get(type_, ())}


def _homes(pairs: Sequence[tuple[str, str]]) -> Iterable[tuple[str, str]]:
    """Pair members and projects with their teams, the smallest last: a dictionary keeps that."""
    sizes = Counter(team for team, _ in pairs)
    ordered = sorted(pairs, key=lambda pair: (-sizes[pair[0]], pair[0]))
    return ((target, team) for team, target in ordered)


def _shared(ends: Ends) -> dict[str, Counter[str]]:
    """Count for each team the members and projects that it shares with each other one."""
    teams: dict[str, list[str]] = defaultdict(list)
    for type_ in _IN_TEAM:
        for team, target in ends.get(type_, ()):
            teams[target].append(team)
    shared: dict[str, Counter[str]] = defaultdict(Counter)
    for several in teams.values():
        if len(several) <= BUSY:
            for one, other in combinations(several, 2):
                shared[one][other] += 1
                shared[other][one] += 1
    return shared


def _island(
    places: _Places,
    organization: str,
    teams: Mapping[str, list[str]],
    shared: Mapping[str, Counter[str]],
) -> Island:
    shelf: list[str] = []
    clusters = {}
    for team, keys in teams.items():
        people, projects, details = [], [], []
        for key in keys:
            match places.kinds[key]:
                case kind if kind == TEAM:
                    continue
                case kind if kind == MEMBER:
                    people.append(key)
                case kind if kind == PROJECT:
                    projects.append(key)
                case _ if key in places.owners:
                    details.append(key)
                case _:
                    shelf.append(key)
        details.sort(key=lambda key: (places.owners[key], key))
        if team or people or projects or details:
            clusters[team] = Cluster(team or None, people, projects, details)
    ordered = _ordered(clusters, shared)
    return Island(organization or None, shelf, [clusters[each] for each in ordered])


def _ordered(clusters: Mapping[str, Cluster], shared: Mapping[str, Counter[str]]) -> list[str]:
    """Order teams: the largest first, then always the one that shares most with one before it."""
    sizes = {team: sum(map(len, each[1:])) for team, each in clusters.items()}
    starts = sorted(clusters, key=lambda team: (not team, -sizes[team], team))
    ordered: dict[str, None] = {}
    for start in starts:
        waiting = [(0, start)]
        while waiting:
            _, team = heapq.heappop(waiting)
            if team in ordered:
                continue
            ordered[team] = None
            for other, count in shared.get(team, {}).items():
                if other in clusters and other not in ordered:
                    heapq.heappush(waiting, (-count, other))
    return list(ordered)
