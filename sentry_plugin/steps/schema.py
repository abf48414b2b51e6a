"""The generated JSON schemas: load them, check values, make outputs fit, find secrets.

Knows no action. Messages name the path and the broken rule, never the value, which may be a
secret.
"""

from __future__ import annotations

import functools
import json
import pathlib
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from sentry_plugin.logs import logger

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import ValidationError

    from sentry_plugin.strictjson import JSON

GENERATED = pathlib.Path(__file__).parents[1] / "generated"


MOST_TOLD = 10
"""Faults that one message names."""
_KINDS = (
    (bool, "a boolean"),
    (int | float, "a number"),
    (str, "a text"),
    (list, "a list"),
    (dict, "an object"),
)


class Hint(NamedTuple):
    """How to correct a value of a wrong type, recognised by its text."""

    type: str
    looks: re.Pattern[str]
    remedy: str


HINTS = (
    Hint("string", re.compile(r"-?[0-9.]+"), "give it in quotes"),
    Hint("integer", re.compile(r"\s*[+-]?[0-9]+\s*"), "give it without quotes"),
    Hint("integer", re.compile(r"-?[0-9][0-9.e+-]*"), "give a whole one"),
    Hint("number", re.compile(r"\s*[+-]?[0-9.]+\s*"), "give it without quotes"),
    Hint("boolean", re.compile(r"\s*(?:true|false)\s*", re.IGNORECASE), "give it without quotes"),
    Hint("boolean", re.compile(r".*", re.DOTALL), "give true or false"),
    Hint("array", re.compile(r"[^\[{].*", re.DOTALL), "give a list of it, as in [...]"),
    Hint("array", re.compile(r"\s*\[.*", re.DOTALL), "give the list itself, not JSON in a text"),
    Hint("object", re.compile(r"\s*\{.*", re.DOTALL), "give the object itself, not JSON in a text"),
)
"""What forms of orchestrators send by mistake; the first match counts."""


def read(name: str) -> str:
    """Read the text of one generated file."""
    return (GENERATED / name).read_text(encoding="utf-8")


@functools.cache
def load(name: str, part: str) -> JSON:
    """Load one schema: ``load("update_issue", "input")``."""
    schema: JSON = json.loads(read(f"{name}.{part}.json"))
    return schema


@functools.cache
def _validator(name: str, part: str) -> Draft202012Validator:
    # Imported late: it is half of the start-up time, and not always needed.
    from jsonschema import Draft202012Validator

    return Draft202012Validator(load(name, part))


def problem(
    value: Any,
    name: str,
    part: str,
    subject: str = "The value",
    blank: Mapping[str, str] | None = None,
) -> str | None:
    """Return a sentence with all faults of *value*, called *subject*; None if there is none.

    *blank* maps fields without a value to words that replace other faults of them.
    """
    if not isinstance(value, dict):
        return f"{subject} is not an object but {_kind(value)}."
    found = dict(blank or {})
    for error in _validator(name, part).iter_errors(value):
        for path, words in _faults(error, HINTS):
            if _field(path) not in (blank or {}):
                found.setdefault(path, words)
    faults = [f"`{path}` {found[path]}" for path in sorted(found, key=_field)]
    more = f"; and {len(faults) - MOST_TOLD} more" if len(faults) > MOST_TOLD else ""
    return f"{subject} does not fit: {'; '.join(faults[:MOST_TOLD])}{more}." if faults else None


def _kind(value: Any) -> str:
    """Return the name of a value's JSON type."""
    for kinds, name in _KINDS:
        if isinstance(value, kinds):
            return name
    return "null"


def _field(path: str) -> str:
    return re.split(r"[.\[]", path)[0]


def unknown_fields(value: JSON, name: str, part: str) -> list[str]:
    """List the fields of *value* that the schema does not have."""
    return sorted(value.keys() - load(name, part).get("properties", {}).keys())


def fit(value: Any, name: str, part: str) -> str | None:
    """Drop optional parts of *value* that do not fit, in place; return a fault that remains.

    Nulls are dropped too, but not inside of free-form objects.
    """
    schema = load(name, part)
    _drop_nulls(value, schema, schema.get("definitions", {}))
    while errors := list(_validator(name, part).iter_errors(value)):
        misfits = {_optional_part(list(error.path), schema): error for error in errors}
        if () in misfits:
            return _words(misfits[()])
        # From the end, so that the remaining indexes stay valid.
        for path in sorted(misfits, reverse=True):
            logger.warning("Dropped from the output: %s.", _words(misfits[path]))
            holder = functools.reduce(lambda inner, key: inner[key], path[:-1], value)
            del holder[path[-1]]
    return None


def secrets(value: Any, name: str, part: str) -> Iterator[str]:
    """Yield every string in *value*, unless its schema says that it is plain text.

    So unknown fields, free-form objects and credentials of a wrong type count as secrets.
    """
    schema = load(name, part)
    yield from _secrets(value, schema, schema.get("definitions", {}))


def strings(value: Any) -> Iterator[str]:
    """Yield every string in *value*, its lines, its credentials if it is a URL, and numbers."""
    match value:
        case str():
            yield value
            yield from (line.strip() for line in value.splitlines())
            yield from _userinfo(value)
        case dict() | list():
            for inner in value.values() if isinstance(value, dict) else value:
                yield from strings(inner)
        case int() | float() if not isinstance(value, bool):
            yield str(value)


def _secrets(value: Any, schema: JSON, definitions: JSON) -> Iterator[str]:
    schema = resolved(schema, definitions)
    if isinstance(value, dict) and "properties" in schema:
        for key, inner in value.items():
            yield from _secrets(inner, schema["properties"].get(key, {}), definitions)
    elif isinstance(value, str) and schema.get("type") == "string" and "format" not in schema:
        yield from _userinfo(value)
    elif not (schema.get("type") in {"integer", "boolean"} and isinstance(value, int)):
        yield from strings(value)


def _userinfo(text: str) -> Iterator[str]:
    before = text.rpartition("@")[0]
    name, _, password = (userinfo := before.partition("//")[2] or before).partition(":")
    yield from (userinfo, name, password)


def resolved(schema: JSON, definitions: JSON) -> JSON:
    """Return the definition that a part of a schema refers to, or the part itself."""
    found: JSON = schema
    if "$ref" in schema:
        found = definitions[schema["$ref"].rpartition("/")[2]]
    return found


def _drop_nulls(value: Any, schema: JSON, definitions: JSON) -> None:
    schema = resolved(schema, definitions)
    if isinstance(value, dict):
        for key, field in schema.get("properties", {}).items():
            if (inner := value.get(key, _ABSENT)) is None:
                del value[key]
            elif isinstance(inner, dict | list):
                _drop_nulls(inner, field, definitions)
    elif isinstance(value, list) and "items" in schema:
        value[:] = [inner for inner in value if inner is not None]
        for inner in value:
            _drop_nulls(inner, schema["items"], definitions)


_ABSENT = object()


def _optional_part(path: list[Any], schema: JSON) -> tuple[Any, ...]:
    """Return the longest prefix of *path* that is optional; empty if there is none."""
    definitions = schema.get("definitions", {})
    longest = 0
    for depth, key in enumerate(path, start=1):
        schema = resolved(schema, definitions)
        if isinstance(key, int) or key not in schema.get("required", ()):
            longest = depth
        schema = schema["items"] if isinstance(key, int) else schema["properties"][key]
    return tuple(path[:longest])


def _words(error: ValidationError) -> str:
    path, words = _faults(error)[0]
    return f"`{path}` {words}" if path else f"it {words}"


def _faults(error: ValidationError, hints: Iterable[Hint] = ()) -> list[tuple[str, str]]:
    """List each path with its fault, but without the value, which may be a secret.

    All missing fields of one object are listed; *hints* add how to correct a wrong type.
    """
    path = error.json_path.removeprefix("$").removeprefix(".")
    rule: Any = error.validator_value
    given: Any = error.instance
    match error.validator:  # the three rules that the generator writes
        case "required":
            before = f"{path}." if path else ""
            return [(before + name, "is required") for name in rule if name not in given]
        case "type":
            told = f"it is {_kind(given)}{_remedy(error, hints)}"
            return [(path, f"is not of type {'list' if rule == 'array' else rule} ({told})")]
        case _:
            return [(path, f"is not one of {json.dumps(rule)}")]


def _remedy(error: ValidationError, hints: Iterable[Hint]) -> str:
    """Return how to write a value of a wrong type; empty if no hint matches."""
    wanted, given = error.validator_value, error.instance
    if not isinstance(given, str | int | float):
        return ""
    for hint in hints:
        if hint.type == wanted and hint.looks.fullmatch(str(given)):
            return f": {hint.remedy}"
    whole: Any = error.schema
    names = dict.fromkeys(whole.get("required", ()), "...")
    return f": give it as {json.dumps(names)}" if hints and names else ""
