"""The endpoints that receive events and check-ins, with the limits and answers of Relay.

Shows no events. What Relay accepts and drops later is accepted and dropped here.
"""

from __future__ import annotations

import base64
import binascii
import re
import uuid
import zlib
from typing import TYPE_CHECKING, Any

import orjson

from sentry_plugin.sandbox.ingest import checkins, encodings, envelope, intake, normalizer, senders
from sentry_plugin.sandbox.ingest.envelope import EnvelopeItem
from sentry_plugin.sandbox.ingest.rejections import rate_limited, reject, reject_text
from sentry_plugin.sandbox.messages.responses import JSON, TEXT, Refused, Response, as_json

if TYPE_CHECKING:
    import sqlite3

    from sentry_plugin.sandbox.ingest.envelope import Envelope
    from sentry_plugin.sandbox.ingest.senders import Sender
    from sentry_plugin.sandbox.messages.call import Call

MAX_EVENT = 1024 * 1024
MAX_ENVELOPE = 100 * MAX_EVENT
ENVELOPE = "application/x-sentry-envelope"
PIXEL = base64.b64decode("R0lGODlhAQABAAAAACH5BAEAAAAALAAAAAABAAEAAAICTAEAOw==")
# Kinds of items for which an event id is made, also where they become no issue.
WITH_ID = (
    *("event", "transaction", "attachment", "user_report", "form_data", "security"),
    "feedback",
)
# Parameters of a check-in.
CHECK_IN_QUERY = ("status", "check_in_id", "environment", "duration")
ALLOWED = (
    "x-sentry-auth, x-requested-with, x-forwarded-for, origin, referer, accept, content-type,"
    " authentication, authorization, content-encoding, transfer-encoding"
)


def store(call: Call) -> Response:
    """Receive one event as JSON, or an envelope."""
    kind = call.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if kind == ENVELOPE:
        return take_envelope(call)
    sender = senders.of_request(call) or _refuse_nameless()
    body = encodings.decoded(call.body, call.headers.get("Content-Encoding", ""), MAX_EVENT)
    return _store(call, sender, body)


def pixel(call: Call) -> Response:
    """Receive one event from the query; answer with an image of one pixel."""
    sender = senders.of_request(call) or _refuse_nameless()
    _store(call, sender, (call.first("sentry_data") or "").encode())
    return Response(200, PIXEL, "image/gif")


def preflight(_call: Call) -> Response:
    """Tell a browser that it may send events."""
    return Response(
        headers={
            "Access-Control-Allow-Methods": "POST",
            "Access-Control-Allow-Headers": ALLOWED,
            "Access-Control-Max-Age": "3600",
        }
    )


def take_envelope(call: Call) -> Response:
    """Receive an envelope."""
    sender = senders.of_request(call)
    body = encodings.decoded(call.body, call.headers.get("Content-Encoding", ""), MAX_ENVELOPE)
    if not body:
        reject(400, "empty request body")
    given = envelope.parsed(body)
    sender = sender or senders.of_envelope(given)
    senders.check_dsn(given, sender, call.params.get("project"))
    event_id = given.event_id
    if event_id is None and any(item.kind in WITH_ID for item in given.items):
        event_id = uuid.uuid4().hex
    _take_items(call, sender, given, event_id)
    return as_json({"id": event_id} if event_id else {})


def take_check_in(call: Call) -> Response:
    """Receive a check-in of a monitor, from the query or as JSON."""
    sender = senders.of_request(call) or _refuse_nameless()
    key = senders.key_row(call, sender)
    is_json = call.headers.get("Content-Type", "").startswith(JSON)
    sent = _parsed(call.body) if is_json else _queried(call)
    if not isinstance(sent, dict) or "status" not in sent:
        reject_text(400, "Failed to deserialize: missing field `status`")
    named = {"monitor_slug": call.params["monitor"]}
    checkins.take(call.sandbox.store, key["project_id"], sent | named)
    return Response(202, b"", TEXT)


def _parsed(text: bytes) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return None


def _queried(call: Call) -> dict[str, Any]:
    sent: dict[str, Any] = {name: call.first(name) for name in CHECK_IN_QUERY if call.first(name)}
    try:
        return sent | ({"duration": float(sent["duration"])} if "duration" in sent else {})
    except ValueError:
        reject_text(400, "Failed to deserialize query string: duration: invalid float literal")


def _refuse_nameless() -> Sender:
    reject(401, "missing authorization information")


def _store(call: Call, sender: Sender, body: bytes) -> Response:
    text = _unwrapped(body)
    if not text:
        reject(400, "empty request body")
    event_id = _event_id(text)
    key = senders.key_row(call, sender)
    _spend(call, key)
    _keep(call, sender, key, EnvelopeItem("event", text), event_id)
    return as_json({"id": event_id})


def _spend(call: Call, key: sqlite3.Row) -> None:
    if seconds := call.sandbox.quota.spend(key):
        raise Refused(rate_limited(seconds, "key_quota"))


def _unwrapped(body: bytes) -> bytes:
    """Undo what old clients do to a body: base64, usually around zlib."""
    if not body or body.startswith(b"{"):
        return body
    try:
        binary = base64.b64decode(body, validate=True)
        return binary if binary.startswith(b"{") else encodings.inflated(binary, MAX_EVENT)
    except (binascii.Error, zlib.error, EOFError) as error:
        reject(400, "invalid request body", str(error))


def _event_id(text: bytes) -> str:
    try:
        event = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        words = normalizer.complaint(text) or f"{error.msg} at line 1 column {error.pos}"
        found = re.sub(r"(.*) at line (\d+) column (\d+)", r'"\1", line: \2, column: \3', words)
        reject(400, f"invalid JSON data: Error({found})", words)
    given = event.get("event_id")
    if given is None:
        return uuid.uuid4().hex
    event_id = envelope.event_id_of(given)
    if event_id is None:
        words = f"invalid value: {orjson.dumps(given).decode()}, expected an event identifier"
        reject(400, f"invalid JSON data: Error({orjson.dumps(words).decode()})", words)
    return event_id


def _take_items(call: Call, sender: Sender, given: Envelope, event_id: str | None) -> None:
    key = senders.key_row(call, sender)
    events = [item for item in given.items if item.kind == "event"]
    if events:
        _spend(call, key)
    if sum(len(item.payload) for item in events) > MAX_EVENT:
        reject(
            413,
            "envelope exceeded size limits for type 'event'"
            " (https://develop.sentry.dev/sdk/envelopes/#size-limits)",
        )
    for item in given.items:
        if item.kind == "check_in":
            checkins.take(call.sandbox.store, key["project_id"], _parsed(item.payload))
        if item.kind == "feedback" and event_id:
            _keep(call, sender, key, item, event_id)
    if len(events) == 1 and event_id:
        _keep(call, sender, key, events[0], event_id)


def _keep(call: Call, sender: Sender, key: sqlite3.Row, item: EnvelopeItem, event_id: str) -> None:
    number = key["project_id"]
    try:
        event: dict[str, Any] = normalizer.normalized(
            item.payload, number, sender.key, sender.client, call.remote
        )
    except normalizer.BadJson:
        return
    event |= {
        "event_id": event_id,
        "type": "feedback" if item.kind == "feedback" else event.get("type"),
    }
    if event["type"] in ("error", "default") or _is_feedback(event):
        intake.keep(call.sandbox.store, number, event)


def _is_feedback(event: dict[str, Any]) -> bool:
    """Tell whether this is feedback with a message; Sentry drops it without one."""
    said = (event.get("contexts") or {}).get("feedback") or {}
    return event["type"] == "feedback" and bool(str(said.get("message") or "").strip())
