"""What an orchestrator's form sends for fields that were left empty."""

from __future__ import annotations

import pytest


@pytest.fixture
def ask(sandbox, start, run):
    connection = {"url": sandbox.known["url"], "token": {"token": sandbox.known["token"]}}

    def send(action, **given):
        return run(start(action, connection | {"organization": "acme"}, **given))

    return send


def test_optional_fields_that_were_left_empty_are_as_good_as_absent(ask):
    empty = {"organization_slug": "", "projects": [], "sort": "", "start": "", "cursor": None}
    body = ask("list_issues", limit=2, **empty)
    assert body["status"] == "ok", body["error"]
    assert body["output"] == ask("list_issues", limit=2)["output"]


def test_a_list_of_empty_texts_is_refused_and_an_empty_text_beside_others_left_out(ask):
    body = ask("list_issues", projects=[""])
    assert "`projects` holds nothing but empty texts" in body["error"]
    assert "earlier step" in body["exception"]["assistance"]
    assert ask("list_issues", projects=["", "sandbox"])["output"] == {"issues": []}


def test_of_issues_and_a_search_the_one_that_was_left_empty_does_not_count(ask):
    (issue,) = ask("list_issues", limit=1)["output"]["issues"]
    named = ask("update_issues", issue_ids=[issue["id"]], query="", status="resolved", dry_run=True)
    assert named["output"]["counts"] == {"would_change": 1}
    neither = ask("delete_issues", issue_ids=[], query="", limit=5)
    assert "not one of `issue_ids` and `query`" in neither["error"]


def test_a_search_for_many_changes_is_not_widened_by_an_empty_project(ask):
    body = ask("delete_issues", query="is:resolved", project_slug="", limit=5, dry_run=True)
    assert "`project_slug` is empty" in body["error"]


def test_empty_lists_beside_a_file_are_no_second_inventory(ask):
    file = ask("collect_inventory", output_as="file", store=False)["output"]["file"]
    lists = {"entities": [], "relationships": []}
    assert ask("check_inventory", file=file, snapshot="", **lists)["output"]["findings"]
