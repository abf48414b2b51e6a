"""Deletes what is kept of organizations, here and at JupiterOne, or tells what there is to delete.

Leaves Sentry alone. Each place where something is kept gives its own part of the output.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sentry_plugin.errors import InputError
from sentry_plugin.inventory import stored, uploading
from sentry_plugin.inventory.store import database, removal
from sentry_plugin.logs import logger, printable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sentry_plugin.connection import Connection
    from sentry_plugin.inventory.properties import JSON


def output(connection: Connection, params: Any) -> Any:
    """Do what the input of Delete Inventory asks for."""
    organizations = stored.about(connection, params.get("organizations", []))
    uploaded = any(params.get(name) for name in uploading.DESTINATIONS)
    if not (organizations or uploaded):
        raise InputError(
            "Neither the input nor the connection names an organization.",
            "Name in `organizations` those whose inventories are to be deleted.",
        )
    dry_run = params.get("dry_run", False)
    # First what can fail by no fault of this machine: then all is still there to try again.
    there = {"jupiterone": uploading.remove(connection, params)} if uploaded else {}
    here = _stored(connection, organizations, dry_run=dry_run) if organizations else []
    return {**there, "dry_run": dry_run, "removed": here}


def _stored(connection: Connection, organizations: Sequence[str], *, dry_run: bool) -> list[JSON]:
    """Delete snapshots."""
    if not database.path(connection).exists():
        logger.info("Nothing was ever stored of this Sentry.")
        return []
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
