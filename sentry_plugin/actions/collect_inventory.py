"""Collect organizations, projects, teams and members as a graph."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sentry_plugin.errors import StoreError
from sentry_plugin.inventory import delivery
from sentry_plugin.inventory.collect import collecting
from sentry_plugin.inventory.graph import employees
from sentry_plugin.inventory.store import snapshots
from sentry_plugin.logs import logger
from sentry_plugin.steps.step import Action

if TYPE_CHECKING:
    from sentry_plugin.generated import types


class CollectInventory(Action):
    """Collect organizations, projects, teams, members and how they are connected."""

    _collected: types.CollectInventoryOutput | None = None

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
        self._collected = output
        if params.get("store", True):
            try:
                output["snapshot"] = str(snapshots.keep(self.connection, inventory))
            except StoreError as error:
                if "store" in params:
                    raise
                logger.warning("The inventory was not stored: %s", error)
        return output

    def partial(self) -> dict[str, Any] | None:
        """Give what was collected, where only storing it failed."""
        return {"output": self._collected} if self._collected else None
