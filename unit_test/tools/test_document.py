"""The documents that are written in part: what is between markers is true, and all else stays."""

from __future__ import annotations

import re

import pytest

from tools import generate
from tools.document import __main__ as document
from tools.document import inventory, markdown

INVENTORY = "docs/inventory.md"
TEXT = (generate.ROOT / INVENTORY).read_text(encoding="utf-8")


@pytest.fixture
def copy(tmp_path, monkeypatch):
    """Let docs/inventory.md be the only document, and a copy whose tables are stale."""
    path = tmp_path / "inventory.md"
    path.write_text(TEXT.replace("`sentry_team`", "`sentry_squad`"), encoding="utf-8")
    monkeypatch.setattr(document, "ROOT", tmp_path)
    monkeypatch.setattr(document, "DOCUMENTS", {path.name: inventory.TABLES})
    return path


@pytest.mark.parametrize("name", document.DOCUMENTS)
def test_a_document_has_every_part_once(name):
    text = (generate.ROOT / name).read_text(encoding="utf-8")
    found = [each[2] for each in document.MARKED.finditer(text)]
    assert sorted(found) == sorted(document.DOCUMENTS[name])


def test_no_document_is_stale():
    assert document.main(["--check"]) == 0


def test_a_stale_part_is_told_and_mended(copy, capsys):
    before = copy.read_text(encoding="utf-8")
    assert document.main(["--check"]) == 1
    assert (copy.read_text(encoding="utf-8"), capsys.readouterr().err) == (
        before,
        "stale: inventory.md\n",
    )
    assert document.main([]) == 0
    assert capsys.readouterr().err == "written: inventory.md\n"
    outside = TEXT.count("`sentry_team`") - inventory.entity_table().count("`sentry_team`")
    outside -= inventory.relationship_table().count("`sentry_team`")
    assert copy.read_text(encoding="utf-8").count("`sentry_squad`") == outside
    assert document.main(["--check"]) == 0


def test_a_spec_of_which_nothing_can_be_told_is_refused_with_its_reason(copy, monkeypatch, capsys):
    def wrong():
        raise generate.SpecError("it is wrong")

    parts = dict.fromkeys(inventory.TABLES, wrong)
    monkeypatch.setattr(document, "DOCUMENTS", {copy.name: parts})
    assert document.main([]) == 1
    assert capsys.readouterr().err == "plugin.spec.yaml: it is wrong\n"


def test_words_outside_the_markers_stay_as_they_are():
    text = "before <!-- checks -->\n\nold\n\n<!-- end of checks --> after"
    first, _, rest = document.document(text, inventory.TABLES).partition("\n\n")
    table, _, last = rest.rpartition("\n\n")
    assert (first, last) == ("before <!-- checks -->", "<!-- end of checks --> after")
    assert table == inventory.check_table()


@pytest.mark.parametrize("path", [*generate.ROOT.glob("docs/*.md"), generate.ROOT / "README.md"])
def test_every_link_of_a_page_leads_somewhere(path):
    for target in re.findall(r"\]\((?!https?:)([^)]+)\)", path.read_text(encoding="utf-8")):
        name, _, heading = target.partition("#")
        there = path.parent / name if name else path
        text = there.read_text(encoding="utf-8")
        headings = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
        assert not heading or [markdown.anchor(each) for each in headings].count(heading) == 1


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
