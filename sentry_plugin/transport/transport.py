"""HTTP: the only module that knows `requests`; for every host that we talk to.

Gives back whatever answer came, of any status, with its body read and capped; only where none
came it raises. What an answer means, beyond "later", is not known here. Credentials are set by an
auth object on every request, so that no `~/.netrc` replaces them, and are never sent to another
place: a redirect is followed only for a GET and at the same place, and what belongs to one place
is set on the prepared request, whose address is what is connected to.
"""

from __future__ import annotations

import functools
import importlib.util
import io
import ssl
import threading
import time
from collections.abc import Mapping
from http.cookiejar import DefaultCookiePolicy
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urljoin, urlsplit

import requests
import urllib3
from requests.adapters import HTTPAdapter
from requests.utils import select_proxy
from urllib3.exceptions import LocationValueError

from sentry_plugin.address import Origin, has_origin, origin_of
from sentry_plugin.errors import ApiError, Exhausted, RateLimited, Stopped, TransportError
from sentry_plugin.exhaustion import exhausted
from sentry_plugin.generated import VERSION
from sentry_plugin.ledger import Entry
from sentry_plugin.logs import logger, printable
from sentry_plugin.transport import course, failures, ratelimits
from sentry_plugin.transport.messages import Answer, Request
from sentry_plugin.transport.retries import STATUSES, Retries

if TYPE_CHECKING:
    from sentry_plugin.deadline import Deadline
    from sentry_plugin.ledger import Ledger

Failure = ApiError | Exhausted
FAILURES = (ApiError, Exhausted)
USER_AGENT = f"sentry-plugin/{VERSION}"
LARGEST_ANSWER = 64 << 20
CHUNK = 1 << 16
MOST_REDIRECTS = 5
LONGEST_CONNECT = 10.0
"""Seconds, so that an address that swallows packets leaves time for another try."""
SHORTEST = 0.001
"""Seconds for what is begun at the last moment: less than none cannot be waited."""
LONGEST_READ = 30.0
"""Seconds without a byte, for the same reason."""


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
        self,
        deadline: Deadline,
        ledger: Ledger,
        *,
        home: str,
        headers: Mapping[str, str],
        tls: Tls,
    ) -> None:
        """*headers* and the client certificate go to the place of the URL *home* alone."""
        self._deadline = deadline
        self._home = origin_of(home)
        self._headers = headers
        self._verify = tls.verify
        self._windows: dict[Origin, float] = {}
        self._sending = 0
        self._ledger = ledger
        self._lock = threading.Lock()
        self._session = _Session()
        self._session.headers["User-Agent"] = USER_AGENT
        # Nothing that one server sets is sent again, and threads share no state.
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        self._session.mount("http://", _Adapter())
        self._session.mount("https://", _Adapter(tls.authority))
        if tls.identity:
            self._session.mount(f"{self._home.url}/", _Adapter(tls.identity))
        if not tls.verify:
            urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)

    def close(self) -> None:
        """Close all connections."""
        self._session.close()

    def wait(self, seconds: float) -> None:
        """Wait, as far as the deadline allows."""
        self._deadline.wait(seconds)

    def send(self, request: Request, retries: Retries | None = None) -> Answer:
        """Send a request until it is answered, as often as *retries* and the deadline allow."""
        self._count(1)
        try:
            return self._send(
                request, Retries() if retries is None else retries, self._entry(request)
            )
        finally:
            self._count(-1)

    def _entry(self, request: Request) -> Entry:
        if request.method == "GET" or not request.takes_effect:
            return Entry()
        return self._ledger.begin(repeatable=request.repeatable)

    def _count(self, more: int) -> None:
        with self._lock:
            self._sending += more

    def _send(self, request: Request, left: Retries, entry: Entry) -> Answer:
        in_doubt = False
        while True:
            self._await_window(request.url)
            self._deadline.remaining()
            outcome = self._attempt(request, entry)
            in_doubt = in_doubt or _may_be_done(request, outcome)
            entry.made = None if in_doubt else False
            fewer = left.spend() if _may_repeat(request, outcome) else None
            if fewer is None:
                break
            pause = max(outcome.retry_after or 0, fewer.get_backoff_time())
            if pause >= self._deadline.left:
                break
            why = f"HTTP {outcome.status}." if isinstance(outcome, Answer) else outcome.cause
            logger.warning("%s Trying %s again in %.1f s.", why, request.method, pause)
            self._deadline.wait(pause)
            left = fewer
        if not isinstance(outcome, Answer):
            raise failures.doubted(outcome) if in_doubt else outcome
        if outcome.ok:  # which is not yet known to tell that it was carried out
            entry.made = None
        return outcome._replace(in_doubt=in_doubt, entry=entry)

    def _attempt(self, request: Request, entry: Entry) -> Answer | Failure:
        try:
            return self._follow(request, entry)
        except FAILURES as error:
            return error

    def _follow(self, request: Request, entry: Entry) -> Answer:
        """Send a request, and again where a redirect leads that may be followed."""
        url = request.url
        for _ in range(MOST_REDIRECTS):
            answer = self._exchange(request, url, entry)
            target = answer.headers.get("Location")
            if not (300 <= answer.status < 400 and target):
                return answer
            url = _redirected(request.method, url, target)
        raise ApiError(f"{_host(url)} redirects without end.", _CHECK_URL)

    def _await_window(self, url: str) -> None:
        """Wait where the server said that it takes nothing more for a while."""
        wait = self._windows.get(origin_of(url), 0) - time.monotonic()
        if wait <= 0:
            return
        if wait >= self._deadline.left:
            error = RateLimited(f"{_host(url)} takes its next request in {wait:.0f} seconds.")
            error.retry_after = wait
            raise error
        logger.info("%s takes its next request in %.1f s.", _host(url), wait)
        self._deadline.wait(wait)

    def _exchange(self, request: Request, url: str, entry: Entry) -> Answer:
        remaining = max(self._deadline.left, SHORTEST)
        patience = min(remaining, LONGEST_CONNECT), min(remaining, LONGEST_READ)
        before = entry.made

        def told(stage: course.Stage) -> None:
            entry.made = None if stage >= course.Stage.READY else before

        way = course.begin(url, told)
        # For connections that tell nothing, and for an end that nobody thought of.
        entry.made = None
        started = time.monotonic()
        try:
            with self._session.request(
                request.method,
                url,
                auth=functools.partial(self._authorized, request),
                headers=request.headers,
                data=request.body,
                timeout=patience,
                allow_redirects=False,
                verify=self._verify,
                stream=True,
            ) as response:
                way.reach(course.Stage.ANSWERED)
                body = self._read(response, way)
        except (TransportError, Stopped) as error:  # the time is over, or all has to stop
            words = f"{error.cause} From {way.host}, {way.words}."
            raise type(error)(words + failures.doubt(request.method)) from None
        except (OSError, urllib3.exceptions.HTTPError) as error:
            waited = patience[way.stage >= course.Stage.READY]
            explained = failures.explain(
                error, request.method, course=way, patience=waited, deadline=self._deadline
            )
            if ours := exhausted(error):
                ours.unsent = explained.unsent
            raise ours or explained from error
        seconds = time.monotonic() - started
        status, headers = response.status_code, response.headers
        logger.info("%s %s: %d in %.2f s", request.method, url, status, seconds)
        logger.debug("It has %d bytes, and the headers %s", len(body), dict(headers))
        failures.check(Answer(status, headers, body), way)
        wait = ratelimits.wait(headers, self._sending - 1)
        if status == 429 and wait is None:
            wait = request.default_wait
        if wait:
            self._windows[origin_of(url)] = time.monotonic() + wait
        return Answer(status, headers, body, wait)

    def _authorized(
        self, request: Request, prepared: requests.PreparedRequest
    ) -> requests.PreparedRequest:
        """Set what belongs to the place that a request goes to, when all else is prepared."""
        if has_origin(prepared.url, self._home):
            prepared.headers.update({**self._headers, **request.headers})
        return request.credentials(prepared)

    def _read(self, response: requests.Response, way: course.Course) -> bytes:
        """Read a body as it comes: requests' own timeout bounds a read, not the whole."""
        # What tells of a change is read also when all has to stop.
        is_question = response.request.method == "GET"
        still = self._deadline.remaining if is_question else self._deadline.remaining_to_end
        body = io.BytesIO()  # what comes in drops takes no more memory than what comes at once
        while chunk := response.raw.read1(CHUNK, decode_content=True):
            way.received += len(chunk)
            still()
            body.write(chunk)
            if way.received > LARGEST_ANSWER:
                raise ApiError(
                    f"{_host(response.url)} answered with more than {LARGEST_ANSWER >> 20} MiB.",
                    "Ask for less: set a `limit`, or narrow the query.",
                )
        return body.getvalue()


class _Session(requests.Session):
    """A session that leaves every redirect to us."""

    def get_redirect_target(self, _resp: requests.Response) -> None:
        """Name none: even where none is to be followed, requests would read the body whole."""


class _Adapter(HTTPAdapter):
    """An adapter whose connections tell how far they get.

    It makes them, also those through a proxy, with an SSL context where one is given.
    """

    def __init__(self, context: ssl.SSLContext | None = None) -> None:
        self._options: dict[str, Any] = {"ssl_context": context} if context else {}
        super().__init__()

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        super().init_poolmanager(*args, **(options | self._options))

    def proxy_manager_for(self, *args: Any, **options: Any) -> Any:
        return super().proxy_manager_for(*args, **(options | self._options))

    def get_connection_with_tls_context(self, *args: Any, **options: Any) -> Any:
        pool: Any = super().get_connection_with_tls_context(*args, **options)
        pool.ConnectionCls = course.telling(pool.ConnectionCls)
        return pool

    def send(
        self, request: requests.PreparedRequest, *args: Any, **options: Any
    ) -> requests.Response:
        _check_name(str(request.url))
        proxy = select_proxy(str(request.url), options.get("proxies"))
        course.depart(proxy)
        if proxy:
            _check_proxy(proxy)
        return super().send(request, *args, **options)


_PROXIES = {"http", "https", "socks4", "socks4a", "socks5", "socks5h"}


def _check_name(url: str) -> None:
    """Refuse an address without a host, or with one that has no name, before any socket is open.

    Libraries fail at them in many ways, and forget what they opened.
    """
    try:
        parts = urlsplit(url)
        (parts.hostname or "").encode("idna")
        is_place = parts.hostname and parts.port != 0
    except ValueError as error:
        raise LocationValueError from error
    if not is_place:
        raise LocationValueError


def _check_proxy(proxy: str) -> None:
    """Refuse a proxy that cannot be used."""
    scheme, separator, _ = proxy.partition("://")
    _check_name(proxy if separator else f"http://{proxy}")
    if separator and scheme.lower() not in _PROXIES:
        raise LocationValueError
    if scheme.lower().startswith("socks") and not importlib.util.find_spec("socks"):
        raise failures.NoSocks


_CHECK_URL = "Set the connection's `url` (or the DSN) to the address that finally answers."


def _may_repeat(request: Request, outcome: Answer | Failure) -> bool:
    if not isinstance(outcome, Answer):
        return (
            isinstance(outcome, TransportError)
            and outcome.retryable
            and (outcome.unsent or request.repeatable)
        )
    return outcome.status == 429 or (request.repeatable and outcome.status in STATUSES)


def _may_be_done(request: Request, outcome: Answer | Failure) -> bool:
    """Tell whether a change may have been made, though nothing good came back: not by a refusal."""
    if request.method == "GET":
        return False
    if not isinstance(outcome, Answer):
        return not outcome.unsent
    return outcome.status >= 500 or outcome.status in STATUSES - {429}


def _redirected(method: str, url: str, target: str) -> str:
    """Follow a redirect, or refuse: requests would drop the body, or carry the keys away."""
    here = origin_of(url)
    try:
        there = origin_of(to := urljoin(url, target))
    except ValueError as error:
        words = f"{here.name} redirects to what is no address: {printable(str(error))}."
        raise _lost(words) from error
    if there != here:
        raise _lost(f"{here.name} redirects to {there.url}, and no credentials are sent there.")
    if method != "GET":
        raise _lost(f"{here.name} redirects the {method}, which would lose it.")
    return to


def _lost(cause: str) -> ApiError:
    """Make the error for a request that came to nothing, because it has to go elsewhere."""
    error = ApiError(cause, _CHECK_URL)
    error.unsent = True
    return error


def _host(url: str) -> str:
    return origin_of(url).name
