"""Tell a cron monitor how a job goes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sentry_plugin.errors import ApiError, Unsupported
from sentry_plugin.ingest import checkin
from sentry_plugin.steps.step import Submission

if TYPE_CHECKING:
    from sentry_plugin.generated import types


class CheckIn(Submission):
    """Tell a cron monitor how a job goes, with the key of the DSN; the token is not used."""

    # Empty if an earlier step gave no ID: without it, this would be another check-in.
    empty_texts = Submission.empty_texts | {"check_in_id"}

    def run(self, params: types.CheckInInput) -> types.CheckInOutput:
        """https://docs.sentry.io/product/monitors-and-alerts/monitors/crons/ ."""
        check_in = checkin.completed(params)
        check_in_id = check_in["check_in_id"]
        self.connection.ledger.makes_another = not checkin.has_own_id(params)
        try:
            self.connection.ingest(params["dsn"]).check_in(check_in)
        except Unsupported:
            raise
        except ApiError as error:
            if check_in_id != checkin.NO_ID:
                error.assistance += (
                    f" Given the `check_in_id` {check_in_id}, the check-in counts once, however "
                    "often it is sent."
                )
            raise
        return {"check_in_id": check_in_id, "monitor_slug": check_in["monitor_slug"]}
