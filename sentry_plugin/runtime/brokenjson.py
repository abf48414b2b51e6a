"""Reads parts of a text that is not valid JSON, and finds the faulty places.

Scans the text once, forwards, and parses only the parts that are wanted. Knows no message.
"""

from __future__ import annotations

import itertools
import json
import math
import re
from collections.abc import Collection, Iterator
from typing import Any

from sentry_plugin.strictjson import DEPTH

FieldPath = tuple[str | int, ...]

MOST = 1_000_000
"""Tokens that are scanned, about a second's work."""
LARGEST = 1 << 20
"""Characters of a value that is parsed."""
DIGITS = 4300
"""Digits of an integer; Python parses no longer one."""
PLACES = 5
"""Faulty places that are named."""

_TOKEN = re.compile(r'"(?:[^"\\]++|\\.)*+("?)(\s*+:)?|[{}\[\],]|[^\s"{}\[\],:]++', re.DOTALL)
_TRAILING = re.compile(r'("(?:[^"\\]++|\\.)*+"?)|,(?=\s*+[}\]])', re.DOTALL)
_SCALAR = re.compile(r"true|false|null|(-?(?:0|[1-9][0-9]*+))(\.[0-9]++)?([eE][+-]?[0-9]++)?")
_QUOTES = re.compile(r'[\\"]')
_PLAIN_KEY = re.compile(r"[\w$-]{1,60}", re.ASCII)


def text(data: bytes) -> str:
    """Decode UTF-8, UTF-16 or UTF-32, recognised by the first bytes."""
    return data.decode(json.detect_encoding(data), errors="replace")


def values(text: str, wanted: Collection[FieldPath]) -> dict[FieldPath, Any]:
    """Parse the values at the *wanted* paths; the last of several at one path, as in JSON.

    NaN and infinite numbers become null. A value that cannot be parsed is left out.
    """
    found: dict[FieldPath, Any] = {}
    for path, start, end in _spans(text, wanted):
        try:
            found[path] = _value(text[start:end])
        except (ValueError, RecursionError):
            found.pop(path, None)
    return found


def strings(text: str, *, below: FieldPath = (), beside: FieldPath | None = None) -> list[str]:
    """List every string *below* a path, except at or below *beside*, without keys.

    Also the parts of each between quotes and backslashes, because quotes may be missing.
    """
    found: list[str] = []
    for place, token in _tokens(text):
        is_wanted = _is_below(place, below) and not (beside and _is_below(place, beside))
        if is_wanted and token[0] not in "{}[]":
            whole = _string(token)
            found += dict.fromkeys((whole, *_QUOTES.split(whole)))
    return found


def _is_below(place: list[str | int], path: FieldPath) -> bool:
    return tuple(place[: len(path)]) == path


def faults(text: str) -> list[str]:
    """List the paths of the first values that JSON does not allow, or that are nested too deep."""
    places = (_name(place) for place, token in _tokens(text) if _is_wrong(place, token[0]))
    return list(itertools.islice(dict.fromkeys(itertools.islice(places, 100)), PLACES))


def _tokens(text: str) -> Iterator[tuple[list[str | int], re.Match[str]]]:
    """Yield brackets and scalars, each with its path: a list that is changed in place."""
    place: list[str | int] = []
    for token in itertools.islice(_TOKEN.finditer(text), MOST):
        sign = token[0][0]
        if sign in "}]":
            if not place:
                return
            place.pop()
        if sign == "," and place and isinstance(place[-1], int):
            place[-1] += 1
        elif sign == '"' and token[2] and place and place[-1] == "":
            place[-1] = _string(token)
        elif sign != ",":
            yield place, token
            if sign in "{[":
                place.append("" if sign == "{" else 0)
            elif place and isinstance(place[-1], str):
                place[-1] = ""  # a key follows, even if a comma is missing


def _spans(text: str, wanted: Collection[FieldPath]) -> Iterator[tuple[FieldPath, int, int]]:
    """Yield the path, start and end of each of the *wanted* values."""
    begun: dict[FieldPath, int] = {}
    deepest = max(map(len, wanted))
    for place, token in _tokens(text):
        if len(place) > deepest or (path := tuple(place)) not in wanted:
            continue
        start = begun.pop(path, token.start()) if token[0] in "}]" else token.start()
        if token[0] in "{[":
            begun[path] = start
        else:
            yield path, start, token.end()


def _value(text: str) -> Any:
    if len(text) > LARGEST or max(len(place) for place, _ in _tokens(text)) > DEPTH:
        raise ValueError
    return _READER.decode(_TRAILING.sub(r"\1", text))


def _string(token: re.Match[str]) -> str:
    spelt = token[0].removesuffix(token[2] or "")
    try:
        return str(_READER.decode(spelt))
    except ValueError:
        return spelt.strip('"')


def _number(token: str) -> float | None:
    return None if math.isinf(number := float(token)) else number


def _integer(token: str) -> int | None:
    return int(token) if len(token) <= DIGITS else None


_READER = json.JSONDecoder(
    strict=False, parse_constant=lambda _: None, parse_float=_number, parse_int=_integer
)


def _is_wrong(place: list[str | int], token: str) -> bool:
    if len(place) == DEPTH and token[0] not in "}]":
        return True
    if token[0] in '"{}[]':
        return False
    found = _SCALAR.fullmatch(token)
    if not (found and found[1]):
        return not found
    return len(token) > DIGITS or (bool(found[2] or found[3]) and math.isinf(float(token)))


def _name(place: list[str | int]) -> str:
    """Write a path as text; a key that is no plain name may be a secret, and is not shown."""
    shown = "".join(map(_part, place[:PLACES])).removeprefix(".")
    return shown + ("..." if len(place) > PLACES else "")


def _part(key: str | int) -> str:
    if isinstance(key, int):
        return f"[{key}]"
    return f".{key}" if _PLAIN_KEY.fullmatch(key) else ".?"
