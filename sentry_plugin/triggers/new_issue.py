"""Report issues that are new, and what happens to issues."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING, Any

from sentry_plugin import times
from sentry_plugin.client.organization import organization_of
from sentry_plugin.client.routes import issue_routes
from sentry_plugin.errors import Gone, InputError, NotFound, ServerError, Unsupported
from sentry_plugin.issues.issue import normalised
from sentry_plugin.logs import logger
from sentry_plugin.watching import occurrences, polling, watchedlists
from sentry_plugin.watching.occurrences import NEW, Occurrence, timestamp
from sentry_plugin.watching.trigger import Trigger

if TYPE_CHECKING:
    from sentry_plugin.generated import types
    from sentry_plugin.strictjson import JSON
    from sentry_plugin.watching.scan import Scan
    from sentry_plugin.watching.triggerstate import TriggerState


KINDS = (NEW, "regressed", "escalating", "unignored", "assigned", "resolved")
DAY = 86400.0
# In these substatuses, an occurrence may show only by a newer event.
_RECURRING = {None, "regressed", "escalating"}


class NewIssue(Trigger):
    """Report issues that are new, regressed, escalating, unignored, assigned or resolved."""

    _is_warned = False

    def checked_input(self, params: Any) -> dict[str, Any]:
        """Check the kinds and the times of the input."""
        checked = super().checked_input(params)
        if unknown := {*checked.get("kinds", ())} - {*KINDS}:
            words = f"The input's `kinds` hold {len(unknown)} that there are not."
            raise InputError(words, f"The kinds are: {', '.join(KINDS)}.")
        return polling.check_times(checked)

    def pause_limits(self, params: types.NewIssueInput) -> tuple[float, float]:
        """Return the shortest and the longest pause, in seconds."""
        return polling.pause_limits(params)

    def example(self, params: types.NewIssueInput) -> Any:
        """Return the issue with the newest event, as if it were new."""
        found = polling.newest(watchedlists.of_issues(self.connection.client, params))
        return found and _output(occurrences.first_seen(found), normalised(found))

    def check_access(self, params: types.NewIssueInput, _state: TriggerState) -> None:
        """Request one page of each list."""
        polling.newest(watchedlists.of_issues(self.connection.client, params))

    def poll(
        self, params: types.NewIssueInput, state: TriggerState
    ) -> Generator[list[Any], None, None]:
        """Read the lists of issues; https://docs.sentry.io/product/issues/states-triage/ ."""
        client, wanted = self.connection.client, _kinds(params)
        span = polling.Span(params.get("since"), params.get("look_back_days", 14) * DAY)

        def found(issue: JSON, scan: Scan) -> list[Any]:
            self._check_kinds(params)
            happened = self._happened(issue, scan, state, params)
            return [
                _output(each, normalised(issue))
                for each in happened
                if each.kind in wanted
                and each.at >= scan.bound
                and state.remember_if_new(each.key, each.at)
            ]

        lists = watchedlists.of_issues(client, params)
        for outputs in polling.poll_lists(client, lists, state, span, found):
            self._check_kinds(params)
            yield outputs

    def _check_kinds(self, params: types.NewIssueInput) -> None:
        """Refuse kinds that the server cannot tell of; warn where the input names none."""
        make = self.connection.client.make
        if make.has_activity or self._is_warned:
            return
        if untold := {*params.get("kinds", ())} - {NEW}:
            raise Unsupported(
                f"{make.name} does not tell when an issue is {', '.join(sorted(untold))}.",
                f"Name {NEW} alone in `kinds`.",
            )
        self._is_warned = True
        logger.warning("%s tells only which issues are new, not what happens to them.", make.name)

    def _happened(
        self, issue: JSON, scan: Scan, state: TriggerState, params: types.NewIssueInput
    ) -> list[Occurrence]:
        """List what may have happened to an issue since the last poll, and remember its state."""
        key, seen = f"issue:{issue['id']}", timestamp(issue.get("lastSeen"))
        before, now = state.recall(key), _mark(issue)
        happened = [] if before else [occurrences.first_seen(issue)]
        again, was = False, None
        tells_more = self.connection.client.make.has_activity and _kinds(params) - {NEW}
        if tells_more and _may_differ(issue, before, now, recent=seen >= scan.bound):
            detail = self._detail(issue, params)
            if detail is None:
                return happened  # without remembering, so that the next poll asks again
            happened += occurrences.of_activity(detail)
            # Sentry changes an issue first, and adds the entry to its activity later.
            again = before is None or before["mark"] != now
            if before and before["mark"][0] != now[0]:
                was = before["mark"][0]
            elif before and before["was"] == "ignored":
                happened += occurrences.unignored_silently(
                    detail, self.connection.client.server_time
                )
        state.remember(key, {"mark": now, "was": was, "again": again}, seen)
        return happened

    def _detail(self, issue: JSON, params: types.NewIssueInput) -> JSON | None:
        """Return an issue with its activity; empty if it was deleted, None after an error.

        The error of one issue must not stop the others.
        https://docs.sentry.io/api/events/retrieve-an-issue/
        """
        client = self.connection.client
        routes = issue_routes(organization_of(client, params), str(issue["id"]))
        try:
            detail = client.get(routes, "event:read")
        except NotFound:
            return {}
        except (ServerError, Gone) as error:
            logger.warning("%s", error.cause)
            return None
        return detail if isinstance(detail, dict) else {}


def _kinds(params: types.NewIssueInput) -> set[str]:
    """Return the kinds of occurrences to report; all, if the input names none."""
    return {*params.get("kinds", KINDS)}


def _mark(issue: JSON) -> list[Any]:
    """Return values of an issue that change when something happens to it."""
    status, substatus = issue.get("status"), issue.get("substatus")
    assigned = issue.get("assignedTo")
    actor = assigned.get("id") if isinstance(assigned, dict) else assigned
    recurring = status == "unresolved" and substatus in _RECURRING
    return [status, substatus, actor, issue.get("lastSeen") if recurring else None]


def _may_differ(issue: JSON, before: Any, now: list[Any], *, recent: bool) -> bool:
    """Tell whether the issue's activity may hold something that was not reported yet."""
    if before is None:
        return recent and not _is_fresh(issue)
    return bool(before["again"] or before["mark"] != now)


def _is_fresh(issue: JSON) -> bool:
    """Tell whether nothing has happened to an issue but its first events."""
    substatus = issue.get("substatus")
    only_new = substatus == "new" or (substatus is None and issue.get("count") == "1")
    return only_new and issue.get("status") == "unresolved" and not issue.get("assignedTo")


def _output(happened: Occurrence, issue: JSON) -> JSON:
    output: JSON = {
        "kind": happened.kind,
        "occurrence": happened.key,
        "at": times.write(happened.at),
        "issue": issue,
    }
    return output | ({"activity": happened.activity} if happened.activity else {})
