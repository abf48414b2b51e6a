"""JSON as RFC 8259 has it, for all that comes in and goes out.

No NaN, no infinity, no lone surrogate, nothing nested so deeply that it cannot be written again,
and no more values than memory is meant for. Knows nothing of what the documents mean.
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
"""Levels that are looked for first: what servers answer has seldom more."""
MOST = 2_000_000
"""Values of a document. Each costs up to 120 bytes of memory, however few it is written with."""


class TooMany(ValueError):
    """A document holds more values than it may."""

    def __init__(self, most: int) -> None:
        super().__init__(f"it holds more than {most:,} values")


def loads(data: bytes, most: int = MOST) -> Any:
    """Read one document of UTF-8 text; a ValueError says in words what is wrong with it.

    Lone surrogates, which no other text may hold, become U+FFFD.
    """
    if size(data) > most and _holds_more(data, most):
        raise TooMany(most)
    try:
        value = json.loads(data.decode(), parse_constant=_refuse, parse_float=_finite)
    except UnicodeDecodeError as error:
        raise ValueError(f"it is not UTF-8 text (byte {error.start})") from None
    except json.JSONDecodeError as error:
        raise ValueError(f"{error.msg}, at line {error.lineno} column {error.colno}") from None
    except RecursionError:
        raise ValueError(_TOO_DEEP) from None
    except _Refused:
        raise
    except ValueError:  # Python reads no integer of more than 4300 digits
        raise _Refused("it holds a whole number of too many digits") from None
    if not _is_surely_flat(data) and _depth_exceeds(value, DEPTH):
        raise ValueError(_TOO_DEEP)
    return _repaired(value) if _LONE_BYTES.search(data) else value


def at(document: Any, *keys: str) -> Any:
    """Give what stands below *keys*, one inside the other; None where there is nothing."""
    for key in keys:
        document = document.get(key) if isinstance(document, dict) else None
    return document


def size(data: bytes) -> int:
    """Count the values of a document fast: never too few, too many where strings look like JSON."""
    return sum(map(data.count, (b",", b":", b"[", b"{")))


def dumps(value: Any) -> str:
    """Write one document on one line of ASCII text; lone surrogates become U+FFFD."""
    text = json.dumps(value, allow_nan=False)
    return json.dumps(_repaired(value)) if _LONE.search(text) else text


# One half without the other. An escaped backslash may look like one: then too much is repaired.
_LONELY = (
    r"\\u[dD](?:[89aAbB]..(?!\\u[dD][c-fC-F])"
    r"|(?<![^\\]\\u[dD][89aAbB]..\\u[dD])[c-fC-F])"
)
_LONE, _LONE_BYTES = re.compile(_LONELY), re.compile(_LONELY.encode())
_TOO_DEEP = f"it is nested more than {DEPTH} levels deep"


class _Refused(ValueError):
    """Python reads what JSON does not have."""


def _repaired(value: Any) -> Any:
    """Put U+FFFD in the place of every half of a pair of surrogates."""
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
    """Count again, without what is in strings: each has a sign before it but one."""
    tokens = itertools.islice(_TOKEN.finditer(data), 2 * most + 2)
    return sum(data[token.start()] != _QUOTE for token in tokens) > most


def _refuse(constant: str) -> Any:
    raise _Refused(f"it holds {constant}, which is not a JSON number")


def _finite(text: str) -> float:
    if math.isinf(number := float(text)):
        raise _Refused("it holds a number that is too large")
    return number


_NO_BRACKETS = bytes(each for each in range(256) if each not in b"[]{}")


def _is_surely_flat(data: bytes) -> bool:
    """Tell fast that the text's brackets nest a few levels only; those in strings may hide it."""
    if data.count(b"[") + data.count(b"{") > MOST:
        return False  # most are in strings
    brackets = data.translate(None, _NO_BRACKETS)
    for _ in range(FLAT):
        if not brackets:
            return True
        brackets = brackets.replace(b"[]", b"").replace(b"{}", b"")
    return False


def _depth_exceeds(value: Any, limit: int) -> bool:
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
