"""Changes of many issues: the result for each, and requests that can affect no other issue.

If none of the numbers in a request is an issue any more, Sentry ignores them and uses the search of
the request; without a search, it changes up to a thousand unresolved issues. So each request also
has a search that finds only the same issues.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sentry_plugin.client import issueids
from sentry_plugin.client.routes import (
    Query,
    Route,
    issues_by_number_route,
    project_issue_routes,
    with_query,
)
from sentry_plugin.errors import IN_DOUBT, InputError, PluginError, Stopped, TimedOut
from sentry_plugin.issues import bulkcursor, results
from sentry_plugin.issues.results import Results
from sentry_plugin.issues.selection import select
from sentry_plugin.logs import logger
from sentry_plugin.steps.step import Action, Does
from sentry_plugin.transport.refusal import concerns_one

if TYPE_CHECKING:
    from sentry_plugin.client.makes import Make
    from sentry_plugin.issues.selection import SelectedIssue, Selection
    from sentry_plugin.steps.connection import Connection

CHUNK = 50
"""Issues in one request, so that its URL is short enough for proxies."""
KEPT = 0.25
"""The part of the time, up to MOST_KEPT seconds, that is kept for a look at the last changes."""
MOST_KEPT = 10.0
GO_ON = " To go on with what is left, give `partial`'s `next_cursor` as `cursor`, with this input."


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


def routes_to_look(make: Make, selected: Sequence[SelectedIssue]) -> list[Route]:
    """Return the routes to the list of some issues of one project, and of no others."""
    if make.finds_by_id:
        numbers = [one.number for one in selected]
        return [issues_by_number_route(selected[0].organization, numbers)]
    # Old servers find nothing by a number and a short ID together.
    return with_query(routes(selected), {"id": []})


def search_for(selected: Sequence[SelectedIssue]) -> Query:
    """Return the query that finds some issues, and no others."""
    names = ",".join(str(one.issue.get("shortId")) for one in selected)
    return {"query": f"issue:[{names}]", "limit": str(len(selected))}


def is_in_doubt(error: PluginError) -> bool:
    """Tell whether a change may have been made although it ended with an *error*."""
    return IN_DOUBT in error.cause


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
        self.results = Results()
        self._params: Mapping[str, Any] = {}
        self._refusals: list[PluginError] = []
        self._longest_look = 0.0

    def change(self, selected: Sequence[SelectedIssue], params: Any) -> None:
        """Change the issues, or only report what would be changed."""
        raise NotImplementedError

    def run(self, params: Mapping[str, Any]) -> Any:
        """Look up and change the issues; return all results, or at the end raise a refusal."""
        if "query" in params and "project_slug" in self.left_out:
            logger.warning("The input's `project_slug` is null: the search is of all projects.")
        self._params = params
        scope = issueids.SCOPE if params.get("dry_run") else self.scope
        for name in bulkcursor.names(params):
            self.results.add(name, results.NOT_TRIED)
        try:
            for selection in select(self.connection.client, params, self.shown, scope):
                self._expect(selection)
                self.change(selection.found, params)
        except PluginError as error:
            self._end(error)
        if self._refusals:
            raise self._first_refusal()
        return self.results.output()

    def _expect(self, selection: Selection) -> None:
        for name in selection.doubles:
            self.results.drop(name)
        for name in selection.missing:
            self.results.add(name, results.NOT_FOUND)
        self._refusals += selection.refused.values()
        for name, refusal in selection.refused.items():
            self.results.add(name, results.FAILED, refusal.cause)
        for one in selection.found:
            self.results.expect(one)

    def begin(self, selected: Iterable[SelectedIssue]) -> None:
        """Set the result to unknown, before some issues are changed."""
        self.results.tell(selected, results.UNKNOWN, IN_DOUBT.strip())

    def attempt(self, send: Callable[[], None]) -> None:
        """Send a change, with time kept back to look at what came of it."""
        deadline = self.connection.deadline
        kept = max(min(deadline.seconds * KEPT, MOST_KEPT), 1.5 * self._longest_look)
        with deadline.keep_back(kept):
            send()

    @contextlib.contextmanager
    def looking(self) -> Iterator[None]:
        """Measure how long a look takes."""
        began = self.connection.deadline.now()
        yield
        took = self.connection.deadline.now() - began
        self._longest_look = max(self._longest_look, took)

    def fail(
        self, selected: Sequence[SelectedIssue], error: PluginError, *, begun: bool = False
    ) -> None:
        """Set the result of issues that were not changed; raise *error* if it concerns the others.

        Of an error in doubt, the result is what was told of them before. *begun*: a part of the
        change was made.
        """
        is_theirs = concerns_one(error)
        if not is_in_doubt(error):
            is_untried = isinstance(error, TimedOut | Stopped) and not begun
            status = results.NOT_TRIED if is_untried else results.FAILED
            self.results.tell(selected, status, error.cause)
            self.results.leave([] if is_theirs else selected)
        if not is_theirs:
            raise error
        self._refusals.append(error)

    def _end(self, error: PluginError) -> None:
        """Raise *error*, which ended the changes, unless a look has shown that all were made."""
        if self.results.count(results.UNKNOWN):
            error.cause += "" if is_in_doubt(error) else IN_DOUBT
            error.tells_changes = True  # by the results
        else:
            error.cause = error.cause.replace(IN_DOUBT, "")
            self.connection.ledger.settle()
        if self.results.left() or not self.results.count(results.DONE):
            raise self._with_advice(error)
        logger.warning("%s Nothing is left to do.", error)

    def _first_refusal(self) -> PluginError:
        first, of_all = self._refusals[0], f"of {len(self.results)} issues"
        failed, unknown = map(self.results.count, (results.FAILED, results.UNKNOWN))
        told = [f"{failed} {of_all} failed."] if failed else []
        told += [f"What came of {unknown} {of_all} is not known."] if unknown else []
        first.cause = f"{' '.join(told)} The first refusal: {first.cause}"
        first.tells_changes = True  # by the results
        return self._with_advice(first)

    def _with_advice(self, error: PluginError) -> PluginError:
        error.assistance += GO_ON if self._cursor() else ""
        return error

    def partial(self) -> dict[str, Any] | None:
        """Return the results up to a failure, and the cursor to go on from."""
        if not len(self.results):
            return None
        cursor = self._cursor()
        more = {"next_cursor": cursor} if cursor else {}
        return {"output": self.fit_output(self.results.output()), **more}

    def _cursor(self) -> str | None:
        """Return where to go on; None if nothing is left, or nothing was begun."""
        left = self.results.left()
        is_begun = "cursor" in self._params or len(left) < len(self.results)
        return bulkcursor.cursor(self._params, left) if left and is_begun else None
