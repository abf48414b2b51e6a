"""What Relay and Sentry take of a check-in's monitor, and when its next check-in is due. Pure.

Relay reads the shape, and drops the whole check-in if that is wrong; Sentry then checks the
configuration. Sources: `relay-monitors/src/lib.rs` of Relay; `validators.py`, `types.py` and
`schedule.py` in `src/sentry/monitors` of Sentry.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from cronsim import CronSim, CronSimError

from sentry_plugin.sandbox import times
from sentry_plugin.sandbox.messages import fields
from sentry_plugin.sandbox.messages.fields import InvalidValue

LONGEST_SLUG = 50
SPANS = {
    "minute": times.MINUTE,
    "hour": times.HOUR,
    "day": times.DAY,
    "week": 7 * times.DAY,
    "month": 30 * times.DAY,
    "year": 365 * times.DAY,
}
NICKNAMES = {
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
    "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *",
    "@hourly": "0 * * * *",
}
# The least and the greatest of each number; a margin of 0 is taken for 1.
LIMITS = {
    "checkin_margin": (0, 40_320),
    "max_runtime": (1, 40_320),
    "failure_issue_threshold": (1, 720),
    "recovery_threshold": (1, 720),
}


def slug(text: str) -> str:
    """Bring a slug to the form in which Sentry keeps it; an empty text if nothing is left."""
    letters = unicodedata.normalize("NFKD", text[:LONGEST_SLUG]).lower()
    kept = "".join(one for one in letters if one.isascii() and re.match(r"[\w\s-]", one))
    return re.sub(r"[-\s]+", "-", kept).strip("-_")[:LONGEST_SLUG].strip("-")


def _natural(value: Any) -> int:
    if type(value) is not int or value < 0:
        raise InvalidValue("invalid type: expected u64")
    return value


def _plain_text(value: Any) -> str:
    if not isinstance(value, str):
        raise InvalidValue("invalid type: expected a string")
    return value


def _shape_of_schedule(value: Any) -> dict[str, Any]:
    kind = fields.object_with({"type": fields.choice(tuple(_SHAPES))}, required=("type",))(value)
    shape = _SHAPES[kind["type"]]
    given: dict[str, Any] = kind | fields.object_with(shape, required=shape)(value)
    return given


_SHAPES: dict[str, dict[str, fields.Check]] = {
    "crontab": {"value": _plain_text},
    "interval": {"value": _natural, "unit": fields.choice(tuple(SPANS))},
}
_OPTIONAL = dict.fromkeys(LIMITS, _natural) | {"timezone": _plain_text, "owner": _plain_text}
SHAPE = fields.object_with(
    {"schedule": _shape_of_schedule, **_OPTIONAL}, required=("schedule",), nullable=_OPTIONAL
)
"""Reads a configuration as Relay does: what it does not know is left out."""


def configuration(given: dict[str, Any]) -> dict[str, Any]:
    """Check a configuration as Sentry does, and bring it to the form in which it is kept."""
    numbers = {name: _number(name, given.get(name)) for name in LIMITS}
    if (zone := given.get("timezone")) and zone not in available_timezones():
        raise InvalidValue(f'"{zone}" is not a valid choice.')
    schedule = given["schedule"]
    kept = _crontab(schedule["value"]) if schedule["type"] == "crontab" else _interval(schedule)
    return {
        "schedule_type": schedule["type"],
        "schedule": kept,
        **numbers,
        "timezone": zone or None,
        "alert_rule_id": None,
    }


def _number(name: str, value: int | None) -> int | None:
    if value is None:
        return None
    least, most = LIMITS[name]
    if not least <= value <= most:
        raise InvalidValue(f"Ensure this value is {least} to {most}.")
    return value or 1


def _interval(schedule: dict[str, Any]) -> list[Any]:
    if not schedule["value"]:
        raise InvalidValue("Interval must be greater than zero")
    return [schedule["value"], schedule["unit"]]


def _crontab(text: str) -> str:
    plain = " ".join(text.split())
    plain = NICKNAMES.get(plain, plain)
    if len(plain.split()) > 5:
        raise InvalidValue("Only 5 field crontab syntax is supported")
    try:
        next(CronSim(plain, datetime.now(UTC)))
    except (CronSimError, StopIteration):
        raise InvalidValue("Schedule is invalid") from None
    return plain


def following(config: dict[str, Any], last: int) -> int:
    """Return when the check-in after the one at *last* is due."""
    if config["schedule_type"] == "interval":
        count, unit = config["schedule"]
        return int(last + count * SPANS[unit])
    here = datetime.fromtimestamp(last / times.SECOND, ZoneInfo(config["timezone"] or "UTC"))
    return int(next(CronSim(config["schedule"], here)).timestamp() * times.SECOND)
