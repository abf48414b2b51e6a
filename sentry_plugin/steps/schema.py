"""The generated JSON schemas: load one, check a value against it, make a value fit, find secrets.

Knows nothing of particular actions. Messages name the path and the rule that was broken, never
the value, which may be a secret.
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
"""What is told of all that does not fit."""
_KINDS = (
    (bool, "a boolean"),
    (int | float, "a number"),
    (str, "a text"),
    (list, "a list"),
    (dict, "an object"),
)


class Form(NamedTuple):
    """How something looks that was meant to be of a type."""

    type: str
    looks: re.Pattern[str]
    remedy: str


FORMS = (
    Form("string", re.compile(r"-?[0-9.]+"), "give it in quotes"),
    Form("integer", re.compile(r"\s*[+-]?[0-9]+\s*"), "give it without quotes"),
    Form("integer", re.compile(r"-?[0-9][0-9.e+-]*"), "give a whole one"),
    Form("number", re.compile(r"\s*[+-]?[0-9.]+\s*"), "give it without quotes"),
    Form("boolean", re.compile(r"\s*(?:true|false)\s*", re.IGNORECASE), "give it without quotes"),
    Form("boolean", re.compile(r".*", re.DOTALL), "give true or false"),
    Form("array", re.compile(r"[^\[{].*", re.DOTALL), "give a list of it, as in [...]"),
    Form("array", re.compile(r"\s*\[.*", re.DOTALL), "give the list itself, not JSON in a text"),
    Form("object", re.compile(r"\s*\{.*", re.DOTALL), "give the object itself, not JSON in a text"),
)
"""What forms of orchestrators send, and how it is given instead; the first that fits counts."""


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


def problem(
    value: Any,
    name: str,
    part: str,
    subject: str = "The value",
    blank: Mapping[str, str] | None = None,
) -> str | None:
    """Say in one sentence all of *value* that does not fit, or None where all does.

    *blank* says what else is wrong with fields that are as good as not there.
    """
    if not isinstance(value, dict):
        return f"{subject} is not an object but {_kind(value)}."
    found = dict(blank or {})
    for error in _validator(name, part).iter_errors(value):
        for path, words in _faults(error, FORMS):
            if _field(path) not in (blank or {}):
                found.setdefault(path, words)
    faults = [f"`{path}` {found[path]}" for path in sorted(found, key=_field)]
    more = f"; and {len(faults) - MOST_TOLD} more" if len(faults) > MOST_TOLD else ""
    return f"{subject} does not fit: {'; '.join(faults[:MOST_TOLD])}{more}." if faults else None


def _kind(value: Any) -> str:
    """Name what JSON calls a value."""
    for kinds, name in _KINDS:
        if isinstance(value, kinds):
            return name
    return "null"


def _field(path: str) -> str:
    return re.split(r"[.\[]", path)[0]


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
    path, words = _faults(error)[0]
    return f"`{path}` {words}" if path else f"it {words}"


def _faults(error: ValidationError, forms: Iterable[Form] = ()) -> list[tuple[str, str]]:
    """Give the path and what is wrong there, without the value: it may be a secret.

    Of what is missing, all of the same object; *forms* tell what was meant.
    """
    path = error.json_path.removeprefix("$").removeprefix(".")
    rule: Any = error.validator_value
    given: Any = error.instance
    match error.validator:  # the three rules that the generator writes
        case "required":
            before = f"{path}." if path else ""
            return [(before + name, "is required") for name in rule if name not in given]
        case "type":
            told = f"it is {_kind(given)}{_remedy(error, forms)}"
            return [(path, f"is not of type {'list' if rule == 'array' else rule} ({told})")]
        case _:
            return [(path, f"is not one of {json.dumps(rule)}")]


def _remedy(error: ValidationError, forms: Iterable[Form]) -> str:
    """Say how what was given is written as what was wanted, if that is what it looks like."""
    wanted, given = error.validator_value, error.instance
    if not isinstance(given, str | int | float):
        return ""
    for form in forms:
        if form.type == wanted and form.looks.fullmatch(str(given)):
            return f": {form.remedy}"
    whole: Any = error.schema
    names = dict.fromkeys(whole.get("required", ()), "...")
    return f": give it as {json.dumps(names)}" if forms and names else ""
