"""Crontabs, as Sentry's cron monitors read them. Pure.

The grammar is that of cronsim, which Sentry reads them with, for the five fields that it takes.
https://github.com/getsentry/sentry/blob/master/src/sentry/monitors/validators.py
"""

from __future__ import annotations

import calendar
import itertools
import re
from collections.abc import Iterator
from typing import NamedTuple

NICKNAMES = {
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
    "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *",
    "@hourly": "0 * * * *",
}
LAST, LAST_WORKDAY = -1, -2
# Days and weekdays meet in all ways that there are within 28 years.
CYCLE = range(2000, 2028)

Value = int | tuple[int, int]


class Field(NamedTuple):
    """A field of a crontab: what it is called, its numbers, and its names in their order."""

    name: str
    lowest: int
    highest: int
    names: str = ""


WEEKDAYS = Field("day of the week", 0, 7, "SUN MON TUE WED THU FRI SAT")
DAYS = Field("day of the month", 1, 31)
MONTHS = Field("month", 1, 12, "JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC")
FIELDS = (Field("minute", 0, 59), Field("hour", 0, 23), DAYS, MONTHS, WEEKDAYS)
_VALUE = r"(?:\d{1,99}|[A-Z]{3})"
_TERM = re.compile(
    rf"(?: \* | (?P<first>{_VALUE}) (?: -(?P<last>{_VALUE}) )? ) (?: /(?P<step>\d{{1,99}}) )?",
    re.ASCII | re.VERBOSE,
)
_NTH_WEEKDAY = re.compile(rf"(?P<day>{_VALUE})\#0*(?P<nth>[1-5])|(?P<last>\d{{1,99}})L", re.ASCII)
_LAST_DAY = re.compile(r"L(?P<workday>W)?(/0*[1-9]\d*)?", re.ASCII)


def check(text: str) -> None:
    """Raise ValueError, which says what is wrong, for a crontab that Sentry does not take."""
    words = NICKNAMES.get(text.strip(), text).upper().split()
    if len(words) != len(FIELDS):
        raise ValueError(f"Sentry takes {len(FIELDS)} fields, and it has {len(words)}")
    found = [_values(field, word) for field, word in zip(FIELDS, words, strict=True)]
    *_, days, months, weekdays = found
    # As in Debian's cron: a star in one of them makes both be wanted.
    both = words[2].startswith("*") or words[4].startswith("*")
    possible = (day for day in _days_of(months) if _is_of_month(day, days))
    if not any(not both or _is_of_week(day, weekdays) for day in possible):
        raise ValueError("there is no day that it fits")


class _Day(NamedTuple):
    number: int
    weekday: int
    """Sunday is 0."""
    length: int
    """Days of its month."""


def _days_of(months: set[Value]) -> Iterator[_Day]:
    wanted = [month for month in range(1, 13) if month in months]
    for year, month in itertools.product(CYCLE, wanted):
        first, length = calendar.monthrange(year, month)
        for number in range(1, length + 1):
            yield _Day(number, (first + number) % 7, length)


def _is_of_month(day: _Day, wanted: set[Value]) -> bool:
    # The weekday of the last day: a Saturday or a Sunday is not the last workday.
    last = (day.weekday + day.length - day.number) % 7
    workday = day.length - {6: 1, 0: 2}.get(last, 0)
    return (
        day.number in wanted
        or (LAST in wanted and day.number == day.length)
        or (LAST_WORKDAY in wanted and day.number == workday)
    )


def _is_of_week(day: _Day, wanted: set[Value]) -> bool:
    places = [(day.number + 6) // 7] + [LAST] * (day.number + 7 > day.length)
    numbers = {day.weekday, day.weekday or 7}
    return not wanted.isdisjoint({*numbers, *itertools.product(numbers, places)})


def _values(field: Field, word: str) -> set[Value]:
    """Return what a word of the field stands for."""
    return set().union(*(_term(field, term) for term in word.split(",")))


def _term(field: Field, text: str) -> set[Value]:
    if field is DAYS and (found := _LAST_DAY.fullmatch(text)):
        return {LAST_WORKDAY if found["workday"] else LAST}
    if field is WEEKDAYS and (found := _NTH_WEEKDAY.fullmatch(text)):
        return {(_number(field, found["day"] or found["last"]), int(found["nth"] or LAST))}
    if not (found := _TERM.fullmatch(text)):
        raise _wrong(field)
    first, last = found["first"] or str(field.lowest), found["last"] or found["first"]
    numbers = range(_number(field, first), _number(field, last or str(field.highest)) + 1)
    step = int(found["step"] or 1)
    if not numbers or not step:
        raise _wrong(field)
    if found["step"] and len(numbers) == 1:
        numbers = range(numbers[0], field.highest + 1)
    return set(numbers[::step])


def _number(field: Field, text: str) -> int:
    names = field.names.split()
    if text in names:
        return field.lowest + names.index(text)
    number = int(text) if text.isdecimal() else -1
    if not field.lowest <= number <= field.highest:
        raise _wrong(field)
    return number


def _wrong(field: Field) -> ValueError:
    return ValueError(
        f"its {field.name} is not made of {field.lowest} to {field.highest} as Sentry reads them"
    )
