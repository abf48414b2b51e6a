"""Calls Sentry's own normaliser of events, from the package `sentry-relay`.

So the errors that it finds in an event are those that Sentry finds. Its licence is the Functional
Source License; therefore it is only in the extra that installs the sandbox.
"""

from __future__ import annotations

import importlib
from datetime import UTC, datetime
from typing import Any

from sentry_plugin.sandbox import times

MONTH, MINUTE = 30 * times.DAY // times.SECOND, times.MINUTE // times.SECOND


class BadJson(ValueError):
    """The bytes are not JSON; the text is the parser's message."""


def normalized(
    raw: bytes, project_id: int, key: str, client: str | None, address: str | None
) -> dict[str, Any]:
    """Return the event as Sentry would store it; BadJson if it is not JSON."""
    # The package loads a large library, which is needed only once an event arrives.
    relay = importlib.import_module("sentry_relay.processing")
    relay_errors = importlib.import_module("sentry_relay.exceptions")
    normalizer = relay.StoreNormalizer(
        project_id=project_id,
        key_id=key,
        protocol_version="7",
        client=client,
        client_ip=address,
        received_at=datetime.now(UTC).isoformat(),
        max_secs_in_past=MONTH,
        max_secs_in_future=MINUTE,
        enable_trimming=True,
        remove_other=True,
        normalize_user_agent=True,
    )
    try:
        event: dict[str, Any] = normalizer.normalize_event(raw_event=raw)
    except relay_errors.RelayError as error:
        raise BadJson(str(error).partition("\n")[0]) from None
    return event


def complaint(raw: bytes) -> str | None:
    """Return the parser's message on bytes that are not JSON; None if it accepts them."""
    try:
        normalized(raw, 1, "", None, None)
    except BadJson as problem:
        return str(problem)
    return None
