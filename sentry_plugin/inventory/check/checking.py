"""From an action's input to checks done: which checks, within which limits.

Decides no check.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from sentry_plugin.errors import InputError
from sentry_plugin.inventory import source
from sentry_plugin.inventory.check import judging, sarif
from sentry_plugin.inventory.check.checks import Limits
from sentry_plugin.inventory.check.view import View
from sentry_plugin.inventory.graph import employees

if TYPE_CHECKING:
    from sentry_plugin.inventory.check.checks import Check
    from sentry_plugin.inventory.source import Inventory
    from sentry_plugin.steps.connection import Connection
    from sentry_plugin.strictjson import JSON

INCLUDE = ("findings", "settings")
"""What the checks need besides what every collection has."""

_NUMBERS = ("most_owners", "stale_days", "invitation_days", "silent_days", "reach_percent")


class Asked(NamedTuple):
    """The checks that an input asks for, and within which limits."""

    checks: Sequence[Check]
    limits: Limits

    def judge(self, inventory: Inventory) -> tuple[list[JSON], list[JSON]]:
        """Do the checks; what they found, and how each came out."""
        view = View(inventory.entities, inventory.relationships, inventory.partial)
        return judging.judge(view, self.limits, self.checks)


def output(connection: Connection, params: Any) -> Any:
    """Check the inventory of the input, or one that is collected now."""
    wanted = asked(params)
    inventory = source.inventory(connection, params, INCLUDE)
    findings, results = wanted.judge(inventory)
    made = {"findings": findings, "checks": results, "partial_types": [*inventory.partial_types]}
    return made | ({"sarif": sarif.log(findings, wanted.checks)} if params.get("sarif") else {})


def asked(params: Any) -> Asked:
    """Read the checks and limits of an input, or refuse them."""
    return Asked(judging.chosen(params.get("checks")), _limits(params))


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
