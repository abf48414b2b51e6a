"""Ask an inventory: who can reach what, or anything that SQL can say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sentry_plugin.inventory.query import querying
from sentry_plugin.steps.step import Action, Does

if TYPE_CHECKING:
    from sentry_plugin.generated import types


class QueryInventory(Action):
    """Query an inventory that is given, or that is collected first; nothing can be changed."""

    does = Does.READS | Does.AT_ONCE

    def run(self, params: types.QueryInventoryInput) -> types.QueryInventoryOutput:
        """https://www.sqlite.org/lang_select.html ."""
        output: types.QueryInventoryOutput = querying.output(self.connection, params)
        return output
