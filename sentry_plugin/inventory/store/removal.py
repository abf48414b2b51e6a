"""Deletes all that is stored of an organization, so that the file holds no trace of it.

Knows no message.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sentry_plugin.logs import logger

if TYPE_CHECKING:
    import sqlite3

_COUNTS = {
    "snapshots": "SELECT count(*) FROM snap WHERE org = ?",
    "entities": "SELECT count(DISTINCT ev.id) FROM ev JOIN k USING (id) WHERE org = ?",
    "relationships": "SELECT count(*) FROM (SELECT DISTINCT f, ty, t FROM rv"
    " JOIN k ON k.id = rv.f WHERE org = ?)",
}
_DELETIONS = (
    "DELETE FROM rv WHERE f IN (SELECT id FROM k WHERE org = ?)",
    "DELETE FROM ev WHERE id IN (SELECT id FROM k WHERE org = ?)",
    "DELETE FROM k WHERE org = ?",
    "DELETE FROM snap WHERE org = ?",
)


def counts(database: sqlite3.Connection, organization: str) -> dict[str, int]:
    """Count what is stored of an organization; an object with several states counts once."""
    counted = {
        name: database.execute(statement, (organization,)).fetchone()[0]
        for name, statement in _COUNTS.items()
    }
    return {name: number for name, number in counted.items() if number}


def remove(database: sqlite3.Connection, organization: str) -> dict[str, int]:
    """Delete what is stored of an organization, and return its counts."""
    with database:
        database.execute("BEGIN IMMEDIATE")
        removed = counts(database, organization)
        for statement in _DELETIONS:
            database.execute(statement, (organization,))
    return removed


def wipe(database: sqlite3.Connection) -> None:
    """Shrink the file, and empty SQLite's log beside it, which still has what was deleted.

    In the file itself it was overwritten when it was deleted (`secure_delete`).
    """
    import sqlite3

    try:
        database.execute("VACUUM")
        remains, *_ = database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    except sqlite3.OperationalError:
        remains = True  # VACUUM needs room for a copy
    if remains:
        logger.warning(
            "The log beside the store's file may still have what was removed, because somebody "
            "reads it or the disk is full. Delete it once more later."
        )
