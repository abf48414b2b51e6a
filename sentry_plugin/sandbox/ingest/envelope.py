"""Reads envelopes: a line of headers, then items, each with a line of headers and a payload.

Pure: does not know what an item means. Source: https://develop.sentry.dev/sdk/envelopes/ .
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

import orjson

from sentry_plugin.sandbox.ingest.rejections import reject

WRONG = "invalid event envelope"


@dataclass(frozen=True)
class EnvelopeItem:
    """One item of an envelope; *kind* is its header `type`."""

    kind: str
    payload: bytes


@dataclass(frozen=True)
class Envelope:
    """The headers and the items of an envelope."""

    headers: dict[str, Any]
    items: list[EnvelopeItem]

    @property
    def event_id(self) -> str | None:
        """The id in the headers, as 32 hexadecimal digits, or None."""
        text = self.headers.get("event_id")
        return None if text is None else event_id_of(text)


def event_id_of(value: Any) -> str | None:
    """Read an event id, also one with hyphens; None if it is not one."""
    try:
        return uuid.UUID(value).hex if isinstance(value, str) else None
    except ValueError:
        return None


def parsed(body: bytes) -> Envelope:
    """Read an envelope; refuse it if it is malformed."""
    line, position = _line(body, 0)
    headers = _headers(line, "invalid envelope header")
    if "event_id" in headers and event_id_of(headers["event_id"]) is None:
        words = f'invalid value: string "{headers["event_id"]}", expected an event identifier'
        reject(400, WRONG, "invalid envelope header", words)
    items = []
    while position < len(body):
        item, position = _item(body, position)
        items.append(item)
    return Envelope(headers, items)


def _line(body: bytes, start: int) -> tuple[bytes, int]:
    end = body.find(b"\n", start)
    end = len(body) if end < 0 else end
    return body[start:end], end + 1


def _headers(line: bytes, problem: str) -> dict[str, Any]:
    try:
        value = orjson.loads(line)
    except ValueError as error:
        reject(400, WRONG, problem, str(error))
    if not isinstance(value, dict):
        reject(400, WRONG, problem, "invalid type: expected a map")
    return value


def _item(body: bytes, start: int) -> tuple[EnvelopeItem, int]:
    line, position = _line(body, start)
    headers = _headers(line, "invalid item header")
    kind, length = headers.get("type"), headers.get("length")
    if not isinstance(kind, str):
        reject(400, WRONG, "invalid item header", "missing field `type`")
    if length is None:
        payload, position = _line(body, position)
        return EnvelopeItem(kind, payload), position
    if type(length) is not int or length < 0:
        reject(400, WRONG, "invalid item header", "invalid length")
    end = position + length
    if length and end > len(body):
        reject(400, WRONG, "unexpected end of file")
    if body[end : end + 1] not in (b"", b"\n"):
        reject(400, WRONG, "missing newline after header or payload")
    return EnvelopeItem(kind, body[position:end]), end + 1
