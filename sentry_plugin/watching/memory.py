"""What a trigger keeps over its restarts: one SQLite file, of one process at a time.

What was found and that it was found are kept together, or neither. Knows nothing of what is kept.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Self

from sentry_plugin import settings
from sentry_plugin.errors import InputError, StateError

TABLES = """
CREATE TABLE IF NOT EXISTS value (name TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS known (key TEXT PRIMARY KEY, value TEXT, at REAL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS queue (number INTEGER PRIMARY KEY AUTOINCREMENT, event TEXT);
"""
_PLAIN = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9_.-]{0,99}")


def place(trigger_id: Any, otherwise: Any, kind: str = "") -> Path:
    """Name the file of a trigger by its id; where it has none, by all that makes it what it is.

    Triggers of another *kind* share nothing, also where they have the same id.
    """
    named = isinstance(trigger_id, str) and trigger_id
    text = trigger_id if named else json.dumps(otherwise, sort_keys=True)
    if not (named and _PLAIN.fullmatch(text)):
        text = hashlib.sha256(text.encode(errors="replace")).hexdigest()
    return settings.state_folder() / "triggers" / kind / f"{text}.sqlite3"


class Memory:
    """The file of one trigger. All writes up to a `commit` are kept together."""

    def __init__(self, file: Path) -> None:
        self._file = file
        with self._explained():
            file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            # For this user alone: it holds what is to be delivered.
            os.close(os.open(file, os.O_RDWR | os.O_CREAT, 0o600))
            self._db = sqlite3.connect(file, timeout=0, check_same_thread=False)
            try:
                self._open()
            except BaseException:
                self._db.close()
                raise

    def _open(self) -> None:
        # The lock is this process's until it ends, however it ends.
        self._db.execute("PRAGMA locking_mode = EXCLUSIVE")
        self._db.execute("PRAGMA journal_mode = WAL")
        # After a power cut the last commits may be missing: all of each, so that is found again.
        self._db.execute("PRAGMA synchronous = NORMAL")
        self._db.executescript(TABLES)
        (self.waiting,) = self._db.execute("SELECT count(*) FROM queue").fetchone()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._db.close()

    @contextlib.contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.OperationalError as error:
            if "locked" in str(error):
                raise InputError(
                    f"Another process watches with the state {self._file}.",
                    "Stop that one, or give this trigger another `meta.triggerId`.",
                ) from error
            raise self._failure(error) from error
        except (OSError, sqlite3.DatabaseError) as error:
            raise self._failure(error) from error

    def _failure(self, error: Exception) -> StateError:
        return StateError(f"The state {self._file} cannot be used: {error}.")

    def get(self, name: str) -> Any:
        """Give the value of a name; None where it has none."""
        with self._explained():
            row = self._db.execute("SELECT value FROM value WHERE name = ?", (name,)).fetchone()
        return json.loads(row[0]) if row else None

    def put(self, name: str, value: Any) -> None:
        """Give a name a value."""
        with self._explained():
            self._db.execute("REPLACE INTO value VALUES (?, ?)", (name, json.dumps(value)))

    def known(self, key: str) -> Any:
        """Give what is known of a thing; None where nothing is."""
        with self._explained():
            row = self._db.execute("SELECT value FROM known WHERE key = ?", (key,)).fetchone()
        return json.loads(row[0]) if row else None

    def know(self, key: str, value: Any, at: float) -> None:
        """Remember something of a thing until it is older than what is forgotten."""
        with self._explained():
            self._db.execute("REPLACE INTO known VALUES (?, ?, ?)", (key, json.dumps(value), at))

    def is_new(self, key: str, at: float) -> bool:
        """Remember that something happened; False where that is known already."""
        with self._explained():
            insert = "INSERT OR IGNORE INTO known VALUES (?, 'true', ?)"
            return bool(self._db.execute(insert, (key, at)).rowcount)

    def forget(self, before: float) -> None:
        """Forget what is known of earlier times."""
        with self._explained():
            self._db.execute("DELETE FROM known WHERE at < ?", (before,))

    def commit(self, events: Sequence[str] = ()) -> None:
        """Keep all that was written, and put *events* at the end of the queue, or none of it."""
        with self._explained():
            rows = ((event,) for event in events)
            self._db.executemany("INSERT INTO queue (event) VALUES (?)", rows)
            self._db.commit()
        self.waiting += len(events)

    @contextlib.contextmanager
    def undoing(self) -> Iterator[None]:
        """Keep nothing of what was written without a `commit` until the end of the block."""
        try:
            yield
        finally:
            with self._explained():
                self._db.rollback()

    def first(self) -> tuple[int, str] | None:
        """Give the number and the text of the event that is next."""
        with self._explained():
            found: tuple[int, str] | None = self._db.execute(
                "SELECT number, event FROM queue ORDER BY number LIMIT 1"
            ).fetchone()
        return found

    def done(self, number: int) -> None:
        """Take an event out of the queue."""
        with self._explained():
            self._db.execute("DELETE FROM queue WHERE number = ?", (number,))
            self._db.commit()
        self.waiting -= 1
