"""What became of each of many issues, as far as it is known, and what is left of them.

Sends nothing.
"""

from __future__ import annotations

import collections
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sentry_plugin.issues.selection import SelectedIssue

DONE, UNKNOWN, FAILED, NOT_TRIED = "done", "unknown", "failed", "not_tried"
NOT_FOUND, UNCHANGED, WOULD_CHANGE = "not_found", "unchanged", "would_change"


class Results:
    """One result for each issue, in the order of the input."""

    def __init__(self) -> None:
        self._told: dict[str, dict[str, Any]] = {}
        self._again: set[str] = set()
        """The names of those that failed for a reason that is not their own."""

    def add(self, name: str, status: str, reason: str = "") -> None:
        """Add an issue of which no more is known than its name in the input."""
        self._told[name] = {"issue_id": name, **_words(status, reason)}

    def drop(self, name: str) -> None:
        """Leave out an issue whose result is told by another name."""
        self._told.pop(name, None)

    def expect(self, one: SelectedIssue) -> None:
        """Add an issue that is to be changed."""
        shown = {"issue_id": one.name, "id": one.number, "shortId": one.issue.get("shortId")}
        self._told[one.name] = {**shown, "status": NOT_TRIED}

    def tell(
        self, selected: Iterable[SelectedIssue], status: str, reason: str = "", **more: Any
    ) -> None:
        """Set the result of some issues."""
        for one in selected:
            before = self._told[one.name].items()
            told = {name: value for name, value in before if name != "reason"}
            # Replaced as a whole, because another thread may read it at the end of the time.
            self._again.discard(one.name)
            self._told[one.name] = {**told, **_words(status, reason), **more}

    def leave(self, selected: Iterable[SelectedIssue]) -> None:
        """Count issues as left, whatever was told of them, until more is told."""
        self._again |= {one.name for one in selected}

    def status(self, one: SelectedIssue) -> str:
        """Return what became of an issue."""
        status: str = self._told[one.name]["status"]
        return status

    def count(self, *statuses: str) -> int:
        """Count the issues of some statuses."""
        return sum(told["status"] in statuses for told in self._told.values())

    def left(self) -> list[str]:
        """Return the names of the issues with which another run has to go on."""
        return [
            name
            for name, told in self._told.items()
            if told["status"] in {UNKNOWN, NOT_TRIED} or name in self._again
        ]

    def __len__(self) -> int:
        return len(self._told)

    def output(self) -> dict[str, Any]:
        """Return the output of the step."""
        results = [*self._told.values()]
        return {
            "results": results,
            "counts": dict(collections.Counter(told["status"] for told in results)),
        }


def _words(status: str, reason: str) -> dict[str, str]:
    return {"status": status, **({"reason": reason} if reason else {})}
