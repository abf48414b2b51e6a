"""The changes that a message has asked servers for, and whether each was made, as far as known.

The only place that decides what an error says of changes made before it, and whether the step may
be run again after them. Sends nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sentry_plugin.errors import IN_DOUBT

if TYPE_CHECKING:
    from sentry_plugin.errors import PluginError

DONE = " What it had asked for before that was carried out."
_LOOK = "Find out whether it was carried out, and run the step again only if it was not."
_LEAVE = "Run the step again only if it is to be done once more."


class Entry:
    """One change that was asked for."""

    def __init__(self, *, repeatable: bool = True) -> None:
        self.repeatable = repeatable
        """Whether the result is the same if it is asked for twice."""
        self.made: bool | None = False
        """Whether it was made; None if that is unknown."""


class Ledger:
    """The changes of one message. Usable by several threads."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.makes_another = False
        """Whether the same message, run again, would create a second thing."""

    def begin(self, *, repeatable: bool) -> Entry:
        """Add a change before it is asked for."""
        entry = Entry(repeatable=repeatable)
        self.entries.append(entry)
        return entry

    @property
    def may_have_changed(self) -> bool:
        """Whether any change was made, or may have been made."""
        return any(entry.made is not False for entry in self.entries)

    @property
    def doubts_a_repetition(self) -> bool:
        """Whether a change may have been made, and would be made twice if it were sent again."""
        return any(entry.made is None and not entry.repeatable for entry in self.entries)

    def settle(self) -> None:
        """Take for made what was in doubt, because a look has shown it."""
        for entry in self.entries:
            entry.made = True if entry.made is None else entry.made

    def annotate(self, error: PluginError) -> PluginError:
        """Return *error*, which ends the step, with what is known of the changes before it."""
        states = {entry.made for entry in self.entries} - {False}
        if not states:
            return error
        words = IN_DOUBT if None in states else DONE
        if not (error.tells_changes or words in error.cause):
            error.cause += words
        if error.retryable and (self.makes_another or self._has_made_once()):
            advice = _LOOK if None in states else _LEAVE
            is_general = error.assistance == type(error).assistance
            error.assistance = advice if is_general else f"{advice} {error.assistance}"
            error.retryable, error.retry_after = False, None
        return error

    def _has_made_once(self) -> bool:
        return any(not entry.repeatable and entry.made is not False for entry in self.entries)
