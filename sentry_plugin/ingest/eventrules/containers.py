"""Kinds of values that hold others: objects, lists, and lists of pairs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sentry_plugin.ingest.eventrules.kinds import ANYTHING, Kind, Unkept
from sentry_plugin.ingest.eventrules.values import holds_nothing

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sentry_plugin.ingest.eventrules.place import Place

UNKNOWN = Unkept()


@dataclass(frozen=True)
class Object(Kind):
    """An object with a kind for each field; PHP writes an empty one as an empty list."""

    fields: Mapping[str, Kind]
    others: Kind = UNKNOWN
    """The kind of all other fields."""

    def read_given(self, value: Any, place: Place) -> Any:
        """Read each field."""
        if value == []:
            return {}
        if not isinstance(value, dict):
            place.loses("it is not an object")
            return value
        return {
            key: self.fields.get(key, self.others).read(inner, place.below(key))
            for key, inner in value.items()
        }


def map_of(kind: Kind) -> Object:
    """Make a kind of object with fields of any names."""
    return Object({}, kind)


FREE = map_of(ANYTHING)


@dataclass(frozen=True)
class ListOf(Kind):
    """A list of one kind."""

    kind: Kind

    def read_given(self, value: Any, place: Place) -> Any:
        """Read each item."""
        if not isinstance(value, list):
            place.loses("it is not a list")
            return value
        return [self.kind.read(item, place.below(number)) for number, item in enumerate(value)]


@dataclass(frozen=True)
class Values(Kind):
    """A list that is held by an object, as its field `values`; the list alone is taken, too."""

    kind: Kind

    def read_given(self, value: Any, place: Place) -> Any:
        """Write it as such an object; an object without `values` is itself the only one."""
        if not isinstance(value, dict | list):
            place.loses("it is not a list")
            return value
        if not isinstance(value, dict) or (value and "values" not in value):
            value = {"values": value if isinstance(value, list) else [value]}
        return Object({"values": ListOf(self.kind)}).read(value, place)


@dataclass(frozen=True)
class Pairs(Kind):
    """An object, or a list of [name, value] pairs; some are a text, too."""

    key: Kind
    value: Kind
    text: Kind | None = None

    def read_given(self, value: Any, place: Place) -> Any:
        """Read each name and each value."""
        if isinstance(value, str) and self.text:
            return self.text.read(value, place)
        if isinstance(value, dict):
            return {key: self.value.read(inner, place.below(key)) for key, inner in value.items()}
        if isinstance(value, list):
            return [self._pair(pair, place.below(number)) for number, pair in enumerate(value)]
        place.loses("it is not an object")
        return value

    def measured(self, value: Any) -> Any:
        """Count names, too."""
        if isinstance(value, str):
            return self.text.measured(value) if self.text else value
        if isinstance(value, dict):
            return [[name, self.value.measured(inner)] for name, inner in sorted(value.items())]
        return value

    def _pair(self, pair: Any, place: Place) -> Any:
        if isinstance(pair, list) and len(pair) == 2:
            name = self.key.read(pair[0], place.below(0))
            if not isinstance(name, str | None) and not holds_nothing(pair[1]):
                place.loses("its name is not a text")
            return [name, self.value.read(pair[1], place.below(1))]
        if not holds_nothing(pair):
            place.loses("it is not a pair of a name and a value")
        return pair
