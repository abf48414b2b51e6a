"""What an organization has: found, shown, and told apart from what it has not."""

from __future__ import annotations

import pytest

THINGS = (
    "",
    "organizations/acme/",
    "organizations/acme/members/100001/",
    "organizations/acme/members/me/",
    "organizations/acme/environments/",
    "projects/acme/project-00001/",
    "projects/acme/4500001/",
    "projects/acme/project-00001/members/",
    "projects/acme/project-00001/environments/",
    "teams/acme/team-0001/",
    "teams/acme/2001/",
)
MISSING = (
    "organizations/nope/",
    "organizations/nope/projects/",
    "organizations/acme/members/1/",
    "organizations/acme/members/nobody/",
    "projects/acme/nope/",
    "projects/acme/nope/keys/",
    "projects/acme/sandbox/keys/0000/",
    "teams/acme/nope/members/",
    "teams/nope/team-0000/",
    "projects/acme/%2e%2e/",
    "projects/acme/99999999999999999999999999/",
)


@pytest.mark.parametrize("path", THINGS)
def test_things_are_shown(sandbox, path):
    response = sandbox.get(path)
    assert response.status_code == 200
    assert response.json()


@pytest.mark.parametrize("path", MISSING)
def test_what_does_not_exist_is_answered_as_sentry_does(sandbox, path):
    response = sandbox.get(path)
    assert response.status_code == 404
    assert response.json() == {"detail": "The requested resource does not exist"}


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"per_page": "0"}, "Invalid per_page value. Must be between 1 and 100."),
        ({"per_page": "101"}, "Invalid per_page value. Must be between 1 and 100."),
        ({"per_page": "many"}, "Invalid per_page parameter."),
        ({"cursor": "bad"}, "Invalid cursor parameter."),
        ({"cursor": "100:-2:0"}, "Pagination offset cannot be negative"),
    ],
)
def test_a_wrong_page_is_refused(sandbox, given, words):
    response = sandbox.get("organizations/acme/members/", params=given)
    assert (response.status_code, response.json()) == (400, {"detail": words})


def test_lists_can_be_searched_by_name(sandbox):
    found = sandbox.get("organizations/acme/members/", params={"query": "user00003"}).json()
    assert [member["email"] for member in found] == ["user00003@contractor.example"]
    found = sandbox.get("organizations/acme/teams/", params={"query": "team-0002"}).json()
    assert [team["slug"] for team in found] == ["team-0002"]
    found = sandbox.get("organizations/acme/repos/", params={"query": "0004"}).json()
    assert [one["name"] for one in found] == ["acme/repo-0004"]


def test_teams_and_organization_can_do_without_details(sandbox):
    plain = {"detailed": "0"}
    teams = sandbox.get("organizations/acme/teams/", params=plain).json()
    assert all("projects" not in team for team in teams)
    organization = sandbox.get("organizations/acme/", params=plain).json()
    assert "teams" not in organization
    whole = sandbox.get("organizations/acme/").json()
    assert (len(whole["teams"]), len(whole["projects"])) == (5, 10)


def test_all_projects_come_at_once_where_that_is_asked(start_sandbox):
    medium = start_sandbox(profile="medium")
    response = medium.get("organizations/acme/projects/", params={"all_projects": "1"})
    assert len(response.json()) == 500
    assert "Link" not in response.headers


def test_an_event_names_environment_release_and_first_event_of_its_project(sandbox):
    sandbox.event(message="one", environment="lab", release="lab@1.0")
    (found,) = sandbox.get("organizations/acme/projects/", params={"query": "sandbox"}).json()
    assert found["environments"] == ["lab"]
    assert found["latestRelease"] == {"version": "lab@1.0"}
    assert found["firstEvent"]
    names = [one["name"] for one in sandbox.get("organizations/acme/environments/").json()]
    assert names == ["lab", "production", "staging"]
