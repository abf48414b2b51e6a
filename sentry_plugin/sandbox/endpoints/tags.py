"""The endpoints that count the tags of events, by key and by value.

Stores none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sentry_plugin.sandbox import times
from sentry_plugin.sandbox.kept.store import Where, equal, grouped, one_of
from sentry_plugin.sandbox.kept.tables import TAGS_WITH_EVENTS
from sentry_plugin.sandbox.messages import lookups, pages
from sentry_plugin.sandbox.messages.responses import Response, as_json, refuse_missing
from sentry_plugin.sandbox.shown.eventparts import tag_name

if TYPE_CHECKING:
    import sqlite3

    from sentry_plugin.sandbox.kept.store import Store
    from sentry_plugin.sandbox.messages.call import Call

VALUES = "value, count(*) AS count, min(time) AS first, max(time) AS last, max(tag.event) AS newest"
SORTS = {"date": "last DESC, value", "age": "first DESC, value", "count": "count DESC, value"}
NEWEST = "newest DESC, value"
TOP = 9
PERSON = ("id", "email", "username", "ip")


def of_issue(call: Call) -> Response:
    """List the keys of an issue's tags with their most frequent values."""
    ours = _of_issue(call)
    rows = call.sandbox.store.select(
        TAGS_WITH_EVENTS, grouped(ours, "key"), columns="key", order="key"
    )
    wanted = [row["key"] for row in rows if row["key"] in (call.all("key") or [row["key"]])]
    return as_json([_key(call, ours, key) for key in wanted])


def key_of_issue(call: Call) -> Response:
    """Show one key of an issue's tags with its most frequent values."""
    key = call.params["key"]
    return as_json(_key(call, _known(call, _of_issue(call), key), key))


def values_of_issue(call: Call) -> Response:
    """List the values of one key of an issue's tags."""
    return _listed(call, _of_issue(call), SORTS.get(call.first("sort") or "", NEWEST))


def values_of_project(call: Call) -> Response:
    """List the values of one key of the tags of a project's events."""
    ours = equal("event.project_id", lookups.project(call)["id"])
    return _listed(call, ours, SORTS["date"])


def _of_issue(call: Call) -> Where:
    ours = equal("tag.issue_id", lookups.issue(call))
    names = call.all("environment")
    return ours & one_of("environment", names) if names else ours


def _known(call: Call, ours: Where, key: str) -> Where:
    found = ours & equal("key", key)
    return found if call.sandbox.store.count(TAGS_WITH_EVENTS, found) else refuse_missing()


def _key(call: Call, ours: Where, key: str) -> dict[str, Any]:
    store, where = call.sandbox.store, ours & equal("key", key)
    rows = _values(store, where, SORTS["count"], (TOP, 0))
    return {
        "key": key,
        "name": tag_name(key),
        "uniqueValues": store.count(TAGS_WITH_EVENTS, where, of="DISTINCT value"),
        "totalValues": store.count(TAGS_WITH_EVENTS, where),
        "topValues": [_value(key, row) for row in rows],
    }


def _listed(call: Call, ours: Where, order: str) -> Response:
    store, key = call.sandbox.store, call.params["key"]
    where = _known(call, ours, key)
    if query := call.first("query"):
        where &= Where("instr(lower(value), lower(?))", (query,))

    def rows(limit: int, start: int) -> list[sqlite3.Row]:
        return _values(store, where, order, (limit, start))

    total = store.count(TAGS_WITH_EVENTS, where, of="DISTINCT value")
    page = pages.by_offset(call, total, rows, numbered=False)
    return pages.listing(call, page, [_value(key, row) for row in page.rows])


def _values(store: Store, where: Where, order: str, page: tuple[int, int]) -> list[sqlite3.Row]:
    return store.select(
        TAGS_WITH_EVENTS, grouped(where, "value"), columns=VALUES, order=order, page=page
    )


def _value(key: str, row: sqlite3.Row) -> dict[str, Any]:
    field, _, word = row["value"].partition(":")
    person = key == "user" and field in PERSON
    return {
        "key": key,
        "name": word if person else row["value"],
        "value": row["value"],
        "count": row["count"],
        "firstSeen": times.iso(row["first"]),
        "lastSeen": times.iso(row["last"]),
        **({"query": f'user.{field}:"{word}"'} if person else {}),
    }
