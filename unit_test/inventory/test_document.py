"""docs/inventory.md: its tables are those of the code, and it answers the whole first page."""

from __future__ import annotations

import re

import pytest

from sentry_plugin.inventory import entities, relationships, sources
from sentry_plugin.inventory.checks import CHECKS
from sentry_plugin.inventory.entities import Kind
from sentry_plugin.inventory.relationships import MappedRelation, Relation
from tools import generate

TEXT = (generate.ROOT / "docs/inventory.md").read_text(encoding="utf-8")


def table(*rows):
    head, *body = (f"| {' | '.join(row)} |" for row in rows)
    return "\n".join([head, "|" + " :--- |" * len(rows[0]), *body])


def included(kind):
    names = [name for name, types in sources.INCLUDED.items() if kind.type in types]
    if kind is relationships.IS_PERSON:
        return "employees"
    return names[0] if names else "always"


def entity_table():
    kinds = [each for each in vars(entities).values() if isinstance(each, Kind)]
    rows = [
        (
            *(f"`{each.type}`", f"`{each.class_}`", f"`{each.prefix}...`", included(each)),
            ", ".join(f"`{name}`" for name in each.properties),
        )
        for each in kinds
    ]
    return table(("`_type`", "`_class`", "`_key`", "Included", "Properties"), *rows)


def relationship_table():
    kinds = vars(relationships).values()
    plain = [each for each in kinds if isinstance(each, Relation)]
    mapped = [each for each in kinds if isinstance(each, MappedRelation)]
    rows = [
        (
            f"`{each.source.type}`",
            each.class_,
            f"`{each.target.type}`",
            f"`{each.type}`",
            included(each),
        )
        for each in plain
    ] + [
        (
            f"`{each.source.type}`",
            each.class_,
            f"a `{each.target_class}` of yours",
            f"`{each.type}`",
            included(each),
        )
        for each in mapped
    ]
    return table(("Source", "`_class`", "Target", "`_type`", "Included"), *rows)


def check_table():
    rows = [
        (str(n), f"`{each.id}`", each.severity, each.title, each.remedy)
        for n, each in enumerate(CHECKS, 1)
    ]
    return table(("", "Check", "Severity", "Finds", "What to do"), *rows)


TABLES = {"entities": entity_table, "relationships": relationship_table, "checks": check_table}


@pytest.mark.parametrize("name", [*TABLES])
def test_a_table_of_the_document_is_that_of_the_code(name):
    there = TEXT.partition(f"<!-- {name} -->\n\n")[2].partition(f"\n\n<!-- end of {name} -->")[0]
    assert there == TABLES[name]()


def test_every_line_of_the_first_page_has_its_counterpart(shared):
    page = (shared / "seeds/000_48088cd2be4174b7.txt").read_text(encoding="utf-8")
    page = re.sub(r"<!--.*?-->", "", page, flags=re.DOTALL)
    rows = TEXT.partition("## The page of JupiterOne's integration, line by line")[2]
    quoted = {row.split(" | ")[0].removeprefix("| ") for row in rows.splitlines()}
    for paragraph in re.split(r"\n\s*\n|\n(?=\s*-|\d+\.|\|)", page):
        line = " ".join(paragraph.replace("|", " ").split()).lstrip("-# ")
        line = re.sub(r"^\d+\. ", "", line)
        if line and not set(line) <= set("- "):
            assert line in quoted, line
