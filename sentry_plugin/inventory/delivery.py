"""What goes out of a collection: its tags, and the output with the graph as lists or as a file.

Collects nothing.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any

from sentry_plugin.errors import InputError
from sentry_plugin.inventory.graph import employees, entities, ndjson, sources

if TYPE_CHECKING:
    from sentry_plugin.inventory.collect.collecting import Inventory
    from sentry_plugin.inventory.graph.properties import JSON

LARGEST_LISTS = 8 << 20
"""Bytes of JSON that an orchestrator takes in one message without trouble."""


def included(names: Sequence[str]) -> Sequence[str]:
    """Refuse what cannot be included."""
    if {*names} <= sources.INCLUDED.keys():
        return names
    raise InputError(
        "The input's `include` names something that cannot be included.",
        f"It can be: {', '.join(sources.INCLUDED)}.",
    )


def tags(params: Any) -> dict[str, str]:
    """Give the tags that all entities are to have."""
    if not params.get("tag_account_name"):
        return {}
    if not params.get("account_name"):
        raise InputError("The input has `tag_account_name`, but no `account_name`.")
    return {entities.TAG: params["account_name"]}


def output(inventory: Inventory, params: Any, employed: Collection[str] | None) -> Any:
    """Build the output of a collection."""
    graph, partial = inventory.graph, inventory.gaps.partial_types
    told = {name: params[name] for name in ("account_name", "description") if name in params}
    nodes, edges = graph.entities, graph.relationships
    made = {
        **told,
        **_form(nodes, edges, params.get("output_as", "auto")),
        "counts": graph.counts(),
        "partial_types": partial,
        "organizations": inventory.organizations,
        "collected_at": inventory.began.isoformat(),
        "seconds": inventory.seconds,
        "requests": inventory.requests,
    }
    if employed is not None:
        complete = all(each["type"] != entities.MEMBER.type for each in partial)
        made["employee_match"] = employees.report(nodes, employed, complete=complete)
    return made


def _form(nodes: list[JSON], edges: list[JSON], wanted: str) -> JSON:
    lists: JSON = {"entities": nodes, "relationships": edges}
    if wanted == "lists":
        return lists
    packed = ndjson.pack(itertools.chain(nodes, edges))
    if wanted == "auto" and packed.size <= LARGEST_LISTS:
        return lists
    return {"file": {"filename": ndjson.FILENAME, "content": packed.content}}
