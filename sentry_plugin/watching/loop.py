"""The loop of a trigger: poll, keep what was found, deliver, wait; until it is stopped.

Knows neither what is polled nor where events go.
"""

from __future__ import annotations

import contextlib
import random
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from sentry_plugin import strictjson
from sentry_plugin.errors import ApiError, Forbidden, PluginError, Stopped, Unauthorized
from sentry_plugin.logs import logger

if TYPE_CHECKING:
    from sentry_plugin.deadline import Deadline
    from sentry_plugin.logs import Log
    from sentry_plugin.strictjson import JSON
    from sentry_plugin.watching.trigger import Trigger
    from sentry_plugin.watching.triggerstate import TriggerState


MOST_WAITING = 10_000
"""Events waiting for delivery, above which Sentry is not polled."""
LONGEST_PAUSE = 300.0
"""The longest pause after a failure, in seconds."""
LONGEST_SLEEP = 86400.0
"""The longest sleep at once, in seconds, because a thread cannot wait for any large number."""


class Outlet(NamedTuple):
    """How to build and deliver events."""

    envelope: Callable[[Any, str], JSON]
    """Builds an event from an output and its log."""
    deliver: Callable[[str], None]
    """Delivers the text of an event, or raises an error."""
    log: Log


class TriggerLoop:
    """A trigger with its state."""

    def __init__(self, trigger: Trigger, params: Any, state: TriggerState, outlet: Outlet) -> None:
        self._trigger, self._params, self._state = trigger, params, state
        self._envelope, self._deliver, self._log = outlet
        self._deadline: Deadline = trigger.connection.deadline
        self._limits = trigger.pause_limits(params)
        self._pause = 0.0
        self._next_poll = self._next_delivery = self._deadline.now()
        self._failed_polls = self._failed_deliveries = 0
        self._ended = self._has_worked = False
        # Waiting events may have been found with another token.
        self._is_accepted = not state.waiting

    def run(self) -> None:
        """Run until stopped, or until nothing more can be found and all is delivered.

        An error that will not pass is raised, after one more try to deliver.
        """
        while not (self._ended and not self._state.waiting):
            try:
                self._poll()
            finally:
                self._send()
            nexts = [self._next_delivery] if self._state.waiting and self._is_accepted else []
            nexts += [] if self._ended else [self._next_poll]
            if nexts:
                pause = min(nexts) - self._deadline.now()
                self._deadline.sleep(min(pause, LONGEST_SLEEP))

    def _poll(self) -> None:
        if self._ended or self._next_poll > self._deadline.now():
            return
        try:
            self._check_access()
            soon = self._poll_once()
        except PluginError as error:
            self._is_accepted &= not isinstance(error, Unauthorized | Forbidden)
            if not self._may_pass(error):
                raise
            self._failed_polls += 1
            pause = max(error.retry_after or 0, backoff(self._failed_polls))
            logger.warning("%s Looking again in %.0f s.", error.cause, pause)
        else:
            self._failed_polls, self._has_worked = 0, True
            pause = self._next_pause(soon=soon)
        self._next_poll = self._deadline.now() + pause

    def _check_access(self) -> None:
        """Check that the token may see what is watched, before waiting events are delivered."""
        if self._is_accepted:
            return
        self._deadline.renew()
        try:
            self._trigger.check_access(self._params, self._state)
        except PluginError:
            words = "%d events wait, and stay until Sentry accepts the token for them."
            logger.warning(words, self._state.waiting)
            raise
        self._is_accepted = True
        self._send()

    def _may_pass(self, error: PluginError) -> bool:
        """Tell whether to poll again after an error.

        Before the first success, an error is a mistake in the message; later it may pass, such as
        a page about maintenance. A refused token stays refused.
        """
        if isinstance(error, Stopped | Unauthorized | Forbidden):
            return False
        return error.retryable or (self._has_worked and isinstance(error, ApiError))

    def _poll_once(self) -> bool:
        """Poll once, keeping and delivering each batch; tell whether to poll again soon."""
        found = False
        self._deadline.renew()
        self._log.take()
        poll = self._trigger.poll(self._params, self._state)
        with self._state.rolling_back(), contextlib.closing(poll) as batches:
            while self._state.waiting < MOST_WAITING:
                outputs = next(batches, None)
                if outputs is None:
                    self._ended = self._limits is None
                    return found
                self._state.commit(self._written(outputs))
                found = found or bool(outputs)
                self._send()
                self._deadline.renew()
        logger.warning("%d events wait: Sentry is asked nothing more.", self._state.waiting)
        return True

    def _written(self, outputs: list[Any]) -> list[str]:
        """Return the outputs as JSON, each with the log since the last ones."""
        fitted = [self._trigger.fit_output(output) for output in outputs]
        log = self._log.take() if outputs else ""
        return [self._clean([output, log]) for output in fitted]

    def _clean(self, value: Any) -> str:
        return strictjson.dumps(self._log.mask_values(value))

    def _next_pause(self, *, soon: bool) -> float:
        shortest, longest = self._limits or (1.0, 1.0)
        self._pause = shortest if soon else min(max(self._pause * 1.5, shortest), longest)
        return self._pause * random.uniform(0.9, 1)

    def _send(self) -> None:
        """Deliver waiting events in order, until one fails."""
        if self._next_delivery > self._deadline.now() or not self._is_accepted:
            return
        while event := self._state.first_event():
            number, kept = event
            if not (isinstance(kept, list) and len(kept) == 2 and isinstance(kept[1], str)):
                raise self._state.damaged("an event that waits")
            self._deadline.renew()
            try:
                # With the current `meta`: the event may be older than this process.
                self._deliver(self._clean(self._envelope(*kept)))
            except Stopped:
                raise
            except PluginError as error:
                self._failed_deliveries += 1
                pause = max(error.retry_after or 0, backoff(self._failed_deliveries))
                self._next_delivery = self._deadline.now() + pause
                words = "%s %d events wait; trying again in %.0f s."
                logger.warning(words, error.cause, self._state.waiting, pause)
                return
            self._state.remove_event(number)
            self._log.take()
            self._failed_deliveries = 0


def backoff(failures: int) -> float:
    """Return the seconds to wait after some failures in a row: exponential, with jitter."""
    return float(min(2 ** min(failures, 20), LONGEST_PAUSE)) * random.uniform(0.5, 1)
