"""docs/behaviour.md: what it names exists, and it names all that it has to."""

from __future__ import annotations

import pathlib
import re

import pytest

from sentry_plugin import settings
from sentry_plugin.sandbox.kept.faults import KINDS

DOCS = pathlib.Path(__file__).resolve().parents[2] / "docs"
PAGE = (DOCS / "behaviour.md").read_text()
LINKS = re.findall(r"\[([^\]]+)\]\(([^)]+)\)", PAGE)
TESTS = sorted({link for link in LINKS if link[0].startswith("test_")})
TABLES = [
    [[cell.strip() for cell in line.split("|")[1:-1]] for line in block.splitlines()]
    for block in re.findall(r"(?:^\|.*\n)+", PAGE, re.MULTILINE)
]


def rows(title):
    """Give the rows of the table whose first column has this title."""
    (table,) = (table for table in TABLES if table[0][0] == title)
    return table[2:]


@pytest.mark.parametrize(("name", "file"), TESTS, ids=[name for name, _ in TESTS])
def test_a_test_that_the_page_names_exists(name, file):
    assert f"\ndef {name}(" in (DOCS / file).read_text()


def test_every_row_names_its_test():
    assert {table[0][-1] for table in TABLES} == {"test"}
    unproven = [row for table in TABLES for row in table[2:] if not row[-1].startswith("[test")]
    assert not unproven


def test_other_links_lead_somewhere():
    headings = {
        re.sub(r"\W+", "-", words.lower()) for words in re.findall(r"^#+ (.*)$", PAGE, re.MULTILINE)
    }
    others = {target for _, target in LINKS}
    assert {target[1:] for target in others if target.startswith("#")} <= headings
    assert all((DOCS / target).is_file() for target in others if not target.startswith("#"))


def test_every_fault_of_the_sandbox_is_in_the_page():
    assert {row[0].strip("`") for row in rows("kind")} == KINDS.keys()


def test_every_variable_of_the_operator_is_in_the_page():
    texts = [each for each in vars(settings).values() if isinstance(each, str)]
    names = {f"`{each}`" for each in texts if each.startswith("SENTRY_PLUGIN_")}
    assert {row[0] for row in rows("variable")} == names
