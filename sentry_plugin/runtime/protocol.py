"""The wire format of InsightConnect: a start message in, an event out. Pure.

Nothing here reads, writes, logs, or looks into a connection, an input or an output.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

from sentry_plugin import strictjson
from sentry_plugin.errors import PluginError, ProtocolError
from sentry_plugin.runtime import remains
from sentry_plugin.strictjson import JSON

VERSION = "v1"
LARGEST = 64 << 20
"""Bytes of a message."""
MOST = 6_000_000
"""Values of a message: as many as an inventory of 64 MiB has."""


class Kind(NamedTuple):
    """What a message type starts, and the type of the event that answers it."""

    step: str | None
    event: str


KINDS = {
    "action_start": Kind("action", "action_event"),
    "trigger_start": Kind("trigger", "trigger_event"),
    "task_start": Kind("task", "task_event"),
    "connection_test": Kind(None, "connection_test"),
}


class Start(NamedTuple):
    """What one message asks for; connection and input as they came, of whatever shape."""

    kind: Kind
    name: str
    connection: Any
    input: Any
    body: JSON

    @property
    def dispatcher(self) -> str:
        """The address that a trigger's events go to."""
        url = strictjson.at(self.body, "dispatcher", "url")
        if not (isinstance(url, str) and url):
            raise ProtocolError("The message's `body.dispatcher.url` is missing or not an address.")
        return url

    @property
    def state(self) -> JSON:
        """What the last run of a task left."""
        given = self.body.get("state")
        if not isinstance(given, dict):
            raise ProtocolError(
                "The message's `body.state` is missing or not an object.",
                "Send an empty object at first, then the `state` of the event before.",
            )
        return given


class Reply:
    """The envelope of the answer, as far as the message could be read."""

    def __init__(self, message: JSON) -> None:
        kind, body = message.get("type"), message.get("body")
        known = KINDS.get(kind) if isinstance(kind, str) else None
        self.type = known.event if known else None
        self.meta = body.get("meta", {}) if isinstance(body, dict) else {}
        if not isinstance(self.meta, dict | None):
            self.meta = {}

    def success(self, output: Any, more: JSON | None = None) -> JSON:
        """Build the event of a step that worked; *more* is what only tasks have."""
        return self._event({"status": "ok", "meta": self.meta, **(more or {}), "output": output})

    def emission(self, output: Any, log: str) -> JSON:
        """Build the event that a trigger delivers."""
        body = {"meta": self.meta, "output": output, "log": log}
        return {"body": body, "type": self.type, "version": VERSION}

    def failure(self, error: PluginError) -> JSON:
        """Build the event of a step that did not, however early it failed."""
        body = {"status": "error", "meta": self.meta, "error": str(error)}
        body["exception"] = exception(error)
        if error.partial is not None:
            body["partial"] = error.partial
        return self._event(body)

    def _event(self, body: JSON) -> JSON:
        return {"body": {"log": "", **body}, "version": VERSION, "type": self.type}


def exception(error: PluginError) -> JSON:
    """Tell of an error what workflows branch on."""
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
"""Characters of a text, each word of which can be kept secret."""


class Wreck(JSON):
    """What could be read of a message that is no valid JSON: enough to say whose it was."""

    def __init__(self, found: JSON, fault: ProtocolError) -> None:
        super().__init__(found)
        self.fault = fault


def decode(data: bytes) -> JSON:
    """Read the text of a message; of a broken one what can be read, for `parse` to refuse."""
    if not data.strip():
        raise ProtocolError("No start message came on standard input.")
    if len(data) > LARGEST:
        words = f"The start message is larger than {LARGEST >> 20} MiB."
        return Wreck(_remains(remains.text(data)), ProtocolError(words, "Send less."))
    try:
        message = strictjson.loads(data, MOST)
    except strictjson.TooManyValues as error:
        fault = ProtocolError(f"The start message is too large: {error}.", "Send less.")
        return Wreck(_remains(remains.text(data)), fault)
    except ValueError as error:
        text = remains.text(data)
        return Wreck(_remains(text), _fault(f"{error}", remains.faults(text)))
    if not isinstance(message, dict):
        raise ProtocolError("The start message is not a JSON object.")
    return message


def _remains(text: str) -> JSON:
    """Give what the answer and the search for secrets need of a broken message."""
    found = remains.values(text, (_TYPE, _META, _CONNECTION))
    meta, connection = found.get(_META, {}), found.get(_CONNECTION)
    # Which of the inputs is a secret is not known without the step; all steps have this one.
    secrets: Any = {"dsn": remains.strings(text, below=_DSN)}
    if isinstance(connection, dict):
        secrets = {**connection, **secrets}
    elif len(text) <= _SMALL:
        # Any text may be one of the connection that is lost.
        secrets = remains.strings(text, beside=_META)
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
    """Find what *message* asks for, or say which field is wrong."""
    if isinstance(message, Wreck):
        raise message.fault
    kind = KINDS.get(str(message.get("type")))
    if kind is None:
        raise ProtocolError(
            "The message's `type` is missing or not one that can be started.",
            f"Set it to one of: {', '.join(KINDS)}.",
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
