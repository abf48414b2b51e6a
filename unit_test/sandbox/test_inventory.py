"""Organizations, projects, teams, members, keys and repositories of the sandbox."""

from __future__ import annotations

import re

import pytest

LISTS = {
    "organizations/": 1,
    "organizations/acme/projects/": 10,
    "organizations/acme/teams/": 5,
    "organizations/acme/members/": 50,
    "organizations/acme/repos/": 10,
    "organizations/acme/project-keys/": 10,
    "projects/": 10,
    "projects/acme/sandbox/keys/": 1,
    "projects/acme/sandbox/teams/": 2,
    "teams/acme/team-0000/members/": 10,
    "teams/acme/team-0000/projects/": 3,
}
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


@pytest.mark.parametrize(("path", "size"), LISTS.items())
def test_lists_hold_what_the_small_profile_says(sandbox, path, size):
    response = sandbox.get(path)
    assert response.status_code == 200
    assert len(response.json()) == size
    assert response.headers["Link"].count("results=") == 2


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


def test_pages_of_members_follow_the_cursor_to_the_end(sandbox):
    found, cursor, results = [], "", "true"
    while results == "true":
        response = sandbox.get(
            "organizations/acme/members/", params={"per_page": 20, "cursor": cursor}
        )
        found += [member["id"] for member in response.json()]
        link = response.headers["Link"]
        results, cursor = re.search(r'rel="next"; results="(\w+)"; cursor="([^"]+)"', link).groups()
    assert len(found) == len(set(found)) == 50
    assert 'rel="previous"; results="true"' in link
    assert cursor == "20:3:0"


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


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("email:user00001@acme.example", {"user00001@acme.example"}),
        ("id:100001", {"user00001@acme.example"}),
        ("user.id:900001", {"user00001@acme.example"}),
        ("role:owner", {"user00000@acme.example", "user00001@acme.example"}),
        ("isInvited:true user00007", {"user00007@acme.example"}),
        ("isInvited:false user00007", set()),
        ("unknown:word", set()),
    ],
)
def test_members_can_be_searched_by_what_they_are(sandbox, query, wanted):
    found = sandbox.get("organizations/acme/members/", params={"query": query}).json()
    assert {member["email"] for member in found} == wanted


def test_the_data_is_untidy_on_purpose(sandbox):
    members = sandbox.get("organizations/acme/members/").json()
    assert any(member["pending"] and member["user"] is None for member in members)
    assert any(member["expired"] for member in members)
    people = [member["user"] for member in members if member["user"]]
    assert any(not person["has2fa"] for person in people)
    assert any(person["lastActive"].startswith("2023") for person in people)
    assert any(not person["emails"][0]["is_verified"] for person in people)
    assert any(member["email"].endswith("@contractor.example") for member in members)
    repositories = sandbox.get("organizations/acme/repos/").json()
    addresses = [repository["url"] for repository in repositories]
    assert None in addresses
    assert len(set(addresses)) < len(addresses)
    assert sandbox.get("teams/acme/team-0004/members/").json() == []
    keys = sandbox.get("organizations/acme/project-keys/", params={"status": "inactive"}).json()
    assert [key["projectId"] for key in keys] == [4500008]


def test_a_project_without_a_team_has_none(start_sandbox):
    medium = start_sandbox(profile="medium")
    found = medium.get("projects/acme/project-00010/").json()
    assert (found["team"], found["teams"]) == (None, [])


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


def test_a_key_can_be_renamed_switched_off_and_limited(sandbox):
    path = f"projects/acme/sandbox/keys/{sandbox.key}/"
    changed = sandbox.put(
        path, {"name": "Mine", "isActive": False, "rateLimit": {"count": 2, "window": 60}}
    ).json()
    assert (changed["name"], changed["isActive"]) == ("Mine", False)
    assert sandbox.get(path).json()["rateLimit"] == {"count": 2, "window": 60}
    assert sandbox.put(path, {"rateLimit": None}).json()["rateLimit"] is None


@pytest.mark.parametrize("limit", ["often", {"count": "many", "window": 1}, {}])
def test_a_key_takes_no_nonsense_as_its_limit(sandbox, limit):
    response = sandbox.put(f"projects/acme/sandbox/keys/{sandbox.key}/", {"rateLimit": limit})
    assert response.status_code == 400
    assert response.json() == {"rateLimit": ["A valid integer is required."]}


def test_a_key_takes_no_nonsense_as_its_name(sandbox):
    response = sandbox.put(f"projects/acme/sandbox/keys/{sandbox.key}/", {"name": {"a": 1}})
    assert (response.status_code, response.json()) == (400, {"name": ["Not a valid string."]})


def test_a_body_of_another_type_is_refused(sandbox):
    path = f"projects/acme/sandbox/keys/{sandbox.key}/"
    response = sandbox.put(path, [1])
    words = "Invalid data. Expected a dictionary, but got list."
    assert (response.status_code, response.json()) == (400, {"detail": words})


def test_an_event_names_environment_release_and_first_event_of_its_project(sandbox):
    sandbox.event(message="one", environment="lab", release="lab@1.0")
    (found,) = sandbox.get("organizations/acme/projects/", params={"query": "sandbox"}).json()
    assert found["environments"] == ["lab"]
    assert found["latestRelease"] == {"version": "lab@1.0"}
    assert found["firstEvent"]
    names = [one["name"] for one in sandbox.get("organizations/acme/environments/").json()]
    assert names == ["lab", "production", "staging"]


def test_the_large_profile_has_a_last_page_of_everything(start_sandbox):
    large = start_sandbox(profile="large")
    for path, count in (("members", 20_000), ("projects", 5_000), ("teams", 1_000)):
        address = f"organizations/acme/{path}/"
        response = large.get(address, params={"cursor": f"100:{count // 100 - 1}:0"})
        assert len(response.json()) == 100
        assert 'rel="next"; results="false"' in response.headers["Link"]


@pytest.mark.parametrize("has2fa", [True, False])
def test_somebody_joins_when_told_to(has2fa, sandbox):
    before = sandbox.get("organizations/acme/members/").json()
    joined = sandbox.http.post(f"{sandbox.base}/_sandbox/members", json={"has2fa": has2fa})
    assert joined.status_code == 201
    after = sandbox.get("organizations/acme/members/").json()
    (new,) = [each for each in after if each["id"] not in {one["id"] for one in before}]
    assert (new["email"], new["pending"]) == (joined.json()["email"], False)
    assert new["user"]["has2fa"] is has2fa
