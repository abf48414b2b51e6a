"""The base class of triggers. Neither waits nor delivers."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING, Any

from sentry_plugin.steps.step import Does, Step

if TYPE_CHECKING:
    from sentry_plugin.watching.triggerstate import TriggerState


class Trigger(Step):
    """A step that polls until it is stopped, and yields what it finds."""

    does = Does.READS | Does.KEEPS

    def poll(self, params: Any, state: TriggerState) -> Generator[list[Any], None, None]:
        """Poll once: yield lists of outputs, not yet checked, which may be empty.

        What was written to the *state* before a list is committed together with the list.
        """
        raise NotImplementedError

    def pause_limits(self, params: Any) -> tuple[float, float] | None:
        """Return the shortest and longest pause between polls, in seconds; None to poll once."""
        raise NotImplementedError

    def check_access(self, params: Any, state: TriggerState) -> None:
        """Request a little of all that is watched; an error if the token may not see it."""
        raise NotImplementedError

    def example(self, params: Any) -> Any:
        """Return an output for something that exists; None if there is nothing."""
        raise NotImplementedError
