"""What happened to an issue, read from its activity. Pure.

Lists show only the current state of an issue. Its details have an activity, with an entry and an ID
for each thing that happened, on new servers and old.
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
"""Prefix of set_resolved_by_age, set_resolved_in_release and others."""
_IGNORED = "set_ignored"
_REOPENED = {"set_unresolved", "set_escalating", "auto_set_ongoing"}
"""Types of entries that end the status ignored."""


class Occurrence(NamedTuple):
    """One thing that happened to an issue."""

    kind: str
    key: str
    """Always the same for the same occurrence."""
    at: float
    activity: JSON | None = None


def timestamp(text: Any) -> float:
    """Read a time as seconds since 1970, in UTC if it names no zone; 0 if it is not valid."""
    try:
        return times.read(text).timestamp()
    except ValueError:
        return 0.0


def first_seen(issue: JSON) -> Occurrence:
    """Return the occurrence of a new issue."""
    return Occurrence(NEW, f"{issue['id']}:{NEW}", timestamp(issue.get("firstSeen")))


def of_activity(issue: JSON) -> Iterator[Occurrence]:
    """Yield the occurrences in the activity of an issue, oldest first."""
    is_ignored = False
    for entry in _entries(issue):
        kind = entry["type"]
        kinds = [_KINDS.get(kind), "resolved" if kind.startswith(_RESOLVED) else None]
        kinds += [UNIGNORED if is_ignored and kind in _REOPENED else None]
        for each in filter(None, kinds):
            key = f"{issue['id']}:{each}:{entry.get('id')}"
            yield Occurrence(each, key, timestamp(entry.get("dateCreated")), entry)
        if _is_status(kind):
            is_ignored = kind == _IGNORED


def unignored_silently(issue: JSON, at: float) -> Iterator[Occurrence]:
    """Yield that an issue is no longer ignored, if no entry says so, as on old servers."""
    statuses = [entry for entry in _entries(issue) if _is_status(entry["type"])]
    if statuses and statuses[-1]["type"] == _IGNORED and issue.get("status") == "unresolved":
        yield Occurrence(UNIGNORED, f"{issue['id']}:{UNIGNORED}:after-{statuses[-1]['id']}", at)


def _entries(issue: JSON) -> list[JSON]:
    """Return the valid entries of the activity, oldest first."""
    given = issue.get("activity")
    entries = given if isinstance(given, list) else []
    known = [each for each in entries if isinstance(each, dict) and each.get("type")]
    return sorted(known, key=lambda each: (timestamp(each.get("dateCreated")), str(each.get("id"))))


def _is_status(kind: str) -> bool:
    return kind in _REOPENED | {_IGNORED, "set_regression"} or kind.startswith(_RESOLVED)
