"""The kinds of relationships, as a table with JupiterOne's names. Asks nothing.

A mapped relationship leads to an entity that is not ours, found by its properties: a repository,
a person.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sentry_plugin.inventory.graph import entities

if TYPE_CHECKING:
    from sentry_plugin.inventory.graph.entities import Kind
    from sentry_plugin.strictjson import JSON


class Relation(NamedTuple):
    """A kind of relationship between two kinds of entities."""

    source: Kind
    class_: str
    target: Kind
    type: str


class MappedRelation(NamedTuple):
    """A kind of relationship to an entity of somebody else's."""

    source: Kind
    class_: str
    target_class: str
    filter_keys: tuple[str, ...]
    type: str


def _relation(source: Kind, class_: str, target: Kind) -> Relation:
    end = target.type.removeprefix("sentry_")
    return Relation(source, class_, target, f"{source.type}_{class_.lower()}_{end}")


HAS_TEAM = _relation(entities.ORGANIZATION, "HAS", entities.TEAM)
HAS_PROJECT = _relation(entities.ORGANIZATION, "HAS", entities.PROJECT)
HAS_MEMBER = _relation(entities.ORGANIZATION, "HAS", entities.MEMBER)
HAS_ROLE = _relation(entities.ORGANIZATION, "HAS", entities.ROLE)
HAS_SERVICE = _relation(entities.ORGANIZATION, "HAS", entities.SERVICE)
TEAM_PROJECT = _relation(entities.TEAM, "ASSIGNED", entities.PROJECT)
TEAM_MEMBER = _relation(entities.TEAM, "HAS", entities.MEMBER)
MEMBER_ROLE = _relation(entities.MEMBER, "ASSIGNED", entities.ROLE)
PROJECT_FINDING = _relation(entities.PROJECT, "HAS", entities.FINDING)
PROJECT_KEY = _relation(entities.PROJECT, "HAS", entities.CLIENT_KEY)

HAS_REPOSITORY = MappedRelation(
    entities.ORGANIZATION,
    "HAS",
    "CodeRepo",
    ("webLink", "_class"),
    "sentry_organization_has_repository",
)
IS_PERSON = MappedRelation(
    entities.MEMBER, "IS", "Person", ("_class", "email"), "sentry_member_is_person"
)


def relationship(kind: Relation, source: str, target: str, **properties: object) -> JSON:
    """Connect two entities by their keys; a property of None is unknown."""
    return {
        "_key": f"{source}|{kind.class_.lower()}|{target}",
        "_type": kind.type,
        "_class": kind.class_,
        "_fromEntityKey": source,
        "_toEntityKey": target,
        "displayName": kind.class_,
        **{name: value for name, value in properties.items() if value is not None},
    }


def mapped(kind: MappedRelation, source: str, *, create: bool = True, **found_by: str) -> JSON:
    """Connect an entity with one of somebody else's; *create* lets the mapper make it."""
    target = {"_class": kind.target_class, **found_by}
    wanted = ":".join(f"{name}={target[name]}" for name in kind.filter_keys)
    mapping = {
        "relationshipDirection": "FORWARD",
        "sourceEntityKey": source,
        "targetFilterKeys": [[*kind.filter_keys]],
        "targetEntity": target,
    }
    return {
        "_key": f"{source}|{kind.class_.lower()}|FORWARD:{wanted}",
        "_type": kind.type,
        "_class": kind.class_,
        "_mapping": mapping if create else mapping | {"skipTargetCreation": True},
        "displayName": kind.class_,
    }
