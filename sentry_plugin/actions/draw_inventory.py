"""Draw an inventory as one HTML page that needs no network."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sentry_plugin.inventory.drawing import drawing
from sentry_plugin.steps.step import Action, Does

if TYPE_CHECKING:
    from sentry_plugin.generated import types


class DrawInventory(Action):
    """Draw an inventory that is given, or that is collected first."""

    does = Does.READS | Does.AT_ONCE

    def run(self, params: types.DrawInventoryInput) -> types.DrawInventoryOutput:
        """https://docs.sentry.io/organization/membership/ ."""
        output: types.DrawInventoryOutput = drawing.output(self.connection, params)
        return output
