"""Finds and makes releases in the database.

How a release is shown is in `releaseforms`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sentry_plugin.sandbox.kept.store import equal

if TYPE_CHECKING:
    import sqlite3

    from sentry_plugin.sandbox.kept.store import Store

# The date that releases are sorted by, as SQL.
DATE = "coalesce(released, created)"


def find(store: Store, version: str | None) -> sqlite3.Row | None:
    """Find a release by its version; None if there is none."""
    return store.first("release", equal("version", version))


def make(store: Store, version: str, time: int) -> None:
    """Make a release, unless there is one of this version."""
    store.write("INSERT OR IGNORE INTO release (version, created) VALUES (?, ?)", version, time)


def add_to_project(store: Store, project_id: int, version: str, time: int) -> bool:
    """Give a project a release, which is made if necessary; tell whether the project lacked it."""
    make(store, version, time)
    ours = equal("project_id", project_id) & equal("version", version)
    is_new = not store.count("release_project", ours)
    if is_new:
        store.write("INSERT INTO release_project VALUES (?, ?, ?)", project_id, version, time)
    return is_new


def latest(store: Store, project_id: int) -> str | None:
    """Return the version of a project's newest release, or None."""
    newest = "created DESC, version DESC"
    row = store.first("release_project", equal("project_id", project_id), order=newest)
    return row["version"] if row else None
