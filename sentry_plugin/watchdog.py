"""Sees to it that an answer is out in time, whatever the work on it is stuck in.

Name resolution, a TLS handshake or a slow drip of bytes cannot be interrupted; they can be left
behind. Does not know what the work is.
"""

from __future__ import annotations

import contextvars
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TYPE_CHECKING, TypeVar

from sentry_plugin.errors import Stopped, TimedOut

if TYPE_CHECKING:
    from sentry_plugin.deadline import Deadline

GRACE = 1.0
"""Seconds after the deadline in which those who ask it may still say what happened."""

Result = TypeVar("Result")


def within(deadline: Deadline, work: Callable[[], Result]) -> Result:
    """Do *work* in a thread of its own, and leave it behind when its time is over."""
    future: Future[Result] = Future()

    def run() -> None:
        try:
            future.set_result(work())
        except BaseException as error:  # noqa: BLE001  (raised again by result())
            future.set_exception(error)

    context = contextvars.copy_context()
    thread = threading.Thread(target=context.run, args=(run,), daemon=True)
    try:
        thread.start()
        return future.result(max(deadline.left, 0) + GRACE)
    except TimeoutError as error:
        if future.done():
            raise
        raise TimedOut(
            f"The {deadline.seconds:g} seconds that this message may take are over, and what it "
            "waits for does not end. It is unknown whether the server carried it out."
        ) from error
    except Stopped as error:
        doubt = "" if future.done() else " It is unknown whether the server carried it out."
        raise Stopped(error.cause + doubt) from error
    finally:
        deadline.stop()
