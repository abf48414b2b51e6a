"""A program that runs one query of a user on a database, in a process of its own.

SQLite's functions cannot be interrupted, and its memory can be limited only for a whole process:
so this process is ended instead, and the plugin's goes on. It opens no file and imports nothing of
the plugin, so that it starts fast and sees no secret.
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
"""Bytes that the query may use besides the database."""
_READING = {
    sqlite3.SQLITE_SELECT,
    sqlite3.SQLITE_READ,
    sqlite3.SQLITE_FUNCTION,
    sqlite3.SQLITE_RECURSIVE,
}
# Shows addresses of code in memory, and can set them.
_FORBIDDEN_FUNCTION = "fts3_tokenizer"
_TABLE_FUNCTIONS = ("json_each", "json_tree")

JSON = dict[str, Any]


class AnswerTooLarge(Exception):
    """The answer is too large for an event."""


def main(stdin: BinaryIO, stdout: BinaryIO) -> None:
    """Read a request (a line of JSON) and then the database; write the answer as JSON."""
    request = json.loads(stdin.readline())
    database = stdin.read()
    _limit(request["seconds"])
    stdout.write(json.dumps(answer(database, request)).encode())


def answer(database: bytes, request: JSON) -> JSON:
    """Return `columns` and `rows`; or `wrong`, one word, and `words`, SQLite's message."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    try:
        connection.deserialize(database)
        _restrict(connection, len(database))
        cursor = connection.execute(request["sql"], request["parameters"])
        rows = [*_limited(itertools.islice(cursor, request["most"]))]
    except MemoryError:
        return {"wrong": "memory", "words": ""}
    except AnswerTooLarge:
        return {"wrong": "size", "words": ""}
    except (sqlite3.Error, sqlite3.Warning, OverflowError) as error:
        return {"wrong": "query", "words": str(error)}
    finally:
        connection.close()
    return {"columns": [each[0] for each in cursor.description or ()], "rows": rows}


def _limit(seconds: float) -> None:
    """Let the kernel end this process when its time is over, and let it write no file."""
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def _restrict(connection: sqlite3.Connection, size: int) -> None:
    connection.execute("PRAGMA temp_store = MEMORY")
    connection.execute(f"PRAGMA hard_heap_limit = {size + LARGEST_HEAP}")
    for name in _TABLE_FUNCTIONS:
        # Its first call declares the columns of a table function: the authorizer would refuse that.
        connection.execute(f"SELECT 1 FROM {name}('[]')").fetchall()
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LARGEST_VALUE)
    connection.setlimit(sqlite3.SQLITE_LIMIT_COLUMN, MOST_COLUMNS)
    connection.set_authorizer(_allowed)


def _allowed(action: int, _: str | None, name: str | None, *_more: str | None) -> int:
    is_reading = action in _READING and name != _FORBIDDEN_FUNCTION
    return sqlite3.SQLITE_OK if is_reading else sqlite3.SQLITE_DENY


def _limited(rows: Iterable[tuple[Any, ...]]) -> Iterator[list[Any]]:
    """Yield rows, or raise AnswerTooLarge."""
    size = 0
    for row in rows:
        size += sum(len(each) for each in row if isinstance(each, str | bytes))
        if size > LARGEST_ANSWER:
            raise AnswerTooLarge
        yield [_text(each) for each in row]


def _text(value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)  # JSON has no such number
    return value.hex() if isinstance(value, bytes) else value


if __name__ == "__main__":
    main(sys.stdin.buffer, sys.stdout.buffer)
