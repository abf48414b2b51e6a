"""Adds a snapshot: ends rows that hold no more, begins new ones, and leaves all others alone.

It is one transaction, so that a kill at any time leaves the last whole snapshot. Rows of a type
that was not collected completely do not end. Knows no message.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from sentry_plugin import settings
from sentry_plugin.inventory.graph.entities import ACCOUNT_TAG
from sentry_plugin.inventory.graph.graph import ends

if TYPE_CHECKING:
    import sqlite3

    from sentry_plugin.strictjson import JSON


class OrganizationPart(NamedTuple):
    """What was collected of one organization; *complete* are the types that are complete."""

    organization: str
    entities: Sequence[JSON]
    relationships: Sequence[JSON]
    complete: Collection[str]
    partial: Sequence[JSON]


_ALWAYS_THERE = ("_key", "_type", "_class", "_fromEntityKey", "_toEntityKey", "displayName")
"""What every relationship has; the column of its properties holds only the rest."""

_NOT_KEPT = {"_key", "_type", "_rawData", ACCOUNT_TAG}
"""Has columns of its own (key and type), is too large, or does not come from Sentry."""

_ENCODER = json.JSONEncoder(separators=(",", ":"))


def add(
    database: sqlite3.Connection,
    at: datetime,
    included: Collection[str],
    parts: Iterable[OrganizationPart],
) -> int:
    """Add a snapshot, drop those that are too many or too old, and return the new one's id."""
    with database:
        database.execute("BEGIN IMMEDIATE")
        (number,) = database.execute("SELECT coalesce(max(id), 0) + 1 FROM snap").fetchone()
        for part in parts:
            about = (json.dumps(sorted(included)), json.dumps(part.partial), not part.partial)
            row = (number, part.organization, sortable_time(at), *about)
            database.execute("INSERT INTO snap VALUES (?, ?, ?, ?, ?, ?)", row)
            keys = _keys(database, part)
            _store_entities(database, number, part, keys)
            _store_relationships(database, number, part, keys)
            _prune(database, part.organization)
    return int(number)


def _keys(database: sqlite3.Connection, part: OrganizationPart) -> dict[str, int]:
    """Return the ids of all keys, after new ones were added."""
    select = "SELECT key, id FROM k WHERE org = ?"
    known = dict(database.execute(select, (part.organization,)))
    wanted = {_target(each): None for each in part.relationships if "_mapping" in each}
    wanted |= {each["_key"]: each["_type"] for each in part.entities}
    new = ((part.organization, key, type_) for key, type_ in wanted.items() if key not in known)
    database.executemany("INSERT INTO k (org, key, type) VALUES (?, ?, ?)", new)
    return dict(database.execute(select, (part.organization,)))


def _target(relationship: JSON) -> str:
    """Return the key of a mapped relationship's target: the end of its own key."""
    (source,) = ends(relationship)
    start = f"{source}|{relationship['_class'].lower()}|"
    return str(relationship["_key"]).removeprefix(start)


def _store_entities(
    database: sqlite3.Connection, number: int, part: OrganizationPart, keys: dict[str, int]
) -> None:
    rows = database.execute(
        "SELECT ev.id, ev.hash, k.type FROM ev JOIN k USING (id) WHERE k.org = ? AND ev.s1 IS NULL",
        (part.organization,),
    )
    open_ = {id_: (hash_, type_) for id_, hash_, type_ in rows}
    ended: list[int] = []

    def new() -> Iterator[tuple[int, int, str, int]]:
        for entity in part.entities:
            id_, text = keys[entity["_key"]], _properties(entity)
            hash_ = _hash(text)
            before, _ = open_.pop(id_, (None, None))
            if before != hash_:
                if before is not None:
                    ended.append(id_)
                yield id_, hash_, text, number

    database.executemany("INSERT INTO ev (id, hash, p, s0) VALUES (?, ?, ?, ?)", new())
    ended += [id_ for id_, (_, type_) in open_.items() if type_ in part.complete]
    database.executemany(
        "UPDATE ev SET s1 = ? WHERE id = ? AND s1 IS NULL AND s0 < ?",
        ((number, id_, number) for id_ in ended),
    )


def _properties(entity: JSON) -> str:
    """Write the properties that come from Sentry."""
    kept = {**entity}
    for name in _NOT_KEPT:
        kept.pop(name, None)
    return _ENCODER.encode(kept)


def _hash(text: str) -> int:
    digest = hashlib.blake2b(text.encode(), digest_size=8).digest()
    return int.from_bytes(digest, signed=True)


def _store_relationships(
    database: sqlite3.Connection, number: int, part: OrganizationPart, keys: dict[str, int]
) -> None:
    types = _relationship_types(database, part)
    complete = {id_ for (type_, _), id_ in types.items() if type_ in part.complete}
    rows = database.execute(
        "SELECT f, ty, t, p FROM rv JOIN k ON k.id = rv.f WHERE k.org = ? AND s1 IS NULL",
        (part.organization,),
    )
    open_ = {(f, ty, t): p for f, ty, t, p in rows}
    ended: list[tuple[int, int, int]] = []

    def new() -> Iterator[tuple[int, int, int, str | None, int]]:
        for each in part.relationships:
            type_ = types[each["_type"], each["_class"]]
            if "_mapping" in each:
                place = (keys[ends(each)[0]], type_, keys[_target(each)])
            else:
                place = (keys[each["_fromEntityKey"]], type_, keys[each["_toEntityKey"]])
            text = _extra_properties(each)
            before = open_.pop(place, _NO_ROW)
            if before != text:
                if before != _NO_ROW:
                    ended.append(place)
                yield *place, text, number

    database.executemany("INSERT INTO rv (f, ty, t, p, s0) VALUES (?, ?, ?, ?, ?)", new())
    ended += [place for place in open_ if place[1] in complete]
    database.executemany(
        "UPDATE rv SET s1 = ? WHERE f = ? AND ty = ? AND t = ? AND s1 IS NULL AND s0 < ?",
        ((number, *place, number) for place in ended),
    )


_NO_ROW = ""


def _relationship_types(
    database: sqlite3.Connection, part: OrganizationPart
) -> dict[tuple[str, str], int]:
    there = {(each["_type"], each["_class"]) for each in part.relationships}
    database.executemany("INSERT OR IGNORE INTO rt (type, class) VALUES (?, ?)", sorted(there))
    rows = database.execute("SELECT type, class, id FROM rt")
    return {(type_, class_): id_ for type_, class_, id_ in rows}


def _extra_properties(relationship: JSON) -> str | None:
    if len(relationship) == len(_ALWAYS_THERE) and "_mapping" not in relationship:
        return None
    properties = {name: value for name, value in relationship.items() if name not in _ALWAYS_THERE}
    return _ENCODER.encode(properties) if properties else None


def _prune(database: sqlite3.Connection, organization: str) -> None:
    """Drop snapshots that are too many or too old, and rows that no other snapshot has."""
    oldest = datetime.now(UTC) - timedelta(days=settings.snapshot_days())
    most = max(settings.snapshots(), _FEWEST)
    given = {"org": organization, "most": most, "least": _FEWEST, "oldest": sortable_time(oldest)}
    dropped = database.execute(
        "DELETE FROM snap WHERE org = :org AND ("
        " id NOT IN (SELECT id FROM snap WHERE org = :org ORDER BY id DESC LIMIT :most)"
        " OR at < :oldest"
        " AND id NOT IN (SELECT id FROM snap WHERE org = :org ORDER BY id DESC LIMIT :least))",
        given,
    )
    if not dropped.rowcount:
        return
    for statement in _DELETIONS:
        database.execute(statement, given)


_FEWEST = 2  # so that there is always something to compare with
_DELETIONS = (
    """
    DELETE FROM ev WHERE s1 <= (SELECT min(id) FROM snap WHERE org = :org)
    AND id IN (SELECT id FROM k WHERE org = :org)
    """,
    """
    DELETE FROM rv WHERE s1 <= (SELECT min(id) FROM snap WHERE org = :org)
    AND f IN (SELECT id FROM k WHERE org = :org)
    """,
    """
    DELETE FROM k WHERE org = :org AND NOT EXISTS (SELECT 1 FROM ev WHERE ev.id = k.id)
    AND NOT EXISTS (SELECT 1 FROM rv WHERE rv.f = k.id)
    AND NOT EXISTS (SELECT 1 FROM rv WHERE rv.t = k.id)
    """,
)
"""Rows that ended before the oldest snapshot that is left."""


def sortable_time(at: datetime) -> str:
    """Write a time so that texts sort as their times do."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")
