"""Why no answer came: the exceptions of sockets, TLS and HTTP in words of ours.

Never repeats a library's own text, which prints URLs, proxies and objects.
"""

from __future__ import annotations

import http.client
import socket
import ssl
from typing import TYPE_CHECKING

from urllib3 import exceptions

from sentry_plugin.errors import IN_DOUBT, PluginError, TimedOut, TransportError

if TYPE_CHECKING:
    from sentry_plugin.deadline import Deadline

_NEVER_SENT = (
    exceptions.ConnectTimeoutError,
    exceptions.LocationValueError,
    exceptions.NewConnectionError,
    exceptions.ProxyError,
    exceptions.SSLError,
)


def explain(
    error: Exception, method: str, host: str, *, patience: float, deadline: Deadline
) -> TransportError:
    """Turn what a library raised into what the user reads; *patience* is the seconds it waited."""
    causes = _causes(error)
    unsent = any(isinstance(cause, _NEVER_SENT) for cause in causes)
    reason, passing = next(filter(None, map(_reason, causes)), ("the request broke", True))
    kind: type[TransportError] = TransportError
    if any(isinstance(cause, TimeoutError) for cause in causes):
        reason, passing = f"none came within {patience:.0f} seconds", True
        kind = TransportError if deadline.left > 0 else TimedOut
    explained = kind(f"No answer from {host}: {reason}.{'' if unsent else doubt(method)}")
    explained.unsent, explained.retryable = unsent, passing
    return explained


def doubt(method: str) -> str:
    """Say what is not known of a request that was cut off after it was sent."""
    return "" if method == "GET" else IN_DOUBT


def doubted(error: PluginError) -> PluginError:
    """Say of an error that a try before it may have been carried out."""
    if IN_DOUBT not in error.cause:
        error.cause += IN_DOUBT
    return error


def _causes(error: BaseException | None) -> list[BaseException]:
    """List what led to *error*, the innermost first."""
    found: list[BaseException] = []
    while error and error not in found:
        found.insert(0, error)
        inner = [getattr(error, "reason", None), *error.args, error.__cause__, error.__context__]
        error = next((one for one in inner if isinstance(one, BaseException)), None)
    return found


# The first that fits, of the innermost exception that any fits; and whether it may pass.
_REASONS: tuple[tuple[type[BaseException], str, bool], ...] = (
    (socket.gaierror, "its name cannot be resolved", True),
    (ConnectionRefusedError, "it refuses the connection", True),
    (ssl.SSLCertVerificationError, "its certificate is not trusted ({0.verify_message})", False),
    (ssl.SSLEOFError, "the connection was cut off", True),
    (ssl.SSLError, "TLS failed ({0.reason})", False),
    (exceptions.IncompleteRead, "the connection was cut off", True),
    (ConnectionError, "the connection was cut off", True),
    (http.client.HTTPException, "the connection was cut off", True),
    (exceptions.DecodeError, "its content encoding is broken", False),
    (exceptions.ProxyError, "the proxy that the environment names does not connect to it", True),
    (exceptions.LocationValueError, "its address is not valid", False),
)


def _reason(cause: BaseException) -> tuple[str, bool] | None:
    known = (
        (words.format(cause), passing)
        for kind, words, passing in _REASONS
        if isinstance(cause, kind)
    )
    return next(known, None)
