"""docs/inventory.md: its tables are those of the code, and it answers the whole first page."""

from __future__ import annotations

import re

import pytest

from tools import document

TEXT = document.DOCUMENT.read_text(encoding="utf-8")


@pytest.fixture
def copy(tmp_path, monkeypatch):
    """Let the document be a copy, whose one table is stale."""
    path = tmp_path / "inventory.md"
    path.write_text(TEXT.replace("`sentry_team`", "`sentry_squad`"), encoding="utf-8")
    monkeypatch.setattr(document, "DOCUMENT", path)
    return path


def test_the_document_has_every_table_and_each_is_that_of_the_code():
    assert {found[2] for found in document.MARKED.finditer(TEXT)} == {*document.TABLES}
    assert document.main(["--check"]) == 0


def test_a_stale_table_is_told_and_mended(copy, capsys):
    before = copy.read_text(encoding="utf-8")
    assert document.main(["--check"]) == 1
    assert (copy.read_text(encoding="utf-8"), capsys.readouterr().err) == (
        before,
        "stale: inventory.md\n",
    )
    assert document.main([]) == 0
    outside = TEXT.count("`sentry_team`") - document.entity_table().count("`sentry_team`")
    outside -= document.relationship_table().count("`sentry_team`")
    assert copy.read_text(encoding="utf-8").count("`sentry_squad`") == outside
    assert document.main(["--check"]) == 0


def test_words_outside_the_markers_stay_as_they_are():
    text = "before <!-- checks -->\n\nold\n\n<!-- end of checks --> after"
    first, _, rest = document.document(text).partition("\n\n")
    table, _, last = rest.rpartition("\n\n")
    assert (first, last) == ("before <!-- checks -->", "<!-- end of checks --> after")
    assert table == document.check_table()


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
