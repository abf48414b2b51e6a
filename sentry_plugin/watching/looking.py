"""What triggers that go down lists share: their inputs, and one look. Delivers nothing."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Generator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from sentry_plugin.errors import InputError
from sentry_plugin.watching.occurrences import moment
from sentry_plugin.watching.sweep import Feed, Sweep

if TYPE_CHECKING:
    from sentry_plugin.client.client import SentryClient
    from sentry_plugin.watching.memory import Memory

SHORTEST, INTERVAL, LONGEST = 5, 60, 300
"""Seconds between two looks: what is allowed, and the defaults."""


class Span(NamedTuple):
    """From when on it is told what happens, and by how much what arrives late may be older."""

    since: str | None
    look_back: float


def checked(params: dict[str, Any]) -> dict[str, Any]:
    """Refuse times that cannot be."""
    if params.get("interval", INTERVAL) < SHORTEST:
        raise InputError(f"The input's `interval` is less than {SHORTEST} seconds.")
    if "since" in params and not moment(params["since"]):
        raise InputError("The input's `since` is no time.", "Give it as 2026-08-16T17:41:36Z.")
    for field in ("look_back_days", "look_back_hours"):
        if params.get(field, 1) < 1:
            raise InputError(f"The input's `{field}` is less than 1.")
    return params


def pace(params: Mapping[str, Any]) -> tuple[float, float]:
    """Give the shortest and the longest pause between two looks."""
    shortest = params.get("interval", INTERVAL)
    return shortest, max(shortest, params.get("longest_interval", LONGEST))


def newest(feeds: Sequence[Feed]) -> Any:
    """Give the first item that there is in any of the lists."""
    pages = (next(feed.pages(None)) for feed in feeds)
    return next((item for page in pages for item in page.items), None)


def look(
    client: SentryClient,
    feeds: Sequence[Feed],
    memory: Memory,
    span: Span,
    found: Callable[[Any, Sweep], list[Any]],
) -> Generator[list[Any], None, None]:
    """Go down each list as far as needed; *found* gives the outputs for an item."""
    sweeps = [_resumed(memory, feed, span) for feed in feeds]
    yield []
    for feed, sweep in zip(feeds, sweeps, strict=True):
        for items in sweep.down(feed, lambda: client.time):
            for item in reversed(items):
                yield found(item, sweep)
            memory.put(feed.name, dataclasses.asdict(sweep))
            yield []
    memory.forget(min(sweep.floor for sweep in sweeps))
    yield []


def _resumed(memory: Memory, feed: Feed, span: Span) -> Sweep:
    """Go on where the last look ended, or begin: now, if no time is given."""
    if kept := memory.get(feed.name):
        try:
            return Sweep(**kept | {"look_back": span.look_back})
        except TypeError as error:
            raise memory.damaged("how far a list was looked through") from error
    if span.since:
        return Sweep(span.look_back, moment(span.since))
    # A server that does not answer at first does not move the beginning.
    name = f"begun {feed.name}"
    begun = memory.get(name) or memory.opened
    memory.put(name, begun)
    return Sweep(span.look_back, begun, ours=True)
