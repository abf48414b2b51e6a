"""One request and the answer to it, as values. Pure.

Sends nothing: that is `transport`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from sentry_plugin import strictjson
from sentry_plugin.address import has_origin, origin_of
from sentry_plugin.errors import ApiError
from sentry_plugin.ledger import Entry

if TYPE_CHECKING:
    from requests import PreparedRequest


class Answer(NamedTuple):
    """One answer of a server, of any status."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    retry_after: float | None = None
    """Seconds after which the server wants the next request, where it tells."""
    in_doubt: bool = False
    """Whether what was asked for may have been carried out: by this try, or by one before it."""
    entry: Entry = Entry()
    """What was asked for, if that was a change: whoever can read the answer says what it tells."""

    @property
    def ok(self) -> bool:
        """Whether the status is one of success."""
        return 200 <= self.status < 300

    @property
    def is_html(self) -> bool:
        """Whether the body is a web page, whatever the header says of it."""
        return self.body.lstrip()[:1] == b"<"

    def json(self) -> Any:
        """Read the body as JSON; a ValueError says why it is none."""
        return strictjson.loads(self.body)


class Credentials:
    """Headers for one place alone: an auth object of requests, which nothing overrides."""

    def __init__(self, headers: Mapping[str, str], url: str) -> None:
        """*url* is any address at that place."""
        self._headers, self._origin = dict(headers), origin_of(url)

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        """Set them, when all else is prepared; a request that goes elsewhere is not sent at all."""
        if not has_origin(request.url, self._origin):
            error = ApiError(
                f"A request would not have gone to {self._origin.name}, which alone gets these "
                "credentials; it was not sent."
            )
            error.unsent = True
            raise error
        request.headers.update(self._headers)
        return request


class Request(NamedTuple):
    """What is sent, and when it may be sent again."""

    method: str
    url: str
    credentials: Credentials
    headers: Mapping[str, str] = {}
    body: bytes | None = None
    repeatable: bool = True
    """Whether it may be sent again after it may have been carried out."""
    takes_effect: bool = True
    """Whether a change comes of it by itself."""
    default_wait: float | None = None
    """Seconds to wait after a 429 that tells no time; None for what retries give."""
