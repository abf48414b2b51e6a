"""The sandbox's memory: one SQLite database, in a file or not.

Holds the tables and nothing of what they mean. Not for several threads.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain
from typing import Any

TABLES = """
CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
CREATE TABLE token (value TEXT PRIMARY KEY, scopes TEXT) WITHOUT ROWID;
CREATE TABLE organization (id INTEGER PRIMARY KEY, slug TEXT UNIQUE, body BLOB);
CREATE TABLE project (
  id INTEGER PRIMARY KEY, slug TEXT UNIQUE, name TEXT, platform TEXT, first_event INTEGER,
  issues INTEGER DEFAULT 0, body BLOB);
CREATE TABLE team (id INTEGER PRIMARY KEY, slug TEXT UNIQUE, name TEXT, body BLOB);
CREATE TABLE member (
  id INTEGER PRIMARY KEY, user_id INTEGER UNIQUE, email TEXT, name TEXT, body BLOB);
CREATE INDEX member_email ON member (email);
CREATE TABLE repository (id INTEGER PRIMARY KEY, name TEXT, body BLOB);
CREATE TABLE project_key (
  public TEXT PRIMARY KEY, project_id INTEGER, name TEXT, secret TEXT, active INTEGER,
  rate_count INTEGER, rate_window INTEGER, created INTEGER) WITHOUT ROWID;
CREATE INDEX key_project ON project_key (project_id);
CREATE TABLE project_team (
  project_id INTEGER, team_id INTEGER, PRIMARY KEY (project_id, team_id)) WITHOUT ROWID;
CREATE INDEX team_project ON project_team (team_id, project_id);
CREATE TABLE team_member (
  team_id INTEGER, member_id INTEGER, role TEXT, PRIMARY KEY (team_id, member_id)) WITHOUT ROWID;
CREATE INDEX member_team ON team_member (member_id, team_id);
CREATE TABLE release (
  id INTEGER PRIMARY KEY, version TEXT UNIQUE, created INTEGER, released INTEGER,
  body TEXT DEFAULT '{}');
CREATE TABLE release_project (
  project_id INTEGER, version TEXT, created INTEGER,
  PRIMARY KEY (project_id, version)) WITHOUT ROWID;
CREATE INDEX project_release ON release_project (version, project_id);
CREATE TABLE deploy (
  id INTEGER PRIMARY KEY, version TEXT, environment TEXT, name TEXT, url TEXT, started INTEGER,
  finished INTEGER);
CREATE INDEX deploy_version ON deploy (version, finished);
CREATE TABLE monitor (
  id INTEGER PRIMARY KEY, project_id INTEGER, slug TEXT UNIQUE, config TEXT, created INTEGER,
  upserting INTEGER);
CREATE TABLE check_in (
  id INTEGER PRIMARY KEY, guid TEXT, monitor_id INTEGER, environment TEXT, status TEXT,
  duration INTEGER, added INTEGER, updated INTEGER, config TEXT);
CREATE INDEX check_in_monitor ON check_in (monitor_id, id);
CREATE TABLE report (
  id INTEGER PRIMARY KEY, project_id INTEGER, issue_id INTEGER, event_id TEXT, name TEXT,
  email TEXT, comments TEXT, created INTEGER, UNIQUE (project_id, event_id));
CREATE INDEX report_issue ON report (issue_id);
CREATE TABLE environment (
  project_id INTEGER, name TEXT, PRIMARY KEY (project_id, name)) WITHOUT ROWID;
CREATE TABLE issue (
  id INTEGER PRIMARY KEY, project_id INTEGER, number INTEGER, hash TEXT, type TEXT,
  category TEXT DEFAULT 'error', title TEXT,
  culprit TEXT, logger TEXT, level TEXT, platform TEXT, metadata TEXT, message TEXT,
  unhandled INTEGER, release TEXT, status TEXT DEFAULT 'unresolved', substatus TEXT DEFAULT 'new',
  details TEXT DEFAULT '{}', terms TEXT DEFAULT '{}', priority TEXT DEFAULT 'medium',
  priority_locked INTEGER, assigned TEXT, share TEXT, seen INTEGER DEFAULT 0,
  bookmarked INTEGER DEFAULT 0,
  subscription TEXT DEFAULT '', inbox INTEGER DEFAULT 1, count INTEGER, users INTEGER DEFAULT 0,
  first_seen INTEGER, last_seen INTEGER, UNIQUE (project_id, hash));
CREATE INDEX issue_last ON issue (last_seen, id);
CREATE INDEX issue_project_last ON issue (project_id, last_seen, id);
CREATE TABLE issue_user (
  issue_id INTEGER, user TEXT, PRIMARY KEY (issue_id, user)) WITHOUT ROWID;
CREATE TABLE issue_hour (
  issue_id INTEGER, hour INTEGER, count INTEGER, PRIMARY KEY (issue_id, hour)) WITHOUT ROWID;
CREATE TABLE activity (
  id INTEGER PRIMARY KEY, issue_id INTEGER, type TEXT, data TEXT, created INTEGER);
CREATE INDEX activity_issue ON activity (issue_id, id);
CREATE TABLE event (
  id INTEGER PRIMARY KEY, project_id INTEGER, event_id TEXT, issue_id INTEGER, time INTEGER,
  environment TEXT, body BLOB, UNIQUE (project_id, event_id));
CREATE INDEX event_issue ON event (issue_id, time, id);
CREATE INDEX event_project ON event (project_id, time, id);
CREATE TABLE tag (key TEXT, value TEXT, issue_id INTEGER, event INTEGER);
CREATE INDEX tag_value ON tag (key, value, issue_id);
CREATE INDEX tag_issue ON tag (issue_id, key, value);
"""
# A file that another layout wrote is refused rather than misread.
LAYOUT = 2


def _sql(*parts: str) -> str:
    return " ".join(parts)


@dataclass(frozen=True)
class Where:
    """Which rows: a condition, and its values apart from it."""

    sql: str = "1"
    values: tuple[Any, ...] = ()

    def __and__(self, other: Where) -> Where:
        return Where(f"({self.sql}) AND ({other.sql})", self.values + other.values)


ALL = Where()
NONE = Where("0")


def equal(column: str, value: Any) -> Where:
    """Want a column to have a value."""
    return Where(f"{column} = ?", (value,))


def within(column: str, values: Iterable[Any]) -> Where:
    """Want a column to have one of some values."""
    given = tuple(values)
    return Where(f"{column} IN ({', '.join('?' for _ in given)})", given)


def among(column: str, picked: str, table: str, where: Where) -> Where:
    """Want a column to have one of the values that a column of another table has."""
    sql = _sql(column, "IN (SELECT", picked, "FROM", table, "WHERE", where.sql, ")")
    return Where(sql, where.values)


def grouped(where: Where, column: str) -> Where:
    """Make one row of all rows that have one value; nothing can be wanted of them after this."""
    return Where(_sql(where.sql, "GROUP BY", column), where.values)


class Store:
    """The database; every write is kept at once."""

    def __init__(self, path: str | None = None) -> None:
        try:
            self._db = sqlite3.connect(path or ":memory:", isolation_level=None)
        except sqlite3.Error as error:
            raise ValueError(
                f"{path} cannot be opened ({error}): give --data another name"
            ) from None
        self._db.row_factory = sqlite3.Row
        try:
            self.is_new = self._is_new()
        except sqlite3.Error:
            self.close()
            raise ValueError(f"{path} is no sandbox's data: give --data another name") from None

    def _is_new(self) -> bool:
        # A stand-in may lose its last second when the machine dies; it must not wait for disks.
        self._db.execute("PRAGMA synchronous = OFF")
        layout = self.one("PRAGMA user_version")
        if layout == LAYOUT:
            return False
        if layout or self.one("SELECT count(*) FROM sqlite_master"):
            raise sqlite3.DatabaseError
        self._db.executescript(f"{TABLES}PRAGMA user_version = {LAYOUT};")
        return True

    def row(self, sql: str, *values: Any) -> sqlite3.Row | None:
        """Give the first row, or None."""
        found: sqlite3.Row | None = self._db.execute(sql, values).fetchone()
        return found

    def rows(self, sql: str, *values: Any) -> list[sqlite3.Row]:
        """Give all rows."""
        return self._db.execute(sql, values).fetchall()

    def one(self, sql: str, *values: Any) -> Any:
        """Give the first column of the first row, or None."""
        found = self.row(sql, *values)
        return None if found is None else found[0]

    def select(
        self,
        table: str,
        where: Where = ALL,
        *,
        columns: str = "*",
        order: str = "1",
        page: tuple[int, int] = (-1, 0),
    ) -> list[sqlite3.Row]:
        """Give rows of a table, or of a join; *page* is how many, and after how many."""
        clauses = ("SELECT", columns, "FROM", table, "WHERE", where.sql, "ORDER BY", order)
        return self.rows(_sql(*clauses, "LIMIT ? OFFSET ?"), *where.values, *page)

    def first(
        self, table: str, where: Where = ALL, *, columns: str = "*", order: str = "1"
    ) -> sqlite3.Row | None:
        """Give the first row, or None."""
        return next(
            iter(self.select(table, where, columns=columns, order=order, page=(1, 0))), None
        )

    def count(self, table: str, where: Where = ALL, *, of: str = "*") -> int:
        """Give the number of rows."""
        sql = _sql("SELECT", f"count({of})", "FROM", table, "WHERE", where.sql)
        number: int = self.one(sql, *where.values)
        return number

    def insert(self, table: str, fields: dict[str, Any]) -> int:
        """Add a row; give its number."""
        names, marks = ", ".join(fields), ", ".join("?" for _ in fields)
        sql = _sql("INSERT INTO", table, f"({names}) VALUES ({marks})")
        return self.write(sql, *fields.values())

    def update(self, table: str, changes: dict[str, Any], where: Where) -> None:
        """Change columns of rows."""
        names = ", ".join(f"{name} = ?" for name in changes)
        sql = _sql("UPDATE", table, "SET", names, "WHERE", where.sql)
        self.write(sql, *changes.values(), *where.values)

    def delete(self, table: str, where: Where) -> None:
        """Remove rows."""
        self.write(_sql("DELETE FROM", table, "WHERE", where.sql), *where.values)

    def write(self, sql: str, *values: Any) -> int:
        """Change something; give the new row's number."""
        return self._db.execute(sql, values).lastrowid or 0

    def fill(
        self, table: str, rows: Iterable[tuple[Any, ...]], columns: Iterable[str] = ()
    ) -> None:
        """Add rows with values for *columns*, else for all."""
        given = iter(rows)
        first = next(given, None)
        if first is None:
            return
        marks = ", ".join("?" for _ in first)
        names = f"({', '.join(columns)})" if columns else ""
        sql = _sql("INSERT INTO", table, names, f"VALUES ({marks})")
        with self.together():
            self._db.executemany(sql, chain([first], given))

    def together(self) -> _Transaction:
        """Keep all writes of a block, or none of them."""
        return _Transaction(self._db)

    def close(self) -> None:
        """Close the file."""
        self._db.close()


class _Transaction:
    def __init__(self, database: sqlite3.Connection) -> None:
        self._db = database
        self._outermost = not database.in_transaction

    def __enter__(self) -> None:
        if self._outermost:
            self._db.execute("BEGIN")

    def __exit__(self, kind: object, *_: object) -> None:
        if self._outermost:
            self._db.execute("COMMIT" if kind is None else "ROLLBACK")
