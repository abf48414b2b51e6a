"""Times as text: one reader and one writer, for what Sentry says and for what users give. Pure."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any


def read(text: Any) -> datetime:
    """Read a time of ISO 8601, which is in UTC where it names no zone; ValueError for all else."""
    try:
        found = datetime.fromisoformat(text)
    except TypeError:
        raise ValueError("it is no text") from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def write(seconds: float) -> str:
    """Write seconds since 1970 as RFC 3339 has it, in UTC with a Z.

    What no calendar has is an OverflowError, a ValueError or an OSError, by the machine.
    """
    return datetime.fromtimestamp(seconds, UTC).isoformat().replace("+00:00", "Z")
