"""What the sandbox was asked, for tests to look at.

Keeps the last requests with their secrets shortened. Answers nothing.
"""

from __future__ import annotations

import re
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

KEPT = 1000
MAX_BODY = 64 * 1024

_SECRET_NAME = re.compile(r"auth|token|secret|cookie|key|password", re.IGNORECASE)
# A value, not the name before it: the words of a header's scheme are shorter.
_SECRET_PART = re.compile(r"(?<![\w.+/-])[\w.+/-]{8,}={0,2}(?![\w=])")
_SECRET_QUERY = re.compile(r"((?:key|token|secret)=)([^&]{4})[^&]*", re.IGNORECASE)


@dataclass
class RecordedRequest:
    """One request, and the status it was answered with."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: str
    size: int
    status: int | None = None
    fault: str | None = None
    time: float = field(default_factory=time.time)
    """When it had come whole, in seconds since 1970."""


class Journal:
    """The last requests."""

    def __init__(self) -> None:
        self._entries: deque[RecordedRequest] = deque(maxlen=KEPT)

    def add(
        self, method: str, path: str, query: str, headers: Mapping[str, str], body: bytes
    ) -> RecordedRequest:
        """Note a request; its status follows when it is known."""
        shown = {_text(name): _shortened(name, value) for name, value in headers.items()}
        query = _SECRET_QUERY.sub(r"\1\2…", _text(query))
        text = body[:MAX_BODY].decode(errors="replace")
        entry = RecordedRequest(_text(method), _text(path), query, shown, text, len(body))
        self._entries.append(entry)
        return entry

    def entries(self) -> list[dict[str, Any]]:
        """Give the requests, oldest first."""
        return [asdict(entry) for entry in self._entries]

    def clear(self) -> None:
        """Forget them."""
        self._entries.clear()


def _shortened(name: str, value: str) -> str:
    value = _text(value)
    if not _SECRET_NAME.search(name):
        return value
    return _SECRET_PART.sub(lambda match: f"{match[0][:4]}…", value)


def _text(value: str) -> str:
    # The framework gives its own kind of string, and bytes that are no UTF-8 as lone surrogates.
    return value.encode(errors="replace").decode()
