"""Why no answer came: the exceptions of sockets, TLS and HTTP in words of ours.

Never repeats a library's own text, which prints URLs, proxies and objects.
"""

from __future__ import annotations

import http.client
import socket
import ssl
from typing import TYPE_CHECKING

from urllib3 import exceptions

from sentry_plugin.errors import TimedOut, TransportError

if TYPE_CHECKING:
    from sentry_plugin.deadline import Deadline

_NEVER_SENT = (
    exceptions.ConnectTimeoutError,
    exceptions.LocationValueError,
    exceptions.NewConnectionError,
    exceptions.ProxyError,
    exceptions.SSLError,
)


def explain(error: Exception, method: str, host: str, deadline: Deadline) -> TransportError:
    """Turn what a library raised into what the user reads."""
    causes = _causes(error)
    unsure = "" if any(isinstance(cause, _NEVER_SENT) for cause in causes) else doubt(method)
    if any(isinstance(cause, TimeoutError) for cause in causes):
        kind: type[TransportError] = TimedOut
        reason = f"none came within the {deadline.seconds:g} seconds that this message may take"
    else:
        kind = TransportError
        reason = next((words for cause in causes if (words := _reason(cause))), "the request broke")
    return kind(f"No answer from {host}: {reason}.{unsure}")


def doubt(method: str) -> str:
    """Say what is not known of a request that was cut off after it was sent."""
    return "" if method == "GET" else " It is unknown whether the server carried it out."


def _causes(error: BaseException | None) -> list[BaseException]:
    """List what led to *error*, the innermost first."""
    found: list[BaseException] = []
    while error and error not in found:
        found.insert(0, error)
        inner = [getattr(error, "reason", None), *error.args, error.__cause__, error.__context__]
        error = next((one for one in inner if isinstance(one, BaseException)), None)
    return found


# The first that fits, of the innermost exception that any fits.
_REASONS: tuple[tuple[type[BaseException] | tuple[type[BaseException], ...], str], ...] = (
    (socket.gaierror, "its name cannot be resolved"),
    (ConnectionRefusedError, "it refuses the connection"),
    (ssl.SSLCertVerificationError, "its certificate is not trusted ({0.verify_message})"),
    (ssl.SSLError, "TLS failed ({0.reason})"),
    (exceptions.IncompleteRead, "the connection was cut off"),
    ((ConnectionError, http.client.HTTPException), "the connection was cut off"),
    (exceptions.DecodeError, "its content encoding is broken"),
    (exceptions.ProxyError, "the proxy that the environment names does not connect to it"),
    (exceptions.LocationValueError, "its address is not valid"),
)


def _reason(cause: BaseException) -> str:
    known = (words for kinds, words in _REASONS if isinstance(cause, kinds))
    return next(known, "").format(cause)
