"""The file of the store: its place, its tables, and the errors where it cannot be used.

A row holds from one snapshot (`s0`) until before another (`s1`, or null), so that a snapshot is no
copy. Imports sqlite3 only when the file is opened. Knows no entity by name.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from sentry_plugin import privatefiles, settings
from sentry_plugin.address import API
from sentry_plugin.errors import StateError, StoreBusy, StoreError
from sentry_plugin.logs import logger

if TYPE_CHECKING:
    import sqlite3

    from sentry_plugin.steps.connection import Connection

VERSION = 1
APPLICATION = 0x53454E54

SCHEMA = """
CREATE TABLE IF NOT EXISTS snap (
  id INTEGER NOT NULL, org TEXT NOT NULL, at TEXT NOT NULL,
  included TEXT NOT NULL, partial TEXT NOT NULL, complete INTEGER NOT NULL,
  PRIMARY KEY (id, org)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS k (
  id INTEGER PRIMARY KEY, org TEXT NOT NULL, key TEXT NOT NULL, type TEXT, UNIQUE (org, key)
);
CREATE INDEX IF NOT EXISTS k_type ON k (type);
CREATE TABLE IF NOT EXISTS ev (id INTEGER NOT NULL, hash INTEGER NOT NULL, p TEXT NOT NULL,
  s0 INTEGER NOT NULL, s1 INTEGER);
CREATE INDEX IF NOT EXISTS ev_id ON ev (id, s0);
CREATE INDEX IF NOT EXISTS ev_ended ON ev (s1) WHERE s1 IS NOT NULL;
CREATE TABLE IF NOT EXISTS rt (
  id INTEGER PRIMARY KEY, type TEXT NOT NULL, class TEXT NOT NULL, UNIQUE (type, class)
);
CREATE TABLE IF NOT EXISTS rv (
  f INTEGER NOT NULL, ty INTEGER NOT NULL, t INTEGER NOT NULL, p TEXT,
  s0 INTEGER NOT NULL, s1 INTEGER, PRIMARY KEY (f, ty, t, s0)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS rv_to ON rv (t, ty);
CREATE INDEX IF NOT EXISTS rv_ended ON rv (s1) WHERE s1 IS NOT NULL;
CREATE VIEW IF NOT EXISTS snapshot AS
  SELECT id, org AS organization, at, complete, included, partial FROM snap;
CREATE VIEW IF NOT EXISTS entity AS
  SELECT k.org AS organization, k.key, k.type, json_extract(ev.p, '$.displayName') AS name,
    ev.p AS properties, ev.s0 AS since
  FROM ev JOIN k USING (id) WHERE ev.s1 IS NULL;
CREATE VIEW IF NOT EXISTS relationship AS
  SELECT f.org AS organization, f.key || '|' || lower(rt.class) || '|' || t.key AS key,
    rt.type, rt.class, f.key AS source, t.key AS target,
    coalesce(rv.p, '{}') AS properties, rv.s0 AS since
  FROM rv JOIN rt ON rt.id = rv.ty JOIN k AS f ON f.id = rv.f JOIN k AS t ON t.id = rv.t
  WHERE rv.s1 IS NULL;
"""
"""The tables, in the form that was measured to be the fastest, and views of them for people."""

_LONGEST_NAME = 200
"""Characters; file systems take 255 bytes, and SQLite adds suffixes for the files beside it."""
_READABLE = 100
"""Characters that are left of a longer name, before its hash."""
_SET = f"Have {settings.STATE} name a folder that the plugin's user may write."
_PROBLEMS = {
    ("FULL", "IOERR", "TOOBIG"): (
        "The disk that holds {file} is full, or fails.",
        f"Free some space, or have {settings.STATE} name another folder. All else is still there.",
    ),
    ("READONLY", "CANTOPEN", "PERM", "AUTH"): (
        "{file} cannot be opened or written.",
        f"{_SET} The file itself and what is beside it have to be writable too.",
    ),
    ("NOTADB", "CORRUPT"): (
        "{file} is damaged, or no store of this plugin.",
        "Move it away, or bring back an older copy: without it the next collection begins anew.",
    ),
}


def path(connection: Connection) -> Path:
    """Return the path of the file for a connection's Sentry; it need not exist."""
    return _folder() / f"{_name(connection.url)}.sqlite"


def exists(connection: Connection) -> bool:
    """Tell whether the file for a connection's Sentry exists; warn where an older one does."""
    file = path(connection)
    if os.path.lexists(file):
        return True
    if (older := _folder() / _older_name(connection.url)) != file and os.path.lexists(older):
        logger.warning(
            "Version 2.0.0 stored in %s what may be of this server: if it is, name it %s, before "
            "anything is stored, to go on with it.",
            older,
            file.name,
        )
    return False


def _folder() -> Path:
    try:
        return settings.state_folder() / "inventory"
    except StateError as error:
        raise StoreError(error.cause, error.assistance) from error


def _name(url: str) -> str:
    """Return a name that no other server has: its host, and what its address has besides."""
    scheme, _, place = url.removesuffix(f"{API}/").partition("://")
    name = quote(place, safe="", errors="surrogatepass")
    # With plain http anybody on the way can answer, so it is another server.
    name = name if scheme == "https" else f"{scheme}={name}"
    if len(name) <= _LONGEST_NAME:
        return name
    return f"{name[:_READABLE]}={hashlib.sha256(name.encode()).hexdigest()}"


def _older_name(url: str) -> str:
    """Return the file name of version 2.0.0, which several servers could share."""
    place = url.partition("://")[2].removesuffix(f"{API}/")
    return re.sub(r"[^\w.-]", "_", place)[:_LONGEST_NAME] + ".sqlite"


@contextlib.contextmanager
def opened(connection: Connection) -> Iterator[sqlite3.Connection]:
    """Open the store, or create it.

    Waits for other writers until the message's deadline. Errors of SQLite inside the block are
    raised as a StoreError, or StoreBusy.
    """
    try:
        import sqlite3
    except ImportError as error:
        raise StoreError(
            "This Python has no SQLite.", "Use one with its module sqlite3."
        ) from error
    file = path(connection)
    try:
        privatefiles.make_file(file)
    except StateError as error:
        raise StoreError(error.cause, error.assistance) from error
    try:
        wait = max(connection.deadline.left, 0)
        database = sqlite3.connect(file, timeout=wait, isolation_level=None)
        with contextlib.closing(database):
            _prepare(database, file)
            # Lets others read while one writes, where the file system can do it. Fails while
            # somebody else has the file open: then a later opening sets it.
            with contextlib.suppress(sqlite3.OperationalError):
                database.execute("PRAGMA journal_mode = WAL")
            yield database
    except sqlite3.Error as error:
        raise _error_for(error, file) from error


def _prepare(database: sqlite3.Connection, file: Path) -> None:
    """Create the tables where there are none; raise a StoreError for a file that is not ours."""
    database.execute("PRAGMA secure_delete = ON")
    if not _is_ours(database):
        with database:
            database.execute("BEGIN IMMEDIATE")
            _make(database, file)
    if _number(database, "user_version") != VERSION:
        raise StoreError(
            f"{file} was written by a newer version of this plugin.",
            f"Use that version, or have {settings.STATE} name another folder.",
        )


def _make(database: sqlite3.Connection, file: Path) -> None:
    """Create what is missing; another process may have created it just now."""
    is_new = not database.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    if not (is_new or _is_ours(database)):
        cause, assistance = _PROBLEMS["NOTADB", "CORRUPT"]
        raise StoreError(cause.format(file=file), assistance)
    for statement in SCHEMA.split(";\n"):
        database.execute(statement)
    database.execute(f"PRAGMA application_id = {APPLICATION}")
    database.execute(f"PRAGMA user_version = {VERSION}")


def _is_ours(database: sqlite3.Connection) -> bool:
    return _number(database, "application_id") == APPLICATION


def _number(database: sqlite3.Connection, pragma: str) -> int:
    return int(database.execute(f"PRAGMA {pragma}").fetchone()[0])


def _error_for(error: sqlite3.Error, file: Path) -> StoreError:
    name = getattr(error, "sqlite_errorname", "")
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return StoreBusy(f"{file} is being written by another step, longer than we can wait.")
    for kinds, (cause, assistance) in _PROBLEMS.items():
        if name.startswith(tuple(f"SQLITE_{kind}" for kind in kinds)):
            return StoreError(cause.format(file=file), assistance, str(error))
    return StoreError(f"{file} cannot be used.", None, f"{name} {error}".strip())
