"""An inventory as a SQLite database in memory, with views of its kinds and of who can reach what.

The query of a user runs in a process of its own (`sql_process`), which may only read, with limited
time and memory.
"""

from __future__ import annotations

import json
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from sentry_plugin.errors import InputError
from sentry_plugin.inventory.check.checks import PRIVILEGED_ROLES
from sentry_plugin.inventory.graph import entities, relationships
from sentry_plugin.inventory.graph.entities import EntityKind
from sentry_plugin.inventory.query.sql_process import LARGEST_ANSWER, LARGEST_HEAP

if TYPE_CHECKING:
    from sentry_plugin.inventory.graph.relationships import RelationshipKind
    from sentry_plugin.inventory.source import Inventory
    from sentry_plugin.strictjson import JSON

_PROGRAM = Path(__file__).with_name("sql_process.py")
_STARTING = 5.0
"""Seconds for the start of the process, before the time of the query begins."""

TABLES = {
    "entity": ("key", "type", "class", "name", "properties"),
    "relationship": ("key", "type", "class", "source", "target", "properties"),
}
"""All entities and relationships; `properties` is JSON."""

KINDS = {
    kind.type.removeprefix("sentry_"): (
        *("key", *kind.properties),
        *(entities.SETTINGS if kind is entities.ORGANIZATION else ()),
    )
    for kind in vars(entities).values()
    if isinstance(kind, EntityKind)
}
"""A view for each kind of entity, with its properties as columns."""


class _View(NamedTuple):
    columns: tuple[str, ...]
    query: str


def _edges(relation: RelationshipKind, source: str, target: str, *more: str) -> _View:
    also = "".join(f", json_extract(properties, '$.{name}')" for name in more)
    query = f"SELECT source, target{also} FROM relationship WHERE type = '{relation.type}'"
    return _View((source, target, *more), query)


_GLOBAL_ROLES = ", ".join(f"('{role}')" for role in PRIVILEGED_ROLES)
VIEWS = {
    "organization_team": _edges(relationships.HAS_TEAM, "organization", "team"),
    "organization_project": _edges(relationships.HAS_PROJECT, "organization", "project"),
    "organization_member": _edges(relationships.HAS_MEMBER, "organization", "member"),
    "team_project": _edges(relationships.TEAM_PROJECT, "team", "project"),
    "team_member": _edges(relationships.TEAM_MEMBER, "team", "member", "teamRole"),
    # Who has one of these is in every team: https://docs.sentry.io/organization/membership/
    "global_role": _View(
        ("role",),
        f"SELECT id FROM role WHERE isGlobal UNION SELECT * FROM (VALUES {_GLOBAL_ROLES})",
    ),
    "person": _View(
        ("member", "role"),
        "SELECT key, role FROM member WHERE coalesce(pending, 0) = 0"
        " AND coalesce(active, 1) AND coalesce(isSuspended, 0) = 0",
    ),
    "reach": _View(
        ("member", "project", "way", "team"),
        """
        SELECT tm.member, tp.project, 'team', tm.team
          FROM team_member tm JOIN team_project tp ON tp.team = tm.team
          JOIN person ON person.member = tm.member
        UNION ALL
        SELECT om.member, op.project, 'role', NULL
          FROM organization_member om
          JOIN organization_project op ON op.organization = om.organization
          JOIN person ON person.member = om.member
         WHERE person.role IN global_role
        UNION ALL
        SELECT om.member, op.project, 'open membership', NULL
          FROM organization_member om
          JOIN organization_project op ON op.organization = om.organization
          JOIN organization o ON o.key = om.organization
          JOIN person ON person.member = om.member
         WHERE o.openMembership
        """,
    ),
}
"""Views of relationships, and of who can reach a project: by a team, by role, by joining a team."""


class QueryResult(NamedTuple):
    """Rows, and whether the query has more of them."""

    columns: Sequence[str]
    rows: list[list[Any]]
    is_cut: bool


class Database:
    """An inventory that can be queried."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def query(
        self, sql: str, parameters: Mapping[str, Any], *, most: int, seconds: float
    ) -> QueryResult:
        """Run a user's SELECT; raise an InputError where it is refused or takes too much."""
        request = {"sql": sql, "parameters": parameters, "most": most + 1, "seconds": seconds}
        answer = _run_process(request, self._connection.serialize())
        if "wrong" in answer:
            raise _refusal(answer["wrong"], answer["words"])
        if not answer["columns"]:
            raise InputError("The query asks nothing.", "Give one SELECT.")
        rows = answer["rows"]
        return QueryResult(answer["columns"], rows[:most], is_cut=len(rows) > most)

    def find(self, sql: str, parameters: Mapping[str, Any]) -> list[Any]:
        """Return the rows of a SELECT of our own, in this process: it has to be fast."""
        return self._connection.execute(sql, parameters).fetchall()


def _run_process(request: Mapping[str, Any], database: bytes) -> JSON:
    """Run the process that answers, and return what it wrote."""
    seconds = request["seconds"]
    try:
        done = subprocess.run(
            [sys.executable, "-I", "-S", str(_PROGRAM)],
            input=json.dumps(request).encode() + b"\n" + database,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=seconds + _STARTING,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise _too_long(seconds) from error
    if done.returncode == -signal.SIGALRM:
        raise _too_long(seconds)
    if done.returncode:
        raise InputError(
            "The query's process was ended by the system, or failed: most likely for want of "
            "memory.",
            "Ask for less, or give the plugin more memory.",
        )
    answer: JSON = json.loads(done.stdout)
    return answer


@contextmanager
def opened(inventory: Inventory) -> Iterator[Database]:
    """Put an inventory into a database, which is gone after the block."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        _define(connection)
        connection.executemany(
            "INSERT OR REPLACE INTO entity VALUES (?, ?, ?, ?, ?)", map(_node, inventory.entities)
        )
        connection.executemany(
            "INSERT OR REPLACE INTO relationship VALUES (?, ?, ?, ?, ?, ?)",
            map(_edge, inventory.relationships),
        )
        connection.execute("ANALYZE")
        yield Database(connection)


def _define(connection: sqlite3.Connection) -> None:
    for name, columns in TABLES.items():
        key, *others = map(_quoted, columns)
        connection.execute(f"CREATE TABLE {name} ({key} PRIMARY KEY, {', '.join(others)})")
    connection.execute("CREATE INDEX by_type ON entity (type)")
    connection.execute("CREATE INDEX by_source ON relationship (type, source)")
    connection.execute("CREATE INDEX by_target ON relationship (type, target)")
    for name, columns in KINDS.items():
        fields = (f"json_extract(properties, '$.{each}')" for each in columns[1:])
        query = f"SELECT key, {', '.join(fields)} FROM entity WHERE type = 'sentry_{name}'"
        _create(connection, name, columns, query)
    for name, view in VIEWS.items():
        _create(connection, name, *view)


def _create(connection: sqlite3.Connection, name: str, columns: Sequence[str], query: str) -> None:
    connection.execute(f"CREATE VIEW {name} ({', '.join(map(_quoted, columns))}) AS {query}")


def _quoted(column: str) -> str:
    return f'"{column}"'


def _node(each: JSON) -> tuple[Any, ...]:
    class_ = json.dumps(each.get("_class"))
    return each["_key"], each["_type"], class_, each.get("displayName"), _properties(each)


def _edge(each: JSON) -> tuple[Any, ...]:
    ends = each.get("_fromEntityKey"), each.get("_toEntityKey")
    return each["_key"], each["_type"], each.get("_class"), *ends, _properties(each)


def _properties(each: JSON) -> str:
    own = {name: value for name, value in each.items() if not name.startswith("_")}
    return json.dumps(own)


def _too_long(seconds: float) -> InputError:
    return InputError(
        f"The query takes longer than {seconds:g} seconds.",
        "Ask for less, or raise the input's `seconds` and the connection's `timeout`.",
    )


def _refusal(wrong: str, words: str) -> InputError:
    if wrong == "size":
        return InputError(
            f"The query finds more than {LARGEST_ANSWER >> 20} MiB.",
            "Ask for fewer columns, or set a `limit`.",
        )
    if wrong == "memory":
        return InputError(
            f"The query takes more than {LARGEST_HEAP >> 20} MiB of memory.",
            "Sort, group and join less at once: choose rows with WHERE first, or fewer columns.",
        )
    if any(each in words for each in ("not authorized", "prohibited", "authorization denied")):
        return InputError("The query does more than read.", "Give one SELECT.")
    return InputError(
        f"SQLite does not take the query: {words}.", "docs/inventory.md has the tables and views."
    )
