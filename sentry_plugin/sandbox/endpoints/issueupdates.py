"""The endpoints that change issues: one by its id, or many by ids or by a search.

What an attribute changes is in `effects`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from sentry_plugin.sandbox import times
from sentry_plugin.sandbox.endpoints import issues
from sentry_plugin.sandbox.kept.store import Where, equal, one_of
from sentry_plugin.sandbox.messages import lookups
from sentry_plugin.sandbox.messages.responses import Response, as_json, refuse, without_body
from sentry_plugin.sandbox.rules import attributes, merging
from sentry_plugin.sandbox.rules.effects import EFFECTS
from sentry_plugin.sandbox.shown import issueforms

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

    from sentry_plugin.sandbox.kept.store import Store
    from sentry_plugin.sandbox.messages.call import Call
    from sentry_plugin.sandbox.rules.effects import Effect

MAX_BULK = 1000
# Sentry subscribes whoever changes these attributes, for these reasons.
REASONS = {"status": "changed_status", "assignedTo": "assigned", "isBookmarked": "bookmarked"}
ACROSS_PROJECTS = "Merging across multiple projects is not supported"


def one(call: Call) -> Response:
    """Change one issue, and show all of it."""
    number = lookups.issue(call)
    apply(call, [number], attributes.checked(call.json()))
    row = issueforms.rows_of(call.sandbox, [number])[0]
    return as_json(issueforms.issue(call.sandbox, row))


def of_project(call: Call) -> Response:
    """Change many issues of a project, and show only what changed."""
    return _many(call, equal("project_id", lookups.project(call)["id"]))


def of_organization(call: Call) -> Response:
    """Change many issues of an organization, and show only what changed."""
    lookups.organization(call)
    return _many(call, issues.organization_filter(call))


def delete_of_project(call: Call) -> Response:
    """Delete many issues of a project."""
    return _delete(call, equal("project_id", lookups.project(call)["id"]))


def delete_of_organization(call: Call) -> Response:
    """Delete many issues of an organization."""
    lookups.organization(call)
    return _delete(call, issues.organization_filter(call))


def _many(call: Call, scope: Where) -> Response:
    # As in Sentry: if no issue has one of the ids, the search is used instead.
    numbers = _named(call, scope) or _searched(call, scope)
    if not numbers:
        return without_body()
    given = attributes.checked(call.json())
    answer = apply(call, numbers, given)
    if given.get("merge") and len(numbers) > 1:
        merged = merging.merge(call.sandbox.store, numbers)
        return as_json(answer | {"merge": merged} if merged else {"detail": ACROSS_PROJECTS})
    return as_json(answer)


def _delete(call: Call, scope: Where) -> Response:
    chosen = _named if call.all("id") else _searched
    issues.remove(call, chosen(call, scope))
    return without_body()


def _named(call: Call, scope: Where) -> list[int]:
    numbers = [lookups.number_of(text) for text in call.all("id")]
    if None in numbers:
        refuse(400, "Invalid issue ID")
    return issues.matching(call, scope & one_of("id", numbers), MAX_BULK)


def _searched(call: Call, scope: Where) -> list[int]:
    return issues.matching(call, scope & issues.search_filter(call), MAX_BULK)


def apply(call: Call, numbers: list[int], given: dict[str, Any]) -> dict[str, Any]:
    """Change issues as *given* says; return the answer of a bulk update."""
    sandbox, store = call.sandbox, call.sandbox.store
    rows = store.select("issue", one_of("id", numbers))
    effects = [make(sandbox, rows, given) for name, make in EFFECTS.items() if name in given]
    silent = {"statusDetails", *attributes.ARCHIVE_LIMITS}
    answer = {name: value for name, value in given.items() if name not in silent}
    with store.transaction():
        for effect in effects:
            _write(store, rows, effect)
            answer |= effect.answer
        _subscribe(store, numbers, given)
    return answer


def _write(store: Store, rows: Sequence[sqlite3.Row], effect: Effect) -> None:
    ours = [row["id"] for row in rows]
    if effect.always:
        store.update("issue", effect.always, one_of("id", ours))
    if effect.if_changed:
        column, value = next(iter(effect.if_changed.items()))
        ours = [row["id"] for row in rows if row[column] != value]
        store.update("issue", effect.if_changed, one_of("id", ours))
    if effect.kind:
        rest = (effect.kind, orjson.dumps(effect.data).decode(), times.now())
        columns = ("issue_id", "type", "data", "created")
        store.insert_many("activity", ((number, *rest) for number in ours), columns)


def _subscribe(store: Store, numbers: list[int], given: dict[str, Any]) -> None:
    # Not if they have unsubscribed.
    reason = next((word for name, word in REASONS.items() if given.get(name)), None)
    if reason:
        fresh = one_of("id", numbers) & equal("subscription", "")
        store.update("issue", {"subscription": reason}, fresh)
