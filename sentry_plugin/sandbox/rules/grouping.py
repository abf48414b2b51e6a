"""Which issue an event belongs to, and what that issue is called.

Simpler than Sentry's grouping: by fingerprint, else by the exception's type and value, else by the
message. Pure.
"""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any

from sentry_plugin.sandbox.shown.eventparts import message_of

DEFAULT = re.compile(r"\{\{\s*default\s*\}\}")
UNLABELED = "<unlabeled event>"
FEEDBACK = "User Feedback"
MAX_TITLE = 100


def grouping(event: dict[str, Any]) -> dict[str, Any]:
    """Return the hash, title, culprit and metadata of an event's issue."""
    if event.get("type") == "feedback":
        return _feedback(event)
    exception = _exception(event)
    frame = _frame(exception)
    metadata = _metadata(event, exception, frame)
    return {
        "hash": _hash(event, exception),
        "title": _title(metadata),
        "culprit": event.get("transaction") or _place(frame),
        "metadata": metadata,
    }


def _feedback(event: dict[str, Any]) -> dict[str, Any]:
    """Put each feedback into an issue of its own."""
    said = event["contexts"]["feedback"]
    told = {name: said.get(name) for name in ("contact_email", "name", "message", "source")}
    return {
        "hash": str(event["event_id"]),
        "title": FEEDBACK,
        "culprit": "user",
        "metadata": {"title": FEEDBACK, "value": said["message"], **told},
    }


def _exception(event: dict[str, Any]) -> dict[str, Any]:
    values = (event.get("exception") or {}).get("values") or []
    found: dict[str, Any] = next((value for value in reversed(values) if value), {})
    return found


def _frame(exception: dict[str, Any]) -> dict[str, Any]:
    frames = (exception.get("stacktrace") or {}).get("frames") or []
    frames = [frame for frame in frames if frame]
    ours = [frame for frame in frames if frame.get("in_app")]
    found: dict[str, Any] = (ours or frames or [{}])[-1]
    return found


def _place(frame: dict[str, Any]) -> str:
    module = frame.get("module") or frame.get("filename")
    function = frame.get("function")
    return f"{module} in {function}" if module and function else module or ""


def _metadata(
    event: dict[str, Any], exception: dict[str, Any], frame: dict[str, Any]
) -> dict[str, Any]:
    if not exception:
        text = message_of(event).strip()
        return {"title": _line(text) or UNLABELED}
    found = {"type": exception.get("type") or "Error", "value": exception.get("value") or ""}
    return found | {name: frame[name] for name in ("filename", "function") if frame.get(name)}


def _line(text: str) -> str:
    line = text.partition("\n")[0]
    return line if len(line) <= MAX_TITLE else f"{line[: MAX_TITLE - 3]}..."


def _title(metadata: dict[str, Any]) -> str:
    if "title" in metadata:
        return str(metadata["title"])
    value = _line(str(metadata["value"]))
    return f"{metadata['type']}: {value}" if value else str(metadata["type"])


def _hash(event: dict[str, Any], exception: dict[str, Any]) -> str:
    entry = event.get("logentry") or {}
    if exception:
        default = [exception.get("type"), exception.get("value")]
    else:
        default = [entry.get("message") or entry.get("formatted")]
    parts: list[Any] = []
    for part in event.get("fingerprint") or ["{{ default }}"]:
        parts += default if DEFAULT.fullmatch(str(part)) else [part]
    return hashlib.md5(json.dumps(parts).encode(), usedforsecurity=False).hexdigest()
