"""Merges issues into the one that has the most events.

Answers no request.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sentry_plugin.sandbox.kept.store import equal, one_of

if TYPE_CHECKING:
    from sentry_plugin.sandbox.kept.store import Store

ADD_HOUR = (
    "INSERT INTO issue_hour VALUES (?, ?, ?)"
    " ON CONFLICT (issue_id, hour) DO UPDATE SET count = count + excluded.count"
)
ADD_USER = "INSERT OR IGNORE INTO issue_user VALUES (?, ?)"


def merge(store: Store, numbers: list[int]) -> dict[str, Any] | None:
    """Merge issues; return parent and children, or None if they are of several projects."""
    found = store.select("issue", one_of("id", numbers), order="count DESC, id")
    if len({row["project_id"] for row in found}) > 1:
        return None
    parent, *children = [row["id"] for row in found]
    with store.transaction():
        for table in ("event", "tag", "activity", "report"):
            store.update(table, {"issue_id": parent}, one_of("issue_id", children))
        for row in store.select("issue_hour", one_of("issue_id", children)):
            store.write(ADD_HOUR, parent, row["hour"], row["count"])
        for row in store.select("issue_user", one_of("issue_id", children)):
            store.write(ADD_USER, parent, row["user"])
        total = {
            "count": sum(row["count"] for row in found),
            "users": store.count("issue_user", equal("issue_id", parent)),
            "first_seen": min(row["first_seen"] for row in found),
            "last_seen": max(row["last_seen"] for row in found),
        }
        store.update("issue", total, equal("id", parent))
        for table in ("issue_user", "issue_hour"):
            store.delete(table, one_of("issue_id", children))
        store.delete("issue", one_of("id", children))
    return {"parent": str(parent), "children": [str(number) for number in children]}
