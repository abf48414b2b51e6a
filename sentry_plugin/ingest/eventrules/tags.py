"""Tags: names with values, by which events are found."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from sentry_plugin.ingest.eventrules.kinds import Kind, Text
from sentry_plugin.ingest.eventrules.values import holds_nothing, text_of

if TYPE_CHECKING:
    from sentry_plugin.ingest.eventrules.place import Place

LONGEST = 200
OF_SENTRY = frozenset({"release", "dist", "user", "filename", "function"})
"""Names of tags that Sentry makes itself, and takes from nobody."""
NAME = re.compile(r"[a-zA-Z0-9_.:-]+")


def _value(most: int) -> Text:
    return Text(
        most,
        fits=lambda text: "\n" not in text.strip(),
        otherwise="it holds a line break",
        may_be_blank=False,
    )


_VALUE, _ENVIRONMENT = _value(LONGEST), _value(64)


class Tags(Kind):
    """Tags as an object, or as a list of [name, value] pairs."""

    def read(self, value: Any, place: Place) -> Any:
        """Note also what is empty."""
        return self.read_given(value, place)

    def read_given(self, value: Any, place: Place) -> Any:
        """Write pairs as an object, if that loses nothing."""
        if not isinstance(value, dict | list):
            place.loses("it is not an object")
            return value
        # PHP writes an empty object as an empty list.
        pairs = [list(item) for item in value.items()] if isinstance(value, dict) else value
        known: set[str] = set()
        read = [self._tag(pair, number, place, known) for number, pair in enumerate(pairs)]
        return dict(read) if len(known) == len(read) else read

    def _tag(self, pair: Any, number: int, place: Place, known: set[str]) -> Any:
        name = text_of(pair[0]) if isinstance(pair, list) and len(pair) == 2 else None
        if not isinstance(name, str):
            if not holds_nothing(pair):
                place.below(number).loses("it is not a pair of a name and a value")
            return pair
        here, value = place.below(name), pair[1]
        same = name.replace(" ", "-").strip()
        if same in known or same in OF_SENTRY:
            if not holds_nothing(value):
                here.loses("there is a tag of this name already")
            value = text_of(value)
        elif same == "environment":  # It becomes that of the event.
            value = _ENVIRONMENT.read(value, here)
        else:
            _judge_name(same, here)
            # What is empty is noted, too: the name says something.
            value = None if value is None else _VALUE.read_given(value, here)
        known.add(same)
        return [name, value]


def _judge_name(name: str, place: Place) -> None:
    if not NAME.fullmatch(name):
        place.loses("a name of a tag has only letters a to z, digits, and the signs _.:-")
    elif len(name) > LONGEST:
        place.cuts(f"its name has {len(name)} characters, and {LONGEST} are kept")
