"""Collect organizations, projects, teams and members as a graph."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sentry_plugin.inventory import collecting, delivery, employees
from sentry_plugin.step import Action

if TYPE_CHECKING:
    from sentry_plugin.generated import types


class CollectInventory(Action):
    """Collect organizations, projects, teams, members and how they are connected."""

    def run(self, params: types.CollectInventoryInput) -> types.CollectInventoryOutput:
        """https://docs.sentry.io/api/organizations/ ."""
        employed = employees.given(params)
        wanted = collecting.Wanted(
            organizations=params.get("organizations", []),
            include=delivery.included(params.get("include", [])),
            raw=params.get("raw_data", False),
            tags=delivery.tags(params),
            employees=employed,
        )
        inventory = collecting.collect(self.connection.client, wanted)
        output: types.CollectInventoryOutput = delivery.output(inventory, params, employed)
        return output
