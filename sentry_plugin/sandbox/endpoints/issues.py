"""The endpoints that list, show and delete issues.

Does not change an issue otherwise: `issueupdates` does.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from sentry_plugin.sandbox.kept.store import ALL, Where, equal, in_subquery, one_of
from sentry_plugin.sandbox.messages import lookups, pages
from sentry_plugin.sandbox.messages.responses import (
    Response,
    as_json,
    refuse,
    refuse_missing,
    without_body,
)
from sentry_plugin.sandbox.rules import search
from sentry_plugin.sandbox.shown import issueforms, shortids

if TYPE_CHECKING:
    from sentry_plugin.sandbox.messages.call import Call

SORTS = {
    "date": "last_seen",
    "new": "first_seen",
    "freq": "count",
    "user": "users",
    "inbox": "first_seen",
    "trends": "count",
    "recommended": "last_seen",
}
BAD_TIMELINE = "Invalid stats_period. Valid choices are '', '24h', and '14d'"
EVENT_ID = re.compile(r"[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}", re.IGNORECASE)
DIRECT = {"X-Sentry-Direct-Hit": "1"}


def of_project(call: Call) -> Response:
    """List a project's issues; `statsPeriod` only chooses the chart here."""
    project = lookups.project(call)
    timeline = _timeline(call, "statsPeriod", ("", "24h", "14d"))
    return _listed(call, equal("project_id", project["id"]), timeline)


def of_organization(call: Call) -> Response:
    """List an organization's issues; `statsPeriod` is a filter here."""
    lookups.organization(call)
    timeline = _timeline(call, "groupStatsPeriod", ("", "24h", "14d", "auto"))
    return _listed(call, organization_filter(call), timeline)


def organization_filter(call: Call) -> Where:
    """Match the issues of the projects and the time that the parameters name."""
    span, wanted = call.window(), lookups.wanted_projects(call)
    found = one_of("project_id", wanted) if wanted else ALL
    return found & Where("last_seen >= ? AND first_seen <= ?", span) if span else found


def _timeline(call: Call, name: str, choices: tuple[str, ...]) -> str:
    chosen = call.first(name)
    if chosen is not None and chosen not in choices:
        refuse(400, BAD_TIMELINE)
    return "24h" if chosen is None else chosen


def _listed(call: Call, scope: Where, timeline: str) -> Response:
    sort = call.first("sort") or "date"
    if sort not in SORTS:
        refuse(400, f"Sort key '{sort}' not supported.")
    limit = _limit(call)
    cursor = pages.cursor_of(call)
    if found := _event_hit(call, scope) or _short_id_hit(call):
        number, more = found
        forms = [form | more for form in _forms(call, [number], timeline)]
        return as_json(forms, headers=DIRECT)
    ranking = _ranking(call, SORTS[sort], scope & search_filter(call))
    page = pages.by_score(cursor, limit, ranking)
    forms = _forms(call, [row["id"] for row in page.rows], timeline)
    return pages.listing(call, page, forms, hits=ranking.total)


def search_filter(call: Call) -> Where:
    """Match the issues that `query`, `environment` and `group` ask for."""
    query = call.first("query")
    sandbox = call.sandbox
    text = search.DEFAULT if query is None else query
    found = search.condition(sandbox.store, text, sandbox.user_id)
    if names := call.all("environment"):
        known = sandbox.store.count("environment", one_of("name", names), of="DISTINCT name")
        if known != len(set(names)):
            refuse_missing()
        tagged = equal("key", "environment") & one_of("value", names)
        found &= in_subquery("id", "issue_id", "tag", tagged)
    if groups := call.all("group"):
        found &= one_of("id", groups)
    return found


def matching(call: Call, where: Where, limit: int) -> list[int]:
    """Return the ids of issues that match, those with the newest events first."""
    return [row["id"] for row in _ranking(call, "last_seen", where).rows(limit, 0)]


def _ranking(call: Call, score: str, where: Where) -> pages.Ranking:
    store = call.sandbox.store
    columns, order = f"{score}, id", f"{score} DESC, id DESC"
    return pages.Ranking(
        total=store.count("issue", where),
        above=lambda value: store.count("issue", where & Where(f"{score} > ?", (value,))),
        rows=lambda limit, start: store.select(
            "issue", where, columns=columns, order=order, page=(limit, start)
        ),
    )


def _limit(call: Call) -> int:
    text = call.first("limit")
    if not text:
        return pages.MAX_LIMIT
    try:
        limit = int(text)
    except ValueError:
        refuse(400, "invalid limit")
    if limit < 0:
        refuse(400, "invalid limit")
    return min(limit, pages.MAX_LIMIT)


def _event_hit(call: Call, scope: Where) -> tuple[int, dict[str, Any]] | None:
    query = (call.first("query") or "").strip()
    if not EVENT_ID.fullmatch(query):
        return None
    event_id = query.replace("-", "").lower()
    ours = equal("event_id", event_id) & in_subquery("issue_id", "id", "issue", scope)
    row = call.sandbox.store.first("event", ours)
    if row is None:
        return None
    known = {"matchingEventId": event_id, "matchingEventEnvironment": row["environment"]}
    return row["issue_id"], known


def _short_id_hit(call: Call) -> tuple[int, dict[str, Any]] | None:
    if not call.flag("shortIdLookup"):
        return None
    number = shortids.find(call.sandbox.store, (call.first("query") or "").strip())
    return (number, {}) if number else None


def _forms(call: Call, ids: list[int], timeline: str) -> list[dict[str, Any]]:
    forms = issueforms.of_list(
        call.sandbox, ids, timeline, expand=call.all("expand"), collapse=call.all("collapse")
    )
    if "project" in call.params:
        return forms
    return [issueforms.of_organization_list(form) for form in forms]


def show(call: Call) -> Response:
    """Show one issue."""
    number = lookups.issue(call)
    return as_json(issueforms.detail(call.sandbox, number, expand=call.all("expand")))


def by_short_id(call: Call) -> Response:
    """Show the issue that a short id names."""
    organization = lookups.organization(call)
    number = shortids.find(call.sandbox.store, call.params["short_id"]) or refuse_missing()
    form = issueforms.issue(call.sandbox, issueforms.rows_of(call.sandbox, [number])[0])
    return as_json(
        {
            "organizationSlug": organization["slug"],
            "projectSlug": form["project"]["slug"],
            "groupId": form["id"],
            "group": form,
            "shortId": form["shortId"],
        }
    )


def delete(call: Call) -> Response:
    """Delete one issue with its events."""
    remove(call, [lookups.issue(call)])
    return without_body(202)


def remove(call: Call, ids: list[int]) -> None:
    """Delete issues and all that belongs to them."""
    store = call.sandbox.store
    with store.transaction():
        for table in ("issue_user", "issue_hour", "activity", "event", "tag", "report"):
            store.delete(table, one_of("issue_id", ids))
        store.delete("issue", one_of("id", ids))
