"""Update the attributes of many issues."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

from sentry_plugin import strictjson
from sentry_plugin.client.routes import with_query
from sentry_plugin.errors import Forbidden, NotFound, PluginError
from sentry_plugin.issues import assignee, bulk, update
from sentry_plugin.issues.selection import check_issue
from sentry_plugin.transport.refusal import concerns_one

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sentry_plugin.issues.selection import SelectedIssue
    from sentry_plugin.issues.update import Target
    from sentry_plugin.strictjson import JSON

Plan = tuple["SelectedIssue", list["Target"]]


class UpdateIssues(bulk.BulkAction):
    """Update issues where they differ, in chunks of one project, and check the results."""

    _assignments: dict[tuple[str, str], Target]
    _helps = True
    """False once a refused chunk was sent again one by one, and none of it succeeded."""

    def run(self, params: Mapping[str, Any]) -> Any:
        """https://docs.sentry.io/api/events/bulk-mutate-a-list-of-issues/ ."""
        self._targets = update.targets(params)
        self._assignments = {}
        self.shown = {"expand": "inbox"} if "inbox" in params else {}
        return super().run(params)

    def change(self, selected: Sequence[SelectedIssue], params: Mapping[str, Any]) -> None:
        """Find what to change of each issue, then change it."""
        plans = [(one, self._due(one, params)) for one in selected]
        self.tell([one for one, due in plans if not due], "unchanged")
        plans = [(one, due) for one, due in plans if due]
        if params.get("dry_run"):
            for one, due in plans:
                self.tell([one], "would_change", attributes=[target.asked for target in due])
            return
        for chunk in _chunks(plans):
            self._update(chunk)

    def _due(self, one: SelectedIssue, params: Mapping[str, Any]) -> list[Target]:
        targets = [*self._targets]
        for target in targets:
            update.check_known(one.issue, target.asked, target.needs or target.asked)
        if "assignedTo" in params:
            targets.append(self._assignment(one, params["assignedTo"]))
        return [target for target in targets if target.always or not target.is_met(one.issue)]

    def _assignment(self, one: SelectedIssue, to: str) -> Target:
        update.check_known(one.issue, "assignedTo", "assignedTo")
        place = (one.organization, one.project)
        if place not in self._assignments:
            project = assignee.Project(self.connection.client, *place)
            self._assignments[place] = assignee.target(project, to)
        return self._assignments[place]

    def _update(self, chunk: Sequence[Plan]) -> None:
        selected = [one for one, _ in chunk]
        self.begin(selected)
        try:
            self._send(chunk)
        except PluginError as error:
            if len(chunk) == 1 or not (self._helps and _may_be_of_one(error)):
                self.fail(selected, error)
                return
        else:
            self._look(chunk)
            return
        # The server does not say which issue is the reason.
        for plan in chunk:
            self._update([plan])
        self._helps = any(self._results[one.number]["status"] == "done" for one in selected)

    def _send(self, chunk: Sequence[Plan]) -> None:
        due = chunk[0][1]
        routes = bulk.routes([one for one, _ in chunk])
        repeatable = all(target.repeatable for target in due)
        for body in update.bodies(due, chunk[0][0].issue):
            self.connection.client.put(
                routes, body, self.scope, repeatable=repeatable, may_be_empty=True
            )

    def _look(self, chunk: Sequence[Plan]) -> None:
        """Check the results of an accepted update."""
        selected = [one for one, _ in chunk]
        # Until they are looked up.
        words = "The server accepted the update; what came of it is not known."
        self.tell(selected, "failed", words)
        try:
            shown = self._shown(selected)
        except PluginError as error:
            self.fail([], error)
            return
        for one, targets in chunk:
            self._check(one, targets, shown.get(one.number))

    def _shown(self, selected: Sequence[SelectedIssue]) -> dict[str, JSON]:
        """Look up the issues by one search; old servers do not find short IDs."""
        routes = with_query(bulk.routes(selected), {"id": [], **self.shown})
        pages = self.connection.client.pages(routes, self.scope, limit=len(selected))
        issues = [check_issue(issue) for page in pages for issue in page.items]
        return {issue["id"]: issue for issue in issues}

    def _check(self, one: SelectedIssue, due: Sequence[Target], after: JSON | None) -> None:
        try:
            if after is None:
                routes = with_query(one.routes, self.shown)
                after = check_issue(self.connection.client.get(routes, self.scope))
        except NotFound as error:
            self.tell([one], "not_found", error.cause)
            return
        except PluginError as error:
            self.fail([], error)
            return
        changes = update.changes(one.issue, after)
        if reason := update.unapplied(due, after, changes):
            self.tell([one], "failed", reason, changes=changes)
        else:
            self.tell([one], "done", changes=changes)


def _may_be_of_one(error: PluginError) -> bool:
    """Tell whether one issue may be why all were refused; a missing scope concerns all."""
    return concerns_one(error) and not isinstance(error, Forbidden | NotFound)


def _chunks(plans: Sequence[Plan]) -> Iterator[Sequence[Plan]]:
    """Group issues of one project that get the same update, at most CHUNK together."""

    def alike(plan: Plan) -> tuple[str, str, str]:
        one, due = plan
        sent = strictjson.dumps(update.bodies(due, one.issue))
        return one.organization, one.project, sent

    for _, group in itertools.groupby(sorted(plans, key=alike), key=alike):
        members = list(group)
        for start in range(0, len(members), bulk.CHUNK):
            yield members[start : start + bulk.CHUNK]
