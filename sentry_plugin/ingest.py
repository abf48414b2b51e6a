"""Events to a DSN: as an envelope, or to the store endpoint of servers without envelopes.

Uses the keys of the DSN and never the token.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from sentry_plugin import dsn, refusal, strictjson
from sentry_plugin.errors import ApiError
from sentry_plugin.logs import logger
from sentry_plugin.transport import USER_AGENT, Credentials

if TYPE_CHECKING:
    from sentry_plugin.transport import Answer, Transport

CHECK_DSN = (
    "Check the DSN in the project's settings under Client Keys: the key must be enabled, and host "
    "(with its region), key and project number must belong together."
)
OLDEST_WITH_ENVELOPES = 7
_DSN_IS_WRONG = {400, 401, 403, 404}


def submit(transport: Transport, target: dsn.Dsn, event: dict[str, Any], version: int) -> str:
    """Send *event*, which is complete, and return the id that the server acknowledged.

    *version* is that of Sentry's protocol; before 7 it had no envelopes.
    https://develop.sentry.dev/sdk/foundations/transport/envelopes/
    """
    credentials = Credentials({"X-Sentry-Auth": _auth(target, version)})
    text = strictjson.dumps(event)
    if version >= OLDEST_WITH_ENVELOPES:
        answer = transport.send(
            "POST",
            target.url("envelope"),
            credentials,
            headers={"Content-Type": "application/x-sentry-envelope"},
            body=_envelope(event["event_id"], text),
        )
        if not _has_no_envelopes(answer):
            return _acknowledged(answer, target.url("envelope"), event["event_id"])
        logger.info("The server has no envelope endpoint; the event goes to its store endpoint.")
    answer = transport.send(
        "POST",
        target.url("store"),
        credentials,
        headers={"Content-Type": "application/json"},
        body=text.encode(),
    )
    return _acknowledged(answer, target.url("store"), event["event_id"])


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


def _acknowledged(answer: Answer, url: str, sent: str) -> str:
    request = f"POST {url}"
    if not answer.ok:
        raise refusal.error_for(
            answer, request, CHECK_DSN if answer.status in _DSN_IS_WRONG else None
        )
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
            f"{CHECK_DSN} This event's id is {sent}.",
        )
    if found.replace("-", "") != sent:
        logger.warning("The server gave the event another id than %s.", sent)
    return found
