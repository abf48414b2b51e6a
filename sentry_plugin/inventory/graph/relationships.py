"""The kinds of relationships, as a table with JupiterOne's names.

A mapped relationship leads to an entity of another integration, such as a repository or a person,
which JupiterOne finds by its properties. Sends no request.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sentry_plugin.inventory.graph import entities

if TYPE_CHECKING:
    from sentry_plugin.inventory.graph.entities import EntityKind
    from sentry_plugin.strictjson import JSON


class RelationshipKind(NamedTuple):
    """A kind of relationship between two kinds of entities."""

    source: EntityKind
    class_: str
    target: EntityKind
    type: str


class MappedRelationshipKind(NamedTuple):
    """A kind of relationship to an entity of another integration."""

    source: EntityKind
    class_: str
    target_class: str
    filter_keys: tuple[str, ...]
    type: str


def _kind(source: EntityKind, class_: str, target: EntityKind) -> RelationshipKind:
    end = target.type.removeprefix("sentry_")
    return RelationshipKind(source, class_, target, f"{source.type}_{class_.lower()}_{end}")


HAS_TEAM = _kind(entities.ORGANIZATION, "HAS", entities.TEAM)
HAS_PROJECT = _kind(entities.ORGANIZATION, "HAS", entities.PROJECT)
HAS_MEMBER = _kind(entities.ORGANIZATION, "HAS", entities.MEMBER)
HAS_ROLE = _kind(entities.ORGANIZATION, "HAS", entities.ROLE)
HAS_SERVICE = _kind(entities.ORGANIZATION, "HAS", entities.SERVICE)
TEAM_PROJECT = _kind(entities.TEAM, "ASSIGNED", entities.PROJECT)
TEAM_MEMBER = _kind(entities.TEAM, "HAS", entities.MEMBER)
MEMBER_ROLE = _kind(entities.MEMBER, "ASSIGNED", entities.ROLE)
PROJECT_FINDING = _kind(entities.PROJECT, "HAS", entities.FINDING)
PROJECT_KEY = _kind(entities.PROJECT, "HAS", entities.CLIENT_KEY)

HAS_REPOSITORY = MappedRelationshipKind(
    entities.ORGANIZATION,
    "HAS",
    "CodeRepo",
    ("webLink", "_class"),
    "sentry_organization_has_repository",
)
IS_PERSON = MappedRelationshipKind(
    entities.MEMBER, "IS", "Person", ("_class", "email"), "sentry_member_is_person"
)


def relationship(kind: RelationshipKind, source: str, target: str, **properties: object) -> JSON:
    """Make a relationship between two keys; properties that are None are left out."""
    return {
        "_key": f"{source}|{kind.class_.lower()}|{target}",
        "_type": kind.type,
        "_class": kind.class_,
        "_fromEntityKey": source,
        "_toEntityKey": target,
        "displayName": kind.class_,
        **{name: value for name, value in properties.items() if value is not None},
    }


def mapped(
    kind: MappedRelationshipKind, source: str, *, create: bool = True, **found_by: str
) -> JSON:
    """Make a mapped relationship; *create* lets JupiterOne make the target where it finds none."""
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
