"""What goes to a DSN: in an envelope, or to the older endpoints of servers without envelopes.

Uses the keys of the DSN and never the token. Knows of an item no more than its type.
"""

from __future__ import annotations

import gzip
import time
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlencode

from sentry_plugin import settings, strictjson, times
from sentry_plugin.errors import ApiError, RateLimited
from sentry_plugin.ingest import dsn, eventlimits
from sentry_plugin.logs import logger
from sentry_plugin.transport import ratelimits, refusal
from sentry_plugin.transport.messages import Credentials, Request
from sentry_plugin.transport.transport import USER_AGENT

if TYPE_CHECKING:
    from sentry_plugin.transport.messages import Answer
    from sentry_plugin.transport.transport import Transport

CHECK_DSN = (
    "Check the DSN in the project's settings under Client Keys: the key must be enabled, and host "
    "(with its region), key and project number must belong together."
)
OLDEST_WITH_ENVELOPES = 7
WORTH_COMPRESSING = 16 << 10
UNTOLD_WAIT = 60.0
"""Seconds to wait after a 429 that tells none: so Sentry's own SDKs do."""
_DSN_IS_WRONG = {400, 401, 403, 404}
_SIGNS_OF_SENTRY = (b"CSRF Verification Failed", b"csrfCookieName")


class Item(NamedTuple):
    """One item of an envelope."""

    kind: str
    text: str
    """Its JSON."""
    event_id: str = ""
    """Its id, by which Sentry keeps one of two; empty for a type that has it elsewhere."""
    categories: frozenset[str] = ratelimits.EVENT_CATEGORIES
    """What rate limits call its type."""
    largest: int = eventlimits.LARGEST_EVENT
    """The bytes that Sentry takes of its JSON."""


def submit(transport: Transport, target: dsn.Dsn, event: dict[str, Any], version: int) -> str:
    """Send *event*, which is complete, and return the id that the server acknowledged.

    It is sent again where it may not have arrived, always with its id, by which Sentry keeps one
    of two. *version* is that of Sentry's protocol; before 7 it had no envelopes.
    """
    settings.check_ingest_host(target.host)
    text = strictjson.dumps(event)
    eventlimits.warn(event, len(text))
    item = Item("event", text, event["event_id"])
    refused = None
    if version >= OLDEST_WITH_ENVELOPES:
        url, answer = _enveloped(transport, target, item, version)
        if not (_has_no_envelopes(answer) or refusal.is_of_gateway(answer)):
            return _acknowledged(answer, url, item)
        if not _has_no_envelopes(answer):
            refused = refusal.error_for(answer, f"POST {url}")
        logger.info("%s took no envelope; the event goes to the store endpoint.", target.host)
    url = target.url("store")
    credentials = _credentials(target, version)
    answer = _post(transport, url, credentials, "application/json", text.encode())
    if refused and (refusal.is_of_gateway(answer) or answer.status == 404):
        raise refused
    return _acknowledged(answer, url, item)


def send(
    transport: Transport, target: dsn.Dsn, item: Item, version: int = OLDEST_WITH_ENVELOPES
) -> str | None:
    """Send one item in an envelope; the id that the server acknowledged, or None where it has none.

    None says that the server takes no envelopes; an item without an id is acknowledged with "".
    https://develop.sentry.dev/sdk/foundations/transport/envelopes/
    """
    settings.check_ingest_host(target.host)
    url, answer = _enveloped(transport, target, item, version)
    return None if _has_no_envelopes(answer) else _acknowledged(answer, url, item)


def _enveloped(
    transport: Transport, target: dsn.Dsn, item: Item, version: int
) -> tuple[str, Answer]:
    url, credentials = target.url("envelope"), _credentials(target, version)
    kind = "application/x-sentry-envelope"
    return url, _post(transport, url, credentials, kind, _envelope(item))


def report(transport: Transport, target: dsn.Dsn, event_id: str, said: dict[str, str]) -> None:
    """Give what a user *said* of an event to a server that has no envelopes.

    It comes to the same however often it is sent: the last report of an event is kept.
    """
    url = f"{target.base}/api/embed/error-page/"
    query = urlencode({"dsn": target.text, "eventId": event_id})
    kind = "application/x-www-form-urlencoded"
    answer = _post(
        transport, f"{url}?{query}", Credentials({}, url), kind, urlencode(said).encode()
    )
    if not answer.ok:
        raise refusal.error_for(
            answer, f"POST {url}", CHECK_DSN if answer.status in _DSN_IS_WRONG else None
        )
    answer.entry.made = True


def _post(
    transport: Transport, url: str, credentials: Credentials, content_type: str, body: bytes
) -> Answer:
    headers = {"Content-Type": content_type}
    if len(body) >= WORTH_COMPRESSING:
        body = gzip.compress(body, mtime=0)
        headers["Content-Encoding"] = "gzip"
    request = Request("POST", url, credentials, headers, body, default_wait=UNTOLD_WAIT)
    return transport.send(request)


def _credentials(target: dsn.Dsn, version: int) -> Credentials:
    """https://develop.sentry.dev/sdk/overview/#authentication ."""
    fields = {
        "sentry_version": version,
        "sentry_client": USER_AGENT,
        "sentry_key": target.public_key,
        "sentry_secret": target.secret_key,
    }
    given = ", ".join(f"{name}={value}" for name, value in fields.items() if value != "")
    return Credentials({"X-Sentry-Auth": f"Sentry {given}"}, target.base)


def _envelope(item: Item) -> bytes:
    sent_at = times.write(time.time())
    header = ({"event_id": item.event_id} if item.event_id else {}) | {"sent_at": sent_at}
    about = {"type": item.kind, "length": len(item.text), "content_type": "application/json"}
    return "\n".join((strictjson.dumps(header), strictjson.dumps(about), item.text, "")).encode()


def _has_no_envelopes(answer: Answer) -> bool:
    """Tell a missing route from a refusal.

    Sentry 9 answers what it does not know with a page that misses its own token against forgery;
    any other page is that of a gateway, and says nothing of the server behind it.
    """
    is_of_sentry = answer.is_html and any(sign in answer.body for sign in _SIGNS_OF_SENTRY)
    return answer.status == 404 or (answer.status == 403 and is_of_sentry)


def _acknowledged(answer: Answer, url: str, item: Item) -> str:
    request, what = f"POST {url}", item.kind.replace("_", "-")
    if not answer.ok:
        raise refusal.error_for(answer, request, _assistance(answer, item))
    try:
        document = answer.json()
    except ValueError:
        document = None
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
    if found.replace("-", "").lower() != item.event_id:
        logger.warning("The server gave the %s another id than %s.", what, item.event_id)
    return found


def _unacknowledged(answer: Answer, request: str, what: str) -> ApiError:
    got, assistance = f"{request} was answered with HTTP {answer.status}", CHECK_DSN
    if answer.is_html:
        got, assistance = f"{refusal.page(answer, request)},", f"{CHECK_DSN} {refusal.WEB_PAGE}"
    return ApiError(f"{got} but no event id: the {what} may not have been taken.", assistance)


def _assistance(answer: Answer, item: Item) -> str | None:
    if answer.status in _DSN_IS_WRONG:
        return CHECK_DSN
    if answer.status == 413:
        return (
            f"What was sent has {len(item.text)} bytes; Sentry takes {item.largest}. "
            "Leave out what is large in it."
        )
    return None
