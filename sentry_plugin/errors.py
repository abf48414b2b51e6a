"""Everything that can go wrong, as one tree.

    PluginError             has a cause and an assistance for the user
    ├── ProtocolError       the start message is not one we understand
    ├── InputError          the connection or the input is not usable
    ├── OutputError         our own result does not fit its schema
    ├── StateError          a file that outlives a message cannot be read or written
    ├── Stopped             the process was told to stop
    ├── Exhausted           this machine has no memory, thread, file descriptor or disk space left
    ├── StoreError          stored inventories cannot be read or written
    │   └── StoreBusy       another process is writing them
    └── ApiError            a server did not do what it was asked for
        ├── TransportError  no answer: DNS, TLS, refused, cut off
        │   └── TimedOut    the time of this message is over
        ├── Unauthorized    401: the credentials are not accepted
        ├── Forbidden       403: the credentials are accepted, but not for this
        ├── NotFound        404
        ├── Unsupported     the server is too old, or of another make, for this
        ├── Gone            410: the server switched the endpoint off
        ├── RateLimited     429
        └── ServerError     5xx

Anything else that escapes an action is a bug, and is answered as one. Nothing here logs.
"""

from __future__ import annotations

from typing import Any

IN_DOUBT = " It is unknown whether the server carried it out."
"""Added to the cause if a request for a change was sent and no answer came."""


class PluginError(Exception):
    """Base of every error that the user can act on.

    *cause* is what happened, *assistance* what to do about it, *data* the server's own words.
    `code` is a stable word for workflows to branch on; `retryable` says that the same message
    may work later, and `retry_after` in how many seconds, where that is known.
    """

    code = "plugin_error"
    retryable = False
    retry_after: float | None = None
    partial: dict[str, Any] | None = None
    """The output up to the failure, and where to go on; None if there is none."""
    unsent = False
    """Whether the failed request certainly had no effect."""
    tells_changes = False
    """Whether the error already says what became of all changes that the step asked for."""
    assistance = "Check the log, and open an issue if it does not help."

    def __init__(self, cause: str, assistance: str | None = None, data: str = "") -> None:
        super().__init__(cause)
        self.cause = cause
        self.assistance = assistance or self.assistance
        self.data = data

    def __str__(self) -> str:
        return f"{self.cause} {self.assistance}"


class ProtocolError(PluginError):
    """The start message is not one we understand."""

    code = "bad_message"
    assistance = "Send one start message of version v1 as a JSON object; `sample` prints one."


class InputError(PluginError):
    """The connection or the input is not usable."""

    code = "bad_input"
    assistance = "Correct the value and run the step again."


class OutputError(PluginError):
    """Our own result does not fit its schema."""

    code = "bad_output"


class StateError(PluginError):
    """A file that outlives a message cannot be read or written."""

    code = "bad_state"
    assistance = (
        "Check the disk and the permissions; a file that is damaged has to be moved away, and what "
        "needs it then begins anew."
    )


class Stopped(PluginError):
    """The process was told to stop."""

    code = "stopped"
    retryable = True
    assistance = "Run the step again."


class Exhausted(PluginError):
    """No memory, thread, file descriptor or disk space is left on this machine."""

    code = "exhausted"
    retryable = True
    assistance = "Free some, give the plugin more, or ask for less; then run the step again."


class StoreError(PluginError):
    """Stored inventories cannot be read or written."""

    code = "store_failed"


class StoreBusy(StoreError):
    """Another process is writing the store."""

    code = "store_busy"
    retryable = True
    assistance = "Try again later, or give the connection a longer `timeout`."


class ApiError(PluginError):
    """A server did not do what it was asked for."""

    code = "api_error"
    status = 400
    """The `status_code` of a task that ends with this error."""
    lacks_route = False
    """Whether the server has no such route, so that nothing is known of the thing itself."""
    assistance = "Correct what the server's words name, and run the step again."


class TransportError(ApiError):
    """No answer came back."""

    code = "no_answer"
    status = 503
    retryable = True
    assistance = "Check the URL and the network between here and the server."


class TimedOut(TransportError):
    """The time of this message is over."""

    code = "timed_out"
    status = 504
    assistance = "Try again later, or give the connection a longer `timeout`."


class Unauthorized(ApiError):
    """The credentials are not accepted."""

    code = "unauthorized"
    status = 401
    assistance = (
        "Check the connection's token: it must be complete, of this server, and neither revoked "
        "nor expired."
    )


class Forbidden(ApiError):
    """The credentials are accepted, but not for this."""

    code = "forbidden"
    status = 403
    assistance = "Check what the token may do."


class NotFound(ApiError):
    """What was asked for does not exist, or the token cannot see it."""

    code = "not_found"
    status = 404
    assistance = "Check the identifiers in the input, and that the token may see them."


class Unsupported(ApiError):
    """The server is too old, or of another make, for this."""

    code = "unsupported"
    assistance = "Use a newer server, or do without it."


class Gone(ApiError):
    """The server switched the endpoint off."""

    code = "gone"
    status = 410


class RateLimited(ApiError):
    """Too many requests."""

    code = "rate_limited"
    status = 429
    retryable = True
    assistance = "Wait, then run the step again; fewer steps at once help."


class ServerError(ApiError):
    """The server failed."""

    code = "server_error"
    status = 500
    retryable = True
    assistance = "Try again later; if it stays, look at the server's own logs or status page."
