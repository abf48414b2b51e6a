"""An issue of another organization is not changed by a path that names none."""

from __future__ import annotations

import re

import pytest
from requests_mock import ANY

from sentry_plugin.steps import schema, step
from sentry_plugin.steps.step import Does
from unit_test.conftest import URL
from unit_test.glitchtip import ORGANIZATION, answers, asked, recording

OTHER = {**ORGANIZATION, "organization": "rec-second"}
CHANGES = {
    "update_issue": {"issue_id": "195", "status": "ignored"},
    "delete_issues": {"issue_ids": ["195"]},
    "add_comment": {"issue_id": "195", "text": "A comment."},
}
"""What changes an issue by a path to it. Other changes name a project or the organization."""
BY_LISTS = {"update_issues", "merge_issues"}
"""What changes issues of a list only, whose path names the organization."""
LISTED = "GET organizations/{}/issues/?id=195&limit=1"


def test_every_action_that_names_an_issue_and_changes_it_is_tried_here():
    named = {"issue_id", "issue_ids"}
    known = {name: step.load("action", name) for name in step.index()["actions"]}
    found = {
        name
        for name, action in known.items()
        if Does.WRITES in action.does and named & schema.load(name, "input")["properties"].keys()
    }
    assert found - BY_LISTS == {*CHANGES}


def changes(requests_mock):
    return [each.method for each in requests_mock.request_history if each.method != "GET"]


@pytest.mark.parametrize("action", CHANGES)
def test_glitchtips_issue_of_another_organization_is_not_changed(
    action, shared, start, run, requests_mock
):
    assert shared
    place = "organizations/rec-second/issues/195/"
    answers(requests_mock, "d01_issue_legacy", d01_issue_org=f"GET {place}")
    answers(requests_mock, j03_list_of_other_organization_afterwards=LISTED.format("rec-second"))
    answers(requests_mock, h02_put_org_other_organization_of_the_user=f"PUT {place}")
    answers(requests_mock, j03_delete_of_other_organization_org_path=f"DELETE {place}")
    answers(requests_mock, g02_comment_post_org=f"POST {place}comments/")
    body = run(start(action, OTHER, **CHANGES[action]))
    assert not any(
        each.split()[0] != "GET" and "rec-second" not in each for each in asked(requests_mock)
    )
    if action == "delete_issues":
        (result,) = body["output"]["results"]
        assert result["status"] == "not_found"
        body = {"error": result["reason"], "exception": {"code": "not_found"}}
    assert body["exception"]["code"] == "not_found", body
    assert "rec-second" in body["error"]


@pytest.mark.parametrize("action", ["delete_issues", "add_comment"])
def test_glitchtips_issue_of_the_organization_is_changed(action, shared, start, run, requests_mock):
    assert shared
    place = "organizations/rec-org/issues/195/"
    answers(requests_mock, "d01_issue_legacy", d01_issue_org=f"GET {place}")
    answers(requests_mock, g02_comment_post_org=f"POST {place}comments/")
    listed = [{"id": "195"}]
    requests_mock.get(f"{ORGANIZATION['url']}organizations/rec-org/issues/", json=listed)
    answers(requests_mock, "g01_comment_post_data_text", j02_delete_legacy="DELETE issues/195/")
    assert run(start(action, ORGANIZATION, **CHANGES[action]))["status"] == "ok"
    assert asked(requests_mock)[-2].split("?")[0] == "GET organizations/rec-org/issues/"
    assert asked(requests_mock)[-1].split()[1].startswith("issues/195/")


def issue(**more):
    return {"id": "195", "status": "unresolved", **more}


HERE = {"permalink": "https://sentry.example/acme/web/issues/195/"}
IN_PROJECT = {"project": {"id": "2", "slug": "web"}}
PROJECT = f"{URL}projects/acme/web/"


@pytest.fixture
def old(requests_mock):
    """Answer as a server that has issues by their number alone; *project* is acme's."""

    def serve(shown, **project):
        requests_mock.register_uri(
            ANY, re.compile(f"{URL}organizations/acme/issues/195/"), status_code=404, text=""
        )
        requests_mock.get(f"{URL}issues/195/", json=issue(**shown))
        requests_mock.put(f"{URL}issues/195/", json=issue(status="ignored"))
        requests_mock.post(f"{URL}issues/195/comments/", json={"id": "1"}, status_code=201)
        requests_mock.delete(f"{URL}issues/195/", status_code=202)
        requests_mock.get(PROJECT, **{"json": {"id": "2"}, **project})

    return serve


@pytest.mark.parametrize("action", CHANGES)
@pytest.mark.parametrize(("shown", "looks"), [(HERE, 0), (IN_PROJECT, 1)])
def test_an_old_servers_issue_is_changed_where_its_page_or_its_project_is_the_organizations(
    shown, looks, action, old, start, run, requests_mock
):
    old(shown)
    body = run(start(action, {"organization": "acme"}, **CHANGES[action]))
    assert body["status"] == "ok", body
    assert [each.url for each in requests_mock.request_history].count(PROJECT) == looks


@pytest.mark.parametrize("action", CHANGES)
@pytest.mark.parametrize(
    ("shown", "project"),
    [
        ({"permalink": "https://sentry.example/other/web/issues/195/"}, {}),
        ({"permalink": "https://sentry.example/other/web/issues/195/", **IN_PROJECT}, {"json": {}}),
        (IN_PROJECT, {"json": {"id": "3"}}),
        (IN_PROJECT, {"status_code": 404, "json": {"detail": "Not found"}}),
        ({"project": {"id": "2"}}, {}),
        ({"permalink": "https://[x/"}, {}),
    ],
)
def test_an_old_servers_issue_that_is_not_shown_to_be_the_organizations_is_not_changed(
    shown, project, action, old, start, run, requests_mock
):
    old(shown, **project)
    body = run(start(action, {"organization": "acme"}, **CHANGES[action]))
    changed = [each for each in requests_mock.request_history if each.method != "GET"]
    assert [each.url for each in changed if "/organizations/acme/" not in each.url] == []
    said = body.get("error") or body["output"]["results"][0]["reason"]
    assert "The issue 195 was not changed" in said


def test_where_no_organization_is_named_an_issue_is_changed_as_it_is(start, run, requests_mock):
    requests_mock.delete(f"{URL}issues/195/", status_code=202)
    requests_mock.get(f"{URL}issues/195/", json=issue())
    body = run(start("delete_issues", issue_ids=["195"]))
    assert body["output"]["counts"] == {"done": 1}


@pytest.mark.parametrize(("listed", "code"), [(["195"], None), ([], "not_found")])
def test_a_glitchtip_that_only_the_look_makes_known_is_asked_for_its_list(
    listed, code, shared, start, run, requests_mock
):
    assert shared
    requests_mock.post(f"{URL}organizations/acme/issues/195/comments/", status_code=405, text="No")
    requests_mock.get(f"{URL}issues/195/", text=recording("d01_issue_legacy").body)
    shown = [{"id": number} for number in listed]
    requests_mock.get(f"{URL}organizations/acme/issues/?id=195&limit=1", json=shown)
    requests_mock.post(f"{URL}issues/195/comments/", json={"id": 6}, status_code=201)
    body = run(start("add_comment", {"organization": "acme"}, **CHANGES["add_comment"]))
    assert body.get("exception", {}).get("code") == code, body


def test_what_may_not_be_looked_up_is_not_changed(old, start, run, requests_mock):
    old(IN_PROJECT, status_code=403, json={"detail": "No."})
    body = run(start("update_issue", {"organization": "acme"}, **CHANGES["update_issue"]))
    assert body["exception"]["code"] == "forbidden"
    assert "project:read" in body["error"]
    assert changes(requests_mock) == []


@pytest.mark.parametrize("page", [{"text": "<title>Sign in"}, {"json": {"id": "195"}}])
def test_an_answer_by_the_organizations_path_shows_it_and_a_page_does_not(
    page, old, start, run, requests_mock
):
    old(IN_PROJECT, json={"id": "3"})
    requests_mock.get(f"{URL}organizations/acme/issues/195/", **page)
    body = run(start("delete_issues", {"organization": "acme"}, issue_ids=["195"]))
    status = {"text": "not_found", "json": "done"}[next(iter(page))]
    assert body["output"]["counts"] == {status: 1}
