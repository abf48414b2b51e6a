"""The cursor of a change of many issues: it names those of the input that are left. Pure.

It counts for the same input only, so that no old cursor leads to issues that were not meant.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from typing import Any

from sentry_plugin import strictjson
from sentry_plugin.errors import InputError

_FORM = re.compile(r"([0-9a-f]{16}):([0-9]{1,19}(?:,[0-9]{1,19})*)", re.ASCII)


def cursor(params: Mapping[str, Any], names: Sequence[str]) -> str:
    """Return the cursor from which the same input goes on with the issues *names*."""
    places = {name: str(place) for place, name in enumerate(_named(params))}
    return f"{_digest(params)}:{','.join(places.get(name, name) for name in names)}"


def names(params: Mapping[str, Any]) -> list[str]:
    """Return the names of the issues that the input's `cursor` leaves: numbers, of a query.

    Without a `cursor` there are none.
    """
    if "cursor" not in params:
        return []
    form = _FORM.fullmatch(params["cursor"])
    left, named = form[2].split(",") if form else [], _named(params)
    fits = form and form[1] == _digest(params)
    if not fits or (named and max(map(int, left)) >= len(named)):
        raise InputError(
            "The input's `cursor` does not belong to the rest of the input.",
            "Give the `next_cursor` of a run whose input was the same, or leave it out.",
        )
    return [named[int(place)] for place in left] if named else left


def _named(params: Mapping[str, Any]) -> list[str]:
    return list(dict.fromkeys(params.get("issue_ids") or ()))


def _digest(params: Mapping[str, Any]) -> str:
    given = sorted((name, value) for name, value in params.items() if name != "cursor")
    return hashlib.sha256(strictjson.dumps(given).encode()).hexdigest()[:16]
