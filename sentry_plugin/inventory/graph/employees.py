"""Which members are employees, found by their e-mail addresses."""

from __future__ import annotations

import csv
import io
import itertools
import re
from collections.abc import Collection, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from sentry_plugin.errors import InputError
from sentry_plugin.inventory.graph import entities
from sentry_plugin.inventory.graph.relationships import IS_PERSON, mapped

if TYPE_CHECKING:
    from sentry_plugin.strictjson import JSON

TYPES = (IS_PERSON.type,)

MOST_CELLS = 5_000_000

_COLUMN = re.compile(r"(.*[\W_])?e-?mail([\W_]*address)?|mail", re.IGNORECASE)


def from_input(params: Any) -> set[str] | None:
    """Return the employees' addresses, from a list and a CSV text; None where neither is given."""
    lists = []
    if "employees" in params:
        lists.append(params["employees"])
    if "employees_csv" in params:
        lists.append(from_csv(params["employees_csv"]))
    return addresses(itertools.chain(*lists)) if lists else None


def addresses(listed: Iterable[str]) -> set[str]:
    """Return e-mail addresses in the form in which they are compared: trimmed, lower case."""
    return {each.strip().lower() for each in listed if "@" in each}


def from_csv(text: str) -> list[str]:
    """Read the column of e-mail addresses of a CSV text, with or without a header."""
    dialect = _dialect(text)
    if text.count(dialect.delimiter) + text.count("\n") > MOST_CELLS:
        raise InputError(f"The input's `employees_csv` has more than {MOST_CELLS:,} cells.")
    rows = csv.reader(io.StringIO(text.strip("\ufeff\n\r "), newline=None), dialect)
    try:
        header = next(rows, [])
        place = _place(header)
        return [row[place] for row in itertools.chain([header], rows) if len(row) > place]
    except csv.Error as error:
        raise InputError("The input's `employees_csv` is not CSV.") from error


def _place(header: list[str]) -> int:
    named = [place for place, name in enumerate(header) if _COLUMN.fullmatch(name.strip())]
    places = named or [place for place, value in enumerate(header) if "@" in value]
    if not places:
        raise InputError(
            "The input's `employees_csv` has no column of e-mail addresses.",
            "Give it a first line with the columns' names, one of which is email.",
        )
    return places[0]


def _dialect(text: str) -> type[csv.Dialect]:
    first = text.partition("\n")[0]
    separator = next((each for each in ";\t" if each in first and "," not in first), ",")

    class Dialect(csv.excel):
        delimiter = separator

    return Dialect


def matches(found: Iterable[JSON], employed: Collection[str]) -> Iterator[JSON]:
    """Yield a mapped relationship from each member that is an employee to that person."""
    for member in members(found):
        if (email := member["email"].lower()) in employed:
            yield mapped(IS_PERSON, member["_key"], create=False, email=email)


def members(found: Iterable[JSON]) -> Iterator[JSON]:
    """Yield the members whose e-mail address is known."""
    for each in found:
        if each["_type"] == entities.MEMBER.type and "email" in each:
            yield each


def report(found: Iterable[JSON], employed: Collection[str], *, complete: bool) -> JSON:
    """Report who is matched; employees without a member only if the members are *complete*."""
    emails = {each["_key"]: each["email"].lower() for each in members(found)}
    made: JSON = {
        "matched": sum(email in employed for email in emails.values()),
        "members_without_employee": [key for key, email in emails.items() if email not in employed],
    }
    if complete:
        made["employees_without_member"] = sorted({*employed} - {*emails.values()})
    return made
