"""A request, its credentials, and the answer to it. Pure: `transport` sends them."""

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
    """Seconds until the server wants the next request; None if it does not say."""
    in_doubt: bool = False
    """Whether the change may have been made, by this try or an earlier one."""
    entry: Entry = Entry()
    """The change that was asked for; whoever reads the answer sets whether it was made."""

    @property
    def ok(self) -> bool:
        """Whether the status is 2xx."""
        return 200 <= self.status < 300

    @property
    def is_html(self) -> bool:
        """Whether the body looks like a web page, whatever its Content-Type."""
        return self.body.lstrip()[:1] == b"<"

    def json(self) -> Any:
        """Read the body as JSON; a ValueError says why it is none."""
        return strictjson.loads(self.body)

    def json_or_none(self) -> Any:
        """Read the body as JSON; None if it is something else."""
        try:
            return self.json()
        except ValueError:
            return None


class Credentials:
    """Headers for one origin only: an auth object for requests, which nothing overrides."""

    def __init__(self, headers: Mapping[str, str], url: str) -> None:
        """*url* is any URL of the origin."""
        self._headers, self._origin = dict(headers), origin_of(url)

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        """Set the headers on a prepared request; refuse to send one to another origin."""
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
    """What to send, and whether it may be sent again."""

    method: str
    url: str
    credentials: Credentials
    headers: Mapping[str, str] = {}
    body: bytes | None = None
    repeatable: bool = True
    """Whether it may be sent again although it may have been carried out."""
    takes_effect: bool = True
    """Whether it makes a change by itself, and so is entered in the ledger."""
    default_wait: float | None = None
    """Seconds to wait after a 429 without a time; None for the pause of the retries."""
