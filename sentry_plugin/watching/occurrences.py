"""What happened to an issue, read from its activity. Pure.

Sentry's lists tell only how an issue is now; each thing that happened has an entry, with an id, in
the activity of its details, on servers new and old. Asks nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from sentry_plugin import times

if TYPE_CHECKING:
    from sentry_plugin.strictjson import JSON

NEW = "new"
UNIGNORED = "unignored"
_KINDS = {"set_regression": "regressed", "set_escalating": "escalating", "assigned": "assigned"}
_RESOLVED = "set_resolved"
"""Or longer: set_resolved_by_age, set_resolved_in_release, ..."""
_IGNORED = "set_ignored"
_REOPENED = {"set_unresolved", "set_escalating", "auto_set_ongoing"}
"""What ends being ignored."""


class Occurrence(NamedTuple):
    """One thing that happened to an issue."""

    kind: str
    key: str
    """The same whenever it is found."""
    at: float
    activity: JSON | None = None


def moment(text: Any) -> float:
    """Read a time of Sentry, in UTC if it does not say, as seconds since 1970; 0 if it is none."""
    try:
        return times.read(text).timestamp()
    except ValueError:
        return 0.0


def first_seen(issue: JSON) -> Occurrence:
    """Tell that an issue is new."""
    return Occurrence(NEW, f"{issue['id']}:{NEW}", moment(issue.get("firstSeen")))


def of_activity(issue: JSON) -> Iterator[Occurrence]:
    """Tell what its activity says, oldest first."""
    is_ignored = False
    for entry in _entries(issue):
        kind = entry["type"]
        kinds = [_KINDS.get(kind), "resolved" if kind.startswith(_RESOLVED) else None]
        kinds += [UNIGNORED if is_ignored and kind in _REOPENED else None]
        for each in filter(None, kinds):
            key = f"{issue['id']}:{each}:{entry.get('id')}"
            yield Occurrence(each, key, moment(entry.get("dateCreated")), entry)
        if _is_status(kind):
            is_ignored = kind == _IGNORED


def unignored_silently(issue: JSON, at: float) -> Iterator[Occurrence]:
    """Tell that it is not ignored any more though no entry says so: old servers write none."""
    statuses = [entry for entry in _entries(issue) if _is_status(entry["type"])]
    if statuses and statuses[-1]["type"] == _IGNORED and issue.get("status") == "unresolved":
        yield Occurrence(UNIGNORED, f"{issue['id']}:{UNIGNORED}:after-{statuses[-1]['id']}", at)


def _entries(issue: JSON) -> list[JSON]:
    """Give the activity, oldest first; what is no entry is left out."""
    given = issue.get("activity")
    entries = given if isinstance(given, list) else []
    known = [each for each in entries if isinstance(each, dict) and each.get("type")]
    return sorted(known, key=lambda each: (moment(each.get("dateCreated")), str(each.get("id"))))


def _is_status(kind: str) -> bool:
    return kind in _REOPENED | {_IGNORED, "set_regression"} or kind.startswith(_RESOLVED)
