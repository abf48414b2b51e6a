"""Times as text: read ISO 8601, write RFC 3339. Pure."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any


def read(text: Any) -> datetime:
    """Read a time of ISO 8601, in UTC if it names no zone; ValueError for anything else."""
    try:
        found = datetime.fromisoformat(text)
    except TypeError:
        raise ValueError("it is no text") from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def write(seconds: float) -> str:
    """Return seconds since 1970 as a time of RFC 3339, in UTC with a Z.

    Outside the calendar it raises OverflowError, ValueError or OSError, depending on the platform.
    """
    return datetime.fromtimestamp(seconds, UTC).isoformat().replace("+00:00", "Z")
