"""Delete what is stored of organizations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sentry_plugin.inventory import deleting
from sentry_plugin.steps.step import Action, Does

if TYPE_CHECKING:
    from sentry_plugin.generated import types


class DeleteInventory(Action):
    """Delete all snapshots of organizations, and every trace of what was in them."""

    does = Does.WRITES | Does.KEEPS

    def run(self, params: types.DeleteInventoryInput) -> types.DeleteInventoryOutput:
        """Ask Sentry nothing: what is deleted is on this machine, or at JupiterOne."""
        output: types.DeleteInventoryOutput = deleting.output(self.connection, params)
        return output
