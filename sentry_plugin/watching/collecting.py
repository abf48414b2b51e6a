"""What is new in lists since a state that somebody else keeps: one page a run. Keeps nothing."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from sentry_plugin.errors import ProtocolError
from sentry_plugin.steps.step import TaskResult
from sentry_plugin.watching.occurrences import moment
from sentry_plugin.watching.sweep import OVERLAP, Feed, Sweep

if TYPE_CHECKING:
    from sentry_plugin.client.client import SentryClient
    from sentry_plugin.strictjson import JSON


DAY = 86400.0
MOST_SEEN = 1000
"""Items of the overlap that a list's state names; beyond them, some may be given twice."""


def collect(
    client: SentryClient,
    feeds: Sequence[Feed],
    state: JSON,
    since: str | None,
    key: Callable[[Any], str],
) -> TaskResult:
    """Give one page of what was not given before; *key* names an item."""
    named = {feed.name: feed for feed in feeds}
    kept, waiting = state.get("lists", {}), state.get("left", [])
    if not (isinstance(kept, dict) and isinstance(waiting, list)):
        raise _foreign()
    left = [name for name in named if name in waiting] or [*named]
    feed = named[left[0]]
    lists = {name: kept[name] for name in named if name in kept}
    sweep, seen = _resumed(lists.get(feed.name), since)
    page = next(sweep.down(feed, lambda: client.time))
    fresh = [item for item in reversed(page) if key(item) not in seen]
    seen |= {key(item): feed.when(item) for item in fresh}
    lists[feed.name] = {"sweep": dataclasses.asdict(sweep), "seen": _recent(seen, sweep)}
    left = left[1:] if sweep.cursor is None else left
    items = [item for item in fresh if feed.when(item) >= sweep.bound]
    return TaskResult(items, {"lists": lists, "left": left}, has_more=bool(left))


def _resumed(kept: Any, since: str | None) -> tuple[Sweep, dict[str, float]]:
    if kept is None:
        return Sweep(OVERLAP, moment(since) if since else time.time() - DAY, ours=not since), {}
    try:
        return Sweep(**kept["sweep"]), dict(kept["seen"])
    except (TypeError, KeyError, ValueError) as error:
        raise _foreign() from error


def _foreign() -> ProtocolError:
    return ProtocolError(
        "The message's `body.state` is not one of this task.",
        "Send the `state` of the event before, or an empty object to begin anew.",
    )


def _recent(seen: dict[str, float], sweep: Sweep) -> dict[str, float]:
    """Leave what the next sweep comes by again."""
    low = (sweep.began or sweep.last or 0) - OVERLAP
    newest = sorted(seen.items(), key=lambda each: -each[1])[:MOST_SEEN]
    return {key: at for key, at in newest if at >= low}
