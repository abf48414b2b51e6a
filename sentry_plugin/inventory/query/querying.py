"""Answers the question of an action's input: one that has a name, or SQL.

Knows no table.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sentry_plugin.errors import InputError
from sentry_plugin.inventory import source
from sentry_plugin.inventory.query import memory_database
from sentry_plugin.inventory.query.questions import QUESTIONS, find_subject

if TYPE_CHECKING:
    from sentry_plugin.inventory.query.memory_database import Database, QueryResult
    from sentry_plugin.steps.connection import Connection

INCLUDE = ("roles", "settings")
"""What a collection has to include for the questions."""
MOST_ROWS = 1000
SECONDS = 10


def output(connection: Connection, params: Any) -> Any:
    """Return the output of Query Inventory."""
    if ("sql" in params) == ("question" in params):
        raise InputError("The input asks nothing, or twice.", "Give `question` or `sql`.")
    if "question" in params and "subject" not in params:
        raise InputError("The input has no `subject`.", "Say what the question is about.")
    if params.get("limit", 1) < 1 or params.get("seconds", 1) < 1:
        raise InputError("The input's `limit` or `seconds` is less than 1.")
    inventory = source.inventory(connection, params, INCLUDE)
    with memory_database.opened(inventory) as opened:
        seconds = min(params.get("seconds", SECONDS), connection.deadline.remaining())
        answer = _answer(opened, params, seconds)
    if len({*answer.columns}) < len(answer.columns):
        raise InputError("Two columns of the query have one name.", "Name them, with AS.")
    rows = [dict(zip(answer.columns, row, strict=True)) for row in answer.rows]
    return {
        "columns": [*answer.columns],
        "rows": rows,
        "count": len(rows),
        "is_cut": answer.is_cut,
        "partial_types": [*inventory.partial_types],
    }


def _answer(opened: Database, params: Any, seconds: float) -> QueryResult:
    most = params.get("limit", MOST_ROWS)
    if "sql" in params:
        return opened.query(params["sql"], params.get("parameters", {}), most=most, seconds=seconds)
    question = QUESTIONS[params["question"]]
    found = find_subject(opened, question, params["subject"])
    return opened.query(question.sql, {"subject": found}, most=most, seconds=seconds)
