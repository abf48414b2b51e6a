"""How often a request is sent again, and how long to wait before: urllib3's counting.

Requests' own adapter does not repeat a request whose body was cut off, nor does it know of a
deadline. Sends and sleeps nothing itself.
"""

from __future__ import annotations

import random
from typing import Any

from urllib3.exceptions import HTTPError, MaxRetryError
from urllib3.util import Retry

STATUSES = frozenset({408, 429, 502, 503, 504, *range(520, 531)})
"""Statuses of trouble that may pass.

All but 429 leave it unknown whether a change was made. 520 to 530 are Cloudflare's, and of some,
such as 521 and 525, it says that nothing reached the server; but others use the numbers as well.
https://developers.cloudflare.com/support/troubleshooting/http-status-codes/cloudflare-5xx-errors/
"""


class Retries(Retry):
    """What is left of the repetitions of one request."""

    def __init__(self, total: int = 5, **options: Any) -> None:
        defaults = {"backoff_factor": 0.5, "backoff_max": 30, "backoff_jitter": 0.5}
        super().__init__(total, **{**defaults, **options})

    def get_backoff_time(self) -> float:
        """Give the seconds to wait: exponential with jitter, and also before the first one."""
        # urllib3 sends the first repetition at once: too early for a server in trouble.
        return super().get_backoff_time() or random.uniform(0.1, self.backoff_factor)

    def spend(self) -> Retries | None:
        """Count one more; None where there was none left."""
        try:
            return self.increment(error=HTTPError())
        except MaxRetryError:
            return None
