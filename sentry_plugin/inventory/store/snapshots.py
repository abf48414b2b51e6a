"""What is in the store, as the actions want it: a collection put in, snapshots found by name.

The only way to the store. What is in it belongs to who may see it: a snapshot is given only where
the server accepts the message's token for its organization now, and whatever else is asked of the
store is asked with a snapshot. Knows no table and no action.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from sentry_plugin import settings, times
from sentry_plugin.errors import ApiError, Forbidden, InputError, NotFound, Unauthorized
from sentry_plugin.inventory.graph import api_sources, employees, entities
from sentry_plugin.inventory.store import database, reading, removal, writing
from sentry_plugin.inventory.store.writing import Part
from sentry_plugin.logs import logger, printable

if TYPE_CHECKING:
    import sqlite3

    from sentry_plugin.inventory.collect.collecting import CollectedInventory
    from sentry_plugin.inventory.store.reading import Objects, Snapshot
    from sentry_plugin.steps.connection import Connection
    from sentry_plugin.strictjson import JSON

LATEST = "latest"

Fits = Callable[["Snapshot"], bool]


def keep(connection: Connection, inventory: CollectedInventory) -> int:
    """Store what was collected of Sentry; the id of the snapshot."""
    with database.opened(connection) as store:
        return writing.add(store, inventory.began, inventory.options.include, _parts(inventory))


def _parts(inventory: CollectedInventory) -> Iterator[Part]:
    types = api_sources.types(inventory.options.include)
    for organization, (nodes, edges) in inventory.graph.by_organization().items():
        partial = [
            each
            for each in inventory.gaps.partial_types
            if each["organization"] in {organization, ""} and each["type"] in types
        ]
        ours = [each for each in edges if each["_type"] not in employees.TYPES]
        complete = types - {each["type"] for each in partial}
        yield Part(organization, nodes, ours, complete, partial)


def collected(connection: Connection, inventory: CollectedInventory) -> list[Snapshot]:
    """Give all snapshots of the organizations that were just collected, the oldest first."""
    parts = inventory.graph.by_organization()
    # Who got the organization itself was accepted for it.
    accepted = {
        organization
        for organization, (nodes, _) in parts.items()
        if any(each["_type"] == entities.ORGANIZATION.type for each in nodes)
    }
    return kept(connection, [*parts], accepted) if parts else []


def kept(
    connection: Connection, organizations: Sequence[str], accepted: Collection[str] = ()
) -> list[Snapshot]:
    """Give the snapshots of organizations, else of all that the token may see, the oldest first.

    The server is asked whether it may, but for those for which it just was *accepted*.
    """
    if not database.is_there(connection):
        return []
    if organizations:
        check(connection, {*organizations} - {*accepted})
    with database.opened(connection) as store:
        known = reading.snapshots(store)
    about = organizations or _visible(connection, {each.organization for each in known})
    return [each for each in known if each.organization in about]


def check(connection: Connection, organizations: Iterable[str]) -> None:
    """Fail where the server does not accept the token for an organization, or cannot be asked.

    https://docs.sentry.io/api/organizations/retrieve-an-organization/
    """
    if settings.offline():
        return
    for each in sorted(organizations):
        try:
            connection.client.get_object([api_sources.ORGANIZATION.route(each)], "org:read")
        except (Unauthorized, Forbidden):
            raise
        except NotFound as error:
            error.assistance += (
                " What is stored of an organization that is gone is reached once the operator has "
                f"set {settings.OFFLINE}=1."
            )
            raise
        except ApiError as error:
            error.cause = (
                f"Whether the token may see what is stored of {printable(each)} is not known, so "
                f"it stays where it is. {error.cause}"
            )
            raise


def _visible(connection: Connection, organizations: Collection[str]) -> set[str]:
    """Give those of all that are stored that the token may see."""
    visible, refusal = set(), None
    for each in sorted(organizations):
        try:
            check(connection, [each])
            visible.add(each)
        except (Forbidden, NotFound) as error:
            refusal = error
    if refusal and not visible:
        raise refusal
    if refusal:
        hidden = len(organizations) - len(visible)
        logger.info("%d more are stored that the token may not see.", hidden)
    return visible


@contextlib.contextmanager
def opened(connection: Connection, _of: Iterable[Snapshot]) -> Iterator[sqlite3.Connection]:
    """Open the store for one who has snapshots of it."""
    with database.opened(connection) as store:
        yield store


def inventories(connection: Connection, chosen: Sequence[Snapshot]) -> list[Objects]:
    """Give what snapshots hold."""
    with opened(connection, chosen) as store:
        return [reading.inventory(store, each) for each in chosen]


def remove(connection: Connection, organizations: Sequence[str], *, dry_run: bool) -> list[JSON]:
    """Remove all that is stored of organizations, or count it."""
    if not database.is_there(connection):
        logger.info("Nothing was ever stored of this Sentry.")
        return []
    check(connection, {*organizations})
    with database.opened(connection) as store:
        act = removal.counts if dry_run else removal.remove
        entry, found = connection.ledger.begin(repeatable=True), {}
        for each in organizations:
            found[each] = act(store, each)
            entry.made = not dry_run
        if not dry_run:
            removal.wipe(store)
    for each in (each for each in organizations if not found[each]):
        logger.info("Nothing is stored of %s.", printable(each))
    return [{"organization": name, **counts} for name, counts in found.items() if counts]


def chosen(
    connection: Connection, organizations: Sequence[str], *names: str
) -> list[list[Snapshot]]:
    """Find the snapshots that a user named: of these organizations, else as `collect` chooses.

    By its id, by a time for the last one until then, or by the word for the last one of all.
    """
    fits = [_fitting(name) for name in names]
    wanted = about(connection, organizations)
    known = kept(connection, wanted) if fits else []
    return [_last(known, each, wanted) for each in fits]


def about(connection: Connection, organizations: Sequence[str]) -> Sequence[str]:
    """Give the organizations that a user means; none for all."""
    return organizations or [*filter(None, [connection.client.organization])]


def _last(known: Sequence[Snapshot], fits: Fits, wanted: Sequence[str]) -> list[Snapshot]:
    """Give the last snapshot of each organization that fits."""
    found = {each.organization: each for each in known if fits(each)}
    if found and {*wanted} <= found.keys():
        return [*found.values()]
    ids = [each.id for each in known]
    there = f"There are {ids[0]} to {ids[-1]}" if ids else "Nothing is stored yet of what is named"
    raise InputError(
        "There is no such snapshot as the input names, of every organization that it is about.",
        f"{there}. Give an id, a time or `{LATEST}`; Collect Inventory stores snapshots.",
    )


def _fitting(name: str) -> Fits:
    """Read what a user calls a snapshot."""
    if name == LATEST:
        return lambda _: True
    if name.isdecimal():
        return lambda each: str(each.id) == name
    try:
        limit = writing.moment(times.read(name))
    except (ValueError, OverflowError) as error:
        raise InputError(
            "The input names a snapshot by something that is neither an id nor a time.",
            f"Give an id, a time such as 2026-08-16T17:41:36Z, or {LATEST}.",
        ) from error
    return lambda each: each.at <= limit
