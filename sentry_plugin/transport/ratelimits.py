"""When to come back, from the headers of an answer of any status.

Sentry's web API tells by `X-Sentry-Rate-Limit-*`, and never by `Retry-After`; ingest tells by
`X-Sentry-Rate-Limits` and `Retry-After`; JupiterOne by `RateLimit-*`; proxies by the latter two.
Knows nothing but the headers and the clock, and tells the log where it does not believe one.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from email.utils import parsedate_to_datetime

from sentry_plugin.logs import logger

EVENT_CATEGORIES = frozenset({"error", "default"})
LONGEST = 3600.0
"""Seconds that are waited, whatever a server says.

Sentry's own windows are shorter. Who comes back too early is told again to wait, at the cost of one
request; who believes a header that is wrong is silent for years.
"""

_EARLIEST = 1e9
"""Of a number of seconds since 1970; less than that is a number from now on."""


def wait(headers: Mapping[str, str], others: int = 0) -> float | None:
    """Give the seconds to wait before the next request of this kind; None where none is told.

    What remains of a window is left to the *others* that are on their way.
    https://docs.sentry.io/api/ratelimits/
    """
    waits = [_ingest(headers), _retry_after(headers), *_windows(headers, others)]
    longest = max((seconds for seconds in waits if seconds is not None), default=None)
    if longest is not None and longest > LONGEST:
        logger.warning("The server names a wait of more than %.0f s: no longer counts.", LONGEST)
        return LONGEST
    return longest


def drops(headers: Mapping[str, str], wanted: frozenset[str]) -> bool:
    """Tell whether the server says that it takes nothing of what is *wanted*, whatever the status.

    *wanted* are the categories of what was sent.
    """
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
    return None if at is None else max(0.0, at - now(headers))


def _windows(headers: Mapping[str, str], others: int) -> Iterator[float | None]:
    """Read when a window begins anew, once nothing of this one remains.

    Sentry gives the moment; the drafts of the other header the seconds, and some the moment.
    https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/
    """
    for prefix in ("X-Sentry-Rate-Limit", "RateLimit"):
        remaining = _number(headers.get(f"{prefix}-Remaining", ""))
        reset = _number(headers.get(f"{prefix}-Reset", ""))
        if reset is None or remaining is None or remaining > others:
            continue
        yield max(0.0, reset - now(headers)) if reset > _EARLIEST or prefix[0] == "X" else reset


def now(headers: Mapping[str, str]) -> float:
    """Give the server's own time: its clock need not be ours."""
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
