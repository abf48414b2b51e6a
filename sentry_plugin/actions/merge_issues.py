"""Merge issues into one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sentry_plugin.client.routes import issues_by_number_route, with_query
from sentry_plugin.errors import ApiError, InputError, NotFound
from sentry_plugin.issues import bulk
from sentry_plugin.issues.selection import ERROR, check_issue, select_by_id
from sentry_plugin.logs import printable
from sentry_plugin.steps.step import Action, Does

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sentry_plugin.generated import types
    from sentry_plugin.issues.selection import SelectedIssue

SCOPE = "event:write"


class MergeIssues(Action):
    """Merge issues of one project, after all of them were looked up."""

    does = Does.WRITES | Does.LOOKS_FIRST

    def run(self, params: types.MergeIssuesInput) -> types.MergeIssuesOutput:
        """https://docs.sentry.io/product/issues/grouping-and-fingerprints/ ."""
        client = self.connection.client
        selected, missing, refused, _ = select_by_id(client, params["issue_ids"], {}, SCOPE)
        for error in refused.values():
            raise error
        if missing:
            raise NotFound(
                f"Nothing was merged: there is no issue {printable(', '.join(missing))}.",
                "Leave it out, or correct it.",
            )
        _check(selected)
        self._check_listed(selected)
        reply = client.put(
            bulk.routes(selected), {"merge": True}, SCOPE, repeatable=False, may_be_empty=True
        )
        merged = reply.get("merge")
        if type(merged) is int and merged:
            return self._left(selected)
        if not (isinstance(merged, dict) and {"parent", "children"} <= merged.keys()):
            error = ApiError(
                "The server merged nothing: the issues may just have been deleted or merged.",
                "Look them up, and run the step again.",
                str(reply.get("detail", "")),
            )
            error.tells_changes = True
            raise error
        return {"parent": merged["parent"], "children": merged["children"]}

    def _check_listed(self, selected: Sequence[SelectedIssue]) -> None:
        """Refuse issues that were merged before, where the server would lose others with them."""
        if not self.connection.client.make.finds_by_id:
            return
        listed = self._listed(selected)
        if gone := [one.name for one in selected if one.number not in listed]:
            raise NotFound(
                f"Nothing was merged: {printable(', '.join(gone))} is not listed in the "
                "organization, and may have been merged before.",
                "Leave it out.",
            )

    def _left(self, selected: Sequence[SelectedIssue]) -> types.MergeIssuesOutput:
        """Look which issue is left, where the server tells only that it merged."""
        left = self._listed(selected)
        if len(left) != 1:
            raise ApiError(
                f"The server says that it merged the issues, and {len(left)} of them are listed.",
                "Look them up.",
            )
        children = [one.number for one in selected if one.number not in left]
        return {"parent": left.pop(), "children": children}

    def _listed(self, selected: Sequence[SelectedIssue]) -> set[str]:
        """Return the numbers that the list of the organization shows: not of merged issues."""
        route = issues_by_number_route(selected[0].organization, [one.number for one in selected])
        routes = with_query([route], {"limit": str(bulk.CHUNK)})
        listed = self.connection.client.get(routes, SCOPE)
        issues = listed if isinstance(listed, list) else [listed]
        return {check_issue(issue)["id"] for issue in issues}


def _check(selected: Sequence[SelectedIssue]) -> None:
    if len(selected) < 2:
        raise InputError("The input's `issue_ids` name one issue only.", "Name at least two.")
    if len(selected) > bulk.CHUNK:
        raise InputError(
            f"The input's `issue_ids` are more than {bulk.CHUNK}.", "Merge the rest afterwards."
        )
    if len({(one.organization, one.project) for one in selected}) > 1:
        raise InputError(
            "The issues are of several projects, and only those of one can be merged.",
            "Name issues of one project.",
        )
    if others := [one for one in selected if one.category != ERROR]:
        raise InputError(
            f"The issue {printable(others[0].name)} is no error, and only errors can be merged.",
            "Leave it out.",
        )
