"""Finds the key that an event is sent with, in any of the places where clients put it.

Checks that the key may send to the project. Reads no event.
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from sentry_plugin.sandbox.ingest.rejections import reject
from sentry_plugin.sandbox.kept.store import equal

if TYPE_CHECKING:
    import sqlite3

    from sentry_plugin.sandbox.ingest.envelope import Envelope
    from sentry_plugin.sandbox.messages.call import Call

PROTOCOL = 7

_KEY = re.compile(r"[0-9a-f]{32}", re.IGNORECASE)


@dataclass(frozen=True)
class Sender:
    """A public key, the protocol version, and the name of the client."""

    key: str
    version: int = PROTOCOL
    client: str | None = None


def of_request(call: Call) -> Sender | None:
    """Find the key in the headers, the query or the path; None if there is none."""
    found = [pairs for pairs in _places(call) if pairs is not None]
    if len(found) > 1:
        reject(401, "multiple authorization payloads detected")
    return _sender(found[0]) if found else None


def _places(call: Call) -> list[dict[str, str] | None]:
    authorization = call.headers.get("Authorization", "")
    named = {"sentry_key": call.params["key"]} if "key" in call.params else None
    queried = {name: value for name, value in call.query if name.startswith("sentry_")}
    return [
        _listed(call.headers.get("X-Sentry-Auth", "")),
        _listed(authorization),
        _basic(authorization),
        queried if "sentry_key" in queried or "sentry_version" in queried else None,
        named,
    ]


def _listed(header: str) -> dict[str, str] | None:
    if header[:7].lower() != "sentry ":
        return None
    pairs = [part.strip().partition("=") for part in header[7:].split(",")]
    return {name.strip().lower(): value.strip() for name, _, value in pairs}


def _basic(header: str) -> dict[str, str] | None:
    if header[:6].lower() != "basic ":
        return None
    try:
        key, colon, _ = base64.b64decode(header[6:], validate=True).decode().partition(":")
    except ValueError:
        return None
    return {"sentry_key": key} if colon else None


def _sender(pairs: dict[str, str]) -> Sender:
    if not pairs.get("sentry_key"):
        reject(401, "bad x-sentry-auth header", "missing public key in auth header")
    version = pairs.get("sentry_version", str(PROTOCOL)).partition(".")[0]
    if not version.isdecimal() or int(version) > 65535:
        reject(401, "bad x-sentry-auth header", "invalid value for version")
    return checked(Sender(pairs["sentry_key"], int(version), pairs.get("sentry_client")))


def checked(sender: Sender) -> Sender:
    """Refuse a malformed key, and a protocol version that is too new."""
    if not _KEY.fullmatch(sender.key):
        reject(400, "bad sentry DSN public key", "invalid project key")
    if sender.version > PROTOCOL:
        reject(400, f"unsupported protocol version ({sender.version})")
    return sender


def of_envelope(envelope: Envelope) -> Sender:
    """Find the key in the DSN of an envelope's headers; refuse one without."""
    key, _ = _dsn(envelope)
    if key is None:
        reject(401, "missing authorization information")
    return checked(Sender(key))


def check_dsn(envelope: Envelope, sender: Sender, project: str | None) -> None:
    """Refuse an envelope whose DSN has another key or project than the request."""
    key, number = _dsn(envelope)
    if key is None:
        return
    names = {"project id": project in (None, number), "public key": key == sender.key}
    for name, fits in names.items():
        if not fits:
            words = f"{name} header mismatch between envelope and request"
            reject(400, "invalid event envelope", words)


def _dsn(envelope: Envelope) -> tuple[str | None, str]:
    text = envelope.headers.get("dsn")
    try:
        parts = urlsplit(text) if isinstance(text, str) else None
    except ValueError:
        parts = None
    if parts is None or not parts.username:
        return None, ""
    return parts.username, parts.path.rpartition("/")[2]


def key_row(call: Call, sender: Sender) -> sqlite3.Row:
    """Return the key's row; refuse a key that is unknown, disabled, or of another project."""
    row = call.sandbox.store.first("project_key", equal("public", sender.key.lower()))
    project = call.params.get("project")
    if row is None or not row["active"] or project not in (None, str(row["project_id"])):
        reject(403, "event submission rejected with_reason: ProjectId")
    return row
