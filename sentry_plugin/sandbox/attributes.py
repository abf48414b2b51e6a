"""What an update of an issue may say, checked as Sentry's framework checks it.

Pure: looks nothing up and changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sentry_plugin.sandbox.answers import refuse, refuse_fields

STATUSES = ("resolved", "unresolved", "ignored", "resolvedInNextRelease", "muted")
SUBSTATUSES = (
    "archived_until_escalating",
    "archived_until_condition_met",
    "archived_forever",
    "escalating",
    "ongoing",
    "regressed",
    "new",
)
PRIORITIES = ("low", "medium", "high")
TRUE = (True, 1, "true", "t", "y", "yes", "on", "1")
FALSE = (False, 0, "false", "f", "n", "no", "off", "0")
WEEK = 7 * 24 * 60
# What the columns of Sentry's database take.
MOST = 2**31 - 1
IGNORE = {
    "ignoreDuration": MOST,
    "ignoreCount": MOST,
    "ignoreWindow": WEEK,
    "ignoreUserCount": MOST,
    "ignoreUserWindow": WEEK,
}


class Wrong(ValueError):
    """A value does not fit; carries what Sentry says of it."""


def _choice(choices: tuple[str, ...]) -> Callable[[Any], Any]:
    def check(value: Any) -> Any:
        if value not in choices:
            raise Wrong(f'"{value}" is not a valid choice.')
        return value

    return check


def _boolean(value: Any) -> bool:
    word = value.lower() if isinstance(value, str) else value
    if isinstance(word, (bool, int, str)) and word in (*TRUE, *FALSE):
        return word in TRUE
    raise Wrong("Must be a valid boolean.")


def _integer(most: int) -> Callable[[Any], int]:
    def check(value: Any) -> int:
        try:
            number = int(str(value))
        except ValueError:
            raise Wrong("A valid integer is required.") from None
        if number > most:
            raise Wrong(f"Ensure this value is less than or equal to {most}.")
        if number < 0:
            raise Wrong("Ensure this value is greater than or equal to 0.")
        return number

    return check


def _text(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        raise Wrong("Not a valid string.")
    return str(value)


def _commit(value: Any) -> dict[str, Any]:
    return _checked(_object(value), {"commit": _text, "repository": _text}, needed=True)


def _object(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        name = type(value).__name__
        raise Wrong({"non_field_errors": [_expected(name)]})
    return value


def _expected(name: str) -> str:
    return f"Invalid data. Expected a dictionary, but got {name}."


def _details(value: Any) -> dict[str, Any]:
    return _checked(_object(value), DETAILS)


DETAILS: dict[str, Callable[[Any], Any]] = {
    "inNextRelease": _boolean,
    "inRelease": _text,
    "inUpcomingRelease": _boolean,
    "inCommit": _commit,
    **{name: _integer(most) for name, most in IGNORE.items()},
}
FIELDS: dict[str, Callable[[Any], Any]] = {
    "status": _choice(STATUSES),
    "statusDetails": _details,
    "substatus": _choice(SUBSTATUSES),
    "assignedTo": _text,
    "priority": _choice(PRIORITIES),
    **dict.fromkeys(
        (
            *("inbox", "hasSeen", "isBookmarked", "isPublic", "isSubscribed"),
            *("merge", "discard"),
        ),
        _boolean,
    ),
    **{name: _integer(most) for name, most in IGNORE.items()},
}
NULLABLE = ("substatus",)


def checked(body: Any) -> dict[str, Any]:
    """Give the attributes that Sentry knows, or refuse a body with a wrong one."""
    try:
        given = _checked(_object(body), FIELDS)
    except Wrong as problem:
        refuse_fields(problem.args[0])
    if "discard" in given and len(given) > 1:
        refuse_fields({"non_field_errors": ["Other attributes cannot be updated when discarding"]})
    if given.get("discard"):
        refuse(400, ["You do not have that feature enabled"])
    return given


def _checked(
    values: dict[str, Any], fields: dict[str, Callable[[Any], Any]], *, needed: bool = False
) -> dict[str, Any]:
    given, problems = {}, {}
    for name, check in fields.items():
        if name not in values and not needed:
            continue
        try:
            given[name] = _one(name, values, check)
        except Wrong as problem:
            words = problem.args[0]
            problems[name] = words if isinstance(words, dict) else [words]
    if problems:
        raise Wrong(problems)
    return given


def _one(name: str, values: dict[str, Any], check: Callable[[Any], Any]) -> Any:
    if name not in values:
        raise Wrong("This field is required.")
    if values[name] is None and name not in NULLABLE:
        raise Wrong("This field may not be null.")
    return None if values[name] is None else check(values[name])
