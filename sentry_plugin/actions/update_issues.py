"""Update the attributes of many issues."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

from sentry_plugin import strictjson
from sentry_plugin.client.routes import with_query
from sentry_plugin.errors import Forbidden, NotFound, PluginError
from sentry_plugin.issues import assignee, bulk, results, update
from sentry_plugin.issues.bulk import is_in_doubt
from sentry_plugin.issues.selection import check_issue
from sentry_plugin.transport.refusal import concerns_one

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sentry_plugin.issues.selection import SelectedIssue
    from sentry_plugin.issues.update import Target
    from sentry_plugin.strictjson import JSON

Plan = tuple["SelectedIssue", list["Target"]]
ACCEPTED = "The server accepted the update; what came of it is not known."
REOPENED = " It was reopened before that."


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
        self.results.tell([one for one, due in plans if not due], results.UNCHANGED)
        plans = [(one, due) for one, due in plans if due]
        if params.get("dry_run"):
            for one, due in plans:
                names = [target.asked for target in due]
                self.results.tell([one], results.WOULD_CHANGE, attributes=names)
            return
        for chunk in _chunks(plans):
            self._update(chunk)

    def _due(self, one: SelectedIssue, params: Mapping[str, Any]) -> list[Target]:
        targets, changeable = [*self._targets], self.connection.client.make.attributes
        for target in targets:
            update.check_known(one.issue, target.asked, target.needs or target.asked, changeable)
        if "assignedTo" in params:
            targets.append(self._assignment(one, params["assignedTo"]))
        return [target for target in targets if target.always or not target.is_met(one.issue)]

    def _assignment(self, one: SelectedIssue, to: str) -> Target:
        changeable = self.connection.client.make.attributes
        update.check_known(one.issue, "assignedTo", "assignedTo", changeable)
        place = (one.organization, one.project)
        if place not in self._assignments:
            project = assignee.Project(self.connection.client, *place)
            self._assignments[place] = assignee.target(project, to)
        return self._assignments[place]

    def _update(self, chunk: Sequence[Plan], *, reopened: bool = False) -> None:
        """Update issues at once; *reopened*: they were so by an earlier request."""
        selected = [one for one, _ in chunk]
        self.begin(selected)
        try:
            self.attempt(lambda: self._send(chunk))
        except PluginError as error:
            if reopened and REOPENED not in error.cause:
                error.cause += REOPENED
            self._fail(chunk, error)
        else:
            self.results.tell(selected, results.UNKNOWN, ACCEPTED)
            with self.looking():
                self._look(chunk)

    def _fail(self, chunk: Sequence[Plan], error: PluginError) -> None:
        selected, reopened = [one for one, _ in chunk], REOPENED in error.cause
        if len(chunk) > 1 and self._helps and _may_be_of_one(error):
            status = results.FAILED if reopened else results.NOT_TRIED
            self.results.tell(selected, status, error.cause if reopened else "")
            self.results.leave(selected)
            # The server does not say which issue is the reason.
            for plan in chunk:
                self._update([plan], reopened=reopened)
            self._helps = any(self.results.status(one) == results.DONE for one in selected)
            return
        if is_in_doubt(error):
            self.results.tell(selected, results.UNKNOWN, error.cause)
            self._look(chunk, in_doubt=True)
        self.fail(selected, error, begun=reopened)

    def _send(self, chunk: Sequence[Plan]) -> None:
        due = chunk[0][1]
        routes = bulk.routes([one for one, _ in chunk])
        repeatable = all(target.repeatable for target in due)
        for nth, body in enumerate(update.bodies(due, chunk[0][0].issue)):
            try:
                self.connection.client.put(
                    routes, body, self.scope, repeatable=repeatable, may_be_empty=True
                )
            except PluginError as error:
                error.cause += REOPENED if nth else ""
                raise

    def _look(self, chunk: Sequence[Plan], *, in_doubt: bool = False) -> None:
        """Check the results of an update that was accepted, or may have been made."""
        try:
            shown = self._shown([one for one, _ in chunk])
        except PluginError as error:
            self._miss(error, in_doubt=in_doubt)
            return
        for one, due in chunk:
            try:
                after = shown.get(one.number) or self._shown_alone(one)
            except NotFound as error:
                self.results.tell([one], results.NOT_FOUND, error.cause)
            except PluginError as error:
                self._miss(error, in_doubt=in_doubt)
            else:
                self._judge(one, due, after, in_doubt=in_doubt)

    def _miss(self, error: PluginError, *, in_doubt: bool) -> None:
        """Leave the results unknown; an update in doubt has an error of its own."""
        if not in_doubt:
            self.fail([], error)

    def _shown(self, selected: Sequence[SelectedIssue]) -> dict[str, JSON]:
        """Look up the issues by one request; old servers do not find short IDs."""
        client = self.connection.client
        routes = with_query(bulk.routes_to_look(client.make, selected), self.shown)
        pages = client.pages(routes, self.scope, limit=len(selected))
        issues = [check_issue(issue) for page in pages for issue in page.items]
        return {issue["id"]: issue for issue in issues}

    def _shown_alone(self, one: SelectedIssue) -> JSON:
        return check_issue(
            self.connection.client.get(with_query(one.routes, self.shown), self.scope)
        )

    def _judge(
        self, one: SelectedIssue, due: Sequence[Target], after: JSON, *, in_doubt: bool
    ) -> None:
        changes = update.changes(one.issue, after)
        reason = update.unapplied(due, after, changes)
        # What was so before proves nothing, and what is not so yet may still come.
        if in_doubt and (reason or any(target.is_met(one.issue) for target in due)):
            return
        if reason:
            self.results.tell([one], results.FAILED, reason, changes=changes)
        else:
            self.results.tell([one], results.DONE, changes=changes)


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
