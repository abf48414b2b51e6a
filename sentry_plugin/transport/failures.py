"""Why no answer came: the exceptions of sockets, TLS and HTTP in words of ours.

Never repeats a library's own text, which prints URLs, proxies and objects.
"""

from __future__ import annotations

import http.client
import re
import socket
import ssl
from typing import TYPE_CHECKING, NamedTuple

from urllib3 import exceptions

from sentry_plugin.errors import IN_DOUBT, PluginError, TimedOut, TransportError
from sentry_plugin.exhaustion import causes
from sentry_plugin.transport.course import Stage

if TYPE_CHECKING:
    from sentry_plugin.deadline import Deadline
    from sentry_plugin.transport.course import Course
    from sentry_plugin.transport.messages import Answer

CHECK_PROXY = (
    "Check the proxy, and its address in the plugin's environment (`http_proxy`, `https_proxy`, "
    "`all_proxy`); `no_proxy` names the hosts that are asked without one."
)
_BEGIN_WITH = (
    "Begin its address with {}://, wherever that stands (the connection's `url`, the DSN, the "
    "environment), or correct its port."
)
_MAY_BE_OTHER = "Check the URL and the network. If this port speaks {}, begin the URL with {}://."
_NO_TIME = 0.1
"""Seconds with which nothing can be begun."""


class NoSocks(exceptions.HTTPError):
    """What speaks SOCKS is not installed."""


class _Reason(NamedTuple):
    words: str
    passing: bool = True
    """Whether an answer may come later."""
    assistance: str | None = None


_CUT = _Reason("the connection was cut off")
_NO_TLS = _Reason(
    "what it speaks on this port is not TLS; it may be plain http",
    passing=False,
    assistance=_BEGIN_WITH.format("http"),
)
_WANTS_TLS = _Reason(
    "on this port it speaks TLS, and it was asked by plain http",
    passing=False,
    assistance=_BEGIN_WITH.format("https"),
)
_WANTS_LOGIN = _Reason("it wants a login, or another one", passing=False, assistance=CHECK_PROXY)

# What servers say to one who speaks plain http on a port of TLS: nginx, Apache, Go, Tomcat.
_TLS_IS_WANTED = re.compile(
    rb"plain HTTP request was sent to HTTPS port|speaking plain HTTP to an SSL-enabled"
    rb"|HTTP request to an HTTPS server|combination of host and port requires TLS"
)
_TLS_ALERT = "\x15\x03"
# What OpenSSL, depending on its version, calls bytes that are not TLS.
_IS_NO_TLS = {"HTTP_REQUEST", "RECORD_LAYER_FAILURE", "UNKNOWN_PROTOCOL", "WRONG_VERSION_NUMBER"}
_TUNNEL = re.compile(r"Tunnel connection failed: (\d{3})")


def explain(
    error: Exception, method: str, *, course: Course, patience: float, deadline: Deadline
) -> TransportError:
    """Turn what a library raised into what the user reads.

    *patience* is the seconds that it waited for the next step of the *course*.
    """
    led = causes(error)
    kind, reason = TransportError, _why(led, course)
    if any(isinstance(cause, TimeoutError) for cause in led):
        limit = f"{patience:.0f} seconds"
        if deadline.left < _NO_TIME:
            kind, limit = TimedOut, f"the {deadline.seconds:g} seconds that this message may take"
        reason = _Reason(f"{course.words} within {limit}")
    unsent = reason is _WANTS_TLS or _is_unsent(led, course)
    words = f"No answer from {_whom(course)}: {reason.words}."
    return _error(kind, words + ("" if unsent else doubt(method)), reason, course, unsent=unsent)


def check(answer: Answer, course: Course) -> None:
    """Refuse an answer that is not the server's own, or that only says how to ask it."""
    if answer.status == 407:
        reason, whom = _WANTS_LOGIN, _proxy(course)
    elif answer.status == 400 and not course.is_secure and _TLS_IS_WANTED.search(answer.body):
        reason, whom = _WANTS_TLS, _whom(course)
    else:
        return
    raise _error(TransportError, f"No answer from {whom}: {reason.words}.", reason, course)


def _error(
    kind: type[TransportError],
    words: str,
    reason: _Reason,
    course: Course,
    *,
    unsent: bool = True,
) -> TransportError:
    made = kind(words, reason.assistance or (CHECK_PROXY if course.is_at_proxy else None))
    made.unsent, made.retryable = unsent, reason.passing
    return made


def _whom(course: Course) -> str:
    if course.is_at_proxy:
        return _proxy(course)
    asked = f", asked through the proxy {course.proxy}" if course.proxy else ""
    return f"{course.host}{asked}"


def _proxy(course: Course) -> str:
    if not course.proxy:
        return f"a proxy on the way to {course.host}"
    return f"the proxy {course.proxy}, through which {course.host} is asked"


def doubt(method: str) -> str:
    """Say what is not known of a request that was cut off after it was sent."""
    return "" if method == "GET" else IN_DOUBT


def doubted(error: PluginError) -> PluginError:
    """Say of an error that a try before it may have been carried out."""
    if IN_DOUBT not in error.cause:
        error.cause += IN_DOUBT
    return error


def _is_unsent(led: list[BaseException], course: Course) -> bool:
    """Tell whether nothing of the request was sent, for certain."""
    if course.stage is not Stage.UNSEEN:
        return course.stage < Stage.READY
    return any(isinstance(cause, _NEVER_SENT) for cause in led)


_NEVER_SENT = (
    exceptions.ConnectTimeoutError,
    exceptions.LocationValueError,
    exceptions.NewConnectionError,
)


def _why(led: list[BaseException], course: Course) -> _Reason:
    """Give the reason of the innermost exception that tells one."""
    of_socks = any(type(cause).__module__ == "socks" for cause in led)
    if of_socks and isinstance(led[0], socket.gaierror):  # the proxy's own name was found
        return _NOT_RESOLVED_HERE
    reason = next(filter(None, map(_reason, led)), _Reason("the request broke"))
    if reason is _NO_TLS and course.stage >= Stage.READY:  # there was TLS, and it broke
        return _Reason("TLS failed", passing=False)
    if reason is not _CUT or course.is_at_proxy:
        return reason
    if course.stage in {Stage.MET, Stage.PASSED}:
        hint = _MAY_BE_OTHER.format("plain http", "http")
        return _Reason("the connection was cut off before TLS was agreed on", assistance=hint)
    if course.stage is Stage.SENT and not course.is_secure:
        return _CUT._replace(assistance=_MAY_BE_OTHER.format("TLS", "https"))
    return reason


def _reason(cause: BaseException) -> _Reason | None:
    if isinstance(cause, ssl.SSLError) and not isinstance(cause, ssl.SSLEOFError):
        return _of_tls(cause)
    if tunnel := _TUNNEL.match(str(cause)):
        return _of_tunnel(int(tunnel[1]))
    if type(cause).__module__ == "socks":
        return _SOCKS.get(type(cause).__name__)
    if isinstance(cause, http.client.BadStatusLine) and str(cause).startswith(_TLS_ALERT):
        return _WANTS_TLS
    return next((reason for kind, reason in _REASONS if isinstance(cause, kind)), None)


def _of_tls(error: ssl.SSLError) -> _Reason:
    if isinstance(error, ssl.SSLCertVerificationError):
        words = f"its certificate is not trusted ({error.verify_message})"
        return _Reason(words, passing=False)
    if error.reason in _IS_NO_TLS:
        return _NO_TLS
    return _Reason(f"TLS failed ({error.reason})", passing=False)


def _of_tunnel(status: int) -> _Reason:
    """Say what a proxy's answer to the wish for a connection means."""
    if status == 407:
        return _WANTS_LOGIN
    return _Reason(f"it makes no connection to it (HTTP {status})", passing=status >= 500)


_NOT_RESOLVED_HERE = _Reason(
    "the name of what it is to reach cannot be resolved here",
    assistance="Name the proxy with socks5h:// (or socks4a://), so that it resolves names itself.",
)
# By the names of their classes: the package of SOCKS need not be there.
_SOCKS = {
    "SOCKS4Error": _Reason("it makes no connection to it"),
    "SOCKS5Error": _Reason("it makes no connection to it"),
    "SOCKS5AuthError": _WANTS_LOGIN,
    "GeneralProxyError": _Reason("it does not answer in SOCKS of this version"),
}
_REASONS: tuple[tuple[type[BaseException], _Reason], ...] = (
    (socket.gaierror, _Reason("its name cannot be resolved")),
    (ConnectionRefusedError, _Reason("it refuses the connection")),
    (ssl.SSLEOFError, _CUT),
    (exceptions.IncompleteRead, _CUT),
    (ConnectionError, _CUT),
    (http.client.HTTPException, _CUT),
    (exceptions.DecodeError, _Reason("its content encoding is broken", passing=False)),
    (
        NoSocks,
        _Reason(
            "it is one of SOCKS, which needs the package PySocks",
            passing=False,
            assistance="Install the plugin with its extra: pip install 'sentry-plugin[socks]'. Or "
            "name a proxy of HTTP.",
        ),
    ),
    (ValueError, _Reason("its address is not valid", passing=False)),
)
