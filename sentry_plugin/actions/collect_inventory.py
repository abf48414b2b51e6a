"""Collect organizations, projects, teams and members as a graph."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sentry_plugin.inventory import inputs, output
from sentry_plugin.inventory.collect import collecting
from sentry_plugin.steps.step import Action, Does

if TYPE_CHECKING:
    from sentry_plugin.generated import types


class CollectInventory(Action):
    """Collect organizations, projects, teams, members and how they are connected."""

    does = Does.READS | Does.AT_ONCE | Does.KEEPS

    _collected: Any = None

    def run(self, params: types.CollectInventoryInput) -> types.CollectInventoryOutput:
        """https://docs.sentry.io/api/organizations/ ."""
        inventory = collecting.collect(self.connection.client, inputs.collect_options(params))
        self._collected = output.collected(inventory, params)
        snapshot = output.store(self.connection, inventory, params)
        made: types.CollectInventoryOutput = self._collected | snapshot
        return made

    def partial(self) -> dict[str, Any] | None:
        """Return what was collected, where only storing it failed."""
        return {"output": self._collected} if self._collected else None
