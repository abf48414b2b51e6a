"""Makes the data of the page: entities with their places, relationships, findings and changes.

Entities are numbered, and all the rest refers to them by number. Writes no HTML.
"""

from __future__ import annotations

import itertools
import operator
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from sentry_plugin.inventory.drawing import columns
from sentry_plugin.inventory.drawing.layout import place
from sentry_plugin.inventory.graph import entities, relationships

if TYPE_CHECKING:
    from sentry_plugin.inventory.drawing.layout import Disc
    from sentry_plugin.inventory.drawing.marks import ChangeMarks
    from sentry_plugin.inventory.source import Inventory
    from sentry_plugin.strictjson import JSON

_KINDS = [each for each in vars(entities).values() if isinstance(each, entities.EntityKind)]
_ORDER = {each.type: place for place, each in enumerate(_KINDS)}
_HIDDEN = {
    each.type
    for each in vars(relationships).values()
    if isinstance(each, relationships.RelationshipKind) and each.source is entities.ORGANIZATION
}
"""Lines from the organization to all that it has would be half of all lines, and say nothing."""
_SOURCE = "_fromEntityKey"
_OWN = ("_class", "_type", "_rawData")
"""Not shown: the page says it in another way, or it is more than the page should hold."""


class Drawing(NamedTuple):
    """What is drawn; *drawn_at* is a text."""

    title: str
    drawn_at: str
    inventory: Inventory
    findings: Sequence[JSON]
    checks: Sequence[JSON]
    changes: ChangeMarks


def page_data(drawing: Drawing) -> JSON:
    """Return the page's data, ready for JSON."""
    removed = drawing.changes.removed
    removed_nodes = (each for each in removed if _SOURCE not in each)
    nodes = _numbered([*removed_nodes, *drawing.inventory.entities])
    numbers = {each["_key"]: number for number, each in enumerate(nodes)}
    # Mapped relationships lead to entities of other integrations, which are not here.
    ends = [each for each in (*removed, *drawing.inventory.relationships) if _SOURCE in each]
    edges = [each for each in ends if each[_SOURCE] in numbers and each["_toEntityKey"] in numbers]
    return {
        "title": drawing.title,
        "organizations": list(drawing.inventory.organizations),
        "at": drawing.drawn_at,
        "types": _types(nodes),
        "relations": _relations(edges, numbers, drawing.changes),
        **_places(nodes, edges, numbers),
        "checks": _checks(drawing, nodes, numbers),
        "changes": _changes(drawing.changes, numbers),
        "partial": [dict(each) for each in drawing.inventory.partial_types],
    }


def _numbered(nodes: Iterable[JSON]) -> list[JSON]:
    once = {each["_key"]: each for each in nodes}
    return sorted(once.values(), key=_sort_key)


def _sort_key(node: JSON) -> tuple[int, str, str]:
    return _ORDER.get(node["_type"], len(_ORDER)), node["_type"], node["_key"]


def _types(nodes: Sequence[JSON]) -> list[JSON]:
    by_type: dict[str, list[JSON]] = defaultdict(list)
    for each in nodes:
        by_type[each["_type"]].append(each)
    return [
        {"type": type_, "count": len(rows), "columns": columns.table(rows, _names(rows))}
        for type_, rows in by_type.items()
    ]


def _names(rows: Sequence[JSON]) -> list[str]:
    names = dict.fromkeys(itertools.chain.from_iterable(rows))
    return [each for each in names if each not in _OWN]


def _places(nodes: Sequence[JSON], edges: Sequence[JSON], numbers: Mapping[str, int]) -> JSON:
    ends = defaultdict(list)
    for each in edges:
        ends[each["_type"]].append((each["_fromEntityKey"], each["_toEntityKey"]))
    made = place(nodes, ends)
    points = [made.points[each["_key"]] for each in nodes]
    return {
        "x": columns.differences([round(x) for x, _ in points]),
        "y": columns.differences([round(y) for _, y in points]),
        "teams": [_disc(each, numbers) for each in made.teams],
        "islands": [_disc(each, numbers) for each in made.organizations],
    }


def _disc(disc: Disc, numbers: Mapping[str, int]) -> list[int]:
    return [numbers.get(disc.key or "", -1), round(disc.x), round(disc.y), round(disc.r)]


def _relations(
    edges: Sequence[JSON], numbers: Mapping[str, int], changes: ChangeMarks
) -> list[JSON]:
    by_type: dict[str, dict[tuple[int, int], JSON]] = defaultdict(dict)
    for each in edges:
        if each["_type"] not in _HIDDEN:
            ends = numbers[each[_SOURCE]], numbers[each["_toEntityKey"]]
            by_type[each["_type"]][ends] = each
    return [_relation(type_, rows, changes) for type_, rows in sorted(by_type.items())]


def _relation(type_: str, rows: Mapping[tuple[int, int], JSON], changes: ChangeMarks) -> JSON:
    ends = sorted(rows)
    return {
        "type": type_,
        "from": columns.differences([source for source, _ in ends]),
        "to": columns.differences([target for _, target in ends]),
        "role": columns.column([rows[each].get("teamRole") for each in ends]),
        "change": columns.column([changes.states.get(rows[each]["_key"]) for each in ends]),
    }


def _checks(drawing: Drawing, nodes: Sequence[JSON], numbers: Mapping[str, int]) -> list[JSON]:
    found: dict[str, list[tuple[int, JSON]]] = defaultdict(list)
    for each in drawing.findings:
        found[each["check"]].append((numbers[each["entity"]], each))
    return [_check(each, found[each["check"]], nodes) for each in drawing.checks]


def _check(result: JSON, findings: list[tuple[int, JSON]], nodes: Sequence[JSON]) -> JSON:
    findings.sort(key=operator.itemgetter(0))
    rows = [each["evidence"] for _, each in findings]
    names = dict.fromkeys(itertools.chain.from_iterable(rows))
    # Most evidence is a property of the entity, so that the page has it already.
    own = [
        name
        for name in names
        if all(
            name not in row or row[name] == nodes[n].get(name)
            for (n, _), row in zip(findings, rows, strict=True)
        )
    ]
    return {
        **result,
        "remedy": findings[0][1]["remedy"] if findings else "",
        "nodes": columns.differences([number for number, _ in findings]),
        "own": own,
        "columns": columns.table(rows, [name for name in names if name not in own]),
    }


def _changes(changes: ChangeMarks, numbers: Mapping[str, int]) -> JSON:
    states = [(numbers[key], change) for key, change in changes.states.items() if key in numbers]
    return {
        "states": dict(sorted(states)),
        "values": {numbers[key]: each for key, each in changes.values.items() if key in numbers},
    }
