"""The content of an event as Sentry shows it: parts whose fields have other names than when sent.

Pure. Where several versions differ in what they add, only what 9.1.2 and 21.1.0 have is shown.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

JSON = dict[str, Any]

# What is shown, and what it is called when it is sent.
MESSAGE = {"formatted": "formatted", "message": "message", "params": "params"}
FRAME = {
    "filename": "filename",
    "absPath": "abs_path",
    "module": "module",
    "package": "package",
    "platform": "platform",
    "function": "function",
    "symbol": "symbol",
    "instructionAddr": "instruction_addr",
    "symbolAddr": "symbol_addr",
    "lineNo": "lineno",
    "colNo": "colno",
    "vars": "vars",
    "trust": "trust",
    "errors": "errors",
}
TRACE = {"framesOmitted": "frames_omitted", "registers": "registers"}
ERROR = {
    "type": "type",
    "value": "value",
    "module": "module",
    "mechanism": "mechanism",
    "threadId": "thread_id",
}
THREAD = {"id": "id", "name": "name"}
BREADCRUMB = {
    name: name for name in ("type", "category", "level", "message", "data", "event_id", "timestamp")
}
REQUEST = {
    "method": "method",
    "url": "url",
    "query": "query_string",
    "fragment": "fragment",
    "data": "data",
    "env": "env",
    "inferredContentType": "inferred_content_type",
}


def entries(body: JSON) -> list[JSON]:
    """Return the parts of an event's body, in Sentry's order."""
    return [
        {"type": name, "data": shown(body[key])}
        for key, (name, shown) in PARTS.items()
        if body.get(key)
    ]


def _renamed(given: JSON, names: Mapping[str, str]) -> JSON:
    return {shown: given.get(sent) for shown, sent in names.items()}


def _values(given: JSON) -> list[JSON]:
    return [value for value in given.get("values") or [] if value]


def _message(given: JSON) -> JSON:
    return {name: value for name, value in _renamed(given, MESSAGE).items() if value}


def _exception(given: JSON) -> JSON:
    values = [_renamed(value, ERROR) | _traces(value) for value in _values(given)]
    traces = [value["stacktrace"] for value in values if value["stacktrace"]]
    return {
        "values": values,
        "excOmitted": given.get("exc_omitted"),
        "hasSystemFrames": any(trace["hasSystemFrames"] for trace in traces),
    }


def _threads(given: JSON) -> JSON:
    return {
        "values": [
            _renamed(value, THREAD)
            | {name: bool(value.get(name)) for name in ("current", "crashed")}
            | _traces(value)
            for value in _values(given)
        ]
    }


def _traces(value: JSON) -> JSON:
    kinds = {"stacktrace": "stacktrace", "rawStacktrace": "raw_stacktrace"}
    given = _renamed(value, kinds)
    return {name: _stacktrace(trace) if trace else None for name, trace in given.items()}


def _stacktrace(given: JSON) -> JSON:
    frames = [_frame(frame) for frame in given.get("frames") or [] if frame]
    kinds = {frame["inApp"] for frame in frames}
    return _renamed(given, TRACE) | {"frames": frames, "hasSystemFrames": kinds == {True, False}}


def _frame(given: JSON) -> JSON:
    shown = _renamed(given, FRAME)
    shown["absPath"] = shown["absPath"] or shown["filename"]
    return shown | {"inApp": bool(given.get("in_app")), "context": _context(given)}


def _context(frame: JSON) -> list[list[Any]]:
    """Return the lines around that of a frame, each with its number."""
    number, line = frame.get("lineno"), frame.get("context_line")
    if number is None or line is None:
        return []
    before = frame.get("pre_context") or []
    lines = [*before, line, *(frame.get("post_context") or [])]
    return [[number - len(before) + place, text] for place, text in enumerate(lines)]


def _breadcrumbs(given: JSON) -> JSON:
    return {"values": [_breadcrumb(value) for value in _values(given)]}


def _breadcrumb(given: JSON) -> JSON:
    shown = _renamed(given, BREADCRUMB)
    if time := shown["timestamp"]:
        text = datetime.fromtimestamp(time, UTC).isoformat(timespec="microseconds")
        shown["timestamp"] = text.replace("+00:00", "Z")
    return shown


def _request(given: JSON) -> JSON:
    pairs = {name: given.get(name) or [] for name in ("headers", "cookies")}
    return _renamed(given, REQUEST) | pairs


# By what a part is called when it is sent.
PARTS: dict[str, tuple[str, Callable[[JSON], JSON]]] = {
    "logentry": ("message", _message),
    "exception": ("exception", _exception),
    "stacktrace": ("stacktrace", _stacktrace),
    "threads": ("threads", _threads),
    "breadcrumbs": ("breadcrumbs", _breadcrumbs),
    "request": ("request", _request),
}
