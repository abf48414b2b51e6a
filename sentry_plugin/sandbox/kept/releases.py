"""The releases of the organization: those that events named, and others.

Shows none: that is `releaseforms`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sentry_plugin.sandbox.kept.store import equal

if TYPE_CHECKING:
    import sqlite3

    from sentry_plugin.sandbox.kept.store import Store

# When the release came out, as far as that is known.
DATE = "coalesce(released, created)"


def find(store: Store, version: str | None) -> sqlite3.Row | None:
    """Find a release."""
    return store.first("release", equal("version", version))


def make(store: Store, version: str, time: int) -> None:
    """Make a release, unless there is one."""
    store.write("INSERT OR IGNORE INTO release (version, created) VALUES (?, ?)", version, time)


def add_to_project(store: Store, project_id: int, version: str, time: int) -> bool:
    """Let a project have a release, new or not; tell whether it had not."""
    make(store, version, time)
    ours = equal("project_id", project_id) & equal("version", version)
    is_new = not store.count("release_project", ours)
    if is_new:
        store.write("INSERT INTO release_project VALUES (?, ?, ?)", project_id, version, time)
    return is_new


def latest(store: Store, project_id: int) -> str | None:
    """Give a project's newest release."""
    newest = "created DESC, version DESC"
    row = store.first("release_project", equal("project_id", project_id), order=newest)
    return row["version"] if row else None
