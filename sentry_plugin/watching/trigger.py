"""What a trigger is: a step that looks again and again. Waits for nothing and delivers nothing."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING, Any

from sentry_plugin.steps.step import Does, Step

if TYPE_CHECKING:
    from sentry_plugin.watching.memory import Memory


class Trigger(Step):
    """A step that looks again and again until it is stopped, and yields what it finds."""

    does = Does.READS | Does.KEEPS

    def look(self, params: Any, memory: Memory) -> Generator[list[Any], None, None]:
        """Look once: yield outputs, not yet checked, in lists that may be empty.

        What was written to the *memory* before a list is kept together with the list, or neither.
        """
        raise NotImplementedError

    def pace(self, params: Any) -> tuple[float, float] | None:
        """Give the shortest and the longest pause between two looks; None for one look only."""
        raise NotImplementedError

    def prove(self, params: Any, memory: Memory) -> None:
        """Ask for a little of all that is watched: fails where the token may not see it."""
        raise NotImplementedError

    def example(self, params: Any) -> Any:
        """Give the output for something that is there, or None where nothing is."""
        raise NotImplementedError
