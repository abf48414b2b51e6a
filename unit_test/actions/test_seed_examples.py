"""The plugin's first help page: what it promises about the four actions still holds."""

from __future__ import annotations

import json
import re

import pytest

from sentry_plugin.steps import schema
from tools import generate

pytestmark = pytest.mark.versions

SPEC = generate.Spec((generate.ROOT / "plugin.spec.yaml").read_text(encoding="utf-8"))
ACTIONS = ("submit_event", "list_project_issues", "list_issue_events", "update_issue")

# Two examples are no JSON as printed. This is all that is wrong with them.
REPAIRS = {"  ]\n  }\n}\n": "  ]\n}\n", "* 1.0.1 - New spec and help.md format for the Hub\n": ""}


@pytest.fixture
def page(shared):
    """Return the page's setup as "connection", and what it says about each action by its name."""
    text = (shared / "seeds/002_315cad15c7051e37.txt").read_text(encoding="utf-8")
    setup = text.partition("## Setup\n")[2].partition("\n## ")[0]
    actions = text.partition("### Actions\n")[2].partition("\n### ")[0].split("\n#### ")[1:]
    names = {SPEC.about["actions"][name]["title"]: name for name in SPEC.about["actions"]}
    return {"connection": setup} | {names[each.partition("\n")[0]]: each for each in actions}


def promised(table):
    """Read a table as {name: {column: cell}}, without the descriptions."""
    rows = [line.strip("|").split("|") for line in table.splitlines() if line.startswith("|")]
    head = [name.lower() for name in rows[0]]
    promises = [dict(zip(head, row, strict=True)) for row in rows[2:]]
    for promise in promises:
        del promise["description"]
    return {promise.pop("name"): promise for promise in promises}


def declared(fields, promises):
    """Read the same from the spec."""
    return {
        name: {column: str(fields[name].get(column)) for column in columns}
        for name, columns in promises.items()
    }


def test_page_describes_all_four_actions(page):
    assert page.keys() == {"connection", *ACTIONS}


def test_connection_field_of_the_page_is_declared_as_printed(page):
    promises = promised(page["connection"])
    assert promises.keys() == {"token"}
    assert declared(SPEC.about["connection"], promises) == promises


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("part", ["input", "output"])
def test_field_of_the_page_is_declared_as_printed(page, action, part):
    section = page[action].partition(f"##### {part.capitalize()}\n")[2]
    promises = promised(re.split("#####|Example", section)[0])
    fields = SPEC.about["actions"][action][part]
    assert declared(fields, promises) == promises
    more = set(fields) - set(promises)
    assert not [name for name in more if fields[name]["required"]]


@pytest.mark.parametrize("action", ACTIONS)
def test_example_output_of_the_page_fits_the_schema(page, action):
    printed = page[action].partition("Example output:\n\n```\n")[2].partition("```")[0]
    for wrong, right in REPAIRS.items():
        printed = printed.replace(wrong, right)
    output = json.loads(printed)
    assert schema.problem(output, action, "output") is None
    assert schema.unknown_fields(output, action, "output") == []
