"""Submit an event to the project that a DSN names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sentry_plugin.errors import ApiError
from sentry_plugin.ingest import eventjson
from sentry_plugin.steps.step import Submission

if TYPE_CHECKING:
    from sentry_plugin.generated import types


class SubmitEvent(Submission):
    """Submit an event, with the key of the DSN; the token is not used."""

    def prepared(self, params: dict[str, Any]) -> dict[str, Any]:
        """Bring the event to the form of the spec."""
        event = params.get("event_json")
        if not isinstance(event, dict):
            return params
        return {**params, "event_json": eventjson.respelled(event)}

    def run(self, params: types.SubmitEventInput) -> types.SubmitEventOutput:
        """https://develop.sentry.dev/sdk/foundations/transport/event-payloads/ ."""
        event = eventjson.completed({**params["event_json"]})
        version = params.get("sentry_version", 7)
        self.connection.ledger.makes_another = "event_id" not in params["event_json"]
        try:
            return {"id": self.connection.ingest(params["dsn"]).event(event, version)}
        except ApiError as error:
            error.assistance += (
                f" Given the `event_id` {event['event_id']}, the event counts once, however often "
                "it is sent."
            )
            raise
