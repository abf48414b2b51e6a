"""Submit an event to the project that a DSN names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sentry_plugin.address import API
from sentry_plugin.client import keptevents
from sentry_plugin.errors import ApiError
from sentry_plugin.ingest import eventjson
from sentry_plugin.logs import logger
from sentry_plugin.steps.step import Submission

if TYPE_CHECKING:
    from sentry_plugin.generated import types
    from sentry_plugin.ingest.ingest import Ingest

AGAIN = (
    " Given the `event_id` {}, the event counts once while the server remembers it: Sentry does "
    "for an hour, GlitchTip for five minutes, and that only of envelopes."
)


class SubmitEvent(Submission):
    """Submit an event, with the key of the DSN.

    The token is used only to look an event up that may have been kept, and would be kept twice.
    """

    def checked_input(self, params: Any) -> dict[str, Any]:
        """Leave the event to Sentry's rules: what does not fit it is lost, and not the event."""
        event = params.get("event_json") if isinstance(params, dict) else None
        if not isinstance(event, dict):
            return super().checked_input(params)
        checked = super().checked_input({**params, "event_json": {}})
        return {**checked, "event_json": eventjson.respelled(event)}

    def run(self, params: types.SubmitEventInput) -> types.SubmitEventOutput:
        """https://develop.sentry.dev/sdk/foundations/transport/event-payloads/ ."""
        event = eventjson.completed({**params["event_json"]})
        version = params.get("sentry_version", 7)
        self.connection.ledger.makes_another = not params["event_json"].get("event_id")
        ingest = self.connection.ingest(params["dsn"])
        try:
            return {"id": ingest.event(event, version)}
        except ApiError as error:
            if self._is_kept(ingest, event["event_id"]):
                self.connection.ledger.settle()
                return {"id": event["event_id"]}
            error.assistance += AGAIN.format(event["event_id"])
            raise

    def _is_kept(self, ingest: Ingest, event_id: str) -> bool:
        """Tell whether an event is shown that was sent once, and may not have been taken.

        It is looked up where the DSN is of the connection's server, and its organization is known.
        """
        connection = self.connection
        is_here = f"{ingest.target.base}{API}/" == connection.url
        if not (is_here and connection.ledger.doubts_a_repetition):
            return False
        try:
            return keptevents.is_kept(connection.client, ingest.target.project, event_id)
        except ApiError as error:
            logger.warning("The event could not be looked up: %s", error.cause)
            return False
