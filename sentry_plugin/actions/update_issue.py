"""Update the attributes of one issue."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sentry_plugin import strictjson
from sentry_plugin.client import issueids
from sentry_plugin.client.routes import with_query
from sentry_plugin.errors import ApiError, PluginError
from sentry_plugin.issues import assignee, update
from sentry_plugin.issues.issue import normalised
from sentry_plugin.steps.step import Action, Does

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sentry_plugin.client.routes import Route
    from sentry_plugin.generated import types
    from sentry_plugin.issues.update import Target
    from sentry_plugin.strictjson import JSON

SCOPE = "event:write"


class UpdateIssue(Action):
    """Update an issue: change only the given attributes that differ."""

    does = Does.WRITES | Does.LOOKS_FIRST

    def run(self, params: types.UpdateIssueInput) -> types.UpdateIssueOutput:
        """https://docs.sentry.io/api/events/update-an-issue/ ."""
        targets = update.targets(params)
        routes = self._routes(params)
        before = self._look(routes)
        changeable = self.connection.client.make.attributes
        for target in targets:
            update.check_known(before, target.asked, target.needs or target.asked, changeable)
        if "assignedTo" in params:
            update.check_known(before, "assignedTo", "assignedTo", changeable)
            targets.append(assignee.target(self._project(params, before), params["assignedTo"]))
        due = [target for target in targets if target.always or not target.is_met(before)]
        after = self._update(routes, due, before) if due else before
        changes = update.changes(before, after)
        _check_applied(due, after, changes)
        return {"issue": normalised(after), "changes": changes, "changed": bool(due)}

    def _routes(self, params: types.UpdateIssueInput) -> list[Route]:
        routes = issueids.routes(self.connection.client, params["issue_id"], scope=SCOPE)
        return with_query(routes, {"expand": ["inbox"]}) if "inbox" in params else routes

    def _look(self, routes: Sequence[Route]) -> JSON:
        return self.connection.client.get_object(routes, SCOPE)

    def _project(self, params: types.UpdateIssueInput, issue: JSON) -> assignee.Project:
        client = self.connection.client
        issue_id, link = params["issue_id"], issue.get("permalink")
        organization = issueids.organization_of_issue(client, issue_id, link)
        slug = strictjson.at(issue, "project", "slug")
        return assignee.Project(client, organization, slug or "")

    def _update(self, routes: Sequence[Route], due: Sequence[Target], before: JSON) -> JSON:
        repeatable = all(target.repeatable for target in due)
        after: JSON = {}
        for nth, body in enumerate(update.bodies(due, before)):
            try:
                after = self.connection.client.put(routes, body, SCOPE, repeatable=repeatable)
            except PluginError as error:
                error.cause += " The issue was reopened before that." if nth else ""
                raise
        is_whole = all(name in after for name in update.shown(before))
        return after if is_whole else self._look(routes)


def _check_applied(due: Sequence[Target], after: JSON, changes: JSON) -> None:
    if words := update.unapplied(due, after, changes):
        error = ApiError(
            words,
            "It may lack the feature. What belongs to a user (hasSeen, isBookmarked, isSubscribed) "
            "needs the token of one, not of an integration; a substatus is only set when an issue "
            "is reopened.",
        )
        error.tells_changes = True
        raise error
