"""Kinds with rules of their own: what one field says decides what is kept of another one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sentry_plugin.ingest.eventrules.bags import FLAGS, LARGE, MEDIUM
from sentry_plugin.ingest.eventrules.containers import FREE, ListOf, Object
from sentry_plugin.ingest.eventrules.kinds import ANYTHING, Bagged, Kind, Text
from sentry_plugin.ingest.eventrules.values import U64, holds_nothing, json_text
from sentry_plugin.strictjson import at

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sentry_plugin.ingest.eventrules.place import Place

MOST_FRAMES, WHOLE_FRAMES = 250, 50
"""Frames of a stack trace that are kept, and those that are kept with variables and code."""


class Message(Object):
    """The message of an event; what is no object is its text."""

    def read_given(self, value: Any, place: Place) -> Any:
        """Look for a text."""
        if not isinstance(value, dict):
            value = {"formatted": json_text(value)}
        read = super().read_given(value, place)
        if read and read.get("message") is None and read.get("formatted") is None:
            place.loses("it has neither message nor formatted")
        return read


class Thrown(Object):
    """An exception, which is lost without a type and a value."""

    def read_given(self, value: Any, place: Place) -> Any:
        """Look for one of the two."""
        read = super().read_given(value, place)
        if isinstance(read, dict) and not (read.get("type") or read.get("value")):
            place.loses("it has neither type nor value")
        return read


class Mechanism(Object):
    """How an exception came about; without a type, its fields are data."""

    def read_given(self, value: Any, place: Place) -> Any:
        """Look for a type."""
        if isinstance(value, dict) and "type" not in value:
            return Bagged(MEDIUM, FREE).read(value, place)
        return super().read_given(value, place)


class ThreadId(Text):
    """The ID of a thread: a text, or a whole number from 0."""

    def read_given(self, value: Any, place: Place) -> Any:
        """Leave a number as it is."""
        is_number = isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= U64
        return value if is_number else super().read_given(value, place)


class Parameters(Kind):
    """The parameters of a message: a list or an object."""

    def read_given(self, value: Any, place: Place) -> Any:
        """Leave them as they are."""
        if not isinstance(value, list | dict):
            place.loses("it is not a list")
        return super().read_given(value, place)


class Variables(Object):
    """The variables of a frame; of a list, the names are the numbers."""

    def __init__(self) -> None:
        super().__init__({}, ANYTHING)

    def read_given(self, value: Any, place: Place) -> Any:
        """Write a list as an object."""
        if isinstance(value, list):
            value = {str(number): inner for number, inner in enumerate(value)}
        return super().read_given(value, place)


class Frames(ListOf):
    """The frames of a stack trace."""

    def read_given(self, value: Any, place: Place) -> Any:
        """Count them."""
        read = super().read_given(value, place)
        if isinstance(read, list):
            if len(read) > MOST_FRAMES:
                place.cuts(f"it has {len(read)} frames, and the last {MOST_FRAMES} are kept")
            if any(map(_has_details, _slimmed(read[-MOST_FRAMES:]))):
                place.cuts(
                    f"it has {len(read)} frames; variables and the code around the line are kept "
                    f"of {WHOLE_FRAMES}"
                )
        return read


@dataclass(frozen=True)
class Context(Kind):
    """A context; its `type`, or else its name, says of which kind it is."""

    known: Mapping[str, Kind]

    def read_given(self, value: Any, place: Place) -> Any:
        """Read it by its kind."""
        name = given = at(value, "type")
        if not (given and isinstance(given, str)):
            name = place.path[-1]
            if not holds_nothing(given):
                place.below("type").loses("it is not a text, so the name of the context is taken")
        bag = FLAGS if name == "flags" else LARGE
        return Bagged(bag, self.known.get(name, FREE)).read(value, place)


class User(Object):
    """A user, whose fields of other names Sentry puts into `data`."""

    def read_given(self, value: Any, place: Place) -> Any:
        """Compare the two."""
        read = super().read_given(value, place)
        data = at(read, "data")
        for name in data if isinstance(data, dict) else ():
            if name not in self.fields and name in read:
                place.below("data").below(name).loses("the user has a field of this name, too")
        return read


def _has_details(frame: Any) -> bool:
    return any(at(frame, name) for name in ("vars", "pre_context", "post_context"))


def _slimmed(frames: list[Any]) -> Iterator[Any]:
    """Yield the frames of which a long stack trace keeps less: those in its middle."""
    if len(frames) <= WHOLE_FRAMES:
        return
    there = [frame for frame in frames if isinstance(frame, dict)]
    own = [frame for frame in there if frame.get("in_app") is True]
    others = [frame for frame in there if frame.get("in_app") is not True]
    cut = _middle(others, max(0, WHOLE_FRAMES - len(own)) // 2)
    yield from cut
    left = max(0, len(frames) - WHOLE_FRAMES - len(cut))
    yield from _middle(own, max(0, len(own) - left) // 2)


def _middle(frames: list[Any], ends: int) -> list[Any]:
    return frames[ends : max(0, len(frames) - ends)]
