"""Writes columns of values in a form much smaller than their JSON; `data.js` reads it. Pure.

A column has the values of one property for all entities of a type; None means absent. Knows no
property by name.
"""

from __future__ import annotations

import itertools
import json
import math
from collections.abc import Sequence
from typing import Any

FEW = 64
"""Up to so many different values, a column is a list of them and a letter for each entity."""
SAMPLE = 8 * FEW
"""Values that are looked at first: if they are too different already, the rest is not counted."""
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

Column = dict[str, Any]


def differences(numbers: Sequence[int]) -> list[int]:
    """Return the first number, and then each number's difference from the one before."""
    return [*numbers[:1], *(after - before for before, after in itertools.pairwise(numbers))]


def column(values: Sequence[Any]) -> Column:
    """Return values in the smallest form that fits them."""
    if (few := _few(values)) is not None:
        return few
    if absent := [place for place, each in enumerate(values) if each is None]:
        return column([v for v in values if v is not None]) | {"none": differences(absent)}
    if all(type(each) is int for each in values):
        return _numbers(values)
    if all(isinstance(each, str) for each in values):
        return _texts(values)
    return {"all": list(values)}


def _few(values: Sequence[Any]) -> Column | None:
    if len(values) > SAMPLE and _few(values[:SAMPLE]) is None:
        return None
    # As keys of a dictionary 1 and True are the same, and a list cannot be one.
    keys = list(zip(map(type, values), values, strict=True))
    try:
        different = dict(zip(keys, values, strict=True))
    except TypeError:
        keys = [(kind, json.dumps(value)) for kind, value in keys]
        different = dict(zip(keys, values, strict=True))
    if len(different) > FEW:
        return None
    if len(different) == 1:
        return {"one": values[0]}
    letters = dict(zip(different, LETTERS, strict=False))
    if len(values) <= len(letters):
        return None
    return {"of": list(different.values()), "is": "".join([letters[key] for key in keys])}


def _numbers(values: Sequence[int]) -> Column:
    least = min(values)
    step = math.gcd(*(each - least for each in values)) or 1
    return {"from": least, "by": step, "n": differences([(v - least) // step for v in values])}


def _texts(values: Sequence[str]) -> Column:
    if all(each.isascii() and each.isdecimal() and _is_short(each) for each in values):
        return _numbers([int(each) for each in values]) | {"text": 1}
    before = _common_start(values)
    rests = [each[len(before) :] for each in values]
    after = _common_start([each[::-1] for each in rests])[::-1]
    return {"a": before, "z": after, "all": [r[: len(r) - len(after)] for r in rests]}


def _common_start(texts: Sequence[str]) -> str:
    # All texts begin with what the first and the last in alphabetical order begin with.
    pairs = zip(min(texts), max(texts), strict=False)
    return "".join(one for one, _ in itertools.takewhile(lambda pair: pair[0] == pair[1], pairs))


def _is_short(digits: str) -> bool:
    """Tell whether a number of JavaScript holds these digits, and is written the same."""
    return len(digits) < 16 and (digits == "0" or digits[0] != "0")


def table(rows: Sequence[dict[str, Any]], names: Sequence[str]) -> dict[str, Column]:
    """Return rows as columns; a column that is the same as another only names it."""
    seen: dict[str, list[Any]] = {}
    made: dict[str, Column] = {}
    for name in names:
        values = [row.get(name) for row in rows]
        same = next((other for other, known in seen.items() if _are_alike(known, values)), None)
        made[name] = column(values) if same is None else {"same": same}
        seen[name] = values
    return made


def _are_alike(known: list[Any], values: list[Any]) -> bool:
    return known == values and list(map(type, known)) == list(map(type, values))
