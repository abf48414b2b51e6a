"""JSON exactly as RFC 8259 defines it, for all input and output.

No NaN, no infinity, no lone surrogate, no nesting too deep to be written again, and no more values
than memory is meant for. Knows nothing of what the documents mean.
"""

from __future__ import annotations

import itertools
import json
import math
import re
from typing import Any

JSON = dict[str, Any]
"""An object of JSON."""

DEPTH = 200
FLAT = 20
"""Levels of nesting that are checked in a fast way: answers of servers seldom have more."""
MOST = 2_000_000
"""Values of a document. Each costs up to 120 bytes of memory, however short its text."""


class TooManyValues(ValueError):
    """A document holds more values than it may."""

    def __init__(self, most: int) -> None:
        super().__init__(f"it holds more than {most:,} values")


def loads(data: bytes, most: int = MOST) -> Any:
    """Parse one document of UTF-8 text; a ValueError says in words what is wrong with it.

    Lone surrogates, which cannot be encoded as UTF-8, become U+FFFD.
    """
    if size(data) > most and _holds_more(data, most):
        raise TooManyValues(most)
    try:
        value = json.loads(data.decode(), parse_constant=_refuse, parse_float=_finite)
    except UnicodeDecodeError as error:
        raise ValueError(f"it is not UTF-8 text (byte {error.start})") from None
    except json.JSONDecodeError as error:
        raise ValueError(f"{error.msg}, at line {error.lineno} column {error.colno}") from None
    except RecursionError:
        raise ValueError(_TOO_DEEP) from None
    except _NotJson:
        raise
    except ValueError:  # Python reads no integer of more than 4300 digits
        raise _NotJson("it holds a whole number of too many digits") from None
    if not _is_surely_flat(data) and is_deeper(value, DEPTH):
        raise ValueError(_TOO_DEEP)
    return _repaired(value) if _LONE_BYTES.search(data) else value


def at(document: Any, *keys: str) -> Any:
    """Return the value below nested *keys*; None if a key or an object on the way is missing."""
    for key in keys:
        document = document.get(key) if isinstance(document, dict) else None
    return document


def is_deeper(value: Any, limit: int) -> bool:
    """Tell whether lists and objects nest more than *limit* levels deep."""
    level = [value]
    for _ in range(limit):
        level = [
            inner
            for outer in level
            if isinstance(outer, dict | list)
            for inner in (outer.values() if isinstance(outer, dict) else outer)
        ]
        if not level:
            return False
    return True


def size(data: bytes) -> int:
    """Estimate the number of values fast: never too few, too many if strings look like JSON."""
    return sum(map(data.count, (b",", b":", b"[", b"{")))


def dumps(value: Any) -> str:
    """Return a document as one line of ASCII text; lone surrogates become U+FFFD."""
    text = json.dumps(value, allow_nan=False)
    return json.dumps(_repaired(value)) if _LONE.search(text) else text


def encoded(value: Any) -> bytes:
    """Return a document as one line of UTF-8; lone surrogates become U+FFFD."""
    try:
        return json.dumps(value, allow_nan=False, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return json.dumps(_repaired(value), ensure_ascii=False).encode()


# A surrogate without its pair. An escaped backslash may look like one: that does no harm.
_LONELY = (
    r"\\u[dD](?:[89aAbB]..(?!\\u[dD][c-fC-F])"
    r"|(?<![^\\]\\u[dD][89aAbB]..\\u[dD])[c-fC-F])"
)
_LONE, _LONE_BYTES = re.compile(_LONELY), re.compile(_LONELY.encode())
_TOO_DEEP = f"it is nested more than {DEPTH} levels deep"


class _NotJson(ValueError):
    """A number or constant that Python reads, and that is not JSON."""


def _repaired(value: Any) -> Any:
    """Replace every lone surrogate by U+FFFD."""
    match value:
        case str() if not value.isascii():
            return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        case list():
            return [_repaired(inner) for inner in value]
        case dict():
            return {_repaired(key): _repaired(inner) for key, inner in value.items()}
        case _:
            return value


_TOKEN = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?|[,:\[{]', re.DOTALL)
_QUOTE = ord('"')


def _holds_more(data: bytes, most: int) -> bool:
    """Count exactly, ignoring strings: before each value but the first stands one of ,:[{ ."""
    tokens = itertools.islice(_TOKEN.finditer(data), 2 * most + 2)
    return sum(data[token.start()] != _QUOTE for token in tokens) > most


def _refuse(constant: str) -> Any:
    raise _NotJson(f"it holds {constant}, which is not a JSON number")


def _finite(text: str) -> float:
    if math.isinf(number := float(text)):
        raise _NotJson("it holds a number that is too large")
    return number


_NO_BRACKETS = bytes(each for each in range(256) if each not in b"[]{}")


def _is_surely_flat(data: bytes) -> bool:
    """Tell fast whether brackets nest at most FLAT levels; False if in doubt."""
    if data.count(b"[") + data.count(b"{") > MOST:
        return False  # too many to look at
    brackets = data.translate(None, _NO_BRACKETS)
    for _ in range(FLAT):
        if not brackets:
            return True
        brackets = brackets.replace(b"[]", b"").replace(b"{}", b"")
    return False
