"""Releases and their deploys."""

from __future__ import annotations

import pytest

from sentry_plugin.sandbox.messages.fields import NO_MOMENT

LIST = "organizations/acme/releases/"
ONE = {"version": "shop@1.0", "projects": ["sandbox"]}
# What is sent, and what is said against it.
REFUSED = (
    ({"version": "a"}, {"projects": ["This field is required."]}),
    ({"projects": ["sandbox"]}, {"version": ["This field is required."]}),
    ({**ONE, "projects": ["nope"]}, {"projects": ["Invalid project ids or slugs"]}),
    ({**ONE, "projects": 1}, {"projects": ['Expected a list of items but got type "int".']}),
    ({**ONE, "version": "a/b"}, {"version": ["Release with name a/b is not allowed"]}),
    ({**ONE, "version": ".."}, {"version": ["Release with name .. is not allowed"]}),
    ({**ONE, "version": "latest"}, {"version": ["Release with name latest is not allowed"]}),
    ({**ONE, "version": " "}, {"version": ["This field may not be blank."]}),
    ({**ONE, "status": "lost"}, {"status": ['"lost" is not a valid choice.']}),
    (
        {**ONE, "refs": [{"repository": "no/such", "commit": "abc"}]},
        {"refs": ["Invalid repository names: no/such"]},
    ),
    ({**ONE, "dateReleased": "yesterday"}, {"dateReleased": [NO_MOMENT]}),
)


def posted(sandbox, path, body, **given):
    return sandbox.ask("POST", f"/api/0/{path}", json=body, **given)


def versions(sandbox, path, **params):
    return [one["version"] for one in sandbox.get(path, params=params).json()]


def test_a_release_is_made_and_shown(sandbox):
    repository = sandbox.get("organizations/acme/repos/").json()[0]["name"]
    given = ONE | {
        "ref": "abc",
        "url": "https://git.example/1",
        "dateReleased": "2026-01-02T03:04:05Z",
        "refs": [{"repository": repository, "commit": "abc", "previousCommit": None}],
    }
    made = posted(sandbox, LIST, given)
    assert made.status_code == 201
    release = made.json()
    assert (release["version"], release["ref"], release["url"]) == ("shop@1.0", "abc", given["url"])
    assert release["dateReleased"] == "2026-01-02T03:04:05.000Z"
    assert release["versionInfo"]["package"] == "shop"
    assert [project["slug"] for project in release["projects"]] == ["sandbox"]
    assert sandbox.get(f"{LIST}shop@1.0/").json() == release


def test_a_release_that_is_there_is_a_208_and_keeps_what_it_has(sandbox):
    posted(sandbox, LIST, ONE | {"ref": "abc"})
    again = posted(sandbox, LIST, ONE | {"ref": "def"})
    assert (again.status_code, again.json()["ref"]) == (208, "abc")
    number = sandbox.get("projects/acme/project-00001/").json()["id"]
    more = posted(sandbox, LIST, ONE | {"projects": ["sandbox", number]})
    assert more.status_code == 201
    slugs = [project["slug"] for project in more.json()["projects"]]
    assert slugs == ["project-00001", "sandbox"]


def test_a_release_of_no_project_is_a_208_and_is_listed_nowhere(sandbox):
    made = posted(sandbox, LIST, ONE | {"projects": []})
    assert (made.status_code, made.json()["projects"]) == (208, [])
    assert "shop@1.0" not in versions(sandbox, LIST)


def test_commits_of_a_release_are_counted_with_their_authors(sandbox):
    commits = [
        {"id": "abc", "message": "Mend", "author_email": "user@example.com", "author_name": "U"},
        {"id": "def", "timestamp": "2026-01-02T03:04:05Z", "repository": "acme/shop"},
    ]
    release = posted(sandbox, LIST, ONE | {"commits": commits}).json()
    assert (release["commitCount"], release["lastCommit"]["message"]) == (2, "Mend")
    assert release["authors"] == [{"name": "U", "email": "user@example.com"}]


@pytest.mark.parametrize(("body", "said"), REFUSED)
def test_a_release_that_cannot_be_is_refused(sandbox, body, said):
    refused = posted(sandbox, LIST, body)
    assert (refused.status_code, refused.json()) == (400, said)
    assert "shop@1.0" not in versions(sandbox, LIST)


def test_a_release_is_changed(sandbox):
    posted(sandbox, LIST, ONE)
    body = {"dateReleased": "2026-01-02T03:04:05Z", "status": "archived", "ref": "abc"}
    changed = sandbox.put(f"{LIST}shop@1.0/", body).json()
    assert (changed["status"], changed["ref"]) == ("archived", "abc")
    kept = sandbox.put(f"{LIST}shop@1.0/", {"url": "https://git.example/1"}).json()
    assert kept == changed | {"url": "https://git.example/1"}


def test_releases_are_listed_and_searched(sandbox):
    assert "1.1.0" in versions(sandbox, LIST)
    posted(sandbox, LIST, ONE)
    sandbox.event(message="one", release="event@2.0", environment="lab")
    assert versions(sandbox, LIST, project="sandbox") == ["event@2.0", "shop@1.0"]
    assert versions(sandbox, "projects/acme/sandbox/releases/") == ["event@2.0", "shop@1.0"]
    assert versions(sandbox, LIST, query="SHOP") == ["shop@1.0"]
    assert versions(sandbox, LIST, environment="lab") == ["event@2.0"]
    first = sandbox.get(LIST, params={"per_page": 1, "project": "sandbox"})
    assert 'rel="next"; results="true"; cursor="1:1:0"' in first.headers["Link"]
    assert versions(sandbox, LIST, per_page=1, project="sandbox", cursor="1:1:0") == ["shop@1.0"]


def test_a_release_knows_its_events_and_its_new_issues(sandbox):
    sandbox.event(message="one", release="event@2.0")
    found = sandbox.get(f"{LIST}event@2.0/").json()
    assert (found["newGroups"], found["firstEvent"]) == (1, found["lastEvent"])


def test_an_issue_is_resolved_in_a_release_that_was_made(sandbox):
    posted(sandbox, LIST, ONE)
    path = f"issues/{sandbox.issue(message='one')['id']}/"
    body = {"status": "resolved", "statusDetails": {"inRelease": "latest"}}
    assert sandbox.put(path, body).json()["statusDetails"]["inRelease"] == "shop@1.0"


def test_an_unknown_release_is_a_404(sandbox):
    for path in (f"{LIST}nope/", f"{LIST}nope/deploys/"):
        assert sandbox.get(path).status_code == 404
    assert sandbox.put(f"{LIST}nope/", {}).status_code == 404
    assert posted(sandbox, f"{LIST}nope/deploys/", {"environment": "x"}).status_code == 404


def test_a_deploy_is_told_and_listed(sandbox):
    posted(sandbox, LIST, ONE)
    path = f"{LIST}shop@1.0/deploys/"
    made = posted(sandbox, path, {"environment": "production"})
    assert made.status_code == 201
    assert (made.json()["name"], made.json()["dateStarted"]) == (None, None)
    given = {"environment": "lab", "name": "d2", "url": "https://ci.example/2"}
    span = {"dateStarted": "2026-01-02T03:04:05Z", "dateFinished": "2030-01-02T03:05:05Z"}
    posted(sandbox, path, given | span | {"projects": ["sandbox"]})
    listed = sandbox.get(path)
    assert [one["environment"] for one in listed.json()] == ["lab", "production"]
    assert 'rel="next"; results="false"' in listed.headers["Link"]
    release = sandbox.get(f"{LIST}shop@1.0/").json()
    assert (release["deployCount"], release["lastDeploy"]["name"]) == (2, "d2")
    names = [one["name"] for one in sandbox.get("projects/acme/sandbox/environments/").json()]
    assert names == ["lab", "production"]
    (project,) = sandbox.get("organizations/acme/projects/", params={"query": "sandbox"}).json()
    assert project["latestDeploys"]["lab"] == {
        "version": "shop@1.0",
        "dateFinished": "2030-01-02T03:05:05.000Z",
    }


LONG = "Ensure this field has no more than 64 characters."


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({}, {"environment": ["This field is required."]}),
        *(
            ({"environment": each}, {"environment": ["Invalid value for environment"]})
            for each in ("a/b", "a\nb")
        ),
        *(
            ({"environment": "a"} | {name: "x" * 65}, {name: [LONG]})
            for name in ("environment", "name")
        ),
        ({"environment": "a", "url": "ci.example"}, {"url": ["Enter a valid URL."]}),
        ({"environment": "a", "projects": ["no"]}, {"projects": ["Invalid project ids or slugs"]}),
    ],
)
def test_a_deploy_to_nowhere_is_refused(sandbox, body, said):
    posted(sandbox, LIST, ONE)
    refused = posted(sandbox, f"{LIST}shop@1.0/deploys/", body)
    assert (refused.status_code, refused.json()) == (400, said)


def test_releases_want_their_own_right(sandbox):
    readonly = sandbox.known["readonly_token"]
    assert sandbox.get(LIST, token=readonly).ok
    assert posted(sandbox, LIST, ONE, token=readonly).status_code == 403
    made = sandbox.http.post(f"{sandbox.base}/_sandbox/tokens", json={"scopes": ["org:ci"]})
    token = made.json()["token"]
    assert posted(sandbox, LIST, ONE, token=token).status_code == 201
    assert sandbox.get("organizations/acme/", token=token).status_code == 403
