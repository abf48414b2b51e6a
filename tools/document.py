#!/usr/bin/env python3
"""Write the tables of docs/inventory.md, each between its two markers, from the code's own.

Must not touch a word outside the markers.
"""

from __future__ import annotations

import argparse
import pathlib
import re
import sys
from collections.abc import Callable, Iterable, Sequence

from sentry_plugin.inventory.check.checks import CHECKS
from sentry_plugin.inventory.compare.changes import VOLATILE
from sentry_plugin.inventory.graph import entities, relationships, sources
from sentry_plugin.inventory.graph.entities import Kind
from sentry_plugin.inventory.graph.relationships import MappedRelation, Relation
from sentry_plugin.inventory.query import tables

DOCUMENT = pathlib.Path(__file__).resolve().parents[1] / "docs/inventory.md"
MARKED = re.compile(r"(<!-- (\w+) -->\n\n).*?(\n\n<!-- end of \2 -->)", re.DOTALL)


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table in Markdown."""
    first, *lines = (f"| {' | '.join(row)} |" for row in (head, *rows))
    return "\n".join([first, "|" + " :--- |" * len(head), *lines])


def included(type_: str) -> str:
    """Name what has to be included for a type."""
    ways = {**sources.INCLUDED, "employees": (relationships.IS_PERSON.type,)}
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
            if isinstance(each, Kind)
        ),
    )


def relationship_table() -> str:
    """Return the kinds of relationships, those to entities of somebody else's last."""
    kinds = [*vars(relationships).values()]
    targets: list[tuple[Relation | MappedRelation, str]] = [
        (each, f"`{each.target.type}`") for each in kinds if isinstance(each, Relation)
    ]
    targets += [
        (each, f"a `{each.target_class}` of yours")
        for each in kinds
        if isinstance(each, MappedRelation)
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
    views = {name: view.columns for name, view in tables.VIEWS.items()}
    return table(
        ("Table or view", "Columns"),
        (
            (f"`{name}`", ", ".join(f"`{column}`" for column in columns))
            for name, columns in {**tables.TABLES, **tables.KINDS, **views}.items()
        ),
    )


def volatile_table() -> str:
    """Return the properties that are not compared."""
    return table(
        ("`_type`", "Properties"),
        (
            (f"`{type_}`", ", ".join(f"`{name}`" for name in names))
            for type_, names in VOLATILE.items()
        ),
    )


TABLES: dict[str, Callable[[], str]] = {
    "entities": entity_table,
    "relationships": relationship_table,
    "checks": check_table,
    "views": view_table,
    "volatile": volatile_table,
}


def document(text: str) -> str:
    """Return *text* with the tables that are true now; a KeyError names an unknown marker."""
    return MARKED.sub(lambda found: f"{found[1]}{TABLES[found[2]]()}{found[3]}", text)


def main(argv: Sequence[str] | None = None) -> int:
    """Bring the tables up to date, or only say whether they are."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing, fail on a stale table")
    check = parser.parse_args(argv).check
    text = DOCUMENT.read_text(encoding="utf-8")
    if (wanted := document(text)) == text:
        return 0
    print(f"stale: {DOCUMENT.name}", file=sys.stderr)
    if not check:
        DOCUMENT.write_text(wanted, encoding="utf-8")
    return int(check)


if __name__ == "__main__":
    raise SystemExit(main())
