"""One thing that is sent to a DSN, and the envelope around it. Pure.

Knows of it no more than its type: what is in it is known by the module that makes it.
"""

from __future__ import annotations

import time
from typing import NamedTuple

from sentry_plugin import strictjson, times

LARGEST = 1 << 20
"""The bytes that Sentry takes of the JSON of most items."""


class Item(NamedTuple):
    """One item of an envelope."""

    kind: str
    text: str
    """Its JSON."""
    categories: frozenset[str]
    """What rate limits call its type."""
    event_id: str = ""
    """Its id, by which Sentry keeps one of two; empty for a type that has it elsewhere."""
    largest: int = LARGEST
    """The bytes that Sentry takes of its JSON."""

    def envelope(self) -> bytes:
        """https://develop.sentry.dev/sdk/foundations/transport/envelopes/ ."""
        sent_at = times.write(time.time())
        header = ({"event_id": self.event_id} if self.event_id else {}) | {"sent_at": sent_at}
        about = {"type": self.kind, "length": len(self.text), "content_type": "application/json"}
        lines = strictjson.dumps(header), strictjson.dumps(about), self.text, ""
        return "\n".join(lines).encode()
