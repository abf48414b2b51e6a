"""HTTP: the only module that knows `requests`; for every host that we talk to.

Gives back whatever answer came, of any status, with its body read and capped; only where none
came it raises. What an answer means is not known here. Credentials are set by an auth object on
every request, so that no `~/.netrc` replaces them, and are never sent to another origin: a
redirect is followed only for a GET, and only within its origin.
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Mapping
from http.cookiejar import DefaultCookiePolicy
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urljoin, urlsplit

import requests
import urllib3
from requests.adapters import HTTPAdapter

from sentry_plugin import noanswer, strictjson
from sentry_plugin.errors import ApiError, Stopped, TransportError
from sentry_plugin.generated import VERSION
from sentry_plugin.logs import logger, printable

if TYPE_CHECKING:
    from sentry_plugin.deadline import Deadline

USER_AGENT = f"sentry-plugin/{VERSION}"
LARGEST_ANSWER = 64 << 20
CHUNK = 1 << 16
MOST_REDIRECTS = 5

Origin = tuple[str, str, int | None]


def origin(url: str) -> Origin:
    """Give what has to be equal for two URLs to be of one server."""
    parts = urlsplit(url)
    standard = {"http": 80, "https": 443}.get(parts.scheme)
    return parts.scheme, (parts.hostname or "").lower(), parts.port or standard


class Answer(NamedTuple):
    """One answer of a server, of any status."""

    status: int
    headers: Mapping[str, str]
    body: bytes

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


class Credentials(requests.auth.AuthBase):
    """Headers that authenticate a request: set last, by the object that nothing overrides."""

    def __init__(self, headers: Mapping[str, str]) -> None:
        self._headers = dict(headers)

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Do it, as requests asks."""
        request.headers.update(self._headers)
        return request


class Tls(NamedTuple):
    """How to trust a server, and how to be trusted by ours."""

    verify: bool = True
    authority: ssl.SSLContext | None = None
    """Trusts a private authority too; for every host."""
    identity: ssl.SSLContext | None = None
    """The same with a client certificate; for our own server only."""


class Transport:
    """Sends requests within one deadline. Usable by several threads."""

    def __init__(
        self, deadline: Deadline, *, home: str, headers: Mapping[str, str], tls: Tls
    ) -> None:
        """*headers* and the client certificate go to the origin of the URL *home* alone."""
        self._deadline = deadline
        self._home = origin(home)
        self._headers = headers
        self._verify = tls.verify
        self._session = requests.Session()
        self._session.headers["User-Agent"] = USER_AGENT
        # Nothing that one server sets is sent again, and threads share no state.
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        if tls.authority:
            self._session.mount("https://", _Adapter(tls.authority))
        if tls.identity:
            self._session.mount(urljoin(home, "/"), _Adapter(tls.identity))
        if not tls.verify:
            urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)

    def close(self) -> None:
        """Close all connections."""
        self._session.close()

    def send(
        self,
        method: str,
        url: str,
        credentials: Credentials,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
    ) -> Answer:
        """Send one request and read its answer."""
        for _ in range(MOST_REDIRECTS):
            own = self._headers if origin(url) == self._home else {}
            answer = self._exchange(
                method, url, auth=credentials, headers={**own, **(headers or {})}, data=body
            )
            target = answer.headers.get("Location")
            if not (300 <= answer.status < 400 and target):
                return answer
            url = _redirected(method, url, target)
        raise ApiError(f"{_host(url)} redirects without end.", _CHECK_URL)

    def _exchange(self, method: str, url: str, **options: Any) -> Answer:
        patience = self._deadline.remaining()
        started = time.monotonic()
        try:
            with self._session.request(
                method,
                url,
                timeout=(patience, patience),
                allow_redirects=False,
                verify=self._verify,
                stream=True,
                **options,
            ) as response:
                body = self._read(response)
        except (TransportError, Stopped) as error:  # the time is over, or a signal came
            raise type(error)(error.cause + noanswer.doubt(method)) from None
        except (OSError, urllib3.exceptions.HTTPError) as error:
            raise noanswer.explain(error, method, _host(url), self._deadline) from error
        seconds = time.monotonic() - started
        logger.info("%s %s: %d in %.2f s", method, url, response.status_code, seconds)
        return Answer(response.status_code, response.headers, body)

    def _read(self, response: requests.Response) -> bytes:
        """Read a body as it comes: requests' own timeout bounds a read, not the whole."""
        chunks, size = [], 0
        while chunk := response.raw.read1(CHUNK, decode_content=True):
            self._deadline.remaining()
            chunks.append(chunk)
            if (size := size + len(chunk)) > LARGEST_ANSWER:
                raise ApiError(
                    f"{_host(response.url)} answered with more than {LARGEST_ANSWER >> 20} MiB.",
                    "Ask for less: set a `limit`, or narrow the query.",
                )
        return b"".join(chunks)


class _Adapter(HTTPAdapter):
    """An adapter that makes its connections, also those through a proxy, with an SSL context."""

    def __init__(self, context: ssl.SSLContext) -> None:
        self._context = context
        super().__init__()

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        super().init_poolmanager(*args, ssl_context=self._context, **options)

    def proxy_manager_for(self, *args: Any, **options: Any) -> Any:
        return super().proxy_manager_for(*args, ssl_context=self._context, **options)


_CHECK_URL = "Set the connection's `url` (or the DSN) to the address that finally answers."


def _redirected(method: str, url: str, target: str) -> str:
    """Follow a redirect, or refuse: requests would drop the body, or carry the keys away."""
    url, here = urljoin(url, target), url
    if origin(url) != origin(here):
        to = f"{urlsplit(url).scheme}://{_host(url)}"
        raise ApiError(
            f"{_host(here)} redirects to {printable(to)}, and no credentials are sent there.",
            _CHECK_URL,
        )
    if method != "GET":
        raise ApiError(f"{_host(here)} redirects the {method}, which would lose it.", _CHECK_URL)
    return url


def _host(url: str) -> str:
    return urlsplit(url).netloc.rpartition("@")[2]
