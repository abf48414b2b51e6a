"""Query parameters from the input of a step, in forms that all servers understand. Pure.

Knows no path. Wrong inputs are refused before any request.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from sentry_plugin import times
from sentry_plugin.errors import InputError

if TYPE_CHECKING:
    from sentry_plugin.client.routes import Query

# Servers cannot compute the start of a longer period.
_PERIOD = re.compile(r"[1-9][0-9]{0,4}[smhdw]")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
_FORM = "Give an ISO 8601 time such as 2026-08-16T17:41:36Z, which is UTC where it names no zone."


def pick(params: Mapping[str, Any], *same: str, **renamed: str) -> Query:
    """Return the inputs that are present, under the same name or *renamed* (input="parameter").

    An empty text is present. A flag is sent only if it is true: servers differ about false.
    """
    names = {**dict.fromkeys(same), **renamed}
    found = {new or name: params[name] for name, new in names.items() if name in params}
    return {
        name: "1" if value is True else value for name, value in found.items() if value is not False
    }


def time_range(params: Mapping[str, Any]) -> Query:
    """Return the time range of an input: `statsPeriod`, `start` and `end` in UTC, or nothing."""
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


class Span(NamedTuple):
    """A time range, in seconds since 1970."""

    start: float
    end: float


def span(params: Mapping[str, Any], now: float) -> Span:
    """Return the time range of an input; all times if it gives none."""
    given = time_range(params)
    if "statsPeriod" in given:
        text = str(given["statsPeriod"])
        return Span(now - int(text[:-1]) * _SECONDS[text[-1]], math.inf)
    if not given:
        return Span(-math.inf, math.inf)
    return Span(*(_moment(name, params[name]).timestamp() for name in ("start", "end")))


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
