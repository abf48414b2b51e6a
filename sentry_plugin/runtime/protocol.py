"""The message format of InsightConnect: a start message in, an event out. Pure.

Does not look into a connection, an input or an output.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

from sentry_plugin import strictjson
from sentry_plugin.errors import PluginError, ProtocolError
from sentry_plugin.runtime import brokenjson
from sentry_plugin.strictjson import JSON

VERSION = "v1"
LARGEST = 64 << 20
"""Bytes of a message."""
MOST = 6_000_000
"""JSON values of a message: as many as an inventory of 64 MiB has."""


class MessageType(NamedTuple):
    """The kind of step that a message starts, and the type of the event that answers it."""

    step: str | None
    event: str


MESSAGE_TYPES = {
    "action_start": MessageType("action", "action_event"),
    "trigger_start": MessageType("trigger", "trigger_event"),
    "task_start": MessageType("task", "task_event"),
    "connection_test": MessageType(None, "connection_test"),
}


class Start(NamedTuple):
    """A start message; its connection and input are not checked, and may have any type."""

    kind: MessageType
    name: str
    connection: Any
    input: Any
    body: JSON

    @property
    def dispatcher(self) -> str:
        """The URL for the events of a trigger; ProtocolError if it is missing."""
        url = strictjson.at(self.body, "dispatcher", "url")
        if not (isinstance(url, str) and url):
            raise ProtocolError("The message's `body.dispatcher.url` is missing or not an address.")
        return url

    @property
    def state(self) -> JSON:
        """The state from the last run of a task; ProtocolError if it is missing."""
        given = self.body.get("state")
        if not isinstance(given, dict):
            raise ProtocolError(
                "The message's `body.state` is missing or not an object.",
                "Send an empty object at first, then the `state` of the event before.",
            )
        return given


class EventBuilder:
    """Builds the events that answer a message, as far as the message could be read."""

    def __init__(self, message: JSON) -> None:
        kind, body = message.get("type"), message.get("body")
        known = MESSAGE_TYPES.get(kind) if isinstance(kind, str) else None
        self.type = known.event if known else None
        self.meta = body.get("meta", {}) if isinstance(body, dict) else {}
        if not isinstance(self.meta, dict | None):
            self.meta = {}

    def success(self, output: Any, more: JSON | None = None) -> JSON:
        """Build the event of a success; *more* are fields that only tasks have."""
        return self._event({"status": "ok", "meta": self.meta, **(more or {}), "output": output})

    def emission(self, output: Any, log: str) -> JSON:
        """Build an event that a trigger delivers."""
        body = {"meta": self.meta, "output": output, "log": log}
        return {"body": body, "type": self.type, "version": VERSION}

    def failure(self, error: PluginError) -> JSON:
        """Build the event of a failure."""
        body = {"status": "error", "meta": self.meta, "error": str(error)}
        body["exception"] = exception(error)
        if error.partial is not None:
            body["partial"] = error.partial
        return self._event(body)

    def _event(self, body: JSON) -> JSON:
        return {"body": {"log": "", **body}, "version": VERSION, "type": self.type}


def exception(error: PluginError) -> JSON:
    """Return the fields of an error, on which workflows branch."""
    told: JSON = {
        "cause": error.cause,
        "assistance": error.assistance,
        "data": error.data,
        "code": error.code,
        "retryable": error.retryable,
    }
    if error.retry_after is not None:
        told["retry_after"] = math.ceil(error.retry_after)
    return told


_TYPE = ("type",)
_META = ("body", "meta")
_CONNECTION = ("body", "connection")
_DSN = ("body", "input", "dsn")
_SMALL = 1 << 17
"""Characters of a broken message in which every string can be masked."""


class BrokenMessage(JSON):
    """What could be read of a message that is not valid JSON, and the error to raise for it."""

    def __init__(self, found: JSON, fault: ProtocolError) -> None:
        super().__init__(found)
        self.fault = fault


def decode(data: bytes) -> JSON:
    """Read the JSON of a message; a broken one becomes a BrokenMessage, which `parse` refuses."""
    if not data.strip():
        raise ProtocolError("No start message came on standard input.")
    if len(data) > LARGEST:
        fault = ProtocolError(
            f"The start message is larger than {LARGEST >> 20} MiB.", "Send less."
        )
        return BrokenMessage(_readable_parts(brokenjson.text(data)), fault)
    try:
        message = strictjson.loads(data, MOST)
    except strictjson.TooManyValues as error:
        fault = ProtocolError(f"The start message is too large: {error}.", "Send less.")
        return BrokenMessage(_readable_parts(brokenjson.text(data)), fault)
    except ValueError as error:
        text = brokenjson.text(data)
        return BrokenMessage(_readable_parts(text), _fault(f"{error}", brokenjson.faults(text)))
    if not isinstance(message, dict):
        raise ProtocolError("The start message is not a JSON object.")
    return message


def _readable_parts(text: str) -> JSON:
    """Read what the answer and the search for secrets need from a broken message."""
    found = brokenjson.values(text, (_TYPE, _META, _CONNECTION))
    meta, connection = found.get(_META, {}), found.get(_CONNECTION)
    # Without the step it is not known which inputs are secrets; this one is in every step.
    secrets: Any = {"dsn": brokenjson.strings(text, below=_DSN)}
    if isinstance(connection, dict):
        secrets = {**connection, **secrets}
    elif len(text) <= _SMALL:
        # Any string may belong to the connection, whose place is lost.
        secrets = brokenjson.strings(text, beside=_META)
    elif '"connection"' in text:
        meta = {}
    return {"type": found.get(_TYPE), "body": {"meta": meta, "connection": secrets}}


def _fault(words: str, places: list[str]) -> ProtocolError:
    look = f" Look at {', '.join(f'`{place}`' for place in places)}." if places else ""
    return ProtocolError(
        f"The start message is not valid JSON: {words}.{look}",
        "Write it with a JSON library, as UTF-8 without a byte order mark. Where there is no "
        "value, send null or leave the field out: JSON has no NaN, Infinity, None or undefined.",
    )


def parse(message: JSON) -> Start:
    """Read what *message* asks for; a ProtocolError names the field that is wrong."""
    if isinstance(message, BrokenMessage):
        raise message.fault
    kind = MESSAGE_TYPES.get(str(message.get("type")))
    if kind is None:
        raise ProtocolError(
            "The message's `type` is missing or not one that can be started.",
            f"Set it to one of: {', '.join(MESSAGE_TYPES)}.",
        )
    if message.get("version") != VERSION:
        raise ProtocolError(f"The message's `version` is missing or not {VERSION}.")
    body = message.get("body")
    if not isinstance(body, dict):
        raise ProtocolError("The message's `body` is missing or not an object.")
    if not isinstance(body.get("meta"), dict | None):
        raise ProtocolError("The message's `body.meta` is neither an object nor null.")
    name = body.get(kind.step, "") if kind.step else ""
    if kind.step and not (isinstance(name, str) and name):
        raise ProtocolError(f"The message's `body.{kind.step}` is missing or not a name.")
    return Start(kind, name, _given(body, "connection"), _given(body, "input"), body)


def _given(body: JSON, field: str) -> Any:
    return {} if body.get(field) is None else body[field]
