"""Events to a DSN: as an envelope, or to the store endpoint of servers without envelopes.

Uses the keys of the DSN and never the token.
"""

from __future__ import annotations

import datetime as dt
import gzip
from typing import TYPE_CHECKING, Any

from sentry_plugin import dsn, eventlimits, ratelimits, refusal, settings, strictjson
from sentry_plugin.errors import ApiError, RateLimited
from sentry_plugin.exchange import Credentials, Request
from sentry_plugin.logs import logger
from sentry_plugin.transport import USER_AGENT

if TYPE_CHECKING:
    from sentry_plugin.exchange import Answer
    from sentry_plugin.transport import Transport

CHECK_DSN = (
    "Check the DSN in the project's settings under Client Keys: the key must be enabled, and host "
    "(with its region), key and project number must belong together."
)
OLDEST_WITH_ENVELOPES = 7
WORTH_COMPRESSING = 16 << 10
UNTOLD_WAIT = 60.0
"""Seconds to wait after a 429 that tells none: so Sentry's own SDKs do."""
_DSN_IS_WRONG = {400, 401, 403, 404}


def submit(transport: Transport, target: dsn.Dsn, event: dict[str, Any], version: int) -> str:
    """Send *event*, which is complete, and return the id that the server acknowledged.

    It is sent again where it may not have arrived, always with its id, by which Sentry keeps one
    of two. *version* is that of Sentry's protocol; before 7 it had no envelopes.
    https://develop.sentry.dev/sdk/foundations/transport/envelopes/
    """
    settings.check_ingest_host(target.host)
    text = strictjson.dumps(event)
    eventlimits.warn(event, len(text))
    credentials = Credentials({"X-Sentry-Auth": _auth(target, version)})
    if version >= OLDEST_WITH_ENVELOPES:
        envelope = _envelope(event["event_id"], text)
        url = target.url("envelope")
        answer = _post(transport, url, credentials, "application/x-sentry-envelope", envelope)
        if not _has_no_envelopes(answer):
            return _acknowledged(answer, url, event["event_id"], len(text))
        logger.info("The server has no envelope endpoint; the event goes to its store endpoint.")
    url = target.url("store")
    answer = _post(transport, url, credentials, "application/json", text.encode())
    return _acknowledged(answer, url, event["event_id"], len(text))


def _post(
    transport: Transport, url: str, credentials: Credentials, content_type: str, body: bytes
) -> Answer:
    headers = {"Content-Type": content_type}
    if len(body) >= WORTH_COMPRESSING:
        body = gzip.compress(body, mtime=0)
        headers["Content-Encoding"] = "gzip"
    request = Request("POST", url, credentials, headers, body, default_wait=UNTOLD_WAIT)
    return transport.send(request)


def _auth(target: dsn.Dsn, version: int) -> str:
    """https://develop.sentry.dev/sdk/overview/#authentication ."""
    fields = {
        "sentry_version": version,
        "sentry_client": USER_AGENT,
        "sentry_key": target.public_key,
        "sentry_secret": target.secret_key,
    }
    return "Sentry " + ", ".join(f"{name}={value}" for name, value in fields.items() if value != "")


def _envelope(event_id: str, event: str) -> bytes:
    sent_at = dt.datetime.now(dt.UTC).isoformat().replace("+00:00", "Z")
    header = {"event_id": event_id, "sent_at": sent_at}
    item = {"type": "event", "length": len(event), "content_type": "application/json"}
    return "\n".join((strictjson.dumps(header), strictjson.dumps(item), event, "")).encode()


def _has_no_envelopes(answer: Answer) -> bool:
    """Tell a missing route (404, or the login page's 403) from a refusal, which comes as JSON."""
    return answer.status == 404 or (answer.status == 403 and answer.is_html)


def _acknowledged(answer: Answer, url: str, sent: str, size: int) -> str:
    request = f"POST {url}"
    if not answer.ok:
        raise refusal.error_for(answer, request, _assistance(answer, size))
    try:
        document = answer.json()
    except ValueError:
        document = None
    fields = document if isinstance(document, dict) else {}
    found = fields.get("id") or fields.get("event_id")
    if not isinstance(found, str):
        raise ApiError(
            f"{request} was answered with HTTP {answer.status} but no event id: "
            "the event may not have been taken.",
            CHECK_DSN,
        )
    if ratelimits.drops_events(answer.headers):
        error = RateLimited(
            f"{request} was answered with HTTP {answer.status}, but the server says that it "
            "drops events for now.",
            "Send the event again later.",
        )
        error.retry_after = answer.retry_after
        raise error
    if found.replace("-", "").lower() != sent:
        logger.warning("The server gave the event another id than %s.", sent)
    return found


def _assistance(answer: Answer, size: int) -> str | None:
    if answer.status in _DSN_IS_WRONG:
        return CHECK_DSN
    if answer.status == 413:
        return (
            f"The event is {size} bytes; Sentry takes {eventlimits.LARGEST_EVENT}. "
            "Leave out what is large in it."
        )
    return None
