"""Why no answer came: exceptions of sockets, TLS and HTTP, explained in our own words.

Never repeats the text of a library, which contains URLs, proxies and objects.
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
from sentry_plugin.transport.tracing import Stage

if TYPE_CHECKING:
    from sentry_plugin.deadline import Deadline
    from sentry_plugin.transport.messages import Answer
    from sentry_plugin.transport.tracing import Trace

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
"""Seconds left at which the deadline counts as over."""


class SocksNotInstalled(exceptions.HTTPError):
    """The package for SOCKS proxies is not installed."""


class _Reason(NamedTuple):
    words: str
    passing: bool = True
    """Whether another try may get an answer."""
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

# Answers to plain http on a port of TLS, by nginx, Apache, Go and Tomcat.
_TLS_IS_WANTED = re.compile(
    rb"plain HTTP request was sent to HTTPS port|speaking plain HTTP to an SSL-enabled"
    rb"|HTTP request to an HTTPS server|combination of host and port requires TLS"
)
_TLS_ALERT = "\x15\x03"
# Reasons that versions of OpenSSL give for bytes that are not TLS.
_IS_NO_TLS = {"HTTP_REQUEST", "RECORD_LAYER_FAILURE", "UNKNOWN_PROTOCOL", "WRONG_VERSION_NUMBER"}
_TUNNEL = re.compile(r"Tunnel connection failed: (\d{3})")


def explain(
    error: Exception, method: str, *, trace: Trace, patience: float, deadline: Deadline
) -> TransportError:
    """Turn an exception of a library into an error for the user.

    *patience* is the timeout, in seconds, of the stage that failed.
    """
    chain = causes(error)
    kind, reason = TransportError, _why(chain, trace)
    if any(isinstance(cause, TimeoutError) for cause in chain):
        limit = f"{patience:.0f} seconds"
        if deadline.left < _NO_TIME:
            kind, limit = TimedOut, deadline.words
        reason = _Reason(f"{trace.words} within {limit}")
    unsent = reason is _WANTS_TLS or _is_unsent(chain, trace)
    words = f"No answer from {_whom(trace)}: {reason.words}."
    return _error(kind, words + ("" if unsent else doubt(method)), reason, trace, unsent=unsent)


def check(answer: Answer, trace: Trace) -> None:
    """Refuse an answer of a proxy that wants a login, or one that says that TLS is needed."""
    if answer.status == 407:
        reason, whom = _WANTS_LOGIN, _proxy(trace)
    elif answer.status == 400 and not trace.is_secure and _TLS_IS_WANTED.search(answer.body):
        reason, whom = _WANTS_TLS, _whom(trace)
    else:
        return
    raise _error(TransportError, f"No answer from {whom}: {reason.words}.", reason, trace)


def _error(
    kind: type[TransportError],
    words: str,
    reason: _Reason,
    trace: Trace,
    *,
    unsent: bool = True,
) -> TransportError:
    made = kind(words, reason.assistance or (CHECK_PROXY if trace.is_at_proxy else None))
    made.unsent, made.retryable = unsent, reason.passing
    return made


def _whom(trace: Trace) -> str:
    if trace.is_at_proxy:
        return _proxy(trace)
    asked = f", asked through the proxy {trace.proxy}" if trace.proxy else ""
    return f"{trace.host}{asked}"


def _proxy(trace: Trace) -> str:
    if not trace.proxy:
        return f"a proxy on the way to {trace.host}"
    return f"the proxy {trace.proxy}, through which {trace.host} is asked"


def doubt(method: str) -> str:
    """Return what to say of a request that was cut off after it was sent; empty for a GET."""
    return "" if method == "GET" else IN_DOUBT


def add_doubt(error: PluginError) -> PluginError:
    """Add to *error* that an earlier try may have been carried out; return it."""
    if IN_DOUBT not in error.cause:
        error.cause += IN_DOUBT
    return error


def _is_unsent(chain: list[BaseException], trace: Trace) -> bool:
    """Tell whether certainly nothing of the request was sent."""
    if trace.stage is not Stage.UNSEEN:
        return trace.stage < Stage.READY
    return any(isinstance(cause, _NEVER_SENT) for cause in chain)


_NEVER_SENT = (
    exceptions.ConnectTimeoutError,
    exceptions.LocationValueError,
    exceptions.NewConnectionError,
)


def _why(chain: list[BaseException], trace: Trace) -> _Reason:
    """Find the reason, from the innermost exception that shows one."""
    of_socks = any(type(cause).__module__ == "socks" for cause in chain)
    if of_socks and isinstance(chain[0], socket.gaierror):  # of the target; the proxy was found
        return _NOT_RESOLVED_HERE
    reason = next(filter(None, map(_reason, chain)), _Reason("the request broke"))
    if reason is _NO_TLS and trace.stage >= Stage.READY:  # TLS had worked before
        return _Reason("TLS failed", passing=False)
    if reason is not _CUT or trace.is_at_proxy:
        return reason
    if trace.stage in {Stage.MET, Stage.PASSED}:
        hint = _MAY_BE_OTHER.format("plain http", "http")
        return _Reason("the connection was cut off before TLS was agreed on", assistance=hint)
    if trace.stage is Stage.SENT and not trace.is_secure:
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
    """Explain a proxy's HTTP status for CONNECT."""
    if status == 407:
        return _WANTS_LOGIN
    return _Reason(f"it makes no connection to it (HTTP {status})", passing=status >= 500)


_NOT_RESOLVED_HERE = _Reason(
    "the name of what it is to reach cannot be resolved here",
    assistance="Name the proxy with socks5h:// (or socks4a://), so that it resolves names itself.",
)
# By class name, because the package for SOCKS is optional.
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
        SocksNotInstalled,
        _Reason(
            "it is one of SOCKS, which needs the package PySocks",
            passing=False,
            assistance="Install the plugin with its extra: pip install 'sentry-plugin[socks]'. Or "
            "name a proxy of HTTP.",
        ),
    ),
    (ValueError, _Reason("its address is not valid", passing=False)),
)
