"""Packs a graph into batches that JupiterOne accepts: their size, and rules for properties. Pure.

https://docs.jupiterone.io/api/sync-jobs
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from sentry_plugin.strictjson import JSON

LARGEST = 5_000_000
"""Bytes of one upload."""
LONGEST_TEXT = 4096
"""Characters of a property."""
RAW_DATA = "_rawData"

_ENDS = {f"_{end}Entity{what}" for end in ("from", "to") for what in ("Key", "Id")}
_OWN = {"_key", "_type", "_class", "_mapping", RAW_DATA, *_ENDS}
_OWN |= {f"_{end}Entity{what}" for end in ("from", "to") for what in ("Source", "Scope")}
_ENCODER = json.JSONEncoder(separators=(",", ":"))


class Omission(NamedTuple):
    """A property that is left out or cut, or else a whole object that is left out, and why."""

    object: JSON
    reason: str
    property: str = ""


class Batch(NamedTuple):
    """Objects of a kind (entities or relationships) for one upload, and each as JSON."""

    kind: str
    objects: Sequence[JSON]
    texts: Sequence[str]

    @property
    def text(self) -> str:
        """The body of the upload, in ASCII."""
        return f'{{"{self.kind}":[{",".join(self.texts)}]}}'

    def halves(self) -> Iterator[Batch]:
        """Yield two batches, each with a half of the objects."""
        middle = len(self.texts) // 2
        for part in (slice(middle), slice(middle, None)):
            yield Batch(self.kind, self.objects[part], self.texts[part])


class Packer:
    """Packs objects into batches, and notes what is cut and what is skipped."""

    def __init__(self, largest: int = LARGEST) -> None:
        self.cut: list[Omission] = []
        self.skipped: list[Omission] = []
        self._largest = largest

    def batches(self, kind: str, objects: Iterable[JSON]) -> Iterator[Batch]:
        """Yield batches of a kind, each not larger than JupiterOne accepts."""
        packed: tuple[list[JSON], list[str]] = [], []
        around = size = len(Batch(kind, (), ()).text)
        for one in objects:
            allowed = self._allowed(one)
            made = _ENCODER.encode(allowed)
            if len(made) > self._largest - around:
                if (fitting := self._without_raw(allowed, self._largest - around)) is None:
                    continue
                allowed, made = fitting
            if size + len(made) > self._largest and packed[1]:
                yield Batch(kind, *packed)
                packed, size = ([], []), around
            packed[0].append(allowed)
            packed[1].append(made)
            size += len(made) + 1
        if packed[1]:
            yield Batch(kind, *packed)

    def smaller(self, batch: Batch) -> Iterator[Batch]:
        """Yield smaller batches for one that is too large; a single object loses its raw data."""
        if len(batch.texts) > 1:
            yield from batch.halves()
        elif fitting := self._without_raw(batch.objects[0], len(batch.texts[0]) - 1):
            yield batch._replace(objects=fitting[:1], texts=fitting[1:])

    def _without_raw(self, one: JSON, most: int) -> tuple[JSON, str] | None:
        lean = {name: value for name, value in one.items() if name != RAW_DATA}
        made = _ENCODER.encode(lean)
        if len(made) <= most:
            self.cut.append(Omission(one, "The object is too large with it.", RAW_DATA))
            return lean, made
        self.skipped.append(Omission(one, "The object is too large, also without raw data."))
        return None

    def _allowed(self, one: JSON) -> JSON:
        """Return an object, without what JupiterOne's rules forbid."""
        wrong = {name: reason for name, value in one.items() if (reason := _objection(name, value))}
        if not wrong:
            return one
        self.cut += (Omission(one, reason, name) for name, reason in wrong.items())
        return {
            name: _shortened(value) if wrong.get(name) == _LONG else value
            for name, value in one.items()
            if wrong.get(name, _LONG) == _LONG
        }


_LONG = f"A text is longer than {LONGEST_TEXT} characters."


def _objection(name: str, value: Any) -> str:
    """Say why JupiterOne would refuse a property; an empty text if it accepts it."""
    if name[:1] == "_":
        return "" if name in _OWN else "The name of a property may not start with an underscore."
    match value:
        case str():
            return _LONG if len(value) > LONGEST_TEXT else ""
        case dict():
            return "A property may not be an object."
        case list():
            return _objection_to_list(value)
    return ""


def _objection_to_list(values: list[Any]) -> str:
    kinds = {float if type(each) is int else type(each) for each in values}
    if len(kinds) > 1 or kinds - {str, float, bool}:
        return "A list may only hold texts, or numbers, or truth values."
    return _LONG if kinds == {str} and max(map(len, values)) > LONGEST_TEXT else ""


def _shortened(value: Any) -> Any:
    if isinstance(value, str):
        return value[:LONGEST_TEXT]
    return [each[:LONGEST_TEXT] for each in value] if isinstance(value, list) else value
