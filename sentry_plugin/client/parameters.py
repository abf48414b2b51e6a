"""What an input says, as parameters of a query that every server reads alike. Pure.

Knows no path; what is wrong is refused before anything is asked.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sentry_plugin import times
from sentry_plugin.errors import InputError

Query = dict[str, str | list[str]]

# As many digits as keep the beginning within the years that servers can count.
_PERIOD = re.compile(r"[1-9][0-9]{0,4}[smhdw]")
_FORM = "Give an ISO 8601 time such as 2026-08-16T17:41:36Z, which is UTC where it names no zone."


def chosen(params: Mapping[str, Any], *same: str, **renamed: str) -> Query:
    """Give what is present of some inputs, under its own name or as *renamed* (input=parameter).

    An empty text is present. A flag is sent only if it is set: servers differ about others.
    """
    names = {**dict.fromkeys(same), **renamed}
    found = {new or name: params[name] for name, new in names.items() if name in params}
    return {
        name: "1" if value is True else value for name, value in found.items() if value is not False
    }


def span(params: Mapping[str, Any]) -> Query:
    """Give the time range of an input: `statsPeriod`, or `start` and `end` in UTC, or neither."""
    given = {name: params[name] for name in ("statsPeriod", "start", "end") if params.get(name)}
    if "statsPeriod" in given:
        return _period(given)
    if not given:
        return {}
    if len(given) == 1:
        missing = "end" if "start" in given else "start"
        raise InputError(f"The input has no `{missing}`.", "Give both `start` and `end`.")
    start, end = (_moment(name, given[name]) for name in ("start", "end"))
    if start >= end:
        raise InputError("The input's `start` is not before its `end`.")
    return {"start": _text(start), "end": _text(end)}


def _period(given: Mapping[str, str]) -> Query:
    if len(given) > 1:
        raise InputError(
            "The input has a `statsPeriod` beside `start` or `end`.", "Give one or the other."
        )
    if not _PERIOD.fullmatch(given["statsPeriod"]):
        raise InputError(
            "The input's `statsPeriod` is no length of time.",
            "Give a number of up to five digits with s, m, h, d or w, such as 24h or 14d.",
        )
    return dict(given)


def _moment(name: str, text: str) -> datetime:
    try:
        return times.read(text.strip()).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise InputError(f"The input's `{name}` is no time.", _FORM) from error


def _text(moment: datetime) -> str:
    # Old servers refuse a zone.
    return moment.replace(tzinfo=None).isoformat()
