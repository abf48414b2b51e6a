"""Runs the checks that an action's input names, on the inventory that it gives.

What a check finds is decided in `checks`.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from sentry_plugin.errors import InputError
from sentry_plugin.inventory import source
from sentry_plugin.inventory.check import judging, sarif
from sentry_plugin.inventory.check.checks import Limits
from sentry_plugin.inventory.check.graph_index import GraphIndex
from sentry_plugin.inventory.graph import employees

if TYPE_CHECKING:
    from sentry_plugin.inventory.check.checks import Check
    from sentry_plugin.inventory.source import Inventory
    from sentry_plugin.steps.connection import Connection
    from sentry_plugin.strictjson import JSON

INCLUDE = ("findings", "settings")
"""What a collection has to include for the checks."""

_NUMBERS = ("most_owners", "stale_days", "invitation_days", "silent_days", "reach_percent")


class RequestedChecks(NamedTuple):
    """The checks that an input names, and their limits."""

    checks: Sequence[Check]
    limits: Limits

    def judge(self, inventory: Inventory) -> tuple[list[JSON], list[JSON]]:
        """Run the checks; return their findings, and a result for each check."""
        graph = GraphIndex(inventory.entities, inventory.relationships, inventory.partial)
        return judging.judge(graph, self.limits, self.checks)


def output(connection: Connection, params: Any) -> Any:
    """Return the output of Check Inventory."""
    wanted = requested(params)
    inventory = source.inventory(connection, params, INCLUDE)
    findings, results = wanted.judge(inventory)
    made = {"findings": findings, "checks": results, "partial_types": [*inventory.partial_types]}
    return made | (
        {"sarif": sarif.document(findings, wanted.checks)} if params.get("sarif") else {}
    )


def requested(params: Any) -> RequestedChecks:
    """Read the checks and limits of an input, or raise an InputError."""
    return RequestedChecks(judging.choose(params.get("checks")), _limits(params))


def _limits(params: Any) -> Limits:
    numbers = {name: params[name] for name in _NUMBERS if name in params}
    for name, number in numbers.items():
        if number < 0:
            raise InputError(f"The input's `{name}` is less than 0.")
    return Limits(
        now=time.time_ns() // 1_000_000,
        allowed_domains=params.get("allowed_domains", ()),
        employees=employees.from_input(params) or (),
        **numbers,
    )
