"""From an action's input to checks done: which inventory, within which limits.

Decides no check.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from sentry_plugin.errors import InputError
from sentry_plugin.inventory import collecting, employees, judging, ndjson, sarif
from sentry_plugin.inventory.checks import Limits
from sentry_plugin.inventory.view import View

if TYPE_CHECKING:
    from sentry_plugin.connection import Connection
    from sentry_plugin.inventory.properties import JSON

INCLUDE = ("findings", "settings")
"""What the checks need besides what every collection has."""

_NUMBERS = ("most_owners", "stale_days", "invitation_days", "silent_days", "reach_percent")


class Given(NamedTuple):
    """An inventory as the output of a collection has it."""

    entities: Sequence[JSON]
    relationships: Sequence[JSON]
    partial_types: Sequence[JSON]


def output(connection: Connection, params: Any) -> Any:
    """Check the inventory of the input, or one that is collected now."""
    checks = judging.chosen(params.get("checks"))
    limits = _limits(params)
    given = _given(params) or _collected(connection, params)
    partial = {each["type"] for each in given.partial_types if "type" in each}
    view = View(given.entities, given.relationships, partial)
    findings, results = judging.judge(view, limits, checks)
    made = {"findings": findings, "checks": results, "partial_types": [*given.partial_types]}
    return made | ({"sarif": sarif.log(findings, checks)} if params.get("sarif") else {})


def _limits(params: Any) -> Limits:
    numbers = {name: params[name] for name in _NUMBERS if name in params}
    for name, number in numbers.items():
        if number < 0:
            raise InputError(f"The input's `{name}` is less than 0.")
    return Limits(
        now=time.time_ns() // 1_000_000,
        allowed_domains=params.get("allowed_domains", ()),
        employees=employees.given(params) or (),
        **numbers,
    )


def _given(params: Any) -> Given | None:
    partial = params.get("partial_types", [])
    if "file" in params:
        nodes, edges = ndjson.unpack(params["file"].get("content", ""))
    elif "entities" in params and "relationships" in params:
        nodes, edges = params["entities"], params["relationships"]
    elif "entities" in params or "relationships" in params:
        raise InputError("The input has only one of `entities` and `relationships`.", "Give both.")
    else:
        return None
    ends = [each for each in edges if "_mapping" not in each]
    if not (
        all(_fits(each, _NODE) for each in nodes)
        and all(_fits(each, _EDGE) for each in ends)
        and all(_fits(each, _OPTIONAL, optional=True) for each in nodes)
    ):
        raise InputError("The input holds something that Collect Inventory did not give.")
    return Given(nodes, ends, partial)


_NODE = {"_key": str, "_type": str}
_EDGE = {"_type": str, "_fromEntityKey": str, "_toEntityKey": str}
_OPTIONAL = {
    **dict.fromkeys(("lastActive", "lastLogin", "createdOn", "lastSeenOn", "memberCount"), int),
    **dict.fromkeys(("email", "displayName", "priority", "level"), str),
    "unverifiedEmails": list,
}
"""What the checks calculate with."""


def _fits(each: JSON, fields: Mapping[str, type], *, optional: bool = False) -> bool:
    return all(
        isinstance(each[name], kind) if name in each else optional for name, kind in fields.items()
    )


def _collected(connection: Connection, params: Any) -> Given:
    wanted = collecting.Wanted(organizations=params.get("organizations", []), include=INCLUDE)
    inventory = collecting.collect(connection.client, wanted)
    graph = inventory.graph
    return Given(graph.entities, graph.relationships, inventory.gaps.partial_types)
