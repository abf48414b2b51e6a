"""Kinds of fields that stand in more than one place, and a short way to list fields."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any

from sentry_plugin.ingest.eventrules.containers import ListOf
from sentry_plugin.ingest.eventrules.kinds import (
    ANYTHING,
    Flag,
    Kind,
    Number,
    Text,
    Unkept,
    matching,
)
from sentry_plugin.ingest.eventrules.values import U64

if TYPE_CHECKING:
    from sentry_plugin.ingest.eventrules.place import Place

TEXT, FLAG, NUMBER = Text(), Flag(), Number()
TEXTS = ListOf(TEXT)


WHOLE = Number(-(1 << 63), (1 << 63) - 1, "a whole number of 64 bits")
LEAST = math.nextafter(-1, 0)
"""The least number that is 0 without its fraction."""
COUNT = Number(LEAST, U64, "a whole number from 0")
SET_BY_SENTRY = Unkept("Sentry sets it itself")
_UUID = r"[0-9a-fA-F]{32}|[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
UUID = matching(_UUID, "it is not a UUID")
TRACE_ID = matching(rf"(?=.*[^0-])({_UUID})", "it is not the ID of a trace", may_be_blank=False)
SPAN_ID = matching(r"(?=.*[^0])[0-9a-fA-F]{16}", "it is not the ID of a span", may_be_blank=False)


class Address(Text):
    """An address in memory: a whole number, or a hexadecimal text."""

    def read_given(self, value: Any, place: Place) -> Any:
        """Leave a number as it is."""
        is_number = isinstance(value, int) and not isinstance(value, bool)
        return ANYTHING.read(value, place) if is_number else super().read_given(value, place)


ADDRESS = Address(
    fits=re.compile(r"0[xX][0-9a-fA-F]{1,16}|[0-9]{1,19}").fullmatch,
    otherwise="it is not an address",
)


def fields(*groups: tuple[Kind, str]) -> dict[str, Kind]:
    """Map names of fields to their kinds; each kind comes with its names."""
    return {name: kind for kind, names in groups for name in names.split()}
