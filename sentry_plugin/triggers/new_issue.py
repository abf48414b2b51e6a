"""Tell of issues that are new, and of what happens to issues."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING, Any

from sentry_plugin import times
from sentry_plugin.client.organization import organization_of
from sentry_plugin.client.routes import issue_routes
from sentry_plugin.errors import Gone, InputError, NotFound, ServerError
from sentry_plugin.issues.issue import normalised
from sentry_plugin.logs import logger
from sentry_plugin.watching import feeds, looking, occurrences
from sentry_plugin.watching.occurrences import NEW, Occurrence, moment
from sentry_plugin.watching.trigger import Trigger

if TYPE_CHECKING:
    from sentry_plugin.generated import types
    from sentry_plugin.strictjson import JSON
    from sentry_plugin.watching.memory import Memory
    from sentry_plugin.watching.sweep import Sweep


KINDS = (NEW, "regressed", "escalating", "unignored", "assigned", "resolved")
DAY = 86400.0
# In these states the next event may tell of an occurrence that the state itself does not show.
_RECURRING = {None, "regressed", "escalating"}


class NewIssue(Trigger):
    """Tell of issues that are new, regressed, escalating, unignored, assigned or resolved."""

    def checked_input(self, params: Any) -> dict[str, Any]:
        """Refuse kinds that there are not, and times that are none."""
        checked = super().checked_input(params)
        if unknown := {*checked.get("kinds", ())} - {*KINDS}:
            words = f"The input's `kinds` hold {len(unknown)} that there are not."
            raise InputError(words, f"The kinds are: {', '.join(KINDS)}.")
        return looking.checked(checked)

    def pace(self, params: types.NewIssueInput) -> tuple[float, float]:
        """Give the limits of the pause."""
        return looking.pace(params)

    def example(self, params: types.NewIssueInput) -> Any:
        """Give the issue that was seen last, as if it were new."""
        found = looking.newest(feeds.of_issues(self.connection.client, params))
        return found and _output(occurrences.first_seen(found), normalised(found))

    def prove(self, params: types.NewIssueInput, _memory: Memory) -> None:
        """Ask for a page of each list."""
        looking.newest(feeds.of_issues(self.connection.client, params))

    def look(self, params: types.NewIssueInput, memory: Memory) -> Generator[list[Any], None, None]:
        """Go down the lists of issues; https://docs.sentry.io/product/issues/states-triage/ ."""
        client, wanted = self.connection.client, _kinds(params)
        span = looking.Span(params.get("since"), params.get("look_back_days", 14) * DAY)

        def found(issue: JSON, sweep: Sweep) -> list[Any]:
            happened = self._happened(issue, sweep, memory, params)
            return [
                _output(each, normalised(issue))
                for each in happened
                if each.kind in wanted
                and each.at >= sweep.bound
                and memory.is_new(each.key, each.at)
            ]

        yield from looking.look(client, feeds.of_issues(client, params), memory, span, found)

    def _happened(
        self, issue: JSON, sweep: Sweep, memory: Memory, params: types.NewIssueInput
    ) -> list[Occurrence]:
        """List what may have happened to an issue since it was seen last."""
        key, seen = f"issue:{issue['id']}", moment(issue.get("lastSeen"))
        before, now = memory.known(key), _mark(issue)
        happened = [] if before else [occurrences.first_seen(issue)]
        again, was = False, None
        if _kinds(params) - {NEW} and _may_differ(issue, before, now, recent=seen >= sweep.bound):
            detail = self._detail(issue, params)
            if detail is None:
                return happened  # and nothing is remembered: the next look asks again
            happened += occurrences.of_activity(detail)
            # Sentry changes an issue first, and writes the entry of its activity afterwards.
            again = before is None or before["mark"] != now
            if before and before["mark"][0] != now[0]:
                was = before["mark"][0]
            elif before and before["was"] == "ignored":
                happened += occurrences.unignored_silently(detail, self.connection.client.time)
        memory.know(key, {"mark": now, "was": was, "again": again}, seen)
        return happened

    def _detail(self, issue: JSON, params: types.NewIssueInput) -> JSON | None:
        """Give an issue with its activity, empty where it is not there any more.

        One whose details fail does not keep the others from being told.
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
    """Give the kinds of occurrences that are told: all, if the input names none."""
    return {*params.get("kinds", KINDS)}


def _mark(issue: JSON) -> list[Any]:
    """Give what differs once something happened to an issue."""
    status, substatus = issue.get("status"), issue.get("substatus")
    assigned = issue.get("assignedTo")
    actor = assigned.get("id") if isinstance(assigned, dict) else assigned
    recurring = status == "unresolved" and substatus in _RECURRING
    return [status, substatus, actor, issue.get("lastSeen") if recurring else None]


def _may_differ(issue: JSON, before: Any, now: list[Any], *, recent: bool) -> bool:
    """Tell whether the issue's activity may have what was not told yet."""
    if before is None:
        return recent and not _is_fresh(issue)
    return bool(before["again"] or before["mark"] != now)


def _is_fresh(issue: JSON) -> bool:
    """Tell whether nothing has happened to an issue yet but its first events."""
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
