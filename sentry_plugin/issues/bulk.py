"""Changing many issues: what became of each, and requests that can touch no other.

Where none of the numbers in a request is an issue any more, Sentry forgets them and takes the
request's search instead: for want of one, up to a thousand unresolved issues. So each request
carries a search, too, which finds nothing but the same issues.
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
    from sentry_plugin.issues.selection import Chosen
    from sentry_plugin.steps.connection import Connection

CHUNK = 50
"""Issues of one request, so that its address stays shorter than what proxies take."""


def routes(chosen: Sequence[Chosen]) -> list[Route]:
    """Give the ways to some issues of one project, and to no others."""
    first = chosen[0]
    if not (first.organization and first.project):
        raise InputError(
            "The organization of an issue is not known.",
            "Set the connection's `organization`, or name the issues by their addresses.",
        )
    query = {"id": [one.number for one in chosen], **only(chosen)}
    return project_issue_routes(first.organization, first.project, query)


def only(chosen: Sequence[Chosen]) -> Query:
    """Give the search that finds some issues, and no others."""
    names = ",".join(str(one.issue.get("shortId")) for one in chosen)
    return {"query": f"issue:[{names}]", "limit": str(len(chosen))}


class BulkAction(Action):
    """An action that changes many issues, all of which it looks up first."""

    does = Does.WRITES | Does.LOOKS_FIRST
    scope = "event:write"
    """What the token needs to change them."""

    # Without its project a search finds more than was meant.
    empty_texts = Action.empty_texts | {"project_slug"}

    def __init__(self, name: str, connection: Connection) -> None:
        super().__init__(name, connection)
        self.shown: Query = {}
        """What of an issue to look up beside the usual."""
        self._results: dict[str, dict[str, Any]] = {}
        self._refusals: list[PluginError] = []

    def change(self, chosen: Sequence[Chosen], params: Any) -> None:
        """Change what was found, or say what would be changed."""
        raise NotImplementedError

    def run(self, params: Mapping[str, Any]) -> Any:
        """Look up, change, and tell what became of each; at the end fail, if any was refused."""
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

    def tell(self, chosen: Iterable[Chosen], status: str, reason: str = "", **more: Any) -> None:
        """Say what became of some."""
        told = {"status": status, **({"reason": reason} if reason else {}), **more}
        for one in chosen:
            self._results[one.number].pop("reason", None)
            self._results[one.number] |= told

    def begin(self, chosen: Iterable[Chosen]) -> None:
        """Say of some that they are being changed: until an answer comes, no more is known."""
        self.tell(chosen, "failed", IN_DOUBT.strip())

    def fail(self, chosen: Iterable[Chosen], error: PluginError) -> None:
        """Say that some failed, and go on after a refusal, which others may be spared."""
        self.tell(chosen, "failed", error.cause)
        if not concerns_one(error):
            raise error
        self._refusals.append(error)

    def _first_refusal(self) -> PluginError:
        first, results = self._refusals[0], self._results.values()
        failed = sum(result["status"] == "failed" for result in results)
        first.cause = f"{failed} of {len(results)} issues failed. The first refusal: {first.cause}"
        first.tells_changes = True  # the results do
        return first

    def partial(self) -> dict[str, Any] | None:
        """Give what became of each before a failure."""
        return {"output": self.fit_output(self._output())} if self._results else None

    def _output(self) -> dict[str, Any]:
        results = [*self._results.values()]
        counts = collections.Counter(result["status"] for result in results)
        return {"results": results, "counts": dict(counts)}
