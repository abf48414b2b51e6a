"""What a trigger keeps over its restarts: one SQLite file, of one process at a time.

What was found and that it was found are kept together, or neither. It knows whose it is, and is
opened for nobody else. Knows nothing of what is kept.
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
    """Whose a memory is."""

    step: str
    server: str
    organizations: Sequence[str]
    """Also the issues, where they alone are named; none for all that the token may see."""


def owner(step: str, server: str, otherwise: str, params: Mapping[str, Any]) -> Owner:
    """Tell whose memory a trigger's is: *otherwise* is the organization that no input names."""
    named = params.get("organizations") or [params.get("organization_slug") or otherwise]
    about = {*filter(None, named)} or {*map(str, params.get("issue_ids", ()))}
    return Owner(step, server, sorted(about))


def place(trigger_id: Any, otherwise: Any, kind: str = "") -> Path:
    """Name the file of a trigger by its id; where it has none, by all that makes it what it is.

    Triggers of another *kind* share nothing, also where they have the same id.
    """
    named = isinstance(trigger_id, str) and trigger_id
    text = trigger_id if named else json.dumps(otherwise, sort_keys=True)
    if not (named and _PLAIN.fullmatch(text)):
        text = hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()
    return settings.state_folder() / "triggers" / kind / f"{text}.sqlite3"


class Memory:
    """The file of one trigger. All writes up to a `commit` are kept together."""

    def __init__(self, file: Path, owner: Owner) -> None:
        self._file = file
        self.opened = time.time()
        """When that was, in seconds since 1970."""
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
        # The lock is this process's until it ends, however it ends.
        self._db.execute("PRAGMA locking_mode = EXCLUSIVE")
        self._db.execute("PRAGMA journal_mode = WAL")
        # After a power cut the last commits may be missing: all of each, so that is found again.
        self._db.execute("PRAGMA synchronous = NORMAL")
        self._db.executescript(TABLES)
        (self.waiting,) = self._db.execute("SELECT count(*) FROM queue").fetchone()

    def _belong(self, owner: Owner) -> None:
        """Refuse another one's memory; one that is nobody's yet is this one's from now on."""
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
        # What SQLite says of a text that is none has the text in it.
        words = "a text in it is none" if "decode" in str(error) else str(error)
        return StateError(f"The state {self._file} cannot be used: {words}.")

    def damaged(self, what: str) -> StateError:
        """Make the error for something that this plugin did not write like that."""
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
        """Give the value of a name; None where it has none."""
        with self._explained():
            row = self._db.execute("SELECT value FROM value WHERE name = ?", (name,)).fetchone()
        return self._read(row, "how far it was looked")

    def put(self, name: str, value: Any) -> None:
        """Give a name a value."""
        with self._explained():
            self._db.execute("REPLACE INTO value VALUES (?, ?)", (name, json.dumps(value)))

    def known(self, key: str) -> Any:
        """Give what is known of a thing; None where nothing is."""
        with self._explained():
            row = self._db.execute("SELECT value FROM known WHERE key = ?", (key,)).fetchone()
        return self._read(row, "what was known")

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

    def first(self) -> tuple[int, Any] | None:
        """Give the number of the event that is next, and what was put in the queue."""
        with self._explained():
            found = self._db.execute(
                "SELECT number, event FROM queue ORDER BY number LIMIT 1"
            ).fetchone()
        return found and (found[0], self._read(found[1:], "an event that waits"))

    def done(self, number: int) -> None:
        """Take an event out of the queue."""
        with self._explained():
            self._db.execute("DELETE FROM queue WHERE number = ?", (number,))
            self._db.commit()
        self.waiting -= 1
