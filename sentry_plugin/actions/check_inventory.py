"""Check who has access, and how safely, in a collected inventory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sentry_plugin.inventory.check import checking
from sentry_plugin.steps.step import Action, Does

if TYPE_CHECKING:
    from sentry_plugin.generated import types


class CheckInventory(Action):
    """Check an inventory that is given, or that is collected first."""

    does = Does.READS | Does.AT_ONCE

    def run(self, params: types.CheckInventoryInput) -> types.CheckInventoryOutput:
        """https://docs.sentry.io/organization/membership/ ."""
        output: types.CheckInventoryOutput = checking.output(self.connection, params)
        return output
