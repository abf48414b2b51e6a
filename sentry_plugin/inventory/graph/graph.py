"""The graph while it is collected: each `_key` stands in it once. Usable by several threads.

Knows no kind of entity.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sentry_plugin.strictjson import JSON


class Graph:
    """Entities and relationships by their keys; of two with one key, the last stays."""

    def __init__(self) -> None:
        self._entities: dict[str, JSON] = {}
        self._relationships: dict[str, JSON] = {}
        self._owners: dict[str, str] = {}

    def part_of(self, organization: str) -> GraphPart:
        """Return the part to which one organization's entities and relationships are added."""
        return GraphPart(self, organization)

    def set_owner(self, organization: str, entities: Iterable[JSON]) -> None:
        """Note that entities belong to an organization."""
        self._owners.update((each["_key"], organization) for each in entities)

    def by_organization(self) -> dict[str, tuple[list[JSON], list[JSON]]]:
        """Return the entities and the relationships of each organization."""
        if len(organizations := {*self._owners.values()}) == 1:
            both = [*self._entities.values()], [*self._relationships.values()]
            return {organizations.pop(): both}
        found: dict[str, tuple[list[JSON], list[JSON]]] = defaultdict(lambda: ([], []))
        for each in self._entities.values():
            found[self._owners[each["_key"]]][0].append(each)
        for each in self._relationships.values():
            owners = {self._owners[end] for end in ends(each)}
            # What is moved during the collection may be seen in two organizations.
            if len(owners) == 1:
                found[owners.pop()][1].append(each)
        return dict(found)

    def add(self, entities: Iterable[JSON] = (), relationships: Iterable[JSON] = ()) -> None:
        """Add objects, or replace those of the same keys."""
        self._entities.update((each["_key"], each) for each in entities)
        self._relationships.update((each["_key"], each) for each in relationships)

    @property
    def entities(self) -> list[JSON]:
        """All entities, sorted by type and key."""
        return sorted(self._entities.values(), key=_place)

    @property
    def relationships(self) -> list[JSON]:
        """All relationships, sorted by type and key."""
        return sorted(self._relationships.values(), key=_place)

    def tag(self, properties: Mapping[str, str]) -> None:
        """Set properties of all entities."""
        for each in self._entities.values():
            each.update(properties)

    def drop_loose_relationships(self) -> list[str]:
        """Drop relationships of which an end is missing; return their types, each once."""
        known = self._entities
        loose = [
            (key, each["_type"])
            for key, each in self._relationships.items()
            if not known.keys() >= {*ends(each)}
        ]
        for key, _ in loose:
            del self._relationships[key]
        return sorted({kind for _, kind in loose})

    def counts(self) -> dict[str, int]:
        """Count entities and relationships by type."""
        objects = (*self._entities.values(), *self._relationships.values())
        return dict(sorted(Counter(each["_type"] for each in objects).items()))


def _place(each: JSON) -> tuple[str, str]:
    return each["_type"], each["_key"]


def is_relationship(each: JSON) -> bool:
    """Tell a relationship from an entity."""
    return "_fromEntityKey" in each or "_mapping" in each


def ends(relationship: JSON) -> tuple[str, ...]:
    """Return the keys of source and target; of a mapped relationship only that of the source."""
    if "_mapping" in relationship:
        return (relationship["_mapping"]["sourceEntityKey"],)
    return relationship["_fromEntityKey"], relationship["_toEntityKey"]


class GraphPart:
    """The part of a graph that belongs to one organization."""

    def __init__(self, graph: Graph, organization: str) -> None:
        self._graph = graph
        self._organization = organization

    def add(self, entities: Iterable[JSON] = (), relationships: Iterable[JSON] = ()) -> None:
        """Add objects, or replace those of the same keys."""
        made = list(entities)
        self._graph.set_owner(self._organization, made)
        self._graph.add(made, relationships)
