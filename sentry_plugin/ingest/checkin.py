"""Check-ins of cron monitors: the JSON of one. Pure, sends nothing.

https://develop.sentry.dev/sdk/telemetry/check-ins/
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from sentry_plugin import strictjson
from sentry_plugin.errors import InputError
from sentry_plugin.ingest import monitors, namerules
from sentry_plugin.ingest.envelope import Item
from sentry_plugin.ingest.eventjson import plain_id
from sentry_plugin.logs import logger

LARGEST = 100 << 10
NO_ID = uuid.UUID(int=0).hex
LONGEST_DURATION = 2**31 // 1000
"""Seconds; Sentry keeps milliseconds in 31 bits, and drops a check-in that took longer."""
_FIELDS = ("status", "duration", "release", "environment")


def completed(params: Mapping[str, Any]) -> dict[str, Any]:
    """Build the check-in that an input describes, with a new ID if it has none; or refuse it."""
    namerules.check(
        params,
        check_in_id=namerules.ID,
        environment=namerules.ENVIRONMENT,
    )
    if "check_in_id" in params and not has_own_id(params):
        logger.warning(
            "To Sentry, a check-in ID of zeros is none: this ends the newest check-in that is in "
            "progress, or is one whose ID is not told."
        )
    if "release" in params:
        logger.warning("Sentry does not keep the release of a check-in.")
    if not 0 <= params.get("duration", 0) <= LONGEST_DURATION:
        raise InputError(f"The input's `duration` is not 0 to {LONGEST_DURATION} seconds.")
    check_in_id = params.get("check_in_id") or uuid.uuid4().hex
    built: dict[str, Any] = {
        "check_in_id": plain_id(check_in_id),
        "monitor_slug": monitors.slug(params["monitor_slug"]),
    }
    built |= {name: params[name] for name in _FIELDS if name in params}
    if "monitor_config" in params:
        built["monitor_config"] = monitors.config(params["monitor_config"])
    return built


def has_own_id(params: Mapping[str, Any]) -> bool:
    """Tell whether Sentry knows this check-in again by its ID; one of zeros is none to Sentry."""
    return plain_id(params.get("check_in_id", NO_ID)) != NO_ID


def item(check_in: Mapping[str, Any]) -> Item:
    """Build the envelope item of a check-in."""
    data = strictjson.encoded(check_in)
    return Item("check_in", data, frozenset({"monitor"}), largest=LARGEST)
