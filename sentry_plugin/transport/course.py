"""How far a request got: to a proxy, through it, to the server, sent, answered.

The connection that carries a request tells it, to the course of the thread that sends it: from the
kind of an exception it cannot be known. Decides nothing and raises nothing.
"""

from __future__ import annotations

import enum
import functools
import socket
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any
from urllib.parse import urlsplit

from urllib3.connection import HTTPConnection


class Stage(enum.IntEnum):
    """What was reached, each after the ones before it."""

    UNSEEN = 0
    BEGUN = 1
    MET = 2
    """A connection to the server, or to the proxy on the way to it."""
    PASSED = 3
    """The proxy made a connection to the server."""
    READY = 4
    """What is written from now on is the request."""
    SENT = 5
    ANSWERED = 6


_FAR = {
    Stage.UNSEEN: "none came",
    Stage.BEGUN: "no connection was made",
    Stage.MET: "a connection was made, but was not ready for a request",
    Stage.PASSED: "a connection was made, but was not ready for a request",
    Stage.READY: "a connection was made, but the request was not taken whole",
    Stage.SENT: "a connection was made and the request was sent, but no answer began",
    Stage.ANSWERED: "an answer began, but its body was not whole ({received} bytes had come)",
}


class Course:
    """The course of one request."""

    def __init__(self, url: str, told: Callable[[Stage], None]) -> None:
        parts = urlsplit(url)
        self.is_secure = parts.scheme == "https"
        self.host = parts.netloc.rpartition("@")[2]
        self.stage = Stage.UNSEEN
        self.proxy = ""
        """The address of the proxy on the way, without its credentials."""
        self._told = told
        self.received = 0
        """The bytes that came of the answer's body."""

    def reach(self, stage: Stage) -> None:
        """Note that it got that far."""
        self.stage = max(self.stage, stage)
        self._told(self.stage)

    @property
    def words(self) -> str:
        """How far it got, as a part of a sentence."""
        return _FAR[self.stage].format(received=self.received)

    @property
    def is_at_proxy(self) -> bool:
        """Whether it did not get further than to a proxy."""
        return bool(self.proxy) and self.stage < Stage.PASSED

    @property
    def has_socks(self) -> bool:
        """Whether the proxy is one of SOCKS, which needs a package of its own."""
        return self.proxy.startswith("socks")


_current: ContextVar[Course] = ContextVar("course")


def begin(url: str, told: Callable[[Stage], None]) -> Course:
    """Begin the course of a request that this thread sends to *url*; *told* how far it gets."""
    course = Course(url, told)
    _current.set(course)
    return course


def depart(proxy: str | None) -> None:
    """Note that the request is on its way, by the URL of a *proxy* where there is one."""
    course = _current.get()
    course.reach(Stage.BEGUN)
    if proxy:
        scheme, _, rest = proxy.rpartition("://")
        place = rest.rpartition("@")[2].partition("/")[0]
        course.proxy = f"{scheme.lower()}://{place}" if scheme else place


class _Telling(HTTPConnection):
    """A connection that tells how far it gets; mixed into what makes the connection."""

    def _new_conn(self) -> socket.socket:
        made = super()._new_conn()
        course = _current.get()
        course.reach(Stage.PASSED if course.has_socks else Stage.MET)
        return made

    def _tunnel(self) -> None:
        super()._tunnel()
        _current.get().reach(Stage.PASSED)

    def connect(self) -> None:
        super().connect()
        _current.get().reach(Stage.READY)

    def request(self, *args: Any, **options: Any) -> None:
        if self.sock is not None:  # it was made for an earlier request
            _current.get().reach(Stage.READY)
        super().request(*args, **options)
        _current.get().reach(Stage.SENT)


@functools.cache
def telling(connection: type) -> type:
    """Make a class of connections that tells how far it gets; the same for the same class."""
    if issubclass(connection, _Telling):
        return connection
    return type(connection.__name__, (_Telling, connection), {})
