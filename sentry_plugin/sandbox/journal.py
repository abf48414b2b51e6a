"""What the sandbox was asked, for tests to look at.

Keeps the last requests with their secrets shortened. Answers nothing.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

KEPT = 1000
MAX_BODY = 64 * 1024

_SECRET_NAME = re.compile(r"auth|token|secret|cookie|key|password", re.IGNORECASE)
_SECRET_PART = re.compile(r"(?<![\w.+/-])[\w.+/-]{12,}=*")
_SECRET_QUERY = re.compile(r"((?:key|token|secret)=)([^&]{4})[^&]*", re.IGNORECASE)


@dataclass
class Entry:
    """One request, and the status it was answered with."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: str
    size: int
    status: int | None = None
    fault: str | None = None


class Journal:
    """The last requests."""

    def __init__(self) -> None:
        self._entries: deque[Entry] = deque(maxlen=KEPT)

    def add(
        self, method: str, path: str, query: str, headers: Mapping[str, str], body: bytes
    ) -> Entry:
        """Note a request; its status follows when it is known."""
        shown = {name: _shortened(name, value) for name, value in headers.items()}
        text = body[:MAX_BODY].decode(errors="replace")
        query = _SECRET_QUERY.sub(r"\1\2…", query)
        entry = Entry(method, path, query, shown, text, len(body))
        self._entries.append(entry)
        return entry

    def entries(self) -> list[dict[str, Any]]:
        """Give the requests, oldest first."""
        return [asdict(entry) for entry in self._entries]

    def clear(self) -> None:
        """Forget them."""
        self._entries.clear()


def _shortened(name: str, value: str) -> str:
    if not _SECRET_NAME.search(name):
        return value
    return _SECRET_PART.sub(lambda match: f"{match[0][:4]}…", value)
