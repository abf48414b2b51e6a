"""Reads snapshots: which there are, what one holds, and what two do not share.

Writes nothing. Knows no message.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from sentry_plugin.inventory.graph import api_sources

if TYPE_CHECKING:
    import sqlite3

    from sentry_plugin.strictjson import JSON


class Snapshot(NamedTuple):
    """One organization as it was collected at one time."""

    id: int
    organization: str
    at: str
    included: tuple[str, ...]
    partial: tuple[JSON, ...]

    @property
    def types(self) -> set[str]:
        """The types that were collected, also those that are partial."""
        return api_sources.types(self.included)

    @property
    def complete(self) -> set[str]:
        """The types of which nothing is missing."""
        return self.types - {each["type"] for each in self.partial}


class ObjectsByKey(NamedTuple):
    """Entities and relationships, by their keys."""

    entities: Mapping[str, JSON]
    relationships: Mapping[str, JSON]


def snapshots(database: sqlite3.Connection) -> list[Snapshot]:
    """Return all snapshots, the oldest first."""
    rows = database.execute("SELECT id, org, at, included, partial FROM snap ORDER BY id, org")
    return [
        Snapshot(id_, org, at, tuple(json.loads(included)), tuple(json.loads(partial)))
        for id_, org, at, included, partial in rows
    ]


def contents(database: sqlite3.Connection, snapshot: Snapshot) -> ObjectsByKey:
    """Return what a snapshot holds, of the types that were collected for it."""
    found = _objects(database, _IN_SNAPSHOT, snapshot)
    kept = (
        {key: each for key, each in objects.items() if each["_type"] in snapshot.types}
        for objects in found
    )
    return ObjectsByKey(*kept)


def unshared(
    database: sqlite3.Connection, before: Snapshot, after: Snapshot
) -> tuple[ObjectsByKey, ObjectsByKey]:
    """Return what only the first and what only the second of two snapshots has.

    What changed is in both, as it was in each.
    """
    return _objects(database, _ONLY_IN_SNAPSHOT, before, after), _objects(
        database, _ONLY_IN_SNAPSHOT, after, before
    )


_IN_SNAPSHOT = "s0 <= :at AND coalesce(s1 > :at, 1)"
_ONLY_IN_SNAPSHOT = f"{_IN_SNAPSHOT} AND NOT (s0 <= :other AND coalesce(s1 > :other, 1))"
_ENTITIES = "SELECT key, type, p FROM ev JOIN k USING (id) WHERE org = :org AND "
_RELATIONSHIPS = (
    "SELECT f.key, rt.type, rt.class, t.key, t.type, rv.p"
    " FROM rv JOIN rt ON rt.id = rv.ty JOIN k AS f ON f.id = rv.f JOIN k AS t ON t.id = rv.t"
    " WHERE f.org = :org AND "
)
_NAME = (
    "SELECT json_extract(p, '$.displayName') FROM ev JOIN k USING (id)"
    " WHERE k.org = ? AND k.key = ? ORDER BY s0 DESC LIMIT 1"
)


def names(database: sqlite3.Connection, organization: str, keys: set[str]) -> dict[str, str]:
    """Return the latest known names of entities, by their keys."""
    found = ((key, database.execute(_NAME, (organization, key)).fetchone()) for key in keys)
    return {key: row[0] for key, row in found if row and row[0]}


def _objects(
    database: sqlite3.Connection, condition: str, at: Snapshot, other: Snapshot | None = None
) -> ObjectsByKey:
    parameters = {"org": at.organization, "at": at.id, "other": other.id if other else None}
    return ObjectsByKey(
        {
            key: {"_key": key, "_type": type_, **json.loads(p)}
            for key, type_, p in database.execute(_ENTITIES + condition, parameters)
        },
        dict(_edges(database.execute(_RELATIONSHIPS + condition, parameters))),
    )


def _edges(rows: Any) -> Iterator[tuple[str, JSON]]:
    for source, type_, class_, target, target_type, p in rows:
        key = f"{source}|{class_.lower()}|{target}"
        ends = {} if target_type is None else {"_fromEntityKey": source, "_toEntityKey": target}
        edge = {"_key": key, "_type": type_, "_class": class_, **ends, "displayName": class_}
        yield key, edge | (json.loads(p) if p else {})
