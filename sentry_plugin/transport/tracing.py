"""Traces how far a request got: to a proxy, through it, to the server, sent, answered.

The connection reports each stage to the trace of its thread; an exception alone does not show it.
Decides nothing and raises nothing.
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
    """The stages of a request, in order."""

    UNSEEN = 0
    BEGUN = 1
    MET = 2
    """Connected to the server, or to the proxy before it."""
    PASSED = 3
    """The proxy is connected to the server."""
    READY = 4
    """The request is written from now on."""
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


class Trace:
    """How far one request got."""

    def __init__(self, url: str, report: Callable[[Stage], None]) -> None:
        """*url* has an origin; *report* is called with each stage."""
        parts = urlsplit(url)
        self.is_secure = parts.scheme == "https"
        self.host = parts.netloc
        self.stage = Stage.UNSEEN
        self.proxy = ""
        """The URL of the proxy, without credentials; empty without a proxy."""
        self._report = report
        self.received = 0
        """The bytes of the answer's body so far."""

    def reach(self, stage: Stage) -> None:
        """Record a stage."""
        self.stage = max(self.stage, stage)
        self._report(self.stage)

    @property
    def words(self) -> str:
        """The stage, as a part of a sentence."""
        return _FAR[self.stage].format(received=self.received)

    @property
    def is_at_proxy(self) -> bool:
        """Whether it got to a proxy, but not through it."""
        return bool(self.proxy) and self.stage < Stage.PASSED

    @property
    def has_socks(self) -> bool:
        """Whether the proxy speaks SOCKS."""
        return self.proxy.startswith("socks")


_current: ContextVar[Trace] = ContextVar("trace")


def begin(url: str, report: Callable[[Stage], None]) -> Trace:
    """Begin the trace of a request that this thread sends."""
    trace = Trace(url, report)
    _current.set(trace)
    return trace


def note_proxy(proxy: str | None) -> None:
    """Record that this thread begins to connect, through *proxy* (a URL) if there is one."""
    trace = _current.get()
    trace.reach(Stage.BEGUN)
    if proxy:
        scheme, _, rest = proxy.rpartition("://")
        host = rest.rpartition("@")[2].partition("/")[0]
        trace.proxy = f"{scheme.lower()}://{host}" if scheme else host


class _TracedConnection(HTTPConnection):
    """Reports to the trace of its thread; a mixin for classes of connections."""

    def _new_conn(self) -> socket.socket:
        made = super()._new_conn()
        trace = _current.get()
        trace.reach(Stage.PASSED if trace.has_socks else Stage.MET)
        return made

    def _tunnel(self) -> None:
        super()._tunnel()
        _current.get().reach(Stage.PASSED)

    def connect(self) -> None:
        super().connect()
        _current.get().reach(Stage.READY)

    def request(self, *args: Any, **options: Any) -> None:
        if self.sock is not None:  # connected for an earlier request
            _current.get().reach(Stage.READY)
        super().request(*args, **options)
        _current.get().reach(Stage.SENT)


@functools.cache
def traced(connection: type) -> type:
    """Return a subclass of *connection* that reports to the trace of its thread."""
    if issubclass(connection, _TracedConnection):
        return connection
    return type(connection.__name__, (_TracedConnection, connection), {})
