"""Runs work in a thread, so that an answer is out in time even if the work is stuck.

A name resolution, a TLS handshake or a slow stream cannot be interrupted, but its thread can be
abandoned. Does not know what the work is.
"""

from __future__ import annotations

import contextlib
import contextvars
import threading
from collections.abc import Callable
from concurrent.futures import Future, wait
from typing import TYPE_CHECKING, TypeVar

from sentry_plugin.errors import Stopped, TimedOut

if TYPE_CHECKING:
    from sentry_plugin.deadline import Deadline
    from sentry_plugin.ledger import Ledger
    from sentry_plugin.runtime.stop import Stop

GRACE = 1.0
"""Seconds after the deadline in which the work may still end with its own error."""

Result = TypeVar("Result")


def until_stopped(deadline: Deadline, work: Callable[[], None], stop: Stop) -> None:
    """Do *work* in a thread until it ends or a stop comes; then give it a moment to close."""
    future = _begin(work, stop)
    try:
        _result(future, stop)
    finally:
        deadline.stop()
        wait([future], GRACE)


def unless_stopped(work: Callable[[], Result], stop: Stop) -> Result:
    """Do *work* in a thread, and abandon it at a stop."""
    return _result(_begin(work, stop), stop)


def within(
    deadline: Deadline, work: Callable[[], Result], stop: Stop, ledger: Ledger | None = None
) -> Result:
    """Do *work* in a thread, and abandon it at a stop or after the deadline.

    If it may have changed something, by its *ledger*, a stop first waits a moment for the answer.
    """
    future = _begin(work, stop)
    stop.wait(future.done, max(deadline.left, 0) + GRACE)
    # From here on the work begins no new request.
    deadline.stop()
    if stop.reason and ledger and ledger.may_have_changed:
        wait([future], GRACE)
    if future.done():
        with contextlib.suppress(Stopped):
            return future.result()
    if stop.reason:
        raise _stopped(stop)
    raise TimedOut(
        f"The {deadline.seconds:g} seconds that this message may take are over, and what it "
        "waits for does not end."
    )


def _result(future: Future[Result], stop: Stop) -> Result:
    stop.wait(future.done)
    if not future.done():
        raise _stopped(stop)
    return future.result()


def _stopped(stop: Stop) -> Stopped:
    return Stopped(f"The step was stopped by {stop.reason}.")


def _begin(work: Callable[[], Result], stop: Stop) -> Future[Result]:
    """Start *work* in a thread, unless the stop came before."""
    future: Future[Result] = Future()

    def run() -> None:
        try:
            future.set_result(work())
        except BaseException as error:  # noqa: BLE001  (raised again by result())
            future.set_exception(error)
        stop.ring()

    if stop.reason:
        raise _stopped(stop)
    context = contextvars.copy_context()
    threading.Thread(target=context.run, args=(run,), daemon=True).start()
    return future
