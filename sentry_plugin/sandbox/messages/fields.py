"""Checks the fields of a body, with the error texts of Django REST framework, which Sentry uses.

A check takes a value and returns it converted, or raises InvalidValue. Pure: knows no endpoint.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

from sentry_plugin.sandbox import times
from sentry_plugin.sandbox.messages.responses import refuse_fields

TRUE = (True, 1, "true", "t", "y", "yes", "on", "1")
FALSE = (False, 0, "false", "f", "n", "no", "off", "0")
NO_MOMENT = (
    "Datetime has wrong format. Use one of these formats instead:"
    " YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z]."
)

Check = Callable[[Any], Any]


class InvalidValue(ValueError):
    """A value is not valid; the argument is Sentry's text, or such texts by field."""


def choice(choices: tuple[str, ...]) -> Check:
    """Build a check for one of *choices*."""

    def check(value: Any) -> Any:
        if value not in choices:
            raise InvalidValue(f'"{value}" is not a valid choice.')
        return value

    return check


def boolean(value: Any) -> bool:
    """Check a truth value, in any spelling that the framework takes."""
    word = value.lower() if isinstance(value, str) else value
    if isinstance(word, (bool, int, str)) and word in (*TRUE, *FALSE):
        return word in TRUE
    raise InvalidValue("Must be a valid boolean.")


def integer(most: int) -> Check:
    """Build a check for a whole number from 0 to *most*."""

    def check(value: Any) -> int:
        try:
            number = int(str(value))
        except ValueError:
            raise InvalidValue("A valid integer is required.") from None
        if number > most:
            raise InvalidValue(f"Ensure this value is less than or equal to {most}.")
        if number < 0:
            raise InvalidValue("Ensure this value is greater than or equal to 0.")
        return number

    return check


def text(value: Any) -> str:
    """Check a text, which may be empty; a number is turned into text."""
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        raise InvalidValue("Not a valid string.")
    return str(value)


def filled_text(value: Any) -> str:
    """Check a text that has more than spaces; spaces around it are removed."""
    found = text(value).strip()
    if not found:
        raise InvalidValue("This field may not be blank.")
    return found


def moment(value: Any) -> int:
    """Check a point in time; return it in milliseconds since 1970."""
    found = times.moment_of(value) if isinstance(value, str) else None
    if found is None:
        raise InvalidValue(NO_MOMENT)
    return found


def list_of(check: Check) -> Check:
    """Build a check for a list whose members all pass *check*."""

    def check_each(value: Any) -> list[Any]:
        if not isinstance(value, list):
            raise InvalidValue(f'Expected a list of items but got type "{type(value).__name__}".')
        return [check(one) for one in value]

    return check_each


def object_with(
    checks: Mapping[str, Check],
    *,
    required: Collection[str] = (),
    nullable: Collection[str] = (),
) -> Check:
    """Build a check for an object; fields that *checks* does not name are left out."""

    def check(value: Any) -> dict[str, Any]:
        values, given, problems = _object(value), {}, {}
        for name in [name for name in checks if name in values or name in required]:
            try:
                given[name] = _one(name, values, checks[name], nullable)
            except InvalidValue as problem:
                said = problem.args[0]
                problems[name] = said if isinstance(said, dict) else [said]
        if problems:
            raise InvalidValue(problems)
        return given

    return check


def _object(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        name = type(value).__name__
        said = f"Invalid data. Expected a dictionary, but got {name}."
        raise InvalidValue({"non_field_errors": [said]})
    return value


def _one(name: str, values: dict[str, Any], check: Check, nullable: Collection[str]) -> Any:
    if name not in values:
        raise InvalidValue("This field is required.")
    if values[name] is not None:
        return check(values[name])
    if name in nullable:
        return None
    raise InvalidValue("This field may not be null.")


def checked(body: Any, check: Check) -> dict[str, Any]:
    """Return what *check* returns for a body; answer 400 if it is not valid."""
    try:
        found: dict[str, Any] = check(body)
    except InvalidValue as problem:
        refuse_fields(problem.args[0])
    return found
