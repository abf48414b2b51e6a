"""What a message has changed, as far as that is known: for the words and the advice at its end.

The one place that decides what an ending says of changes, whatever ended the step: nothing was
sent, what was sent was answered, or it was not. Sends nothing.
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
        """Whether asking for it twice comes to the same as asking once."""
        self.made: bool | None = False
        """Whether it was made; None where that is not known."""


class Ledger:
    """The changes of one message. Usable by several threads."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.makes_another = False
        """Whether the same message, run again, would make another of what it made."""

    def begin(self, *, repeatable: bool) -> Entry:
        """Enter a change that is going to be asked for."""
        entry = Entry(repeatable=repeatable)
        self.entries.append(entry)
        return entry

    @property
    def is_open(self) -> bool:
        """Whether something was changed, or may have been."""
        return any(entry.made is not False for entry in self.entries)

    def told(self, error: PluginError) -> PluginError:
        """Have *error*, which ends the step, say what is known of the changes before it."""
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
