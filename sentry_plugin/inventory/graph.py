"""The graph as it is collected: each `_key` once, whoever brings it. Usable by several threads.

Knows no kind of entity.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sentry_plugin.inventory.properties import JSON


class Graph:
    """Entities and relationships by their keys; of two with one key, the last stays."""

    def __init__(self) -> None:
        self._entities: dict[str, JSON] = {}
        self._relationships: dict[str, JSON] = {}

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
            if not ("_mapping" in each or known.keys() >= {*_ends(each)})
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


def _ends(relationship: JSON) -> tuple[str, str]:
    return relationship["_fromEntityKey"], relationship["_toEntityKey"]
