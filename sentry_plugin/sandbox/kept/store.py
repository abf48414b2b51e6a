"""The sandbox's database: SQLite, in a file or in memory.

Knows no table by name. For use in one thread only.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain
from typing import Any

from sentry_plugin.sandbox.kept.tables import LAYOUT, TABLES


def _sql(*parts: str) -> str:
    return " ".join(parts)


@dataclass(frozen=True)
class Where:
    """A condition on rows: SQL, and the values for its question marks."""

    sql: str = "1"
    values: tuple[Any, ...] = ()

    def __and__(self, other: Where) -> Where:
        return Where(f"({self.sql}) AND ({other.sql})", self.values + other.values)


ALL = Where()
NONE = Where("0")


def equal(column: str, value: Any) -> Where:
    """Match rows in which a column has this value."""
    return Where(f"{column} = ?", (value,))


def one_of(column: str, values: Iterable[Any]) -> Where:
    """Match rows in which a column has one of these values."""
    given = tuple(values)
    return Where(f"{column} IN ({', '.join('?' for _ in given)})", given)


def in_subquery(column: str, picked: str, table: str, where: Where) -> Where:
    """Match rows in which a column has a value of the column *picked* of another table's rows."""
    sql = _sql(column, "IN (SELECT", picked, "FROM", table, "WHERE", where.sql, ")")
    return Where(sql, where.values)


def grouped(where: Where, column: str) -> Where:
    """Group the rows that match by a column; no further condition can be added to the result."""
    return Where(_sql(where.sql, "GROUP BY", column), where.values)


class Store:
    """The database; each write is stored at once, unless it is in a transaction."""

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
        # Made-up data may lose its last second if the machine fails; tests must not wait for disks.
        self._db.execute("PRAGMA synchronous = OFF")
        layout = self.value("PRAGMA user_version")
        if layout == LAYOUT:
            return False
        if layout or self.value("SELECT count(*) FROM sqlite_master"):
            raise sqlite3.DatabaseError
        self._db.executescript(f"{TABLES}PRAGMA user_version = {LAYOUT};")
        return True

    def row(self, sql: str, *values: Any) -> sqlite3.Row | None:
        """Run a query; return its first row, or None."""
        found: sqlite3.Row | None = self._db.execute(sql, values).fetchone()
        return found

    def rows(self, sql: str, *values: Any) -> list[sqlite3.Row]:
        """Run a query; return all its rows."""
        return self._db.execute(sql, values).fetchall()

    def value(self, sql: str, *values: Any) -> Any:
        """Run a query; return the first column of its first row, or None."""
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
        """Return rows of a table or join; *page* is (how many, after how many), -1 for all."""
        clauses = ("SELECT", columns, "FROM", table, "WHERE", where.sql, "ORDER BY", order)
        return self.rows(_sql(*clauses, "LIMIT ? OFFSET ?"), *where.values, *page)

    def first(
        self, table: str, where: Where = ALL, *, columns: str = "*", order: str = "1"
    ) -> sqlite3.Row | None:
        """Return the first row that `select` finds, or None."""
        return next(
            iter(self.select(table, where, columns=columns, order=order, page=(1, 0))), None
        )

    def count(self, table: str, where: Where = ALL, *, of: str = "*") -> int:
        """Return the number of rows that match."""
        sql = _sql("SELECT", f"count({of})", "FROM", table, "WHERE", where.sql)
        number: int = self.value(sql, *where.values)
        return number

    def by_key(
        self, table: str, key: str, columns: str, numbers: Iterable[int]
    ) -> dict[int, list[sqlite3.Row]]:
        """Return for each of *numbers* the rows that have it in column *key*."""
        found: dict[int, list[sqlite3.Row]] = {number: [] for number in numbers}
        where = one_of(key, found)
        for row in self.select(table, where, columns=f"{key}, {columns}", order=key):
            found[row[0]].append(row)
        return found

    def insert(self, table: str, fields: dict[str, Any]) -> int:
        """Add a row; return its number."""
        names, marks = ", ".join(fields), ", ".join("?" for _ in fields)
        sql = _sql("INSERT INTO", table, f"({names}) VALUES ({marks})")
        return self.write(sql, *fields.values())

    def update(self, table: str, changes: dict[str, Any], where: Where) -> None:
        """Change columns of the rows that match."""
        names = ", ".join(f"{name} = ?" for name in changes)
        sql = _sql("UPDATE", table, "SET", names, "WHERE", where.sql)
        self.write(sql, *changes.values(), *where.values)

    def delete(self, table: str, where: Where) -> None:
        """Remove the rows that match."""
        self.write(_sql("DELETE FROM", table, "WHERE", where.sql), *where.values)

    def write(self, sql: str, *values: Any) -> int:
        """Run a statement that changes rows; return the number of a new row."""
        return self._db.execute(sql, values).lastrowid or 0

    def insert_many(
        self, table: str, rows: Iterable[tuple[Any, ...]], columns: Iterable[str] = ()
    ) -> None:
        """Add rows that have values for *columns*, or for all columns."""
        given = iter(rows)
        first = next(given, None)
        if first is None:
            return
        marks = ", ".join("?" for _ in first)
        names = f"({', '.join(columns)})" if columns else ""
        sql = _sql("INSERT INTO", table, names, f"VALUES ({marks})")
        with self.transaction():
            self._db.executemany(sql, chain([first], given))

    def transaction(self) -> _Transaction:
        """Store all writes of a `with` block, or none of them."""
        return _Transaction(self._db)

    def close(self) -> None:
        """Close the database."""
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
