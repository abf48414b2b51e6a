"""The tables of docs/inventory.md, from the tables in the code."""

from __future__ import annotations

from sentry_plugin.inventory.check.checks import CHECKS
from sentry_plugin.inventory.compare.changes import VOLATILE
from sentry_plugin.inventory.graph import api_sources, entities, relationships
from sentry_plugin.inventory.graph.entities import EntityKind
from sentry_plugin.inventory.graph.relationships import MappedRelationshipKind, RelationshipKind
from sentry_plugin.inventory.query import memory_database
from tools.document.markdown import table


def included(type_: str) -> str:
    """Return what an input has to include for a type, or `always`."""
    ways = {**api_sources.INCLUDED, "employees": (relationships.IS_PERSON.type,)}
    return next((name for name, types in ways.items() if type_ in types), "always")


def entity_table() -> str:
    """Return the kinds of entities."""
    return table(
        ("`_type`", "`_class`", "`_key`", "Included", "Properties"),
        (
            (
                *(f"`{each.type}`", f"`{each.class_}`", f"`{each.prefix}...`"),
                *(included(each.type), ", ".join(f"`{name}`" for name in each.properties)),
            )
            for each in vars(entities).values()
            if isinstance(each, EntityKind)
        ),
    )


def relationship_table() -> str:
    """Return the kinds of relationships, the mapped ones last."""
    kinds = [*vars(relationships).values()]
    targets: list[tuple[RelationshipKind | MappedRelationshipKind, str]] = [
        (each, f"`{each.target.type}`") for each in kinds if isinstance(each, RelationshipKind)
    ]
    targets += [
        (each, f"a `{each.target_class}` of yours")
        for each in kinds
        if isinstance(each, MappedRelationshipKind)
    ]
    return table(
        ("Source", "`_class`", "Target", "`_type`", "Included"),
        (
            (f"`{each.source.type}`", each.class_, target, f"`{each.type}`", included(each.type))
            for each, target in targets
        ),
    )


def check_table() -> str:
    """Return the checks."""
    return table(
        ("", "Check", "Severity", "Finds", "What to do"),
        (
            (str(number), f"`{each.id}`", each.severity, each.title, each.remedy)
            for number, each in enumerate(CHECKS, 1)
        ),
    )


def view_table() -> str:
    """Return the tables and views that a query can name."""
    views = {name: view.columns for name, view in memory_database.VIEWS.items()}
    return table(
        ("Table or view", "Columns"),
        (
            (f"`{name}`", ", ".join(f"`{column}`" for column in columns))
            for name, columns in {
                **memory_database.TABLES,
                **memory_database.KINDS,
                **views,
            }.items()
        ),
    )


def volatile_table() -> str:
    """Return the properties that are compared only on demand."""
    return table(
        ("`_type`", "Properties"),
        (
            (f"`{type_}`", ", ".join(f"`{name}`" for name in names))
            for type_, names in VOLATILE.items()
        ),
    )


TABLES = {
    "entities": entity_table,
    "relationships": relationship_table,
    "checks": check_table,
    "views": view_table,
    "volatile": volatile_table,
}
