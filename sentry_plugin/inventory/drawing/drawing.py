"""Draws the inventory of an action's input, with the findings and changes that are marked.

`content` makes the data of the page, and `page` the file.
"""

from __future__ import annotations

import base64
from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sentry_plugin import logs
from sentry_plugin.errors import InputError
from sentry_plugin.inventory import source
from sentry_plugin.inventory.check import checking
from sentry_plugin.inventory.compare import comparing
from sentry_plugin.inventory.drawing.content import Drawing, page_data
from sentry_plugin.inventory.drawing.marks import read_marks
from sentry_plugin.inventory.drawing.page import write_page

if TYPE_CHECKING:
    from sentry_plugin.inventory.check.checking import RequestedChecks
    from sentry_plugin.inventory.drawing.marks import ChangeMarks
    from sentry_plugin.inventory.source import Inventory
    from sentry_plugin.steps.connection import Connection

FILENAME = "inventory.html"
TITLE = "Who can reach what, and what is wrong"
INCLUDE = ("roles", *checking.INCLUDE)
"""What a collection has to include for a drawing."""


def output(connection: Connection, params: Any) -> Any:
    """Return the output of Draw Inventory."""
    checks, changes = checking.requested(params), logs.mask_values(params.get("changes", []))
    marked, before = read_marks(changes), _before(connection, params)
    inventory = source.inventory(connection, params, INCLUDE)
    if before:
        marked = read_marks(
            logs.mask_values(comparing.compare_inventories(before, inventory).changes)
        )
    drawing = _drawing(params, checks, inventory, marked)
    return {
        "file": {"filename": FILENAME, "content": _encoded(drawing)},
        "counts": dict(sorted(Counter(each["_type"] for each in inventory.entities).items())),
        "severities": dict(Counter(each["severity"] for each in drawing.findings)),
        "partial_types": [*inventory.partial_types],
        "organizations": [*inventory.organizations],
    }


def _before(connection: Connection, params: Any) -> Inventory | None:
    if "compare_with" not in params:
        return None
    if "changes" in params:
        raise InputError("The input has both `changes` and `compare_with`.", "Give one of them.")
    named = {"snapshot": params["compare_with"], "organizations": params.get("organizations", [])}
    return source.of_snapshots(connection, named)


def _drawing(
    params: Any, checks: RequestedChecks, inventory: Inventory, marked: ChangeMarks
) -> Drawing:
    # Secrets could not be found in the encoded file any more.
    clean = inventory._replace(
        entities=logs.mask_values([*inventory.entities]),
        partial_types=logs.mask_values([*inventory.partial_types]),
        organizations=logs.mask_values([*inventory.organizations]),
    )
    findings, results = checks.judge(clean) if params.get("mark_findings", True) else ([], [])
    return Drawing(
        title=logs.mask_text(params.get("title") or TITLE),
        drawn_at=datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        inventory=clean,
        findings=findings,
        checks=results,
        changes=marked,
    )


def _encoded(drawing: Drawing) -> str:
    data = page_data(drawing)
    data["relations"] = logs.mask_values(data["relations"])
    return base64.b64encode(write_page(data).encode()).decode()
