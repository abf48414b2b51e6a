"""From an action's input to a drawing: which inventory, what is marked in it, and the file.

Draws nothing itself.
"""

from __future__ import annotations

import base64
from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sentry_plugin import logs
from sentry_plugin.inventory import checking, given
from sentry_plugin.inventory.drawing.changes import changed
from sentry_plugin.inventory.drawing.content import Drawing, content
from sentry_plugin.inventory.drawing.page import page

if TYPE_CHECKING:
    from sentry_plugin.connection import Connection

FILENAME = "inventory.html"
TITLE = "Who can reach what, and what is wrong"
INCLUDE = ("roles", *checking.INCLUDE)
"""What a drawing shows where it is collected for it."""


def output(connection: Connection, params: Any) -> Any:
    """Draw the inventory of the input, or one that is collected now."""
    asked, changes = checking.asked(params), changed(logs.masked(params.get("changes", [])))
    inventory = given.inventory(connection, params, INCLUDE)
    # In the encoded file nobody would find a secret any more.
    inventory = inventory._replace(entities=logs.masked([*inventory.entities]))
    findings, results = asked.judge(inventory) if params.get("mark_findings", True) else ([], [])
    drawing = Drawing(
        title=logs.hidden(params.get("title") or TITLE),
        at=datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        inventory=inventory,
        findings=findings,
        checks=results,
        changes=changes,
    )
    return {
        "file": {"filename": FILENAME, "content": _encoded(page(content(drawing)))},
        "counts": dict(sorted(Counter(each["_type"] for each in inventory.entities).items())),
        "severities": dict(Counter(each["severity"] for each in findings)),
        "partial_types": [*inventory.partial_types],
        "organizations": [*inventory.organizations],
    }


def _encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()
