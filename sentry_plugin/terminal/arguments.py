"""Reads words of a command line, `field=value`, as fields of a generated schema.

`field=text` is converted to the type of the schema, `field=@file` is the content of a file (`@-`:
of standard input), `field:=json` is JSON, `field.inner=text` is a part of an object; the field of a
list may come several times.
"""

from __future__ import annotations

import base64
import difflib
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from sentry_plugin import strictjson
from sentry_plugin.errors import InputError
from sentry_plugin.steps import schema

if TYPE_CHECKING:
    from sentry_plugin.strictjson import JSON

_TRUTH = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


class _Word(NamedTuple):
    path: list[str]
    text: str
    is_json: bool

    @property
    def name(self) -> str:
        return ".".join(self.path)


def fields(words: Iterable[str], name: str, part: str = "input") -> JSON:
    """Read *words* by a generated schema; whether the values fit it is checked later.

    An InputError names the word that is wrong.
    """
    whole = schema.load(name, part)
    found: JSON = {}
    for word in map(_split, words):
        about = _about(word, whole)
        holder, last = _holder(found, word), word.path[-1]
        if word.is_json:
            holder[last] = _json(word, word.text)
        elif about.get("type") == "array":
            items = schema.resolved(about["items"], whole.get("definitions", {}))
            holder.setdefault(last, []).append(_value(word, items))
        else:
            holder[last] = _value(word, about)
    return found


def _split(word: str) -> _Word:
    name, equals, text = word.partition("=")
    path = name.removesuffix(":").split(".")
    if equals and all(path):
        return _Word(path, text, name.endswith(":"))
    raise InputError(
        f"The argument `{word.partition('=')[0]}` does not have the form field=value.",
        "See --help for the fields.",
    )


def _holder(found: JSON, word: _Word) -> JSON:
    for key in word.path[:-1]:
        found = found.setdefault(key, {})
        if not isinstance(found, dict):
            raise InputError(f"`{word.name}` is a part of what is given as a whole already.")
    return found


def _about(word: _Word, schema_: JSON) -> JSON:
    """Return the schema of a field; empty inside of a free-form object."""
    about, definitions = schema_, schema_.get("definitions", {})
    for key in word.path:
        known = about.get("properties", {})
        if key in known:
            about = schema.resolved(known[key], definitions)
        elif about is schema_ or about.get("type") != "object":
            near = difflib.get_close_matches(key, known, 1)
            words = f"Did you mean {near[0]}?" if near else f"Fields: {', '.join(known) or 'none'}."
            raise InputError(f"There is no field `{word.name}`.", words)
        else:
            about = {}
    return about


def _value(word: _Word, about: JSON) -> Any:
    text = word.text
    if text.startswith("@"):
        content = _read(word)
        if about.get("id") == "file":
            packed = base64.b64encode(content).decode()
            return {"filename": Path(text[1:]).name, "content": packed}
        text = _decoded(word, content)
    match about.get("type"):
        case "object":
            return _json(word, text)
        case "boolean":
            return _TRUTH.get(text.lower(), text)
        case "integer" | "number":
            return _number(text)
        case _:
            return text


def _number(text: str) -> Any:
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text


def _read(word: _Word) -> bytes:
    try:
        return sys.stdin.buffer.read() if word.text == "@-" else Path(word.text[1:]).read_bytes()
    except OSError as error:
        raise InputError(
            f"The file of `{word.name}` cannot be read: {error.strerror}.",
            f"A text that begins with @ is given as JSON: {word.name}:='\"@...\"'.",
        ) from error


def _decoded(word: _Word, content: bytes) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        raise InputError(f"The file of `{word.name}` is not text in UTF-8.") from error


def _json(word: _Word, text: str) -> Any:
    try:
        return strictjson.loads(text.encode(errors="surrogateescape"))
    except ValueError as error:
        raise InputError(f"`{word.name}` is not JSON: {error}.") from error
