"""Upload an inventory to JupiterOne."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sentry_plugin.inventory.upload import uploading
from sentry_plugin.steps.step import Action, Does

if TYPE_CHECKING:
    from sentry_plugin.generated import types


class UploadInventory(Action):
    """Upload an inventory that is given, or that is collected first, to JupiterOne."""

    does = Does.READS | Does.WRITES | Does.AT_ONCE | Does.KEEPS

    def run(self, params: types.UploadInventoryInput) -> types.UploadInventoryOutput:
        """https://docs.jupiterone.io/api/sync-jobs ."""
        output: types.UploadInventoryOutput = uploading.output(self.connection, params)
        return output
