"""Makes the states that are compared, one for each organization, from lists or from the store.

Compares nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING

from sentry_plugin.inventory.compare.changes import State
from sentry_plugin.inventory.graph import api_sources, entities
from sentry_plugin.inventory.graph.graph import ends
from sentry_plugin.inventory.store import reading

if TYPE_CHECKING:
    import sqlite3

    from sentry_plugin.inventory.source import Inventory
    from sentry_plugin.inventory.store.reading import Snapshot
    from sentry_plugin.strictjson import JSON

_EVERYTHING = api_sources.types(api_sources.INCLUDED)


def of_snapshots(
    store: sqlite3.Connection, before: Snapshot, after: Snapshot
) -> tuple[State, State]:
    """Return what two snapshots of one organization do not share.

    Rows end only with a complete collection of their type, so all that is missing in *after* was
    removed. What is new in it was added only if its type was complete before, at any time.
    """
    old, new = reading.unshared(store, before, after)
    complete = {
        type_
        for each in reading.snapshots(store)
        if each.organization == before.organization and each.id <= before.id
        for type_ in each.complete
    }
    names = partial(reading.names, store, after.organization)
    return State(*old, complete, names), State(*new, _EVERYTHING, names)


def of_inventories(inventory: Inventory) -> dict[str, State]:
    """Return the state of each organization."""
    owner = _owners(inventory)
    nodes: dict[str, dict[str, JSON]] = defaultdict(dict)
    edges: dict[str, dict[str, JSON]] = defaultdict(dict)
    for each in inventory.entities:
        nodes[owner(each["_key"])][each["_key"]] = each
    for each in inventory.relationships:
        edges[owner(ends(each)[0])][each["_key"]] = each
    return {
        organization: State(
            found,
            edges[organization],
            _complete(inventory, organization),
            partial(_names, found),
        )
        for organization, found in nodes.items()
    }


def _owners(inventory: Inventory) -> Callable[[str], str]:
    """Return a function that returns the organization of a key; an empty text for unknown."""
    if len(inventory.organizations) == 1:
        return lambda _: inventory.organizations[0]
    owners = {
        each["_key"]: str(each.get("slug", each["_key"]))
        for each in inventory.entities
        if each["_type"] == entities.ORGANIZATION.type
    }
    # First what organizations have, then what their projects have.
    for _ in range(2):
        for each in inventory.relationships:
            source, *target = ends(each)
            if source in owners and each.get("_class") == "HAS":
                owners |= {key: owners[source] for key in target if key not in owners}
    return lambda key: owners.get(key, "")


def _complete(inventory: Inventory, organization: str) -> set[str]:
    """Return the types of which nothing is missing; of optional ones, those that are there."""
    there = {each["_type"] for each in (*inventory.entities, *inventory.relationships)}
    concerns_all = len(inventory.organizations) == 1 or not organization
    missing = {
        each.get("type")
        for each in inventory.partial_types
        if concerns_all or each.get("organization") in {organization, "", None}
    }
    return {*api_sources.ALWAYS, *there} - missing


def _names(nodes: Mapping[str, JSON], keys: set[str]) -> dict[str, str]:
    found = ((key, nodes.get(key, {}).get("displayName")) for key in keys)
    return {key: str(name) for key, name in found if name}
