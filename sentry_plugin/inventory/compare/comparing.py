"""Compares two inventories: snapshots, those of an input, or one that is collected now.

An organization that only one of the two has is not compared. `changes` tells what differs.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from sentry_plugin import settings
from sentry_plugin.errors import InputError, StoreError
from sentry_plugin.inventory import inputs, source
from sentry_plugin.inventory.collect import collecting
from sentry_plugin.inventory.compare import changes, states
from sentry_plugin.inventory.store import reading, snapshots
from sentry_plugin.logs import logger

if TYPE_CHECKING:
    from sentry_plugin.inventory.source import Inventory
    from sentry_plugin.inventory.store.reading import Snapshot
    from sentry_plugin.steps.connection import Connection
    from sentry_plugin.strictjson import JSON

INCLUDE = ("roles", "settings")
"""What a first collection includes: it costs no further request."""

_LISTS = ("entities", "relationships", "file")


class Comparison(NamedTuple):
    """The changes, the organizations that were compared or not, and the partial types."""

    changes: list[JSON]
    organizations: list[str]
    not_compared: list[str]
    partial_types: list[JSON]
    before: Sequence[Snapshot] = ()
    after: Sequence[Snapshot] = ()


def output(connection: Connection, params: Any) -> Any:
    """Return the output of Compare Inventories."""
    limit = params.get("limit")
    if limit is not None and limit < 1:
        raise InputError("The input's `limit` is less than 1.")
    found = _comparison(connection, params)
    return {
        "changes": found.changes[:limit],
        "counts": changes.counts(found.changes),
        "before": [_summary(each) for each in found.before],
        "after": [_summary(each) for each in found.after],
        "partial_types": found.partial_types,
        "organizations": found.organizations,
        "not_compared": found.not_compared,
    }


def _summary(snapshot: Snapshot) -> JSON:
    return {
        "id": str(snapshot.id),
        "organization": snapshot.organization,
        "at": snapshot.at,
        "complete": not snapshot.partial,
        "included": [*snapshot.included],
    }


def _comparison(connection: Connection, params: Any) -> Comparison:
    volatile = params.get("volatile", False)
    earlier = {n.removeprefix("before_"): v for n, v in params.items() if n.startswith("before_")}
    include = inputs.checked_include(params["include"]) if "include" in params else None
    organizations = params.get("organizations", [])
    if any(name in each for name in _LISTS for each in (params, earlier)):
        named = source.named(connection, params)
        earlier |= {"organizations": organizations}
        latest = {"snapshot": snapshots.LATEST, "organizations": organizations}
        before = source.named(connection, earlier) or source.of_snapshots(connection, latest)
        after = named or source.collected(connection, params, include or INCLUDE)
        return compare_inventories(before, after, volatile=volatile)
    names = [each["snapshot"] for each in (earlier, params) if "snapshot" in each]
    found = snapshots.find_named(connection, organizations, *names)
    since = found[0] if "snapshot" in earlier else None
    if "snapshot" in params:
        return compare_snapshots(connection, since, found[-1], volatile=volatile)
    if include is None:
        accepted = {each.organization for each in since or ()}
        known = snapshots.find(
            connection, snapshots.organizations_or_default(connection, organizations), accepted
        )
        include = [*(known[-1].included if known else INCLUDE)]
    now, _ = collect_and_store(connection, organizations, include)
    return compare_snapshots(connection, since, now, volatile=volatile)


def collect_and_store(
    connection: Connection, organizations: Sequence[str], include: Collection[str]
) -> tuple[list[Snapshot], list[Snapshot]]:
    """Collect and store; return the new snapshots, and all those of the same organizations."""
    wanted = collecting.CollectOptions(organizations=organizations, include=include)
    inventory = collecting.collect(connection.client, wanted)
    number = snapshots.add(connection, inventory)
    known = snapshots.of_collected(connection, inventory)
    return [each for each in known if each.id == number], known


def compare_snapshots(
    connection: Connection,
    before: Sequence[Snapshot] | None,
    after: Sequence[Snapshot],
    *,
    volatile: bool = False,
) -> Comparison:
    """Compare snapshots with those of the same organizations in *before*.

    Where that is None, each is compared with the one before it.
    """
    with snapshots.opened(connection, after) as store:
        known = reading.snapshots(store)
        earlier = {each.organization: each for each in before or ()}
        if before is None:
            earlier = {
                each.organization: older
                for each in after
                for older in known
                if older.organization == each.organization and older.id < each.id
            }
        pairs = [
            (earlier[each.organization], each) for each in after if each.organization in earlier
        ]
        if not all(older in known for older, _ in pairs):
            raise StoreError(
                "The older snapshot was dropped when the new one was stored.",
                f"Compare newer ones, or have {settings.SNAPSHOTS} let more of them be kept.",
            )
        if any(older.id > newer.id for older, newer in pairs):
            raise InputError("The first of the two snapshots is the newer one.", "Swap them.")
        found = [
            change
            for older, newer in pairs
            for change in changes.between(
                newer.organization, *states.of_snapshots(store, older, newer), volatile=volatile
            )
        ]
    now = {each.organization for each in after}
    for each in now - earlier.keys():
        logger.info("This is the first snapshot of %s: there is nothing to compare with.", each)
    gaps = [gap for pair in pairs for each in pair for gap in each.partial]
    gaps += [gap for pair in pairs for gap in _types_of_one_only(*pair)]
    compared, missing = sorted(now & earlier.keys()), sorted(now ^ earlier.keys())
    olds = [older for older, _ in pairs]
    return Comparison(found, compared, missing, _without_repeats(gaps), olds, after)


def _types_of_one_only(before: Snapshot, after: Snapshot) -> Iterator[JSON]:
    """Yield, as partial, the types that only one of two snapshots has."""
    for missing, had in ((after, before), (before, after)):
        for type_ in sorted(had.types - missing.types):
            reason = f"It was not collected for snapshot {missing.id}."
            yield {"type": type_, "organization": had.organization, "reason": reason}


def compare_inventories(
    before: Inventory, after: Inventory, *, volatile: bool = False
) -> Comparison:
    """Compare two inventories that are given as lists."""
    olds, news = states.of_inventories(before), states.of_inventories(after)
    found = [
        change
        for organization in olds.keys() & news.keys()
        for change in changes.between(
            organization, olds[organization], news[organization], volatile=volatile
        )
    ]
    gaps = _without_repeats([*before.partial_types, *after.partial_types])
    return Comparison(found, sorted(olds.keys() & news), sorted(olds.keys() ^ news), gaps)


def _without_repeats(gaps: Iterable[JSON]) -> list[JSON]:
    found = {(each.get("type"), each.get("organization")): each for each in gaps}
    return [*found.values()]
