"""The output of Collect Inventory: the graph as lists or as a file, and the stored snapshot."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

from sentry_plugin.errors import StoreError
from sentry_plugin.inventory.graph import employees, entities, ndjson
from sentry_plugin.inventory.store import snapshots
from sentry_plugin.logs import logger

if TYPE_CHECKING:
    from sentry_plugin.inventory.collect.collecting import CollectedInventory
    from sentry_plugin.steps.connection import Connection
    from sentry_plugin.strictjson import JSON

LARGEST_LISTS = 8 << 20
"""Bytes of NDJSON up to which `auto` gives lists: an orchestrator takes them in one message."""


def collected(inventory: CollectedInventory, params: Any) -> JSON:
    """Return the output without its `snapshot`."""
    graph, partial = inventory.graph, inventory.gaps.partial_types
    echoed = {name: params[name] for name in ("account_name", "description") if name in params}
    nodes, edges = graph.entities, graph.relationships
    made = {
        **echoed,
        **_form(nodes, edges, params.get("output_as", "auto")),
        "counts": graph.counts(),
        "partial_types": partial,
        "organizations": inventory.organizations,
        "collected_at": inventory.began.isoformat(),
        "seconds": inventory.seconds,
        "requests": inventory.requests,
    }
    employed = inventory.options.employees
    if employed is not None:
        complete = all(each["type"] != entities.MEMBER.type for each in partial)
        made["employee_match"] = employees.report(nodes, employed, complete=complete)
    return made


def _form(nodes: list[JSON], edges: list[JSON], form: str) -> JSON:
    lists: JSON = {"entities": nodes, "relationships": edges}
    if form == "lists":
        return lists
    packed = ndjson.pack(itertools.chain(nodes, edges))
    if form == "auto" and packed.size <= LARGEST_LISTS:
        return lists
    return {"file": {"filename": ndjson.FILENAME, "content": packed.content}}


def store(connection: Connection, inventory: CollectedInventory, params: Any) -> JSON:
    """Store what was collected, unless the input forbids it, and return the output's `snapshot`.

    A failure is raised only where the input asks to store, and else logged.
    """
    if not params.get("store", True):
        return {}
    try:
        return {"snapshot": str(snapshots.add(connection, inventory))}
    except StoreError as error:
        if "store" in params:
            raise
        logger.warning("The inventory was not stored: %s", error)
        return {}
