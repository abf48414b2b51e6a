"""The last requests that the sandbox got, for tests to look at, with secrets shortened.

Keeps no answers, only their statuses.
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
# At least 8 characters, so that a scheme such as Bearer is not taken for a secret.
_SECRET_PART = re.compile(r"(?<![\w.+/-])[\w.+/-]{8,}={0,2}(?![\w=])")
_SECRET_QUERY = re.compile(r"((?:key|token|secret)=)([^&]{4})[^&]*", re.IGNORECASE)


@dataclass
class RecordedRequest:
    """One request, and the status of its answer."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: str
    size: int
    status: int | None = None
    fault: str | None = None
    time: float = field(default_factory=time.time)
    """When all of it had been received, in seconds since 1970."""


class Journal:
    """The last requests; older ones are forgotten."""

    def __init__(self) -> None:
        self._entries: deque[RecordedRequest] = deque(maxlen=KEPT)

    def add(
        self, method: str, path: str, query: str, headers: Mapping[str, str], body: bytes
    ) -> RecordedRequest:
        """Record a request; whoever answers it sets `status` of what is returned."""
        shown = {_text(name): _shortened(name, value) for name, value in headers.items()}
        query = _SECRET_QUERY.sub(r"\1\2…", _text(query))
        text = body[:MAX_BODY].decode(errors="replace")
        entry = RecordedRequest(_text(method), _text(path), query, shown, text, len(body))
        self._entries.append(entry)
        return entry

    def entries(self) -> list[dict[str, Any]]:
        """Return the requests as JSON values, oldest first."""
        return [asdict(entry) for entry in self._entries]

    def clear(self) -> None:
        """Forget all requests."""
        self._entries.clear()


def _shortened(name: str, value: str) -> str:
    value = _text(value)
    if not _SECRET_NAME.search(name):
        return value
    return _SECRET_PART.sub(lambda match: f"{match[0][:4]}…", value)


def _text(value: str) -> str:
    # The web framework gives its own kind of string, with a lone surrogate for each wrong byte.
    return value.encode(errors="replace").decode()
