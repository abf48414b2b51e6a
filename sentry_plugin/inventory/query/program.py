"""One question to a database, asked in a process of its own: a program, not a module of the plugin.

A function of SQLite cannot be interrupted, and what it may take of memory can be limited for a
whole process only. So the process ends, however it is busy, and nobody else is concerned. It opens
no file, and imports nothing of the plugin, so that it starts fast and sees no secret.
"""

from __future__ import annotations

import itertools
import json
import math
import resource
import signal
import sqlite3
import sys
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO

LARGEST_VALUE = 1 << 20
"""Characters of one value of an answer."""
MOST_COLUMNS = 100
LARGEST_ANSWER = 32 << 20
"""Characters of all values of an answer."""
LARGEST_HEAP = 256 << 20
"""Bytes that the question may take besides the database."""
_READING = {
    sqlite3.SQLITE_SELECT,
    sqlite3.SQLITE_READ,
    sqlite3.SQLITE_FUNCTION,
    sqlite3.SQLITE_RECURSIVE,
}
# Tells where code is in memory, and can be told.
_NOT_CALLED = "fts3_tokenizer"
_TABLE_FUNCTIONS = ("json_each", "json_tree")

JSON = dict[str, Any]


class TooMuch(Exception):
    """The answer is too large for an event."""


def main(given: BinaryIO, out: BinaryIO) -> None:
    """Read a line that asks, then the database; write the answer."""
    asked = json.loads(given.readline())
    database = given.read()
    _limit(asked["seconds"])
    out.write(json.dumps(answer(database, asked)).encode())


def answer(database: bytes, asked: JSON) -> JSON:
    """Give columns and rows, or in one word what is wrong, and SQLite's own words."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    try:
        connection.deserialize(database)
        _confine(connection, len(database))
        cursor = connection.execute(asked["sql"], asked["parameters"])
        rows = [*_limited(itertools.islice(cursor, asked["most"]))]
    except MemoryError:
        return {"wrong": "memory", "words": ""}
    except TooMuch:
        return {"wrong": "size", "words": ""}
    except (sqlite3.Error, sqlite3.Warning, OverflowError) as error:
        return {"wrong": "query", "words": str(error)}
    finally:
        connection.close()
    return {"columns": [each[0] for each in cursor.description or ()], "rows": rows}


def _limit(seconds: float) -> None:
    """Let the kernel end this process in time, whatever it does, and keep it from all files."""
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def _confine(connection: sqlite3.Connection, size: int) -> None:
    connection.execute("PRAGMA temp_store = MEMORY")
    connection.execute(f"PRAGMA hard_heap_limit = {size + LARGEST_HEAP}")
    for name in _TABLE_FUNCTIONS:
        # What is known of a function that gives rows is written down when it is first called.
        connection.execute(f"SELECT 1 FROM {name}('[]')").fetchall()
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LARGEST_VALUE)
    connection.setlimit(sqlite3.SQLITE_LIMIT_COLUMN, MOST_COLUMNS)
    connection.set_authorizer(_allowed)


def _allowed(action: int, _: str | None, name: str | None, *_more: str | None) -> int:
    is_reading = action in _READING and name != _NOT_CALLED
    return sqlite3.SQLITE_OK if is_reading else sqlite3.SQLITE_DENY


def _limited(rows: Iterable[tuple[Any, ...]]) -> Iterator[list[Any]]:
    """Give rows until they are too large for an event."""
    size = 0
    for row in rows:
        size += sum(len(each) for each in row if isinstance(each, str | bytes))
        if size > LARGEST_ANSWER:
            raise TooMuch
        yield [_text(each) for each in row]


def _text(value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)  # JSON has no such number
    return value.hex() if isinstance(value, bytes) else value


if __name__ == "__main__":
    main(sys.stdin.buffer, sys.stdout.buffer)
