"""Events: lists and single ones, and the forms they have."""

from __future__ import annotations

import re
import time
import uuid

import pytest

PROJECT = "projects/acme/sandbox/events/"
FRAME = {"filename": "a.py", "function": "run", "lineno": 3, "in_app": True}
LINES = {"pre_context": ["one", "two"], "context_line": "three", "post_context": ["four"]}
WHOLE = {
    "platform": "python",
    "level": "warning",
    "logger": "shop",
    "environment": "lab",
    "release": "lab@1.0",
    "dist": "7",
    "transaction": "/books/",
    "server_name": "web-1",
    "tags": {"colour": "red"},
    "user": {"id": "7", "email": "someone@example.com"},
    "extra": {"answer": 42},
    "modules": {"shop": "1.0"},
    "contexts": {"runtime": {"name": "CPython"}},
    "request": {"url": "https://shop.example/books/"},
    "sdk": {"name": "sentry.python", "version": "2.0"},
    "logentry": {"message": "hi %s", "params": ["you"]},
    "exception": {"values": [{"type": "E", "value": "v", "stacktrace": {"frames": [FRAME]}}]},
}


@pytest.fixture(params=["issues/", "organizations/acme/issues/"])
def many(request, sandbox):
    """Send five events of one issue, the last the newest; give its path and their ids."""
    now = time.time()
    sent = [
        sandbox.event(message="many", timestamp=now - 10 + place, environment="lab")
        for place in range(5)
    ]
    (issue,) = sandbox.get("projects/acme/sandbox/issues/").json()
    return f"{request.param}{issue['id']}/", sent


def ids(response):
    assert response.status_code == 200, response.text
    return [event["eventID"] for event in response.json()]


def test_events_are_listed_newest_first_page_by_page(sandbox, many):
    path, sent = many
    found, cursor, more = [], "", True
    while more:
        given = {"per_page": 2, "cursor": cursor}
        response = sandbox.get(f"{path}events/", params=given)
        found += ids(response)
        link = response.headers["Link"]
        more, cursor = re.search(r'rel="next"; results="(\w+)"; cursor="([^"]+)"', link).groups()
        more = more == "true"
    assert found == sent[::-1]
    assert cursor == "0:6:0"
    assert 'rel="previous"; results="true"; cursor="0:2:1"' in link


def test_the_limit_of_issue_lists_means_nothing_to_events(sandbox, many):
    assert len(ids(sandbox.get(f"{many[0]}events/", params={"limit": 2}))) == 5


@pytest.mark.parametrize(
    ("given", "count"),
    [
        ({"environment": "lab"}, 5),
        ({"environment": "nope"}, 0),
        ({"statsPeriod": "1h"}, 5),
        ({"start": "2020-01-01", "end": "2020-01-02"}, 0),
        ({"query": "many"}, 5),
        ({"query": "nothing-matches"}, 0),
        ({"query": "environment:lab"}, 5),
        ({"query": 'environment:"nope"'}, 0),
        ({"query": "level: many words"}, 0),
        ({"query": "environment:lab many"}, 5),
        ({"query": "!environment:lab"}, 0),
        ({"query": "level:[error, info] !level:fatal"}, 5),
        ({"query": "has:environment !has:colour"}, 5),
    ],
)
def test_events_are_filtered(sandbox, many, given, count):
    response = sandbox.get(f"{many[0]}events/", params=given)
    assert len(ids(response)) == count
    assert ("Link" in response.headers) == ("nope" not in given.get("environment", ""))


def test_an_event_is_found_by_its_id_in_every_place(sandbox, many):
    path, sent = many
    assert ids(sandbox.get(f"{path}events/", params={"query": sent[2]})) == [sent[2]]
    dashed = str(uuid.UUID(sent[2]))
    for place in (f"{path}events/{sent[2]}/", f"{PROJECT}{sent[2]}/", f"{PROJECT}{dashed}/"):
        found = sandbox.get(place).json()
        assert found["id"] == found["eventID"] == sent[2]
        assert (found["previousEventID"], found["nextEventID"]) == (sent[1], sent[3])
    found = sandbox.get(f"organizations/acme/eventids/{dashed}/").json()
    assert (found["projectSlug"], found["eventId"]) == ("sandbox", sent[2])
    assert found["event"]["groupID"] == found["groupId"]


@pytest.mark.parametrize(("name", "place"), [("latest", 4), ("oldest", 0), ("recommended", 4)])
def test_events_have_names(sandbox, many, name, place):
    path, sent = many
    assert sandbox.get(f"{path}events/{name}/").json()["eventID"] == sent[place]


def test_the_first_and_the_last_event_have_one_neighbour(sandbox, many):
    path, sent = many
    oldest = sandbox.get(f"{path}events/oldest/").json()
    assert (oldest["previousEventID"], oldest["nextEventID"]) == (None, sent[1])


@pytest.mark.parametrize("path", [PROJECT, "issues/{}/events/"])
def test_an_event_that_there_is_not_is_not_found(sandbox, path):
    number = sandbox.issue(message="one")["id"]
    response = sandbox.get(f"{path.format(number)}{'0' * 32}/")
    assert (response.status_code, response.json()) == (404, {"detail": "Event not found"})
    assert sandbox.get(f"organizations/acme/eventids/{'0' * 32}/").status_code == 404


def test_a_listed_event_has_what_the_document_says(sandbox):
    sandbox.event(**WHOLE)
    (found,) = sandbox.get(PROJECT).json()
    assert found["event.type"] == "error"
    assert (found["title"], found["message"]) == ("E: v", "hi you")
    assert (found["culprit"], found["location"]) == ("/books/", "a.py")
    assert found["user"]["email"] == "someone@example.com"
    tags = {tag["key"]: tag["value"] for tag in found["tags"]}
    assert tags == {
        "colour": "red",
        "dist": "7",
        "environment": "lab",
        "level": "warning",
        "logger": "shop",
        "release": "lab@1.0",
        "server_name": "web-1",
        "transaction": "/books/",
        "user": "id:7",
    }
    assert found["tags"][-1]["query"] == 'user.id:"7"'


def test_a_full_event_has_its_body(sandbox):
    sandbox.event(**WHOLE)
    (found,) = sandbox.get(PROJECT, params={"full": "true"}).json()
    assert {entry["type"] for entry in found["entries"]} == {"message", "exception", "request"}
    assert found["context"] == {"answer": 42}
    assert found["packages"] == {"shop": "1.0"}
    assert found["sdk"] == {"name": "sentry.python", "version": "2.0"}
    assert found["contexts"]["runtime"]["name"] == "CPython"
    assert found["errors"] == []
    shown = sandbox.get(f"{PROJECT}{found['id']}/").json()
    assert shown["release"]["version"] == "lab@1.0"


def test_parts_of_an_event_have_the_names_that_sentry_shows_them_by(sandbox):
    ours, theirs = FRAME | LINES | {"abs_path": "/srv/a.py"}, {"function": "main", "lineno": 1}
    error = {"type": "E", "value": "v", "thread_id": 7, "stacktrace": {"frames": [theirs, ours]}}
    threads = [{"id": 7, "crashed": True, "stacktrace": {"frames": [ours]}}]
    crumbs = [{"timestamp": "2026-01-02T03:04:05.5Z", "message": "m"}, {"message": "n"}]
    request = {"url": "https://shop.example/books/?a=b", "headers": {"Accept": "*/*"}}
    event_id = sandbox.event(
        exception={"values": [error, None, {"type": "F", "value": "w"}]},
        threads=threads,
        breadcrumbs=crumbs,
        request=request,
        logentry={"message": "hi %s", "params": ["you"]},
        stacktrace={"frames": [theirs]},
    )
    shown = sandbox.get(f"{PROJECT}{event_id}/").json()["entries"]
    found = {entry["type"]: entry["data"] for entry in shown}
    assert found["message"] == {"formatted": "hi you", "message": "hi %s", "params": ["you"]}
    first, second = found["exception"]["values"]
    assert (first["threadId"], second["stacktrace"]) == (7, None)
    assert first["stacktrace"]["hasSystemFrames"] is found["exception"]["hasSystemFrames"] is True
    outer, inner = first["stacktrace"]["frames"]
    assert (outer["lineNo"], outer["inApp"], outer["context"]) == (1, False, [])
    assert (inner["lineNo"], inner["inApp"], inner["absPath"]) == (3, True, "/srv/a.py")
    assert inner["context"] == [[1, "one"], [2, "two"], [3, "three"], [4, "four"]]
    (thread,) = found["threads"]["values"]
    assert (thread["crashed"], thread["current"]) == (True, False)
    assert thread["stacktrace"]["frames"][0]["absPath"] == "/srv/a.py"
    times = [crumb["timestamp"] for crumb in found["breadcrumbs"]["values"]]
    assert times == ["2026-01-02T03:04:05.500000Z", None]
    assert (found["request"]["query"], found["request"]["cookies"]) == ([["a", "b"]], [])
    assert found["stacktrace"]["frames"][0]["function"] == "main"


def test_an_event_without_a_release_or_a_user_has_none(sandbox):
    event_id = sandbox.event(message="one")
    found = sandbox.get(f"{PROJECT}{event_id}/").json()
    assert (found["release"], found["user"]) == (None, None)


def test_made_up_issues_have_an_event(sandbox):
    (issue,) = sandbox.get("projects/acme/project-00003/issues/").json()
    (event,) = sandbox.get(f"issues/{issue['id']}/events/", params={"full": "1"}).json()
    assert event["title"] == issue["title"]
    assert event["entries"][0]["type"] == "exception"
