"""Shared by triggers that poll lists: their inputs, and one poll. Delivers nothing."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Generator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from sentry_plugin.errors import InputError
from sentry_plugin.watching.occurrences import timestamp
from sentry_plugin.watching.scan import Scan, WatchedList

if TYPE_CHECKING:
    from sentry_plugin.client.client import SentryClient
    from sentry_plugin.watching.triggerstate import TriggerState

SHORTEST, INTERVAL, LONGEST = 5, 60, 300
"""Seconds between two polls: the least allowed, and the defaults of both limits."""


class Span(NamedTuple):
    """The time from which to report, and for how many seconds to look for late arrivals."""

    since: str | None
    look_back: float


def check_times(params: dict[str, Any]) -> dict[str, Any]:
    """Return *params*; InputError if a time is not valid."""
    if params.get("interval", INTERVAL) < SHORTEST:
        raise InputError(f"The input's `interval` is less than {SHORTEST} seconds.")
    if "since" in params and not timestamp(params["since"]):
        raise InputError("The input's `since` is no time.", "Give it as 2026-08-16T17:41:36Z.")
    for field in ("look_back_days", "look_back_hours"):
        if params.get(field, 1) < 1:
            raise InputError(f"The input's `{field}` is less than 1.")
    return params


def pause_limits(params: Mapping[str, Any]) -> tuple[float, float]:
    """Return the shortest and the longest pause between two polls, in seconds."""
    shortest = params.get("interval", INTERVAL)
    return shortest, max(shortest, params.get("longest_interval", LONGEST))


def newest(lists: Sequence[WatchedList]) -> Any:
    """Return the first item of the first list that is not empty; None if all are."""
    pages = (next(watched.pages(None)) for watched in lists)
    return next((item for page in pages for item in page.items), None)


def poll_lists(
    client: SentryClient,
    lists: Sequence[WatchedList],
    state: TriggerState,
    span: Span,
    found: Callable[[Any, Scan], list[Any]],
) -> Generator[list[Any], None, None]:
    """Read each list as far as needed; *found* returns the outputs for an item."""
    scans = [_resumed(state, watched, span) for watched in lists]
    yield []
    for watched, scan in zip(lists, scans, strict=True):
        for items in scan.down(watched, lambda: client.server_time):
            for item in reversed(items):
                yield found(item, scan)
            state.put(watched.name, dataclasses.asdict(scan))
            yield []
    state.forget(min(scan.floor for scan in scans))
    yield []


def _resumed(state: TriggerState, watched: WatchedList, span: Span) -> Scan:
    """Continue where the last poll ended, or begin: now, if no time is given."""
    if kept := state.get(watched.name):
        try:
            return Scan(**kept | {"look_back": span.look_back})
        except TypeError as error:
            raise state.damaged("how far a list was looked through") from error
    if span.since:
        return Scan(span.look_back, timestamp(span.since))
    # Kept, so that a server that does not answer at first does not move the beginning.
    name = f"begun {watched.name}"
    begun = state.get(name) or state.opened
    state.put(name, begun)
    return Scan(span.look_back, begun, ours=True)
