"""Compare inventories: what was added, removed and changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sentry_plugin.inventory.compare import comparing
from sentry_plugin.steps.step import Action, Does

if TYPE_CHECKING:
    from sentry_plugin.generated import types


class CompareInventories(Action):
    """Compare two inventories, or what is collected now with what was collected last."""

    does = Does.READS | Does.AT_ONCE | Does.KEEPS

    def run(self, params: types.CompareInventoriesInput) -> types.CompareInventoriesOutput:
        """https://docs.sentry.io/api/organizations/ ."""
        output: types.CompareInventoriesOutput = comparing.output(self.connection, params)
        return output
