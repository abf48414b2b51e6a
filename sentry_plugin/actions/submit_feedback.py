"""Submit feedback of a user."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sentry_plugin.errors import ApiError
from sentry_plugin.ingest import feedback
from sentry_plugin.steps.step import Submission

if TYPE_CHECKING:
    from sentry_plugin.generated import types


class SubmitFeedback(Submission):
    """Submit feedback of a user, with the key of the DSN; the token is not used."""

    def run(self, params: types.SubmitFeedbackInput) -> types.SubmitFeedbackOutput:
        """https://docs.sentry.io/product/user-feedback/ ."""
        event = feedback.event(params)
        self.connection.ledger.makes_another = "event_id" not in params
        ingest = self.connection.ingest(params["dsn"])
        try:
            found = ingest.feedback(event)
        except ApiError as error:
            error.assistance += (
                f" Given the `event_id` {event['event_id']}, the feedback counts once, however "
                "often it is sent."
            )
            raise
        if isinstance(found, str):
            return {"id": found}
        event_id, said = feedback.report(params, found)
        ingest.report(event_id, said)
        return {"id": event_id}
