"""Rate limits in the headers of an answer of any status: when the next request may be sent.

Sentry's web API sends `X-Sentry-Rate-Limit-*`, and never `Retry-After`; ingest sends
`X-Sentry-Rate-Limits` and `Retry-After`; JupiterOne `RateLimit-*`; proxies the latter two. Knows
only headers and the clock, and logs a warning for a wait that is too long to be true.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from email.utils import parsedate_to_datetime

from sentry_plugin.logs import logger

EVENT_CATEGORIES = frozenset({"error", "default"})
LONGEST = 3600.0
"""The longest wait, in seconds, whatever a server says.

Sentry's own windows are shorter. To come back too early costs one request; a wrong header that is
believed may stop all requests for years.
"""

_EARLIEST = 1e9
"""A larger number is a time in seconds since 1970; a smaller one is seconds from now."""


def seconds_to_wait(headers: Mapping[str, str], others: int = 0) -> float | None:
    """Return the seconds to wait before the next request; None if the headers name none.

    What remains of a window is left to the *others*: requests that other threads are sending.
    https://docs.sentry.io/api/ratelimits/
    """
    waits = [_ingest(headers), _retry_after(headers), *_windows(headers, others)]
    longest = max((seconds for seconds in waits if seconds is not None), default=None)
    if longest is not None and longest > LONGEST:
        logger.warning("The server names a wait of more than %.0f s: no longer counts.", LONGEST)
        return LONGEST
    return longest


def drops(headers: Mapping[str, str], wanted: frozenset[str]) -> bool:
    """Tell whether the server drops an item of the *wanted* categories, whatever the status."""
    return _ingest(headers, wanted) is not None


def _ingest(headers: Mapping[str, str], wanted: frozenset[str] = EVENT_CATEGORIES) -> float | None:
    """Read ``60:error;transaction:organization:reason, 2700:session:organization``.

    https://develop.sentry.dev/sdk/expected-features/rate-limiting/
    """
    waits = []
    for limit in headers.get("X-Sentry-Rate-Limits", "").split(","):
        seconds, _, rest = limit.strip().partition(":")
        categories = set(rest.partition(":")[0].split(";")) - {""}
        if (number := _number(seconds)) is not None and (not categories or categories & wanted):
            waits.append(number)
    return max(waits, default=None)


def _retry_after(headers: Mapping[str, str]) -> float | None:
    given = headers.get("Retry-After", "")
    if (seconds := _number(given)) is not None:
        return seconds
    at = _moment(given)
    return None if at is None else max(0.0, at - server_time(headers))


def _windows(headers: Mapping[str, str], others: int) -> Iterator[float | None]:
    """Yield the seconds until the next window, if nothing remains of this one.

    Sentry sends a time; the drafts of the other header want seconds, and some servers send a time.
    https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/
    """
    for prefix in ("X-Sentry-Rate-Limit", "RateLimit"):
        remaining = _number(headers.get(f"{prefix}-Remaining", ""))
        reset = _number(headers.get(f"{prefix}-Reset", ""))
        if reset is None or remaining is None or remaining > others:
            continue
        is_time = reset > _EARLIEST or prefix[0] == "X"
        yield max(0.0, reset - server_time(headers)) if is_time else reset


def server_time(headers: Mapping[str, str]) -> float:
    """Return the time of the server's clock, else of ours, in seconds since 1970."""
    at = _moment(headers.get("Date", ""))
    return time.time() if at is None else at


def _moment(date: str) -> float | None:
    try:
        return parsedate_to_datetime(date).timestamp()
    except (ValueError, OverflowError):
        return None


def _number(text: str) -> float | None:
    is_number = text.isascii() and text.replace(".", "", 1).isdecimal()
    return float(text) if is_number else None
