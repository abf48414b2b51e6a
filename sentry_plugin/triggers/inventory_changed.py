"""Report changes in who has access: collects, and compares with the collection before."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING, Any

from sentry_plugin.errors import InputError
from sentry_plugin.inventory import inputs
from sentry_plugin.inventory.compare import alerts, comparing
from sentry_plugin.inventory.store import snapshots
from sentry_plugin.logs import logger
from sentry_plugin.steps.step import Does
from sentry_plugin.watching.trigger import Trigger

if TYPE_CHECKING:
    from sentry_plugin.generated import types
    from sentry_plugin.inventory.store.reading import Snapshot
    from sentry_plugin.strictjson import JSON
    from sentry_plugin.watching.triggerstate import TriggerState


MINUTE = 60.0
INTERVALS = {
    "DISABLED": None,
    "THIRTY_MINUTES": 30,
    "ONE_HOUR": 60,
    "FOUR_HOURS": 240,
    "EIGHT_HOURS": 480,
    "TWELVE_HOURS": 720,
    "ONE_DAY": 1440,
    "ONE_WEEK": 10080,
}
"""Minutes between two collections, by JupiterOne's names for them; None for one collection."""
_KNOWN = "snapshots"


class InventoryChanged(Trigger):
    """Report each change, with its old and new values."""

    does = Trigger.does | Does.AT_ONCE

    def checked_input(self, params: Any) -> dict[str, Any]:
        """Refuse alerts and parts of an inventory that do not exist."""
        checked = super().checked_input(params)
        if {*checked.get("alerts", ())} - alerts.ALERTS.keys():
            words = f"The alerts are: {', '.join(alerts.ALERTS)}."
            raise InputError("The input's `alerts` name one that there is not.", words)
        inputs.checked_include(checked.get("include", ()))
        if checked.get("minutes", 1) < 1:
            raise InputError("The input's `minutes` are less than 1.")
        return checked

    def pause_limits(self, params: types.InventoryChangedInput) -> tuple[float, float] | None:
        """Return the seconds between two collections; None for one collection only."""
        minutes = params.get("minutes") or INTERVALS[params.get("polling_interval", "ONE_DAY")]
        return None if minutes is None else (minutes * MINUTE, minutes * MINUTE)

    def example(self, _params: types.InventoryChangedInput) -> None:
        """Return none: an example would have to be a change."""

    def check_access(self, params: types.InventoryChangedInput, state: TriggerState) -> None:
        """Check the access to the organizations of the input, else to those reported before."""
        named = snapshots.organizations_or_default(self.connection, params.get("organizations", []))
        snapshots.check_access(self.connection, named or _known(state))

    def poll(
        self, params: types.InventoryChangedInput, state: TriggerState
    ) -> Generator[list[Any], None, None]:
        """Collect, and yield what changed since the snapshots that were reported last."""
        known = _known(state)
        after, there = comparing.collect_and_store(
            self.connection,
            params.get("organizations", []),
            params.get("include", comparing.INCLUDE),
        )
        before = [each for each in there if known.get(each.organization) == [each.id, each.at]]
        found = comparing.compare_snapshots(self.connection, before, after)
        for organization in sorted(known.keys() & {*found.not_compared}):
            logger.warning("What %s was like before is not stored any more.", organization)
        state.put(_KNOWN, known | {each.organization: [each.id, each.at] for each in found.after})
        now = {each.organization: each for each in found.after}
        wanted = {*params.get("alerts", ())}
        outputs = [_output(change, now[change["organization"]]) for change in found.changes]
        yield [each for each in outputs if not wanted or wanted & {*each["alerts"]}]


def _known(state: TriggerState) -> dict[str, Any]:
    """Return the id and time of each organization's snapshot that was reported last."""
    known = state.get(_KNOWN) or {}
    if not isinstance(known, dict):
        raise state.damaged("which snapshots were told")
    return known


def _output(change: JSON, snapshot: Snapshot) -> JSON:
    key = f"{snapshot.id}:{change['organization']}:{change['key']}:{change['change']}"
    about = {"occurrence": key, "at": snapshot.at, "alerts": alerts.alerts_for(change)}
    return about | {"change": change}
