"""Finds new items in lists for a task, one page in each run. The orchestrator keeps the state."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from sentry_plugin.errors import ProtocolError
from sentry_plugin.steps.step import TaskResult
from sentry_plugin.watching.occurrences import timestamp
from sentry_plugin.watching.scan import OVERLAP, Scan, WatchedList

if TYPE_CHECKING:
    from sentry_plugin.client.client import SentryClient
    from sentry_plugin.strictjson import JSON


DAY = 86400.0
MOST_SEEN = 1000
"""Items that the state of a list names; if there are more, some may be returned twice."""


def next_page(
    client: SentryClient,
    watched: Sequence[WatchedList],
    state: JSON,
    since: str | None,
    key: Callable[[Any], str],
) -> TaskResult:
    """Return one page of items that were not returned before; *key* returns the key of an item."""
    named = {each.name: each for each in watched}
    kept, waiting = state.get("lists", {}), state.get("left", [])
    if not (isinstance(kept, dict) and isinstance(waiting, list)):
        raise _foreign()
    left = [name for name in named if name in waiting] or [*named]
    current = named[left[0]]
    lists = {name: kept[name] for name in named if name in kept}
    scan, seen = _resumed(lists.get(current.name), since)
    page = next(scan.down(current, lambda: client.server_time))
    fresh = [item for item in reversed(page) if key(item) not in seen]
    seen |= {key(item): current.when(item) for item in fresh}
    lists[current.name] = {"sweep": dataclasses.asdict(scan), "seen": _recent(seen, scan)}
    left = left[1:] if scan.cursor is None else left
    items = [item for item in fresh if current.when(item) >= scan.bound]
    return TaskResult(items, {"lists": lists, "left": left}, has_more=bool(left))


def _resumed(kept: Any, since: str | None) -> tuple[Scan, dict[str, float]]:
    if kept is None:
        return Scan(OVERLAP, timestamp(since) if since else time.time() - DAY, ours=not since), {}
    try:
        return Scan(**kept["sweep"]), dict(kept["seen"])
    except (TypeError, KeyError, ValueError) as error:
        raise _foreign() from error


def _foreign() -> ProtocolError:
    return ProtocolError(
        "The message's `body.state` is not one of this task.",
        "Send the `state` of the event before, or an empty object to begin anew.",
    )


def _recent(seen: dict[str, float], scan: Scan) -> dict[str, float]:
    """Keep the items that the next scan will read again."""
    low = (scan.began or scan.last or 0) - OVERLAP
    newest = sorted(seen.items(), key=lambda each: -each[1])[:MOST_SEEN]
    return {key: at for key, at in newest if at >= low}
