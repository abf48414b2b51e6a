"""What can still be read of a text that is not valid JSON, and where it is not.

Goes through it forwards, as far as that leads, and builds nothing of what it passes. Knows no
message.
"""

from __future__ import annotations

import itertools
import json
import math
import re
from collections.abc import Collection, Iterator
from typing import Any

from sentry_plugin.strictjson import DEPTH

Path = tuple[str | int, ...]

MOST = 1_000_000
"""Signs of the text that are looked at, about a second's work."""
LARGEST = 1 << 20
"""Characters of a value that is read."""
DIGITS = 4300
"""Python reads no longer integer."""
PLACES = 5
"""What is named of all that is wrong."""

_TOKEN = re.compile(r'"(?:[^"\\]++|\\.)*+("?)(\s*+:)?|[{}\[\],]|[^\s"{}\[\],:]++', re.DOTALL)
_TRAILING = re.compile(r'("(?:[^"\\]++|\\.)*+"?)|,(?=\s*+[}\]])', re.DOTALL)
_SCALAR = re.compile(r"true|false|null|(-?(?:0|[1-9][0-9]*+))(\.[0-9]++)?([eE][+-]?[0-9]++)?")
_QUOTES = re.compile(r'[\\"]')
_PLAIN_KEY = re.compile(r"[\w$-]{1,60}", re.ASCII)


def text(data: bytes) -> str:
    """Decode what calls itself by its first bytes UTF-8, -16 or -32."""
    return data.decode(json.detect_encoding(data), errors="replace")


def values(text: str, wanted: Collection[Path]) -> dict[Path, Any]:
    """Read the values at the *wanted* paths; of several at one the last, as JSON readers do.

    A number that is none becomes null. What cannot be read so is left out.
    """
    found: dict[Path, Any] = {}
    for path, start, end in _spans(text, wanted):
        try:
            found[path] = _value(text[start:end])
        except (ValueError, RecursionError):
            found.pop(path, None)
    return found


def strings(text: str, *, below: Path = (), beside: Path | None = None) -> list[str]:
    """Give every text *below* a path and not at or below *beside*, keys apart, whole or cut off.

    Where quotes are missing or too many, what may have been within them.
    """
    found: list[str] = []
    for place, token in _tokens(text):
        path = tuple(place)
        is_wanted = path[: len(below)] == below and (not beside or path[: len(beside)] != beside)
        if is_wanted and token[0] not in "{}[]":
            whole = _string(token)
            found += dict.fromkeys((whole, *_QUOTES.split(whole)))
    return found


def faults(text: str) -> list[str]:
    """Name the places of the first values that JSON does not have, or that are too deep."""
    places = (_name(place) for place, token in _tokens(text) if _is_wrong(place, token[0]))
    return list(itertools.islice(dict.fromkeys(itertools.islice(places, 100)), PLACES))


def _tokens(text: str) -> Iterator[tuple[list[str | int], re.Match[str]]]:
    """Yield brackets and scalars with their place: a list that changes from one to the next."""
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
                place[-1] = ""  # what comes next is a key, with or without a comma before it


def _spans(text: str, wanted: Collection[Path]) -> Iterator[tuple[Path, int, int]]:
    """Yield where each of the *wanted* values begins and ends."""
    begun: dict[Path, int] = {}
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
    """Write a place as a path; a key that is no name may be a user's value, and is not shown."""
    shown = "".join(map(_part, place[:PLACES])).removeprefix(".")
    return shown + ("..." if len(place) > PLACES else "")


def _part(key: str | int) -> str:
    if isinstance(key, int):
        return f"[{key}]"
    return f".{key}" if _PLAIN_KEY.fullmatch(key) else ".?"
