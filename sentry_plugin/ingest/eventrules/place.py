"""Where in an event a value stands. What Sentry does not keep there is noted; knows no rule."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from sentry_plugin.logs import excerpt

LONGEST_NAME = 50
"""Characters of a name that are told."""


class Loss(NamedTuple):
    """Something of an event that Sentry does not keep."""

    path: tuple[str, ...]
    words: str
    of_event: bool = False
    """Whether the whole event is lost with it."""

    @property
    def name(self) -> str:
        """The name of the field, such as `tags.a`."""
        return ".".join(excerpt(part, LONGEST_NAME) for part in self.path)


@dataclass(frozen=True)
class Place:
    """A path into an event, and the losses that were noted so far."""

    losses: list[Loss]
    path: tuple[str, ...] = ()

    def below(self, key: object) -> Place:
        """Return the place of a field, or of an item of a list."""
        return Place(self.losses, (*self.path, str(key)))

    def ignored(self) -> Place:
        """Return the same place, where nothing that is noted counts."""
        return Place([], self.path)

    def loses(self, words: str) -> None:
        """Note that the value here is not kept."""
        self.losses.append(Loss(self.path, f": {words}"))

    def cuts(self, words: str) -> None:
        """Note that a part of the value here is not kept."""
        self.losses.append(Loss(self.path, f" whole: {words}"))

    def loses_event(self, words: str) -> None:
        """Note that the event is not kept, because of the value here."""
        self.losses.append(Loss(self.path, words, of_event=True))
