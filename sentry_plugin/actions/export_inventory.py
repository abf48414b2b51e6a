"""Write an inventory as a file for other tools."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sentry_plugin.inventory.export import exporting
from sentry_plugin.steps.step import Action, Does

if TYPE_CHECKING:
    from sentry_plugin.generated import types


class ExportInventory(Action):
    """Write an inventory that is given, or that is collected first, as a file."""

    does = Does.READS | Does.AT_ONCE

    def run(self, params: types.ExportInventoryInput) -> types.ExportInventoryOutput:
        """http://graphml.graphdrawing.org/ and https://opencypher.org/ ."""
        output: types.ExportInventoryOutput = exporting.output(self.connection, params)
        return output
