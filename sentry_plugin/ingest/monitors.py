"""What a check-in says of its monitor, as Sentry takes it: slug and configuration. Sends nothing.

Sentry answers a check-in before it looks at these, and drops one that would make a monitor of a
wrong configuration: so it is refused here.
https://github.com/getsentry/relay/blob/master/relay-monitors/src/lib.rs
https://github.com/getsentry/sentry/blob/master/src/sentry/monitors/validators.py
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from sentry_plugin.errors import InputError
from sentry_plugin.ingest import crontab
from sentry_plugin.logs import logger, printable

LONGEST_SLUG = 50
# Each unit with the greatest number of it before the year 10000, where Sentry's calendar ends.
UNITS = {
    "year": 7_900,
    "month": 7_900 * 12,
    "week": 7_900 * 52,
    "day": 7_900 * 365,
    "hour": 7_900 * 365 * 24,
    "minute": 7_900 * 365 * 24 * 60,
}
LIMITS = {
    "checkin_margin": range(40_320 + 1),
    "max_runtime": range(1, 40_320 + 1),
    "failure_issue_threshold": range(1, 720 + 1),
    "recovery_threshold": range(1, 720 + 1),
}
_KNOWN = {"schedule", "timezone", "owner", *LIMITS}
_SCHEDULES = {"crontab": {"type", "value"}, "interval": {"type", "value", "unit"}}


def slug(text: str) -> str:
    """Bring a monitor's slug to the form that Sentry gives it, and log if that is another one.

    `CheckinItem.valid_monitor_slug` in
    https://github.com/getsentry/sentry/blob/master/src/sentry/monitors/types.py
    """
    plain = unicodedata.normalize("NFKD", text[:LONGEST_SLUG]).encode("ascii", "ignore").decode()
    kept = re.sub(r"[^\w\s-]", "", plain.lower())
    found = re.sub(r"[-\s]+", "-", kept).strip("-_")[:LONGEST_SLUG].strip("-")
    if not found:
        raise InputError(
            "The input's `monitor_slug` has no letter or digit that Sentry keeps.",
            "Give the slug of the monitor, of letters a to z, digits, underscores and hyphens.",
        )
    if len(text) > LONGEST_SLUG:
        words = "Sentry keeps %d characters of a monitor's slug: this one is cut to %s."
        logger.warning(words, LONGEST_SLUG, found)
    elif found != text:
        logger.info("Sentry gives the monitor the slug %s.", found)
    return found


def config(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return a monitor's configuration with whole numbers as such; refuse one that Sentry drops."""
    if unread := sorted(given.keys() - _KNOWN):
        names = printable(", ".join(unread))
        logger.warning("Sentry does not read of the monitor_config: %s.", names)
    _check_schedule(given.get("schedule"))
    _check_time_zone(given.get("timezone", ""))
    numbers = {name: int(given[name]) for name in LIMITS if name in given}
    for name, number in numbers.items():
        if number not in LIMITS[name]:
            least, most = LIMITS[name].start, LIMITS[name].stop - 1
            raise InputError(f"The input's `monitor_config.{name}` is not {least} to {most}.")
    return {**given, **numbers}


def _check_schedule(schedule: Any) -> None:
    match schedule:
        case {"type": "crontab", "value": str(text)}:
            _check_crontab(text)
        case {"type": "interval", "value": int(number), "unit": str(unit)} if not isinstance(
            number, bool
        ) and 0 < number <= UNITS.get(unit, 0):
            pass
        case _:
            raise InputError(
                "The input's `monitor_config.schedule` is no schedule.",
                'Give {"type": "crontab", "value": "0 * * * *"}, or {"type": "interval", "value": '
                f'2, "unit": "hour"}} with one of {", ".join(sorted(UNITS))}.',
            )
    if schedule.keys() - _SCHEDULES[schedule["type"]]:
        raise InputError(
            "The input's `monitor_config.schedule` has more in it than Sentry reads there.",
            "Beside `schedule`, not in it, stand `timezone` and what else there is to say.",
        )


def _check_crontab(text: str) -> None:
    try:
        crontab.check(text)
    except ValueError as error:
        raise InputError(
            f"The input's `monitor_config.schedule.value` is no crontab for Sentry: {error}.",
            "Give minute, hour, day of the month, month and day of the week, such as 0 4 * * MON, "
            f"or one of {', '.join(crontab.NICKNAMES)}.",
        ) from error


def _check_time_zone(name: str) -> None:
    # Imported late: it looks for the database, which few check-ins need.
    import zoneinfo

    # These are copies of the others on some machines, which Sentry does not take.
    is_copy = name.startswith(("posix", "right/"))
    try:
        is_known = not name or bool(zoneinfo.ZoneInfo(name))
    except (LookupError, ValueError, OSError):
        is_known = False
    if is_known and not is_copy:
        return
    if not zoneinfo.available_timezones():
        logger.warning(
            "Whether Sentry knows the time zone cannot be told here: this machine has no time zone "
            "database. If it does not, it drops a check-in that would make a monitor."
        )
        return
    raise InputError(
        "The input's `monitor_config.timezone` is not in this machine's time zone database, and "
        "Sentry takes names of the tz database only.",
        "Give one such as Europe/Berlin or Etc/UTC, spelt like that. If it is a new one, renew the "
        "machine's package tzdata.",
    )
