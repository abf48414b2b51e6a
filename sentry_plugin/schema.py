"""The generated JSON schemas: load one, check a value against it, make a value fit, find secrets.

Knows nothing of particular actions. Messages name the path and the rule that was broken, never
the value, which may be a secret.
"""

from __future__ import annotations

import functools
import json
import pathlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from sentry_plugin.logs import logger

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import ValidationError

GENERATED = pathlib.Path(__file__).parent / "generated"

JSON = dict[str, Any]


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
    # Half of the start-up time, which `info`, `sample` and refused messages do not need.
    from jsonschema import Draft202012Validator

    return Draft202012Validator(load(name, part))


def problem(value: Any, name: str, part: str) -> str | None:
    """Name the first thing about *value* that does not fit, or None."""
    from jsonschema.exceptions import best_match

    error = best_match(_validator(name, part).iter_errors(value))
    return error and _words(error)


def unknown_fields(value: JSON, name: str, part: str) -> list[str]:
    """List the fields of *value* that the schema does not know."""
    return sorted(value.keys() - load(name, part).get("properties", {}).keys())


def fit(value: Any, name: str, part: str) -> str | None:
    """Drop from *value* what does not fit but is optional; name what is left that does not fit.

    A null is no more than absent. What the schema knows only as an object passes untouched.
    Changes *value* in place.
    """
    schema = load(name, part)
    _drop_nulls(value, schema, schema.get("definitions", {}))
    while errors := list(_validator(name, part).iter_errors(value)):
        misfits = {_optional_part(list(error.path), schema): error for error in errors}
        if () in misfits:
            return _words(misfits[()])
        # From the end, so that the places that are still to come stay true.
        for path in sorted(misfits, reverse=True):
            logger.warning("Dropped from the output: %s.", _words(misfits[path]))
            holder = functools.reduce(lambda inner, key: inner[key], path[:-1], value)
            del holder[path[-1]]
    return None


def secrets(value: Any, name: str, part: str) -> Iterator[str]:
    """Yield every string in *value* that the schema does not know to be plain text.

    So an unknown field, a free-form object and a credential of the wrong shape are secrets too.
    """
    schema = load(name, part)
    yield from _secrets(value, schema, schema.get("definitions", {}))


def strings(value: Any) -> Iterator[str]:
    """Yield every string in *value*, its lines, and the credentials in it if it is a URL."""
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
    """Give what a part of a schema refers to, or the part itself."""
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
    """Give the longest start of *path* that can be left out; empty where there is none."""
    definitions = schema.get("definitions", {})
    longest = 0
    for depth, key in enumerate(path, start=1):
        schema = resolved(schema, definitions)
        if isinstance(key, int) or key not in schema.get("required", ()):
            longest = depth
        schema = schema["items"] if isinstance(key, int) else schema["properties"][key]
    return tuple(path[:longest])


def _words(error: ValidationError) -> str:
    """Say what is wrong, without the value: it may be a secret."""
    path = error.json_path.removeprefix("$").removeprefix(".")
    where = f"`{path}` " if path else ""
    rule: Any = error.validator_value
    instance: Any = error.instance
    match error.validator:  # the three rules that the generator writes
        case "required":
            missing = next(name for name in rule if name not in instance)
            return f"`{f'{path}.' if path else ''}{missing}` is required"
        case "type":
            return f"{where}is not of type {rule}"
        case _:
            return f"{where}is not one of {json.dumps(rule)}"
