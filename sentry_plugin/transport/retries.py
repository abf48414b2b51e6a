"""How often to send a request again, and how long to wait before: counted by urllib3.

The adapter of requests does not repeat a request whose body was cut off, and knows no deadline.
Neither sends nor sleeps.
"""

from __future__ import annotations

import random
from typing import Any

from urllib3.exceptions import HTTPError, MaxRetryError
from urllib3.util import Retry

STATUSES = frozenset({408, 429, 502, 503, 504, *range(520, 531)})
"""Statuses of trouble that may be over soon.

All but 429 leave it unknown whether a change was made. 520 to 530 are Cloudflare's, and of some,
such as 521 and 525, it says that nothing reached the server; but others use the numbers as well.
https://developers.cloudflare.com/support/troubleshooting/http-status-codes/cloudflare-5xx-errors/
"""


class Retries(Retry):
    """The retries that are left for one request."""

    def __init__(self, total: int = 5, **options: Any) -> None:
        defaults = {"backoff_factor": 0.5, "backoff_max": 30, "backoff_jitter": 0.5}
        super().__init__(total, **{**defaults, **options})

    def get_backoff_time(self) -> float:
        """Return the seconds to wait: exponential with jitter, also before the first retry."""
        # urllib3 sends the first retry at once: too early for a server in trouble.
        return super().get_backoff_time() or random.uniform(0.1, self.backoff_factor)

    def spend(self) -> Retries | None:
        """Return what is left after one more retry; None if none was left."""
        try:
            return self.increment(error=HTTPError())
        except MaxRetryError:
            return None
