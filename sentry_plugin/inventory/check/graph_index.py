"""A graph in which the checks find entities by type, and follow relationships both ways.

Judges nothing. What is not in the graph is unknown.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from typing import TYPE_CHECKING

from sentry_plugin.inventory.graph import entities, relationships

if TYPE_CHECKING:
    from sentry_plugin.inventory.graph.entities import EntityKind
    from sentry_plugin.inventory.graph.relationships import RelationshipKind
    from sentry_plugin.strictjson import JSON

_MEMBERSHIPS = (
    relationships.HAS_MEMBER.type,
    relationships.HAS_TEAM.type,
    relationships.HAS_PROJECT.type,
)


class GraphIndex:
    """A graph, and which of its types are *partial*."""

    def __init__(
        self, nodes: Iterable[JSON], edges: Iterable[JSON], partial: Collection[str] = ()
    ) -> None:
        self.partial = partial
        self._by_key = {each["_key"]: each for each in nodes}
        self._by_type: dict[str, list[JSON]] = defaultdict(list)
        for node in self._by_key.values():
            self._by_type[node["_type"]].append(node)
        self._targets: dict[tuple[str, str], list[str]] = defaultdict(list)
        self._sources: dict[tuple[str, str], list[str]] = defaultdict(list)
        self._organizations: dict[str, str] = {}
        for edge in edges:
            if "_mapping" in edge:
                continue  # its target is an entity of another integration
            source, target = edge["_fromEntityKey"], edge["_toEntityKey"]
            if edge["_type"] in _MEMBERSHIPS:
                self._organizations[target] = source
            self._targets[edge["_type"], source].append(target)
            self._sources[edge["_type"], target].append(source)

    def all(self, kind: EntityKind) -> list[JSON]:
        """Return all entities of a kind."""
        return self._by_type[kind.type]

    def targets(self, relation: RelationshipKind, source: JSON) -> list[JSON]:
        """Return the entities to which one leads."""
        return self._found(self._targets[relation.type, source["_key"]])

    def sources(self, relation: RelationshipKind, target: JSON) -> list[JSON]:
        """Return the entities that lead to one."""
        return self._found(self._sources[relation.type, target["_key"]])

    def _found(self, keys: list[str]) -> list[JSON]:
        return [self._by_key[key] for key in keys if key in self._by_key]

    def organization(self, entity: JSON) -> JSON:
        """Return the organization of a member, team or project; an empty one if it is unknown."""
        return self._by_key.get(self._organizations.get(entity["_key"], ""), {})

    def joined_members(self) -> Iterator[JSON]:
        """Yield the members without those who are only invited."""
        return (each for each in self.all(entities.MEMBER) if has_joined(each))


def has_joined(member: JSON) -> bool:
    """Tell whether a member is more than a pending invitation."""
    return member.get("pending") is not True
