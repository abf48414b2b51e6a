"""Sends items to a DSN, in an envelope or to the endpoints of servers that have no envelopes.

Uses the keys of the DSN, never the token. The module of each kind builds its items.
"""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from sentry_plugin import settings
from sentry_plugin.client import makes
from sentry_plugin.errors import ApiError, NotFound, RateLimited, Unsupported
from sentry_plugin.ingest import checkin, dsn, eventjson, feedback
from sentry_plugin.logs import logger
from sentry_plugin.transport import ratelimits, refusal
from sentry_plugin.transport.messages import Credentials, Request
from sentry_plugin.transport.transport import USER_AGENT

if TYPE_CHECKING:
    from sentry_plugin.ingest.envelope import Item
    from sentry_plugin.strictjson import JSON
    from sentry_plugin.transport.messages import Answer
    from sentry_plugin.transport.transport import Transport

CHECK_DSN = (
    "Check the DSN in the project's settings under Client Keys: the key must be enabled, and host "
    "(with its region), key and project number must belong together."
)
NO_ENVELOPES = (
    "Either the server has no envelopes, which check-ins and feedback need (Sentry has them since "
    "version 20.6, and cron monitors since 23), or what stands before it, such as a gateway or a "
    "proxy, does not let them through: check the host of the DSN, and what its address leads to."
)
OLDEST_WITH_ENVELOPES = 7
WORTH_COMPRESSING = 16 << 10
UNTOLD_WAIT = 60.0
"""Seconds to wait after a 429 without a time, as Sentry's own SDKs do."""
_DSN_IS_WRONG = {400, 401, 403, 404}
_SIGNS_OF_SENTRY = (b"CSRF Verification Failed", b"csrfCookieName")


class Ingest:
    """Sends to one project, by the key of its DSN.

    Another kind of item is a module that builds it, and an action that passes it to `send`.
    """

    def __init__(self, transport: Transport, dsn_text: str) -> None:
        """Parse the DSN; refuse one that is wrong, or whose host the operator does not allow."""
        self._transport, self.target = transport, dsn.parse(dsn_text)
        settings.check_ingest_host(self.target.host)
        self.make: makes.Make | None = None
        """The make of the server, as far as an answer told; None before any."""

    def event(self, event: JSON, version: int) -> str:
        """Send a completed event, and return the ID that the server acknowledged.

        It may be sent more than once, always with the same ID, by which Sentry drops duplicates,
        but only once to the store of a server that may keep both. *version* is that of Sentry's
        protocol, which has envelopes since 7.
        """
        item, refused = eventjson.item(event), None
        if version >= OLDEST_WITH_ENVELOPES:
            url, answer = self._enveloped(item, version)
            if not (_has_no_envelopes(answer) or refusal.is_gateway_page(answer)):
                return _acknowledged(answer, url, item)
            if not _has_no_envelopes(answer):
                refused = refusal.error_for(answer, f"POST {url}")
            host = self.target.host
            logger.info("%s took no envelope; the event goes to the store endpoint.", host)
        url, credentials = self.target.url("store"), self._credentials(version)
        once = not (self.make and self.make.stores_once)
        answer = self._post(url, credentials, "application/json", item.data, repeatable=not once)
        if refused and (refusal.is_gateway_page(answer) or answer.status == 404):
            raise refused
        return _acknowledged(answer, url, item)

    def check_in(self, check_in: Mapping[str, Any]) -> None:
        """Send a completed check-in."""
        if isinstance(found := self.send(checkin.item(check_in)), ApiError):
            raise found

    def feedback(self, event: Mapping[str, Any]) -> str | ApiError:
        """Send an event of feedback; return its ID, or the error if envelopes are not taken."""
        return self.send(feedback.item(event))

    def report(self, event_id: str, said: Mapping[str, str]) -> None:
        """Send a report on an event to a server that has no envelopes.

        It may be sent more than once: the server keeps the last report of an event.
        """
        url = f"{self.target.base}/api/embed/error-page/"
        query = urlencode({"dsn": self.target.text, "eventId": event_id})
        kind = "application/x-www-form-urlencoded"
        body = urlencode(said).encode()
        answer = self._post(f"{url}?{query}", Credentials({}, url), kind, body)
        if not answer.ok:
            raise _refused(
                answer, f"POST {url}", CHECK_DSN if answer.status in _DSN_IS_WRONG else None
            )
        answer.entry.made = True

    def send(self, item: Item) -> str | ApiError:
        """Send one item in an envelope, and return the ID that the server acknowledged.

        An empty text for an item without an ID; the error, for who knows another way, if the
        server seems to have no envelopes, or to keep no such items.
        """
        url, answer = self._enveloped(item, OLDEST_WITH_ENVELOPES)
        if answer.ok and self.make and item.kind not in self.make.keeps:
            answer.entry.made = False
            return _dropped(self.make, f"POST {url}", item)
        if _has_no_envelopes(answer):
            return _without_envelopes(answer, f"POST {url}")
        if answer.status == 403 and answer.is_html:
            raise _without_envelopes(answer, f"POST {url}")
        return _acknowledged(answer, url, item)

    def _enveloped(self, item: Item, version: int) -> tuple[str, Answer]:
        url, credentials = self.target.url("envelope"), self._credentials(version)
        kind = "application/x-sentry-envelope"
        return url, self._post(url, credentials, kind, item.envelope())

    def _post(
        self,
        url: str,
        credentials: Credentials,
        content_type: str,
        body: bytes,
        *,
        repeatable: bool = True,
    ) -> Answer:
        headers = {"Content-Type": content_type}
        if len(body) >= WORTH_COMPRESSING:
            body = gzip.compress(body, mtime=0)
            headers["Content-Encoding"] = "gzip"
        request = Request(
            "POST", url, credentials, headers, body, repeatable, default_wait=UNTOLD_WAIT
        )
        answer = self._transport.send(request)
        found = makes.of_headers(answer.headers)
        # The page of a gateway tells nothing of the server behind it.
        if found.name or not answer.is_html or _is_page_of_sentry(answer):
            self.make = found
        return answer

    def _credentials(self, version: int) -> Credentials:
        """https://develop.sentry.dev/sdk/overview/#authentication ."""
        fields = {
            "sentry_version": version,
            "sentry_client": USER_AGENT,
            "sentry_key": self.target.public_key,
            "sentry_secret": self.target.secret_key,
        }
        given = ", ".join(f"{name}={value}" for name, value in fields.items() if value != "")
        return Credentials({"X-Sentry-Auth": f"Sentry {given}"}, self.target.base)


def _has_no_envelopes(answer: Answer) -> bool:
    """Tell whether the envelope route is missing, and not just refused.

    Sentry 9 answers an unknown route with its page for a missing CSRF token; any other page comes
    from a gateway, and says nothing of the server behind it.
    """
    return answer.status == 404 or (answer.status == 403 and _is_page_of_sentry(answer))


def _is_page_of_sentry(answer: Answer) -> bool:
    return answer.is_html and any(sign in answer.body for sign in _SIGNS_OF_SENTRY)


def _dropped(make: makes.Make, request: str, item: Item) -> Unsupported:
    what = item.kind.replace("_", "-")
    return Unsupported(
        f"{request} was taken, and nothing is kept of it: {make.name} drops every {what}.",
        f"Send a {what} to a Sentry: {make.name} has no place for it.",
    )


def _without_envelopes(answer: Answer, request: str) -> ApiError:
    """Build the error for a missing envelope route: a page that is not Sentry's proves nothing."""
    is_foreign_page = answer.is_html and not _is_page_of_sentry(answer)
    kind = ApiError if is_foreign_page else Unsupported
    error = refusal.error_for(answer, request)
    return kind(error.cause, NO_ENVELOPES, error.data)


def _acknowledged(answer: Answer, url: str, item: Item) -> str:
    request, what = f"POST {url}", item.kind.replace("_", "-")
    if not answer.ok:
        raise _refused(answer, request, _assistance(answer, item))
    document = answer.json_or_none()
    fields = document if isinstance(document, dict) else {}
    found = fields.get("id") or fields.get("event_id")
    if not isinstance(found, str) and (item.event_id or document is None):
        raise _unacknowledged(answer, request, what)
    if ratelimits.drops(answer.headers, item.categories):
        error = RateLimited(
            f"{request} was answered with HTTP {answer.status}, but the server says that it "
            f"drops {what}s for now.",
            f"Send the {what} again later.",
        )
        error.retry_after = answer.retry_after
        answer.entry.made = False
        raise error
    answer.entry.made = True
    if not isinstance(found, str):
        return ""
    if item.event_id and found.replace("-", "").lower() != item.event_id:
        logger.warning("The server gave the %s another id than %s.", what, item.event_id)
    return found


def _refused(answer: Answer, request: str, assistance: str | None) -> ApiError:
    """Build the error for a refusal; a web page with 404 does not say what is missing."""
    error = refusal.error_for(answer, request, assistance)
    if answer.is_html and isinstance(error, NotFound):
        return ApiError(error.cause, f"{CHECK_DSN} {refusal.WEB_PAGE}", error.data)
    return error


def _unacknowledged(answer: Answer, request: str, what: str) -> ApiError:
    got, assistance = f"{request} was answered with HTTP {answer.status}", CHECK_DSN
    if answer.is_html:
        got, assistance = f"{refusal.web_page(answer, request)},", f"{CHECK_DSN} {refusal.WEB_PAGE}"
    return ApiError(f"{got} but no event id: the {what} may not have been taken.", assistance)


def _assistance(answer: Answer, item: Item) -> str | None:
    if answer.status in _DSN_IS_WRONG:
        return CHECK_DSN
    if answer.status == 413:
        return (
            f"What was sent has {len(item.data)} bytes; Sentry takes {item.largest}. "
            "Leave out what is large in it."
        )
    return None
