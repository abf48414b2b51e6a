"""Comments on issues, and the counts of their events' tags."""

from __future__ import annotations

import pytest

ONE = {"level": "error", "tags": {"colour": "red"}, "environment": "lab", "user": {"id": "7"}}
COLOURS = "projects/acme/sandbox/tags/colour/values/"


@pytest.fixture(params=["issues", "organizations/acme/issues"])
def issue(sandbox, request):
    """Give the path of an issue that has events with tags, in either spelling."""
    number = sandbox.issue(message="one", **ONE)["id"]
    sandbox.event(message="one", tags={"colour": "red"}, environment="lab")
    sandbox.event(message="one", tags={"colour": "blue"}, environment="home")
    return f"{request.param}/{number}/"


def posted(sandbox, path, body, **given):
    return sandbox.ask("POST", f"/api/0/{path}", json=body, **given)


@pytest.mark.parametrize("name", ["comments", "notes"])
def test_a_comment_is_kept_and_counted(sandbox, issue, name):
    made = posted(sandbox, f"{issue}{name}/", {"text": " see TICKET-1 "})
    assert made.status_code == 201
    note = made.json()
    assert (note["type"], note["data"]) == ("note", {"text": "see TICKET-1"})
    assert note["user"]["id"] == "900000"
    posted(sandbox, f"{issue}{name}/", {"text": "done"})
    listed = sandbox.get(f"{issue}{name}/")
    assert [one["data"]["text"] for one in listed.json()] == ["done", "see TICKET-1"]
    assert 'rel="next"; results="false"' in listed.headers["Link"]
    found = sandbox.get(issue).json()
    assert found["numComments"] == 2
    assert [one["type"] for one in found["activity"]] == ["note", "note", "first_seen"]
    assert found["subscriptionDetails"] == {"reason": "commented"}


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({}, {"text": ["This field is required."]}),
        ({"text": ""}, {"text": ["This field may not be blank."]}),
        ({"text": None}, {"text": ["This field may not be null."]}),
        ({"text": ["x"]}, {"text": ["Not a valid string."]}),
    ],
)
def test_a_comment_without_words_is_refused(sandbox, issue, body, said):
    refused = posted(sandbox, f"{issue}comments/", body)
    assert (refused.status_code, refused.json()) == (400, said)


def test_the_same_comment_is_taken_once_an_hour(sandbox, issue):
    assert posted(sandbox, f"{issue}comments/", {"text": "one"}).status_code == 201
    again = posted(sandbox, f"{issue}comments/", {"text": "one"})
    words = {"detail": "You have already posted that comment."}
    assert (again.status_code, again.json()) == (400, words)


def test_a_comment_wants_the_right_to_write(sandbox, issue):
    token = sandbox.known["readonly_token"]
    assert posted(sandbox, f"{issue}comments/", {"text": "x"}, token=token).status_code == 403
    assert posted(sandbox, "issues/99/comments/", {"text": "x"}).status_code == 404


def test_tags_of_an_issue_are_counted(sandbox, issue):
    tags = {tag["key"]: tag for tag in sandbox.get(f"{issue}tags/").json()}
    assert sorted(tags) == ["colour", "environment", "level", "user"]
    colour = sandbox.get(f"{issue}tags/colour/").json()
    assert colour == tags["colour"]
    assert (colour["name"], colour["uniqueValues"], colour["totalValues"]) == ("Colour", 2, 3)
    assert [(top["value"], top["count"]) for top in colour["topValues"]] == [
        ("red", 2),
        ("blue", 1),
    ]
    (person,) = tags["user"]["topValues"]
    assert (person["name"], person["value"], person["query"]) == ("7", "id:7", 'user.id:"7"')
    some = sandbox.get(f"{issue}tags/", params={"key": "level"}).json()
    assert [tag["key"] for tag in some] == ["level"]


def test_tags_of_an_environment_are_counted(sandbox, issue):
    colour = sandbox.get(f"{issue}tags/colour/", params={"environment": "home"}).json()
    assert [top["value"] for top in colour["topValues"]] == ["blue"]


@pytest.mark.parametrize(
    ("sort", "wanted"),
    [("count", ["red", "blue"]), ("date", None), ("age", None), ("bogus", ["blue", "red"])],
)
def test_values_of_a_tag_are_listed_in_an_order(sandbox, issue, sort, wanted):
    values = sandbox.get(f"{issue}tags/colour/values/", params={"sort": sort}).json()
    names = [value["value"] for value in values]
    assert sorted(names) == ["blue", "red"]
    assert wanted in (None, names)
    moments = [value["lastSeen" if sort == "date" else "firstSeen"] for value in values]
    assert sort in ("count", "bogus") or moments == sorted(moments, reverse=True)


def test_values_of_a_tag_come_in_pages(sandbox, issue):
    path = f"{issue}tags/colour/values/"
    first = sandbox.get(path, params={"per_page": 1})
    assert len(first.json()) == 1
    assert 'rel="next"; results="true"; cursor="0:1:0"' in first.headers["Link"]
    second = sandbox.get(path, params={"per_page": 1, "cursor": "0:1:0"})
    assert {first.json()[0]["value"], second.json()[0]["value"]} == {"red", "blue"}
    assert 'rel="next"; results="false"' in second.headers["Link"]
    (found,) = sandbox.get(path, params={"query": "LU"}).json()
    assert found["value"] == "blue"


def test_values_of_a_tag_of_a_project_are_listed(sandbox, issue):
    assert sandbox.get(issue).ok
    found = sandbox.get(COLOURS).json()
    assert {value["value"]: value["count"] for value in found} == {"red": 2, "blue": 1}
    assert sandbox.get(COLOURS, params={"query": "re"}).json()[0]["value"] == "red"


def test_an_unknown_tag_is_a_404(sandbox, issue):
    for path in (f"{issue}tags/no/", f"{issue}tags/no/values/", COLOURS.replace("colour", "no")):
        assert sandbox.get(path).status_code == 404
