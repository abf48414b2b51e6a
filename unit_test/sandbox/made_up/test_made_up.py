"""The organization that a new sandbox is filled with."""

from __future__ import annotations

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


@pytest.mark.parametrize(("path", "size"), LISTS.items())
def test_lists_hold_what_the_small_profile_says(sandbox, path, size):
    response = sandbox.get(path)
    assert response.status_code == 200
    assert len(response.json()) == size
    assert response.headers["Link"].count("results=") == 2


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


def test_the_large_profile_has_a_last_page_of_everything(start_sandbox):
    large = start_sandbox(profile="large")
    for path, count in (("members", 20_000), ("projects", 5_000), ("teams", 1_000)):
        address = f"organizations/acme/{path}/"
        response = large.get(address, params={"cursor": f"100:{count // 100 - 1}:0"})
        assert len(response.json()) == 100
        assert 'rel="next"; results="false"' in response.headers["Link"]
