"""One trigger at work: look, keep what was found, deliver, wait, until it is stopped.

Does not know what it watches, nor where events go.
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
    from sentry_plugin.watching.memory import Memory
    from sentry_plugin.watching.trigger import Trigger


MOST_WAITING = 10_000
"""Events that wait for the dispatcher, before nothing more is asked of Sentry."""
LONGEST_PAUSE = 300.0
"""Seconds between two tries."""
LONGEST_SLEEP = 86400.0
"""Seconds after which the clock is looked at again: what sleeps takes no number of any size."""


class Outlet(NamedTuple):
    """How events leave."""

    envelope: Callable[[Any, str], JSON]
    """Makes an event of an output and its log."""
    deliver: Callable[[str], None]
    """Sends one away, or fails."""
    log: Log


class Watch:
    """A trigger with its memory."""

    def __init__(self, trigger: Trigger, params: Any, memory: Memory, outlet: Outlet) -> None:
        self._trigger, self._params, self._memory = trigger, params, memory
        self._envelope, self._deliver, self._log = outlet
        self._deadline: Deadline = trigger.connection.deadline
        self._pace = trigger.pace(params)
        self._pause = 0.0
        self._next_look = self._next_delivery = self._deadline.now()
        self._failed_looks = self._failed_deliveries = 0
        self._ended = self._has_worked = False
        # What waits was found with a token that may have been another one.
        self._is_accepted = not memory.waiting

    def run(self) -> None:
        """Go on until it is stopped, or until there is no more to be found and all is delivered.

        A failure that does not pass is raised once delivery was tried again.
        """
        while not (self._ended and not self._memory.waiting):
            try:
                self._look()
            finally:
                self._send()
            nexts = [self._next_delivery] if self._memory.waiting and self._is_accepted else []
            nexts += [] if self._ended else [self._next_look]
            if nexts:
                pause = min(nexts) - self._deadline.now()
                self._deadline.sleep(min(pause, LONGEST_SLEEP))

    def _look(self) -> None:
        if self._ended or self._next_look > self._deadline.now():
            return
        try:
            self._prove()
            soon = self._search()
        except PluginError as error:
            self._is_accepted &= not isinstance(error, Unauthorized | Forbidden)
            if not self._may_pass(error):
                raise
            self._failed_looks += 1
            pause = max(error.retry_after or 0, backoff(self._failed_looks))
            logger.warning("%s Looking again in %.0f s.", error.cause, pause)
        else:
            self._failed_looks, self._has_worked = 0, True
            pause = self._next_pause(soon=soon)
        self._next_look = self._deadline.now() + pause

    def _prove(self) -> None:
        """See that the server accepts the token, before anything that waits is delivered."""
        if self._is_accepted:
            return
        self._deadline.renew()
        try:
            self._trigger.prove(self._params, self._memory)
        except PluginError:
            words = "%d events wait, and stay until Sentry accepts the token for them."
            logger.warning(words, self._memory.waiting)
            raise
        self._is_accepted = True
        self._send()

    def _may_pass(self, error: PluginError) -> bool:
        """Tell whether to look again after a failure.

        What fails before anything worked is a mistake in the message; later it is trouble that may
        pass, such as a page that tells of maintenance. A token that is refused stays so.
        """
        if isinstance(error, Stopped | Unauthorized | Forbidden):
            return False
        return error.retryable or (self._has_worked and isinstance(error, ApiError))

    def _search(self) -> bool:
        """Look once, and tell whether to come back soon: what is found is kept bit by bit."""
        found = False
        self._deadline.renew()
        self._log.take()
        look = self._trigger.look(self._params, self._memory)
        with self._memory.undoing(), contextlib.closing(look) as batches:
            while self._memory.waiting < MOST_WAITING:
                outputs = next(batches, None)
                if outputs is None:
                    self._ended = self._pace is None
                    return found
                self._memory.commit(self._written(outputs))
                found = found or bool(outputs)
                self._send()
                self._deadline.renew()
        logger.warning("%d events wait: Sentry is asked nothing more.", self._memory.waiting)
        return True

    def _written(self, outputs: list[Any]) -> list[str]:
        """Write down what was found, with its log: the lines since something was found before."""
        fitted = [self._trigger.fit_output(output) for output in outputs]
        log = self._log.take() if outputs else ""
        return [self._clean([output, log]) for output in fitted]

    def _clean(self, value: Any) -> str:
        return strictjson.dumps(self._log.mask_values(value))

    def _next_pause(self, *, soon: bool) -> float:
        shortest, longest = self._pace or (1.0, 1.0)
        self._pause = shortest if soon else min(max(self._pause * 1.5, shortest), longest)
        return self._pause * random.uniform(0.9, 1)

    def _send(self) -> None:
        """Deliver what waits, in order, until it fails."""
        if self._next_delivery > self._deadline.now() or not self._is_accepted:
            return
        while event := self._memory.first():
            number, kept = event
            if not (isinstance(kept, list) and len(kept) == 2 and isinstance(kept[1], str)):
                raise self._memory.damaged("an event that waits")
            self._deadline.renew()
            try:
                # With the `meta` of now: the event may be older than this process.
                self._deliver(self._clean(self._envelope(*kept)))
            except Stopped:
                raise
            except PluginError as error:
                self._failed_deliveries += 1
                pause = max(error.retry_after or 0, backoff(self._failed_deliveries))
                self._next_delivery = self._deadline.now() + pause
                words = "%s %d events wait; trying again in %.0f s."
                logger.warning(words, error.cause, self._memory.waiting, pause)
                return
            self._memory.done(number)
            self._log.take()
            self._failed_deliveries = 0


def backoff(failures: int) -> float:
    """Give the seconds to wait after so many failures in a row: growing, with jitter."""
    return float(min(2 ** min(failures, 20), LONGEST_PAUSE)) * random.uniform(0.5, 1)
