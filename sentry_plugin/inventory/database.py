"""An inventory as a database in memory, with views for everything that one asks about.

Nothing is written but when it is made: what is asked afterwards may only read, for a limited time.
"""

from __future__ import annotations

import itertools
import json
import sqlite3
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

from sentry_plugin.errors import InputError
from sentry_plugin.inventory import entities, relationships
from sentry_plugin.inventory.checks import PRIVILEGED
from sentry_plugin.inventory.entities import Kind

if TYPE_CHECKING:
    from sentry_plugin.inventory.given import Given
    from sentry_plugin.inventory.properties import JSON
    from sentry_plugin.inventory.relationships import Relation

LARGEST_VALUE = 1 << 20
"""Characters of one value of an answer."""
MOST_COLUMNS = 100
LARGEST_ANSWER = 32 << 20
"""Characters of all values of an answer."""
_STEPS = 10_000
"""Of SQLite's virtual machine between two looks at the clock."""
_READING = {
    sqlite3.SQLITE_SELECT,
    sqlite3.SQLITE_READ,
    sqlite3.SQLITE_FUNCTION,
    sqlite3.SQLITE_RECURSIVE,
}
# Tells where code is in memory, and can be told.
_NOT_CALLED = "fts3_tokenizer"

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
    if isinstance(kind, Kind)
}
"""A view for each kind of entity, with its properties as columns."""


class _View(NamedTuple):
    columns: tuple[str, ...]
    query: str


def _edges(relation: Relation, source: str, target: str, *more: str) -> _View:
    also = "".join(f", json_extract(properties, '$.{name}')" for name in more)
    query = f"SELECT source, target{also} FROM relationship WHERE type = '{relation.type}'"
    return _View((source, target, *more), query)


_GLOBAL = ", ".join(f"('{role}')" for role in PRIVILEGED)
VIEWS = {
    "organization_team": _edges(relationships.HAS_TEAM, "organization", "team"),
    "organization_project": _edges(relationships.HAS_PROJECT, "organization", "project"),
    "organization_member": _edges(relationships.HAS_MEMBER, "organization", "member"),
    "team_project": _edges(relationships.TEAM_PROJECT, "team", "project"),
    "team_member": _edges(relationships.TEAM_MEMBER, "team", "member", "teamRole"),
    # Who has one of these is in every team: https://docs.sentry.io/organization/membership/
    "global_role": _View(
        ("role",), f"SELECT id FROM role WHERE isGlobal UNION SELECT * FROM (VALUES {_GLOBAL})"
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
"""What is connected, and who can get where: by a team, by their role, or by joining any team."""


class Answer(NamedTuple):
    """Rows, as far as they were wanted, and whether there are more."""

    columns: Sequence[str]
    rows: list[tuple[Any, ...]]
    is_cut: bool


class Database:
    """An inventory to ask."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def ask(self, sql: str, parameters: Mapping[str, Any], *, most: int, seconds: float) -> Answer:
        """Give *most* rows of one SELECT; an InputError says what is wrong with it."""
        end = time.monotonic() + seconds
        self._connection.set_progress_handler(lambda: time.monotonic() > end, _STEPS)
        try:
            cursor = self._connection.execute(sql, parameters)
            rows = [*_limited(itertools.islice(cursor, most + 1))]
        except (sqlite3.Error, sqlite3.Warning, OverflowError) as error:
            raise _refusal(error, seconds) from error
        if cursor.description is None:
            raise InputError("The query asks nothing.", "Give one SELECT.")
        columns = [each[0] for each in cursor.description]
        return Answer(columns, rows[:most], is_cut=len(rows) > most)


@contextmanager
def opened(inventory: Given) -> Iterator[Database]:
    """Put an inventory into a database that is gone at the end."""
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
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LARGEST_VALUE)
        connection.setlimit(sqlite3.SQLITE_LIMIT_COLUMN, MOST_COLUMNS)
        connection.set_authorizer(_allowed)
        yield Database(connection)


def _allowed(action: int, _: str | None, name: str | None, *_more: str | None) -> int:
    is_reading = action in _READING and name != _NOT_CALLED
    return sqlite3.SQLITE_OK if is_reading else sqlite3.SQLITE_DENY


def _limited(rows: Iterable[tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
    """Give rows until they are too large for an event."""
    size = 0
    for row in rows:
        size += sum(len(each) for each in row if isinstance(each, str | bytes))
        if size > LARGEST_ANSWER:
            raise InputError(
                f"The query finds more than {LARGEST_ANSWER >> 20} MiB.",
                "Ask for fewer columns, or set a `limit`.",
            )
        yield row


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


def _refusal(error: Exception, seconds: float) -> InputError:
    words = str(error)
    if "interrupted" in words:
        return InputError(
            f"The query takes longer than {seconds:g} seconds.",
            "Ask for less, or raise the input's `seconds` and the connection's `timeout`.",
        )
    if any(each in words for each in ("not authorized", "prohibited", "authorization denied")):
        return InputError("The query does more than read.", "Give one SELECT.")
    return InputError(
        f"SQLite does not take the query: {words}.", "docs/inventory.md has the tables and views."
    )
