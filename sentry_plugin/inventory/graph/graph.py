"""The graph as it is collected: each `_key` once, whoever brings it. Usable by several threads.

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

    def of(self, organization: str) -> Part:
        """Give what one organization adds to."""
        return Part(self, organization)

    def own(self, organization: str, entities: Iterable[JSON]) -> None:
        """Note whose entities these are."""
        self._owners.update((each["_key"], organization) for each in entities)

    def parts(self) -> dict[str, tuple[list[JSON], list[JSON]]]:
        """Give the entities and the relationships of each organization."""
        if len(organizations := {*self._owners.values()}) == 1:
            both = [*self._entities.values()], [*self._relationships.values()]
            return {organizations.pop(): both}
        found: dict[str, tuple[list[JSON], list[JSON]]] = defaultdict(lambda: ([], []))
        for each in self._entities.values():
            found[self._owners[each["_key"]]][0].append(each)
        for each in self._relationships.values():
            owners = {self._owners[end] for end in ends(each)}
            # What is moved meanwhile may be seen in two organizations.
            if len(owners) == 1:
                found[owners.pop()][1].append(each)
        return dict(found)

    def add(self, entities: Iterable[JSON] = (), relationships: Iterable[JSON] = ()) -> None:
        """Add, or replace."""
        self._entities.update((each["_key"], each) for each in entities)
        self._relationships.update((each["_key"], each) for each in relationships)

    @property
    def entities(self) -> list[JSON]:
        """All entities, in an order that does not depend on the collection."""
        return sorted(self._entities.values(), key=_place)

    @property
    def relationships(self) -> list[JSON]:
        """All relationships, in such an order."""
        return sorted(self._relationships.values(), key=_place)

    def tag(self, properties: Mapping[str, str]) -> None:
        """Give properties to all entities."""
        for each in self._entities.values():
            each.update(properties)

    def drop_loose(self) -> list[str]:
        """Drop relationships with an end that is not there; their types, each once."""
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


def ends(relationship: JSON) -> tuple[str, ...]:
    """Give the keys of the entities that it connects; a mapped one has but one of ours."""
    if "_mapping" in relationship:
        return (relationship["_mapping"]["sourceEntityKey"],)
    return relationship["_fromEntityKey"], relationship["_toEntityKey"]


class Part:
    """What one organization adds to a graph."""

    def __init__(self, graph: Graph, organization: str) -> None:
        self._graph = graph
        self._organization = organization

    def add(self, entities: Iterable[JSON] = (), relationships: Iterable[JSON] = ()) -> None:
        """Add, or replace."""
        made = list(entities)
        self._graph.own(self._organization, made)
        self._graph.add(made, relationships)
