"""Check-ins of cron monitors: the JSON of one. Pure, sends nothing.

https://develop.sentry.dev/sdk/telemetry/check-ins/
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from sentry_plugin import strictjson
from sentry_plugin.errors import InputError, Unsupported
from sentry_plugin.ingest import namerules
from sentry_plugin.ingest.envelope import Item
from sentry_plugin.ingest.eventjson import plain_id

LARGEST = 100 << 10
UNITS = {"year", "month", "week", "day", "hour", "minute"}
_FIELDS = ("monitor_slug", "status", "duration", "release", "environment", "monitor_config")


def completed(params: Mapping[str, Any]) -> dict[str, Any]:
    """Build the check-in that an input describes, with a new ID if it has none; or refuse it."""
    namerules.check(
        params,
        monitor_slug=namerules.MONITOR,
        check_in_id=namerules.ID,
        environment=namerules.ENVIRONMENT,
        release=namerules.RELEASE,
    )
    if params.get("duration", 0) < 0:
        raise InputError("The input's `duration` is less than 0.")
    if "monitor_config" in params:
        _check_schedule(params["monitor_config"].get("schedule"))
    check_in_id = params.get("check_in_id") or uuid.uuid4().hex
    given = {name: params[name] for name in _FIELDS if name in params}
    return {"check_in_id": plain_id(check_in_id), **given}


def item(check_in: Mapping[str, Any]) -> Item:
    """Build the envelope item of a check-in."""
    data = strictjson.encoded(check_in)
    return Item("check_in", data, frozenset({"monitor"}), largest=LARGEST)


def unsupported() -> Unsupported:
    """Build the error for a server without envelopes, which check-ins need."""
    return Unsupported(
        "This server does not support check-ins: it takes no envelopes.",
        "Use a newer Sentry: Sentry has cron monitors since version 23. If it is one, "
        "check the host of the DSN, and what stands before it.",
    )


def _check_schedule(schedule: Any) -> None:
    match schedule:
        case {"type": "crontab", "value": str()}:
            return
        case {"type": "interval", "value": int(number), "unit": str(unit)}:
            if number > 0 and unit in UNITS:
                return
    raise InputError(
        "The input's `monitor_config.schedule` is no schedule.",
        'Give {"type": "crontab", "value": "0 * * * *"}, or {"type": "interval", "value": 2, '
        f'"unit": "hour"}} with one of {", ".join(sorted(UNITS))}.',
    )
