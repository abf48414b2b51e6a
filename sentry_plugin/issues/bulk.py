"""Changes of many issues: the result for each, and requests that can affect no other issue.

If none of the numbers in a request is an issue any more, Sentry ignores them and uses the search of
the request; without a search, it changes up to a thousand unresolved issues. So each request also
has a search that finds only the same issues.
"""

from __future__ import annotations

import collections
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sentry_plugin.client import issueids
from sentry_plugin.client.routes import Query, Route, project_issue_routes
from sentry_plugin.errors import IN_DOUBT, InputError
from sentry_plugin.issues.selection import select
from sentry_plugin.logs import logger
from sentry_plugin.steps.step import Action, Does
from sentry_plugin.transport.refusal import concerns_one

if TYPE_CHECKING:
    from sentry_plugin.errors import PluginError
    from sentry_plugin.issues.selection import SelectedIssue
    from sentry_plugin.steps.connection import Connection

CHUNK = 50
"""Issues in one request, so that its URL is short enough for proxies."""


def routes(selected: Sequence[SelectedIssue]) -> list[Route]:
    """Return the routes to some issues of one project, and to no others."""
    first = selected[0]
    if not (first.organization and first.project):
        raise InputError(
            "The organization of an issue is not known.",
            "Set the connection's `organization`, or name the issues by their addresses.",
        )
    query = {"id": [one.number for one in selected], **search_for(selected)}
    return project_issue_routes(first.organization, first.project, query)


def search_for(selected: Sequence[SelectedIssue]) -> Query:
    """Return the query that finds some issues, and no others."""
    names = ",".join(str(one.issue.get("shortId")) for one in selected)
    return {"query": f"issue:[{names}]", "limit": str(len(selected))}


class BulkAction(Action):
    """An action that changes many issues, after it has looked up all of them."""

    does = Does.WRITES | Does.LOOKS_FIRST
    scope = "event:write"
    """The scope that the token needs to change them."""

    # A search without its project would find more than was meant.
    empty_texts = Action.empty_texts | {"project_slug"}

    def __init__(self, name: str, connection: Connection) -> None:
        super().__init__(name, connection)
        self.shown: Query = {}
        """The query for fields of an issue that Sentry does not show by default."""
        self._results: dict[str, dict[str, Any]] = {}
        self._refusals: list[PluginError] = []

    def change(self, selected: Sequence[SelectedIssue], params: Any) -> None:
        """Change the issues, or only report what would be changed."""
        raise NotImplementedError

    def run(self, params: Mapping[str, Any]) -> Any:
        """Look up and change the issues; return all results, or at the end raise a refusal."""
        if "query" in params and "project_slug" in self.left_out:
            logger.warning("The input's `project_slug` is null: the search is of all projects.")
        scope = issueids.SCOPE if params.get("dry_run") else self.scope
        selection = select(self.connection.client, params, self.shown, scope)
        for name in selection.missing:
            self._results[name] = {"issue_id": name, "status": "not_found"}
        self._refusals = [*selection.refused.values()]
        for name, refusal in selection.refused.items():
            self._results[name] = {"issue_id": name, "status": "failed", "reason": refusal.cause}
        for one in selection.found:
            shown = {"issue_id": one.name, "id": one.number, "shortId": one.issue.get("shortId")}
            self._results[one.number] = {**shown, "status": "not_tried"}
        self.change(selection.found, params)
        if self._refusals:
            raise self._first_refusal()
        return self._output()

    def tell(
        self, selected: Iterable[SelectedIssue], status: str, reason: str = "", **more: Any
    ) -> None:
        """Set the result of some issues."""
        told = {"status": status, **({"reason": reason} if reason else {}), **more}
        for one in selected:
            self._results[one.number].pop("reason", None)
            self._results[one.number] |= told

    def begin(self, selected: Iterable[SelectedIssue]) -> None:
        """Set the result to unknown, before some issues are changed."""
        self.tell(selected, "failed", IN_DOUBT.strip())

    def fail(self, selected: Iterable[SelectedIssue], error: PluginError) -> None:
        """Set the result to failed; raise *error* if it concerns the other issues too."""
        self.tell(selected, "failed", error.cause)
        if not concerns_one(error):
            raise error
        self._refusals.append(error)

    def _first_refusal(self) -> PluginError:
        first, results = self._refusals[0], self._results.values()
        failed = sum(result["status"] == "failed" for result in results)
        first.cause = f"{failed} of {len(results)} issues failed. The first refusal: {first.cause}"
        first.tells_changes = True  # by the results
        return first

    def partial(self) -> dict[str, Any] | None:
        """Return the results up to a failure."""
        return {"output": self.fit_output(self._output())} if self._results else None

    def _output(self) -> dict[str, Any]:
        results = [*self._results.values()]
        counts = collections.Counter(result["status"] for result in results)
        return {"results": results, "counts": dict(counts)}
