"""Adds, finds and removes snapshots for the actions: the only way to the store.

What is stored is found or deleted only where the server accepts the message's token for its
organization now. Who reads more of it has to show snapshots that were found so. Knows no table
and no action.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from sentry_plugin import settings, times
from sentry_plugin.errors import ApiError, Forbidden, InputError, NotFound, Unauthorized
from sentry_plugin.inventory.graph import api_sources, employees, entities
from sentry_plugin.inventory.store import database, reading, removal, writing
from sentry_plugin.inventory.store.writing import OrganizationPart
from sentry_plugin.logs import logger, printable

if TYPE_CHECKING:
    import sqlite3

    from sentry_plugin.inventory.collect.collecting import CollectedInventory
    from sentry_plugin.inventory.store.reading import ObjectsByKey, Snapshot
    from sentry_plugin.steps.connection import Connection
    from sentry_plugin.strictjson import JSON

LATEST = "latest"

Predicate = Callable[["Snapshot"], bool]


def add(connection: Connection, inventory: CollectedInventory) -> int:
    """Store what was collected, and return the id of the snapshot."""
    with database.opened(connection) as store:
        return writing.add(store, inventory.began, inventory.options.include, _parts(inventory))


def _parts(inventory: CollectedInventory) -> Iterator[OrganizationPart]:
    types = api_sources.types(inventory.options.include)
    for organization, (nodes, edges) in inventory.graph.by_organization().items():
        partial = [
            each
            for each in inventory.gaps.partial_types
            if each["organization"] in {organization, ""} and each["type"] in types
        ]
        ours = [each for each in edges if each["_type"] not in employees.TYPES]
        complete = types - {each["type"] for each in partial}
        yield OrganizationPart(organization, nodes, ours, complete, partial)


def of_collected(connection: Connection, inventory: CollectedInventory) -> list[Snapshot]:
    """Return all snapshots of the organizations that were just collected, the oldest first."""
    parts = inventory.graph.by_organization()
    # Where the organization itself was collected, the server has just accepted the token.
    accepted = {
        organization
        for organization, (nodes, _) in parts.items()
        if any(each["_type"] == entities.ORGANIZATION.type for each in nodes)
    }
    return find(connection, [*parts], accepted) if parts else []


def find(
    connection: Connection, organizations: Sequence[str], accepted: Collection[str] = ()
) -> list[Snapshot]:
    """Return the snapshots of organizations, else of all that the token may see, the oldest first.

    The server is not asked again about organizations for which it just *accepted* the token.
    """
    if not database.exists(connection):
        return []
    if organizations:
        check_access(connection, {*organizations} - {*accepted})
    with database.opened(connection) as store:
        known = reading.snapshots(store)
    wanted = organizations or _accessible(connection, {each.organization for each in known})
    return [each for each in known if each.organization in wanted]


def check_access(connection: Connection, organizations: Iterable[str]) -> None:
    """Raise an ApiError where the server refuses the token for an organization or is not reached.

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


def _accessible(connection: Connection, organizations: Collection[str]) -> set[str]:
    """Return those organizations that the token may see; raise the error where it sees none."""
    accessible, refusal = set(), None
    for each in sorted(organizations):
        try:
            check_access(connection, [each])
            accessible.add(each)
        except (Forbidden, NotFound) as error:
            refusal = error
    if refusal and not accessible:
        raise refusal
    if refusal:
        hidden = len(organizations) - len(accessible)
        logger.info("%d more are stored that the token may not see.", hidden)
    return accessible


@contextlib.contextmanager
def opened(connection: Connection, _of: Iterable[Snapshot]) -> Iterator[sqlite3.Connection]:
    """Open the store; the caller shows by its snapshots that it may."""
    with database.opened(connection) as store:
        yield store


def contents(connection: Connection, chosen: Sequence[Snapshot]) -> list[ObjectsByKey]:
    """Return what snapshots hold."""
    with opened(connection, chosen) as store:
        return [reading.contents(store, each) for each in chosen]


def remove(connection: Connection, organizations: Sequence[str], *, dry_run: bool) -> list[JSON]:
    """Delete all that is stored of organizations, or only count it, and return the counts."""
    if not database.exists(connection):
        logger.info("Nothing was ever stored of this Sentry.")
        return []
    check_access(connection, {*organizations})
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


def find_named(
    connection: Connection, organizations: Sequence[str], *names: str
) -> list[list[Snapshot]]:
    """Find the snapshots that *names* mean, for each a list with one of each organization.

    A name is an id, a time (the last snapshot until then) or `latest`. Without organizations it is
    the connection's, else all. Raises an InputError where there is none.
    """
    fits = [_predicate(name) for name in names]
    wanted = organizations_or_default(connection, organizations)
    known = find(connection, wanted) if fits else []
    return [_last_of_each(known, each, wanted) for each in fits]


def organizations_or_default(connection: Connection, organizations: Sequence[str]) -> Sequence[str]:
    """Return the organizations of an input, else that of the connection; none stands for all."""
    return organizations or [*filter(None, [connection.client.organization])]


def _last_of_each(
    known: Sequence[Snapshot], fits: Predicate, wanted: Sequence[str]
) -> list[Snapshot]:
    """Return the last snapshot of each organization that fits."""
    found = {each.organization: each for each in known if fits(each)}
    if found and {*wanted} <= found.keys():
        return [*found.values()]
    ids = [each.id for each in known]
    there = f"There are {ids[0]} to {ids[-1]}" if ids else "Nothing is stored yet of what is named"
    raise InputError(
        "There is no such snapshot as the input names, of every organization that it is about.",
        f"{there}. Give an id, a time or `{LATEST}`; Collect Inventory stores snapshots.",
    )


def _predicate(name: str) -> Predicate:
    """Return the test that a snapshot has to pass to be called *name*."""
    if name == LATEST:
        return lambda _: True
    if name.isdecimal():
        return lambda each: str(each.id) == name
    try:
        limit = writing.sortable_time(times.read(name))
    except (ValueError, OverflowError) as error:
        raise InputError(
            "The input names a snapshot by something that is neither an id nor a time.",
            f"Give an id, a time such as 2026-08-16T17:41:36Z, or {LATEST}.",
        ) from error
    return lambda each: each.at <= limit
