"""An envelope with one item, the form in which a DSN takes events and other things. Pure.

Knows the type of an item, but nothing of what it holds.
"""

from __future__ import annotations

import time
from typing import NamedTuple

from sentry_plugin import strictjson, times

LARGEST = 1 << 20
"""Bytes of JSON that Sentry accepts for most kinds of items."""


class Item(NamedTuple):
    """One item of an envelope."""

    kind: str
    data: bytes
    """Its JSON."""
    categories: frozenset[str]
    """What rate limits call this kind."""
    event_id: str = ""
    """The ID by which Sentry drops duplicates; empty for a kind that has it elsewhere."""
    largest: int = LARGEST
    """Bytes of JSON that Sentry accepts for this kind."""

    def envelope(self) -> bytes:
        """https://develop.sentry.dev/sdk/foundations/transport/envelopes/ ."""
        sent_at = times.write(time.time())
        header = ({"event_id": self.event_id} if self.event_id else {}) | {"sent_at": sent_at}
        about = {"type": self.kind, "length": len(self.data), "content_type": "application/json"}
        lines = strictjson.encoded(header), strictjson.encoded(about), self.data, b""
        return b"\n".join(lines)
