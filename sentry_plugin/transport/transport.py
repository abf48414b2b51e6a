"""HTTP to any host: the only module that knows `requests`.

Returns every answer, of any status, with its body read up to a limit; raises only if none came.
Of what an answer means, it knows only "try again later". Credentials are set by an auth object on
every request, so that `~/.netrc` cannot replace them, and never go to another origin: a redirect
is followed only for a GET and only to the same origin, and the headers of one origin are set on
the prepared request, whose URL is the one that is connected to.
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
from sentry_plugin.transport import failures, ratelimits, tracing
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
"""Seconds to connect, so that an address that never answers leaves time for another try."""
SHORTEST = 0.001
"""Seconds of a timeout at the deadline, because a timeout has to be above 0."""
LONGEST_READ = 30.0
"""Seconds to wait for the next byte, for the same reason."""


class TlsSettings(NamedTuple):
    """Which servers to trust, and the client certificate."""

    verify: bool = True
    authority: ssl.SSLContext | None = None
    """Trusts a private certificate authority too; for every host."""
    identity: ssl.SSLContext | None = None
    """The same with a client certificate; for our own origin only."""


class Transport:
    """Sends requests within one deadline. Usable by several threads."""

    def __init__(
        self,
        deadline: Deadline,
        ledger: Ledger,
        *,
        home: str,
        headers: Mapping[str, str],
        tls: TlsSettings,
    ) -> None:
        """*headers* and the client certificate go only to the origin of the URL *home*."""
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
        # Cookies are never sent back, and threads share no state.
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
        """Wait some seconds, but not past the deadline."""
        self._deadline.wait(seconds)

    def send(self, request: Request, retries: Retries | None = None) -> Answer:
        """Send a request until it is answered, as often as *retries* and the deadline allow.

        Raises ApiError or Exhausted if no answer came.
        """
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
            is_good = isinstance(outcome, Answer) and outcome.ok
            # Whoever reads a good answer decides. Until then it is unknown at every moment: a stop
            # may look at any.
            entry.made = None if in_doubt or is_good else False
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
            raise failures.add_doubt(outcome) if in_doubt else outcome
        return outcome._replace(in_doubt=in_doubt, entry=entry)

    def _attempt(self, request: Request, entry: Entry) -> Answer | Failure:
        try:
            return self._follow(request, entry)
        except FAILURES as error:
            return error

    def _follow(self, request: Request, entry: Entry) -> Answer:
        """Send a request, and follow its redirects as far as allowed."""
        url = request.url
        for _ in range(MOST_REDIRECTS):
            answer = self._exchange(request, url, entry)
            target = answer.headers.get("Location")
            if not (300 <= answer.status < 400 and target):
                return answer
            url = _redirected(request.method, url, target)
        raise ApiError(f"{_host(url)} redirects without end.", _CHECK_URL)

    def _await_window(self, url: str) -> None:
        """Wait until the server's rate limit allows a request; RateLimited if that is too late."""
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

        def told(stage: tracing.Stage) -> None:
            entry.made = None if stage >= tracing.Stage.READY else before

        trace = tracing.begin(url, told)
        # For connections that report nothing, and for errors that are not foreseen.
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
                trace.reach(tracing.Stage.ANSWERED)
                body = self._read(response, trace)
        except (TransportError, Stopped) as error:  # from the deadline
            words = f"{error.cause} From {trace.host}, {trace.words}."
            raise type(error)(words + failures.doubt(request.method)) from None
        except (OSError, urllib3.exceptions.HTTPError) as error:
            waited = patience[trace.stage >= tracing.Stage.READY]
            explained = failures.explain(
                error, request.method, trace=trace, patience=waited, deadline=self._deadline
            )
            if ours := exhausted(error):
                ours.unsent = explained.unsent
            raise ours or explained from error
        seconds = time.monotonic() - started
        status, headers = response.status_code, response.headers
        logger.info("%s %s: %d in %.2f s", request.method, url, status, seconds)
        logger.debug("It has %d bytes, and the headers %s", len(body), dict(headers))
        failures.check(Answer(status, headers, body), trace)
        wait = ratelimits.seconds_to_wait(headers, self._sending - 1)
        if status == 429 and wait is None:
            wait = request.default_wait
        if wait:
            self._windows[origin_of(url)] = time.monotonic() + wait
        return Answer(status, headers, body, wait)

    def _authorized(
        self, request: Request, prepared: requests.PreparedRequest
    ) -> requests.PreparedRequest:
        """Set the headers of the home origin and the credentials on a prepared request."""
        if has_origin(prepared.url, self._home):
            prepared.headers.update({**self._headers, **request.headers})
        return request.credentials(prepared)

    def _read(self, response: requests.Response, trace: tracing.Trace) -> bytes:
        """Read a body within the deadline: the timeout of requests limits one read only."""
        # The answer to a change is read to its end also after a stop.
        is_question = response.request.method == "GET"
        check_time = self._deadline.remaining if is_question else self._deadline.remaining_to_end
        body = io.BytesIO()  # so many small parts take no more memory than one large one
        while chunk := response.raw.read1(CHUNK, decode_content=True):
            trace.received += len(chunk)
            check_time()
            body.write(chunk)
            if trace.received > LARGEST_ANSWER:
                raise ApiError(
                    f"{_host(response.url)} answered with more than {LARGEST_ANSWER >> 20} MiB.",
                    "Ask for less: set a `limit`, or narrow the query.",
                )
        return body.getvalue()


class _Session(requests.Session):
    """A session that follows no redirect."""

    def get_redirect_target(self, _resp: requests.Response) -> None:
        """Return None; else requests reads the whole body even with `allow_redirects=False`."""


class _Adapter(HTTPAdapter):
    """An adapter whose connections report to a Trace.

    It uses an SSL context, if one is given, also for connections through a proxy.
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
        pool.ConnectionCls = tracing.traced(pool.ConnectionCls)
        return pool

    def send(
        self, request: requests.PreparedRequest, *args: Any, **options: Any
    ) -> requests.Response:
        _check_host(str(request.url))
        proxy = select_proxy(str(request.url), options.get("proxies"))
        tracing.note_proxy(proxy)
        if proxy:
            _check_proxy(proxy)
        return super().send(request, *args, **options)


_PROXIES = {"http", "https", "socks4", "socks4a", "socks5", "socks5h"}


def _check_host(url: str) -> None:
    """Refuse a URL without a valid host and port, before a socket is opened.

    Libraries fail at such URLs in many ways, and leave sockets open.
    """
    try:
        parts = urlsplit(url)
        (parts.hostname or "").encode("idna")
        is_valid = parts.hostname and parts.port != 0
    except ValueError as error:
        raise LocationValueError from error
    if not is_valid:
        raise LocationValueError


def _check_proxy(proxy: str) -> None:
    """Refuse a proxy of an unknown scheme or without a valid host."""
    scheme, separator, _ = proxy.partition("://")
    _check_host(proxy if separator else f"http://{proxy}")
    if separator and scheme.lower() not in _PROXIES:
        raise LocationValueError
    if scheme.lower().startswith("socks") and not importlib.util.find_spec("socks"):
        raise failures.SocksNotInstalled


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
    """Tell whether a change may have been made although no answer of success came."""
    if request.method == "GET":
        return False
    if not isinstance(outcome, Answer):
        return not outcome.unsent
    return outcome.status >= 500 or outcome.status in STATUSES - {429}


def _redirected(method: str, url: str, target: str) -> str:
    """Return where a redirect leads, or refuse it: it would lose a body or leak credentials."""
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
    """Build the error for a redirect that is not followed."""
    error = ApiError(cause, _CHECK_URL)
    error.unsent = True
    return error


def _host(url: str) -> str:
    return origin_of(url).name
