"""Comments, tags, projects, teams, members and releases."""

from __future__ import annotations

import pytest

from unit_test.conftest import URL

BELOW_ORGANIZATION = ("list_projects", "list_teams", "list_members", "list_releases")


@pytest.fixture
def issue(sandbox):
    """Give the number of an issue with three comments, and three values of the tag colour."""
    number = sandbox.issue(message="one", tags={"colour": "red"}, environment="lab")["id"]
    sandbox.event(message="one", tags={"colour": "red"})
    sandbox.event(message="one", tags={"colour": "blue"})
    sandbox.event(message="one", tags={"colour": "green"})
    for text in ("first", "second", "third"):
        sandbox.ask("POST", f"/api/0/issues/{number}/comments/", json={"text": text})
    return number


def of(output):
    (items,) = (value for name, value in output.items() if name != "next_cursor")
    return items


def test_comments_are_listed_newest_first_with_their_words_and_writers(output, issue):
    found = output("list_comments", issue_id=issue)["comments"]
    assert [each["text"] for each in found] == ["third", "second", "first"]
    assert [each["data"]["text"] for each in found] == ["third", "second", "first"]
    assert {(each["type"], each["user"]["id"]) for each in found} == {("note", "900000")}


@pytest.mark.parametrize("odd", [{"data": None}, {"data": {"text": 5}}, {"data": {}}, {}])
def test_a_comment_without_words_is_listed_all_the_same(odd, start, run, requests_mock):
    requests_mock.get(f"{URL}issues/1/comments/", json=[{"id": "1", **odd}, "odd"])
    answered = run(start("list_comments", issue_id="1"))
    assert [each["id"] for each in answered["output"]["comments"]] == ["1"]
    assert "text" not in answered["output"]["comments"][0]


def test_values_of_a_tag_are_listed_with_their_counts(output, issue):
    given = {"issue_id": issue, "key": "colour"}
    found = output("list_tag_values", **given, sort="count")["values"]
    assert (found[0]["value"], found[0]["count"]) == ("red", 2)
    assert {each["value"] for each in found} == {"red", "blue", "green"}
    found = output("list_tag_values", **given, environment="lab")["values"]
    assert [(each["value"], each["count"]) for each in found] == [("red", 1)]


def test_a_tag_that_no_event_has_is_named(body, issue):
    answered = body("list_tag_values", issue_id=issue, key="shape")
    assert answered["exception"]["code"] == "not_found"
    assert "none of its events has the tag shape" in answered["error"]


@pytest.mark.parametrize(
    ("action", "more"), [("list_comments", {}), ("list_tag_values", {"key": "colour"})]
)
def test_what_an_issue_has_comes_page_by_page(action, more, output, queries, issue):
    first = output(action, issue_id=issue, **more, limit=2)
    rest = output(action, issue_id=issue, **more, cursor=first["next_cursor"])
    assert (len(of(first)), len(of(rest)), "next_cursor" in rest) == (2, 1, False)
    assert not [each for each in of(rest) if each in of(first)]
    assert queries()[-2].endswith("?per_page=2&limit=2")


@pytest.fixture
def releases(sandbox):
    """Give the organization five releases of two projects, two of them of an environment."""
    for number in range(4):
        environment = {"environment": "lab"} if number % 2 else {}
        sandbox.event(message="one", release=f"app@{number}", **environment)
    body = {"version": "other@1", "projects": ["project-00001"]}
    sandbox.ask("POST", "/api/0/organizations/acme/releases/", json=body)


@pytest.mark.parametrize("action", BELOW_ORGANIZATION)
@pytest.mark.usefixtures("releases")
def test_what_an_organization_has_comes_page_by_page(action, output):
    everything = of(output(action))
    first = output(action, limit=3)
    rest = of(output(action, cursor=first["next_cursor"]))
    assert len(of(first)) == 3
    assert [each["id"] for each in of(first)] == [each["id"] for each in everything[:3]]
    assert {each["id"] for each in everything} == {each["id"] for each in [*of(first), *rest]}


@pytest.mark.parametrize("action", BELOW_ORGANIZATION)
def test_an_organization_has_to_be_named_and_to_exist(action, body):
    answered = body(action, organization="")
    assert answered["exception"]["code"] == "bad_input"
    answered = body(action, organization="other")
    assert answered["exception"]["code"] == "not_found"
    assert "There is no organization other" in answered["error"]


def test_projects_are_listed_with_their_teams(output):
    (found,) = output("list_projects", query="sandbox")["projects"]
    assert (found["slug"], found["id"]) == ("sandbox", "4500000")
    assert found["teams"][0]["slug"] == "team-0000"
    assert output("list_projects", query="no such name")["projects"] == []


def test_teams_are_listed_with_their_projects_unless_they_are_not_to_be(output):
    (found,) = output("list_teams", query="team-0000")["teams"]
    assert "sandbox" in [project["slug"] for project in found["projects"]]
    (found,) = output("list_teams", query="team-0000", detailed=False)["teams"]
    assert "projects" not in found
    assert "projects" in output("list_teams", detailed=True)["teams"][0]


def test_a_member_who_is_only_invited_has_no_user(output):
    found = output("list_members")["members"]
    invited = [each for each in found if "user" not in each]
    assert invited
    assert all(each["pending"] and each["email"] for each in invited)
    assert all(each["user"]["id"] for each in found if each not in invited)
    (one,) = output("list_members", query=invited[0]["email"])["members"]
    assert one["id"] == invited[0]["id"]


@pytest.mark.usefixtures("releases")
def test_releases_are_listed_by_project_environment_and_version(output):
    def found(**given):
        return {each["version"] for each in output("list_releases", **given)["releases"]}

    ours = {"app@0", "app@1", "app@2", "app@3"}
    assert found(query="app@") == ours
    assert found(projects=["sandbox"]) >= ours
    assert "other@1" not in found(projects=["sandbox"])
    assert found(environments=["lab"]) == {"app@1", "app@3"}
    assert found(query="nothing") == set()


def test_releases_are_asked_for_by_the_numbers_of_projects(start, run, requests_mock):
    requests_mock.get(f"{URL}projects/o/p/", json={"id": "7"})
    release = {"id": 1, "version": "a@1", "authors": [], "projects": [{"slug": "p"}]}
    requests_mock.get(f"{URL}organizations/o/releases/", json=[release])
    given = {"projects": ["p", "8"], "environments": ["lab", "home"], "query": "a@"}
    answered = run(start("list_releases", {"organization": "o"}, limit=5, **given))
    assert answered["output"] == {"releases": [release]}
    assert requests_mock.last_request.qs == {
        "project": ["7", "8"],
        "environment": ["lab", "home"],
        "query": ["a@"],
        "per_page": ["5"],
        "limit": ["5"],
    }
