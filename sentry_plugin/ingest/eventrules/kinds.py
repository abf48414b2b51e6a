"""Kinds of values that stand alone: texts, numbers and the like.

A kind reads a value: returns it as it is sent, and notes what Sentry does not keep. A number in
the place of a text is sent as a text, because Sentry drops it, or what is behind its point.
https://github.com/getsentry/relay/tree/master/relay-event-schema/src/protocol
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sentry_plugin import strictjson
from sentry_plugin.ingest.eventrules.values import (
    holds_nothing,
    is_too_large,
    json_text,
    text_of,
    too_large,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sentry_plugin.ingest.eventrules.bags import Bag
    from sentry_plugin.ingest.eventrules.place import Place


class Kind:
    """Keeps all values; other kinds are more exact."""

    def read(self, value: Any, place: Place) -> Any:
        """Return a value as it is sent, and note at *place* what Sentry does not keep."""
        if value is None:
            return None
        return self.read_given(value, place.ignored() if holds_nothing(value) else place)

    def read_given(self, value: Any, place: Place) -> Any:
        """Do the same with a value that is not null."""
        for where in too_large(value, place):
            where.loses("it is a whole number of over 64 bits, and 0 is kept")
        return value

    def measured(self, value: Any) -> Any:
        """Return what counts of a value that was read, where a number of bytes is kept."""
        return value


ANYTHING = Kind()


@dataclass(frozen=True)
class Bagged(Kind):
    """A kind of which a number of bytes is kept."""

    bag: Bag
    kind: Kind = ANYTHING

    def read_given(self, value: Any, place: Place) -> Any:
        """Measure the value as it is sent."""
        read = self.kind.read(value, place)
        if self.bag.is_cut(self.kind.measured(read)):
            size = len(strictjson.encoded(read))
            place.cuts(f"it has {size} bytes, and about {self.bag.bytes} are kept")
        return read


@dataclass(frozen=True)
class Text(Kind):
    """A text."""

    most: int | None = None
    spare: int = 0
    """Characters above *most* that are kept if there are no more."""
    fits: Callable[[str], Any] | None = None
    otherwise: str = ""
    """What is said of a text that does not fit."""
    may_be_blank: bool = True
    is_json: bool = False
    """Whether lists and objects are kept, too, as a text of JSON."""

    def read_given(self, value: Any, place: Place) -> Any:
        """Write what is no text as one."""
        text = json_text(value) if self.is_json else text_of(value)
        if not isinstance(text, str):
            place.loses("it is not a text")
        elif not self.may_be_blank and not text.strip():
            place.loses("it is blank")
        elif self.fits and text and not self.fits(text):
            place.loses(self.otherwise)
        elif self.most is not None and len(text) > self.most + self.spare:
            place.cuts(f"it has {len(text)} characters, and {self.most} are kept")
        return text


def matching(pattern: str, otherwise: str, **more: Any) -> Text:
    """Make a kind of text that matches a whole pattern."""
    return Text(fits=re.compile(pattern, re.DOTALL).fullmatch, otherwise=otherwise, **more)


def is_address(text: str) -> bool:
    """Tell whether a text is an IP address, or the one that Sentry fills in."""
    if text == "{{auto}}":
        return True
    try:
        return "%" not in text and bool(ipaddress.ip_address(text))
    except ValueError:
        return False


@dataclass(frozen=True)
class Number(Kind):
    """A number; of one where a whole one belongs the whole part is kept."""

    least: float = -1.8e308
    most: float = 1.8e308
    words: str = "a number of up to 64 bits"

    def read_given(self, value: Any, place: Place) -> Any:
        """Leave it as it is."""
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if not is_number or not self.least <= value <= self.most or is_too_large(value):
            place.loses(f"it is not {self.words}")
        return value


@dataclass(frozen=True)
class Flag(Kind):
    """A boolean."""

    def read_given(self, value: Any, place: Place) -> Any:
        """Leave it as it is."""
        if not isinstance(value, bool):
            place.loses("it is not true or false")
        return value


@dataclass(frozen=True)
class Choice(Kind):
    """One of some names; some other names or numbers stand for them."""

    names: frozenset[Any]
    otherwise: str
    others: Mapping[Any, str] = field(default_factory=dict)

    def read_given(self, value: Any, place: Place) -> Any:
        """Write what stands for a name as that name."""
        is_plain = isinstance(value, str | int | float) and not isinstance(value, bool)
        name = self.others.get(value, value) if is_plain else value
        if not (is_plain and name in self.names):
            place.loses(self.otherwise)
        return name


@dataclass(frozen=True)
class Unkept(Kind):
    """What is not kept, whatever it is."""

    words: str = "Sentry knows no such field"
    but: tuple[Any, ...] = ()
    """Values that Sentry gives it itself."""

    def read_given(self, value: Any, place: Place) -> Any:
        """Leave it as it is."""
        if value not in self.but:
            place.loses(self.words)
        return value
