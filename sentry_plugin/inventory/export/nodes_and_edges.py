"""Makes nodes and edges with labels and flat properties, as general graph tools read them. Pure.

The target of a mapped relationship becomes a node too. Knows no file format.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from sentry_plugin.strictjson import JSON


class Node(NamedTuple):
    """An entity, or the target of a mapped relationship."""

    key: str
    labels: tuple[str, ...]
    properties: JSON


class Edge(NamedTuple):
    """A relationship."""

    key: str
    label: str
    source: str
    target: str
    properties: JSON


class FlatGraph(NamedTuple):
    """A graph in which both ends of each edge are nodes."""

    nodes: list[Node]
    edges: list[Edge]


def flatten(entities: Sequence[JSON], relationships: Sequence[JSON]) -> FlatGraph:
    """Make nodes and edges; of two objects with one key, the last stays."""
    nodes = {each["_key"]: _node(each["_key"], each) for each in entities}
    edges = {}
    for each in relationships:
        far = _far_end(each) if "_mapping" in each else None
        if far:
            nodes.setdefault(far.key, far)
        edge = _edge(each, far)
        if edge.source in nodes and edge.target in nodes:
            edges[edge.key] = edge
    return FlatGraph([*nodes.values()], [*edges.values()])


def _node(key: str, each: JSON) -> Node:
    classes = each.get("_class", ())
    listed = [classes] if isinstance(classes, str) else classes
    labels = dict.fromkeys(str(one) for one in (each.get("_type", ""), *listed) if one)
    return Node(key, tuple(labels), {**_properties(each), "_key": key})


def _far_end(each: JSON) -> Node | None:
    target = each["_mapping"].get("targetEntity")
    key = each["_key"].split("|", 2)[-1]
    return _node(key, target) if isinstance(target, dict) else None


def _edge(each: JSON, far: Node | None) -> Edge:
    near = each.get("_mapping", {}).get("sourceEntityKey", "")
    ends = (near, far.key) if far else (each.get("_fromEntityKey"), each.get("_toEntityKey"))
    if each.get("_mapping", {}).get("relationshipDirection") == "REVERSE":
        ends = ends[::-1]
    label = str(each.get("_class") or each["_type"])
    return Edge(each["_key"], label, str(ends[0]), str(ends[1]), _properties(each))


_NOT_FLAT = {"_mapping", "_rawData", "_fromEntityKey", "_toEntityKey"}


def _properties(each: JSON) -> JSON:
    return dict(_pairs(each))


def _pairs(each: JSON) -> Iterator[tuple[str, Any]]:
    for name, value in each.items():
        if isinstance(value, list) and name not in _NOT_FLAT:
            yield name, [one if isinstance(one, str) else json.dumps(one) for one in value]
        elif not (value is None or isinstance(value, dict) or name in _NOT_FLAT):
            yield name, value
