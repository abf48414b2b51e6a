"""Kinds of fields that stand in more than one place, and a short way to list fields."""

from __future__ import annotations

from sentry_plugin.ingest.eventrules.containers import ListOf
from sentry_plugin.ingest.eventrules.kinds import (
    Flag,
    Kind,
    Number,
    Text,
    Unkept,
    matching,
)
from sentry_plugin.ingest.eventrules.values import U64

TEXT, FLAG, NUMBER = Text(), Flag(), Number()
TEXTS = ListOf(TEXT)


WHOLE = Number(-(1 << 63), (1 << 63) - 1, "a whole number of 64 bits")
COUNT = Number(-0.999, U64, "a whole number from 0")
SET_BY_SENTRY = Unkept("Sentry sets it itself")
_UUID = r"[0-9a-fA-F]{32}|[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
UUID = matching(_UUID, "it is not a UUID")
TRACE_ID = matching(rf"(?=.*[^0-])({_UUID})", "it is not the ID of a trace", may_be_blank=False)
SPAN_ID = matching(r"(?=.*[^0])[0-9a-fA-F]{16}", "it is not the ID of a span", may_be_blank=False)
ADDRESS = matching(r"0[xX][0-9a-fA-F]{1,16}|[0-9]{1,19}", "it is not an address")


def fields(*groups: tuple[Kind, str]) -> dict[str, Kind]:
    """Map names of fields to their kinds; each kind comes with its names."""
    return {name: kind for kind, names in groups for name in names.split()}
