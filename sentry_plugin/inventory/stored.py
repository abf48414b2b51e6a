"""What is in the store, as the actions want it: a collection put in, snapshots found by name.

Knows no table and no action.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sentry_plugin.errors import InputError
from sentry_plugin.inventory import employees, sources
from sentry_plugin.inventory.store import database, reading, writing
from sentry_plugin.inventory.store.writing import Part

if TYPE_CHECKING:
    from sentry_plugin.connection import Connection
    from sentry_plugin.inventory.collecting import Inventory
    from sentry_plugin.inventory.store.reading import Objects, Snapshot

LATEST = "latest"


def keep(connection: Connection, inventory: Inventory) -> int:
    """Store what was collected of Sentry; the id of the snapshot."""
    with database.opened(connection) as store:
        return writing.add(store, inventory.began, inventory.included, _parts(inventory))


def _parts(inventory: Inventory) -> Iterator[Part]:
    types = sources.types(inventory.included)
    for organization, (nodes, edges) in inventory.graph.parts().items():
        partial = [
            each
            for each in inventory.gaps.partial_types
            if each["organization"] in {organization, ""} and each["type"] in types
        ]
        ours = [each for each in edges if each["_type"] not in employees.TYPES]
        complete = types - {each["type"] for each in partial}
        yield Part(organization, nodes, ours, complete, partial)


def snapshots(connection: Connection) -> list[Snapshot]:
    """Give all snapshots, the oldest first."""
    if not database.path(connection).exists():
        return []
    with database.opened(connection) as store:
        return reading.snapshots(store)


def inventories(connection: Connection, of: Iterable[Snapshot]) -> list[Objects]:
    """Give what snapshots hold."""
    with database.opened(connection) as store:
        return [reading.inventory(store, each) for each in of]


def chosen(connection: Connection, name: str, organizations: Sequence[str]) -> list[Snapshot]:
    """Find the snapshots that a user named: of these organizations, else as `collect` chooses.

    By its id, by a time for the last one until then, or by the word for the last one of all.
    """
    wanted = about(connection, organizations)
    known = snapshots(connection)
    found = {
        each.organization: each
        for each in _until(known, name)
        if not wanted or each.organization in wanted
    }
    if found and {*wanted} <= found.keys():
        return [*found.values()]
    ids = [each.id for each in known]
    there = f"There are {ids[0]} to {ids[-1]}" if ids else "Nothing is stored yet"
    raise InputError(
        "There is no such snapshot as the input names, of every organization that it is about.",
        f"{there}. Give an id, a time or `{LATEST}`; Collect Inventory stores snapshots.",
    )


def about(connection: Connection, organizations: Sequence[str]) -> Sequence[str]:
    """Give the organizations that a user means; none for all."""
    return organizations or [*filter(None, [connection.client.organization])]


def _until(known: Sequence[Snapshot], name: str) -> Sequence[Snapshot]:
    if name == LATEST:
        return known
    if name.isdecimal():
        return [each for each in known if str(each.id) == name]
    try:
        time = datetime.fromisoformat(name)
    except ValueError as error:
        raise InputError(
            "The input names a snapshot by something that is neither an id nor a time.",
            f"Give an id, a time such as 2026-08-16T17:41:36Z, or {LATEST}.",
        ) from error
    limit = writing.moment(time if time.tzinfo else time.replace(tzinfo=UTC))
    return [each for each in known if each.at <= limit]
