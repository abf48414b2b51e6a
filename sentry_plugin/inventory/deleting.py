"""Deletes what is kept of organizations, or tells what there is to delete.

Leaves Sentry alone. Each place where something is kept gives its own part of the output.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sentry_plugin.errors import InputError
from sentry_plugin.inventory import stored
from sentry_plugin.inventory.store import database, removal
from sentry_plugin.logs import logger, printable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sentry_plugin.connection import Connection
    from sentry_plugin.inventory.properties import JSON


def output(connection: Connection, params: Any) -> Any:
    """Do what the input of Delete Inventory asks for."""
    organizations = stored.about(connection, params.get("organizations", []))
    if not organizations:
        raise InputError(
            "Neither the input nor the connection names an organization.",
            "Name in `organizations` those whose inventories are to be deleted.",
        )
    dry_run = params.get("dry_run", False)
    return {"dry_run": dry_run, "removed": _stored(connection, organizations, dry_run=dry_run)}


def _stored(connection: Connection, organizations: Sequence[str], *, dry_run: bool) -> list[JSON]:
    """Delete snapshots."""
    if not database.path(connection).exists():
        logger.info("Nothing was ever stored of this Sentry.")
        return []
    with database.opened(connection) as store:
        act = removal.counts if dry_run else removal.remove
        found = {each: act(store, each) for each in organizations}
        if not dry_run:
            removal.wipe(store)
    for each in (each for each in organizations if not found[each]):
        logger.info("Nothing is stored of %s.", printable(each))
    return [{"organization": name, **counts} for name, counts in found.items() if counts]
