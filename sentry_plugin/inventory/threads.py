"""A pool of threads, whose jobs may add further jobs.

Its threads are daemons, so that one that is stuck does not keep the process alive.
"""

from __future__ import annotations

import contextvars
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from queue import SimpleQueue
from types import TracebackType
from typing import Self

Job = Callable[[], None]

SIZE = 8


class ThreadPool:
    """Threads that share a queue of jobs, and end with a `with` block."""

    def __init__(self, size: int = SIZE) -> None:
        self._size = size
        self._jobs: SimpleQueue[tuple[Job, Future[None]] | None] = SimpleQueue()
        self._outcomes: deque[Future[None]] = deque()
        self._over = False

    def __enter__(self) -> Self:
        for _ in range(self._size):
            context = contextvars.copy_context()  # has the log of this message
            threading.Thread(target=context.run, args=(self._work,), daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._over = True
        for _ in range(self._size):
            self._jobs.put(None)

    def add(self, job: Job) -> None:
        """Add a job; jobs may do this too."""
        outcome: Future[None] = Future()
        self._outcomes.append(outcome)
        self._jobs.put((job, outcome))

    def wait(self) -> None:
        """Wait until all jobs are done, or raise the error of the first added one that failed."""
        # A job's own jobs were added before it is done, so none is missed.
        while self._outcomes:
            self._outcomes.popleft().result()

    def _work(self) -> None:
        while (entry := self._jobs.get()) and not self._over:
            job, outcome = entry
            try:
                job()
            except BaseException as error:  # noqa: BLE001  (raised again by wait())
                outcome.set_exception(error)
            else:
                outcome.set_result(None)
