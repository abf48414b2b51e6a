"""The state that a trigger keeps between restarts: an SQLite file, used by one process at a time.

Events, and the fact that they were found, are committed together. A state belongs to one owner,
and is refused to others. Knows nothing of what it holds.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
import sqlite3
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, Self

from sentry_plugin import privatefiles, settings
from sentry_plugin.errors import InputError, StateError

TABLES = """
CREATE TABLE IF NOT EXISTS value (name TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS known (key TEXT PRIMARY KEY, value TEXT, at REAL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS queue (number INTEGER PRIMARY KEY AUTOINCREMENT, event TEXT);
"""
_PLAIN = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9_.-]{0,99}")
_OWNER = "owner"


class Owner(NamedTuple):
    """The owner of a state."""

    step: str
    server: str
    organizations: Sequence[str]
    """Or issues, if only they are named; empty for all that the token may see."""


def owner(step: str, server: str, otherwise: str, params: Mapping[str, Any]) -> Owner:
    """Return the owner of a trigger's state; *otherwise* is the organization of the connection."""
    named = params.get("organizations") or [params.get("organization_slug") or otherwise]
    about = {*filter(None, named)} or {*map(str, params.get("issue_ids", ()))}
    return Owner(step, server, sorted(about))


def file_of(trigger_id: Any, otherwise: Any, kind: str = "") -> Path:
    """Return the path of a trigger's file, from its ID or, without one, from *otherwise*.

    Each *kind* has a folder of its own, so that equal IDs share nothing.
    """
    named = isinstance(trigger_id, str) and trigger_id
    text = trigger_id if named else json.dumps(otherwise, sort_keys=True)
    if not (named and _PLAIN.fullmatch(text)):
        text = hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()
    return settings.state_folder() / "triggers" / kind / f"{text}.sqlite3"


class TriggerState:
    """The state of one trigger. Writes are kept by `commit`, all together."""

    def __init__(self, file: Path, owner: Owner) -> None:
        self._file = file
        self.opened = time.time()
        """The time of opening, in seconds since 1970."""
        privatefiles.make_file(file)
        with self._explained():
            self._db = sqlite3.connect(file, timeout=0, check_same_thread=False)
            try:
                self._open()
                self._belong(owner)
            except BaseException:
                self._db.close()
                raise

    def _open(self) -> None:
        # Locked until this process ends.
        self._db.execute("PRAGMA locking_mode = EXCLUSIVE")
        self._db.execute("PRAGMA journal_mode = WAL")
        # After a power cut the last commits may be missing, each as a whole: it is found again.
        self._db.execute("PRAGMA synchronous = NORMAL")
        self._db.executescript(TABLES)
        (self.waiting,) = self._db.execute("SELECT count(*) FROM queue").fetchone()

    def _belong(self, owner: Owner) -> None:
        """Refuse the state of another owner; take over a new one."""
        mine = [owner.step, owner.server, [*owner.organizations]]
        theirs = self.get(_OWNER)
        if theirs is None:
            self.put(_OWNER, mine)
            self.commit()
        elif theirs != mine:
            raise InputError(
                "The state of this `meta.triggerId` belongs to another trigger: to another step, "
                "another server or other organizations.",
                f"Give another `meta.triggerId` (`--id`); or remove {self._file}, and what waits "
                "in it to be delivered is lost.",
            )

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
        # SQLite's message about a bad text contains the text.
        words = "a text in it is none" if "decode" in str(error) else str(error)
        return StateError(f"The state {self._file} cannot be used: {words}.")

    def damaged(self, what: str) -> StateError:
        """Build the error for content that this plugin did not write."""
        return StateError(
            f"The state {self._file} is damaged: {what} is not what was written.",
            "Bring back an older copy of the file; or move it away, with what is beside it: the "
            "trigger then begins anew, and what waited in it to be delivered is not delivered.",
        )

    def _read(self, row: tuple[Any] | None, what: str) -> Any:
        try:
            return json.loads(row[0]) if row else None
        except (ValueError, TypeError, RecursionError) as error:
            raise self.damaged(what) from error

    def get(self, name: str) -> Any:
        """Return the value of a name; None if it has none."""
        with self._explained():
            row = self._db.execute("SELECT value FROM value WHERE name = ?", (name,)).fetchone()
        return self._read(row, "how far it was looked")

    def put(self, name: str, value: Any) -> None:
        """Set the value of a name."""
        with self._explained():
            self._db.execute("REPLACE INTO value VALUES (?, ?)", (name, json.dumps(value)))

    def recall(self, key: str) -> Any:
        """Return what was remembered under a key; None if nothing was."""
        with self._explained():
            row = self._db.execute("SELECT value FROM known WHERE key = ?", (key,)).fetchone()
        return self._read(row, "what was known")

    def remember(self, key: str, value: Any, at: float) -> None:
        """Remember a value under a key; `forget` removes it by its time *at*."""
        with self._explained():
            self._db.execute("REPLACE INTO known VALUES (?, ?, ?)", (key, json.dumps(value), at))

    def remember_if_new(self, key: str, at: float) -> bool:
        """Remember a key; return False if it was remembered already."""
        with self._explained():
            insert = "INSERT OR IGNORE INTO known VALUES (?, 'true', ?)"
            return bool(self._db.execute(insert, (key, at)).rowcount)

    def forget(self, before: float) -> None:
        """Forget what was remembered with an earlier time."""
        with self._explained():
            self._db.execute("DELETE FROM known WHERE at < ?", (before,))

    def commit(self, events: Sequence[str] = ()) -> None:
        """Commit all writes, and append *events* to the queue; all or nothing."""
        with self._explained():
            rows = ((event,) for event in events)
            self._db.executemany("INSERT INTO queue (event) VALUES (?)", rows)
            self._db.commit()
        self.waiting += len(events)

    @contextlib.contextmanager
    def rolling_back(self) -> Iterator[None]:
        """Undo writes that are not committed at the end of the block."""
        try:
            yield
        finally:
            with self._explained():
                self._db.rollback()

    def first_event(self) -> tuple[int, Any] | None:
        """Return number and content of the first event in the queue; None if it is empty."""
        with self._explained():
            found = self._db.execute(
                "SELECT number, event FROM queue ORDER BY number LIMIT 1"
            ).fetchone()
        return found and (found[0], self._read(found[1:], "an event that waits"))

    def remove_event(self, number: int) -> None:
        """Remove a delivered event from the queue."""
        with self._explained():
            self._db.execute("DELETE FROM queue WHERE number = ?", (number,))
            self._db.commit()
        self.waiting -= 1
