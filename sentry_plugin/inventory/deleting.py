"""Deletes what is stored of organizations, here and at JupiterOne, or counts it (a dry run).

Changes nothing at Sentry.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sentry_plugin.errors import InputError
from sentry_plugin.inventory.store import snapshots
from sentry_plugin.inventory.upload import uploading

if TYPE_CHECKING:
    from sentry_plugin.steps.connection import Connection


def output(connection: Connection, params: Any) -> Any:
    """Return the output of Delete Inventory."""
    organizations = snapshots.organizations_or_default(connection, params.get("organizations", []))
    uploaded = any(params.get(name) for name in uploading.DESTINATIONS)
    if not (organizations or uploaded):
        raise InputError(
            "Neither the input nor the connection names an organization.",
            "Name in `organizations` those whose inventories are to be deleted.",
        )
    dry_run = params.get("dry_run", False)
    if uploaded:
        snapshots.check_access(connection, organizations)
    # JupiterOne first: it is the likelier to fail, and then everything can be tried again.
    there = {"jupiterone": uploading.remove(connection, params)} if uploaded else {}
    here = snapshots.remove(connection, organizations, dry_run=dry_run) if organizations else []
    return {**there, "dry_run": dry_run, "removed": here}
