"""Reads the inventory that an action's input gives: lists, a file, a snapshot, or none at all.

Without one it is collected now. Checks only whether Collect Inventory can have made it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from types import UnionType
from typing import TYPE_CHECKING, Any, NamedTuple

from sentry_plugin.errors import InputError
from sentry_plugin.inventory.collect import collecting
from sentry_plugin.inventory.graph import entities, ndjson
from sentry_plugin.inventory.store import snapshots

if TYPE_CHECKING:
    from sentry_plugin.steps.connection import Connection
    from sentry_plugin.strictjson import JSON


class Inventory(NamedTuple):
    """An inventory in the form of Collect Inventory's output; relationships may be mapped."""

    entities: Sequence[JSON]
    relationships: Sequence[JSON]
    partial_types: Sequence[JSON]
    organizations: Sequence[str]

    @property
    def partial(self) -> set[str]:
        """The types that are partial in any organization."""
        return {each["type"] for each in self.partial_types if "type" in each}


def inventory(connection: Connection, params: Any, include: Collection[str]) -> Inventory:
    """Return the inventory of the input, or collect one that has what *include* names."""
    return named(connection, params) or collected(connection, params, include)


def named(connection: Connection, params: Any) -> Inventory | None:
    """Return the inventory of the input; None where it gives none."""
    lists = [name for name in ("entities", "relationships") if name in params]
    if {"file", "snapshot"} & {*params} and not any(params[name] for name in lists):
        lists = []  # fields that were left empty
    if bool(lists) + ("file" in params) + ("snapshot" in params) > 1:
        raise InputError(
            "The input names more than one inventory.", "Give the lists, `file` or `snapshot`."
        )
    if len(lists) == 1:
        raise InputError("The input has only one of `entities` and `relationships`.", "Give both.")
    if lists:
        return _checked(params["entities"], params["relationships"], params)
    if "file" in params:
        content = params["file"].get("content", "")
        return _checked(*ndjson.unpack(content, connection.deadline), params)
    if "snapshot" in params:
        return of_snapshots(connection, params)
    return None


def of_snapshots(connection: Connection, params: Any) -> Inventory:
    """Return the inventory of the snapshot that the input names."""
    organizations = params.get("organizations", [])
    (chosen,) = snapshots.find_named(connection, organizations, params["snapshot"])
    found = snapshots.contents(connection, chosen)
    return Inventory(
        [each for objects in found for each in objects.entities.values()],
        [each for objects in found for each in objects.relationships.values()],
        [gap for each in chosen for gap in each.partial],
        [each.organization for each in chosen],
    )


def collected(connection: Connection, params: Any, include: Collection[str]) -> Inventory:
    """Collect the organizations of the input, else that of the connection, else all."""
    wanted = collecting.CollectOptions(
        organizations=params.get("organizations", []), include=include
    )
    made = collecting.collect(connection.client, wanted)
    graph = made.graph
    return Inventory(
        graph.entities, graph.relationships, made.gaps.partial_types, made.organizations
    )


_NODE = {"_key": str, "_type": str}
_CLASS = {"_class": str}
_EDGE = {**_NODE, "_fromEntityKey": str, "_toEntityKey": str}
_MAPPING = {"sourceEntityKey": str}
_OPTIONAL = {
    **dict.fromkeys(("lastActive", "lastLogin", "createdOn", "lastSeenOn", "memberCount"), int),
    **dict.fromkeys(("email", "displayName", "priority", "level", "slug"), str),
    "unverifiedEmails": list,
    "_class": str | list,
}
"""Properties that the actions calculate with, so that their types matter."""


def _checked(nodes: Sequence[JSON], edges: Sequence[JSON], params: Any) -> Inventory:
    if not (
        all(_fits(each, _NODE) and _fits(each, _OPTIONAL, optional=True) for each in nodes)
        and all(_fits_relationship(each) for each in edges)
    ):
        raise InputError("The input holds something that Collect Inventory did not give.")
    slugs = [
        str(each.get("slug") or each["_key"])
        for each in nodes
        if each["_type"] == entities.ORGANIZATION.type
    ]
    return Inventory(nodes, edges, params.get("partial_types", []), slugs)


def _fits_relationship(each: JSON) -> bool:
    if not _fits(each, _CLASS, optional=True):
        return False
    if "_mapping" not in each:
        return _fits(each, _EDGE)
    mapping = each["_mapping"]
    return _fits(each, _NODE) and isinstance(mapping, dict) and _fits(mapping, _MAPPING)


def _fits(each: JSON, fields: Mapping[str, type | UnionType], *, optional: bool = False) -> bool:
    return all(
        isinstance(each[name], kind) if name in each else optional for name, kind in fields.items()
    )
