"""Builds made-up issues; of each one event is stored, whatever its count says.

Answers no request.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson

from sentry_plugin.sandbox import times
from sentry_plugin.sandbox.made_up import sizes

LEVELS = ("error", "warning", "fatal", "info")
MODULES = ("app/views.py", "app/models.py", "lib/queue.py", "lib/mail.py")
KINDS = ("ValueError", "KeyError", "TimeoutError", "PermissionError", "ZeroDivisionError")


class MadeUpIssue:
    """One made-up issue with its one event."""

    def __init__(self, project: int, step: int, present: int) -> None:
        self.number = project * 1000 + step
        self.step = step
        self.project_id = sizes.FIRST_PROJECT_ID + project
        self.issue_id = sizes.FIRST_ISSUE_ID + self.number
        self.kind = KINDS[self.number % 5]
        self.module = MODULES[self.number % 4]
        self.value = f"bad value {self.number}"
        self.environment = "production"
        self.last = present - self.number % 300 * times.HOUR // 4 - times.MINUTE
        self.first = self.last - (self.number % 40 + 1) * times.DAY
        self.event_id = f"{self.number:032x}"
        self.title = f"{self.kind}: {self.value}"
        self.metadata = {
            "type": self.kind,
            "value": self.value,
            "filename": self.module,
            "function": "index",
        }
        self.tags = [
            ("environment", self.environment),
            ("level", LEVELS[step % 4]),
            ("server_name", f"web-{project % 5}"),
        ]

    def issue(self) -> dict[str, Any]:
        """Build the row of the issue."""
        resolved = self.step % 3 == 0
        return {
            "id": self.issue_id,
            "project_id": self.project_id,
            "number": self.step + 1,
            "hash": f"{self.issue_id:032x}",
            "type": "error",
            "title": self.title,
            "culprit": f"{self.module} in index",
            "logger": None,
            "level": LEVELS[self.step % 4],
            "platform": "python",
            "metadata": orjson.dumps(self.metadata).decode(),
            "message": f"{self.title} {self.module} in index",
            "unhandled": self.step % 2 == 0,
            "status": "resolved" if resolved else "unresolved",
            "substatus": None if resolved else "ongoing",
            "assigned": None if self.step % 2 else f"team:{sizes.FIRST_TEAM_ID}",
            "count": self.number % 977 + 1,
            "users": self.number % 31,
            "first_seen": self.first,
            "last_seen": self.last,
        }

    def event(self) -> tuple[Any, ...]:
        """Build the row of the event."""
        seconds = self.last / times.SECOND
        frame = {"filename": self.module, "function": "index", "lineno": 7, "in_app": True}
        values = [{"type": self.kind, "value": self.value, "stacktrace": {"frames": [frame]}}]
        body = {
            "event_id": self.event_id,
            "level": LEVELS[self.step % 4],
            "type": "error",
            "platform": "python",
            "logger": "",
            "timestamp": seconds,
            "received": seconds,
            "environment": self.environment,
            "tags": [list(tag) for tag in self.tags if tag[0] == "server_name"],
            "exception": {"values": values},
            "grouping": {
                "hash": f"{self.issue_id:032x}",
                "title": self.title,
                "culprit": f"{self.module} in index",
                "metadata": self.metadata,
            },
        }
        return (
            *(self.issue_id, self.project_id, self.event_id, self.issue_id, self.last),
            *(self.environment, orjson.dumps(body)),
        )

    def tag_rows(self) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of the event's tags."""
        for name, value in self.tags:
            yield name, value, self.issue_id, self.issue_id
