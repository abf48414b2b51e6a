"""Sees to it that an answer is out in time, whatever the work on it is stuck in.

Name resolution, a TLS handshake or a slow drip of bytes cannot be interrupted; they can be left
behind. Does not know what the work is.
"""

from __future__ import annotations

import contextvars
import threading
from collections.abc import Callable
from concurrent.futures import Future, wait
from typing import TYPE_CHECKING, TypeVar

from sentry_plugin.errors import IN_DOUBT, Stopped, TimedOut

if TYPE_CHECKING:
    from sentry_plugin.deadline import Deadline

GRACE = 1.0
"""Seconds after the deadline in which those who ask it may still say what happened."""

Result = TypeVar("Result")


def until_stopped(deadline: Deadline, work: Callable[[], None]) -> None:
    """Do *work* in a thread of its own that may end only by a stop; then let it tidy up."""
    future: Future[None] = Future()
    try:
        _begin(work, future)
        future.result()
    finally:
        deadline.stop()
        wait([future], GRACE)


def within(
    deadline: Deadline, work: Callable[[], Result], *, changes: Callable[[], bool] | None = None
) -> Result:
    """Do *work* in a thread of its own, and leave it behind when its time is over.

    *changes* tells whether what is left behind may have changed something.
    """
    future: Future[Result] = Future()
    try:
        _begin(work, future)
        return future.result(max(deadline.left, 0) + GRACE)
    except TimeoutError as error:
        if future.done():
            raise
        raise TimedOut(
            f"The {deadline.seconds:g} seconds that this message may take are over, and what it "
            f"waits for does not end.{_doubt(deadline, changes)}"
        ) from error
    except Stopped as error:
        doubt = "" if future.done() else _doubt(deadline, changes)
        raise Stopped(error.cause + doubt) from error
    finally:
        deadline.stop()


def _doubt(deadline: Deadline, changes: Callable[[], bool] | None) -> str:
    # Only after this, nothing more is begun.
    deadline.stop()
    return IN_DOUBT if changes and changes() else ""


def _begin(work: Callable[[], Result], future: Future[Result]) -> None:
    def run() -> None:
        try:
            future.set_result(work())
        except BaseException as error:  # noqa: BLE001  (raised again by result())
            future.set_exception(error)

    context = contextvars.copy_context()
    threading.Thread(target=context.run, args=(run,), daemon=True).start()
