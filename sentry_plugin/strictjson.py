"""JSON as RFC 8259 has it, for all that comes in and goes out.

No NaN, no infinity, no lone surrogate, nothing nested so deeply that it cannot be written again.
Knows nothing of what the documents mean.
"""

from __future__ import annotations

import json
import math
import re
from typing import Any

DEPTH = 200
FLAT = 20
"""Levels that are looked for first: what servers answer has seldom more."""


def loads(data: bytes) -> Any:
    """Read one document of UTF-8 text; a ValueError says in words what is wrong with it.

    Lone surrogates, which no other text may hold, become U+FFFD.
    """
    try:
        text = data.decode()
        value = json.loads(text, parse_constant=_refuse, parse_float=_finite)
    except UnicodeDecodeError as error:
        raise ValueError(f"it is not UTF-8 text (byte {error.start})") from None
    except json.JSONDecodeError as error:
        raise ValueError(f"{error.msg}, at line {error.lineno} column {error.colno}") from None
    except RecursionError:
        raise ValueError(_TOO_DEEP) from None
    if not _is_surely_flat(data) and _depth_exceeds(value, DEPTH):
        raise ValueError(_TOO_DEEP)
    return _repaired(value) if _SURROGATE.search(text) else value


def dumps(value: Any) -> str:
    """Write one document on one line of ASCII text; lone surrogates become U+FFFD."""
    text = json.dumps(value, allow_nan=False)
    return json.dumps(_repaired(value)) if _SURROGATE.search(text) else text


_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
_TOO_DEEP = f"it is nested more than {DEPTH} levels deep"


def _repaired(value: Any) -> Any:
    """Put U+FFFD in the place of every half of a pair of surrogates."""
    text = json.dumps(value, ensure_ascii=False).encode("utf-16", "surrogatepass")
    return json.loads(text.decode("utf-16", "replace"))


def _refuse(constant: str) -> Any:
    raise ValueError(f"it holds {constant}, which is not a JSON number")


def _finite(text: str) -> float:
    if math.isinf(number := float(text)):
        raise ValueError("it holds a number that is too large")
    return number


_NO_BRACKETS = bytes(each for each in range(256) if each not in b"[]{}")


def _is_surely_flat(data: bytes) -> bool:
    """Tell fast that the text's brackets nest a few levels only; those in strings may hide it."""
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
