"""Inputs that a server ignores: applied here with true counts and cursors, or refused by name."""

from __future__ import annotations

import base64
import random
from urllib.parse import parse_qs, quote, urlsplit

import pytest

from unit_test.conftest import URL

HEADERS = {
    "Content-Security-Policy": "connect-src 'self' https://*.glitchtip.com",
    "Date": "Sat, 28 Nov 2026 16:18:35 GMT",
}
EVENTS = f"{URL}issues/1/events/"
PLACES = {
    "list_issue_events": "issues/1/events/",
    "list_issues": "organizations/o/issues/",
    "list_projects": "organizations/o/projects/",
    "list_teams": "organizations/o/teams/",
    "list_members": "organizations/o/members/",
    "list_releases": "organizations/o/releases/",
}


def listing(requests_mock, url, items):
    """Serve a list as GlitchTip does: pages of 1 to 100, opaque cursors, no filters."""

    def answer(request, context):
        query = parse_qs(urlsplit(request.url).query)
        size = min(int(query.get("limit", ["50"])[0]), 100)
        start = int(base64.b64decode(query["cursor"][0])[2:]) if "cursor" in query else 0
        context.headers.update(HEADERS, Link=link(start + size, start + size < len(items)))
        return items[start : start + size]

    requests_mock.get(url, json=answer)


def link(place, more):
    cursor = base64.b64encode(f"p={place}".encode()).decode()
    named = f'; results="true"; cursor="{cursor}"' if more else '; results="false"'
    return f"{{'<{URL}?cursor={quote(cursor)}>; rel=\"next\"{named}'}}"


def event(number, environment="prod", at="2026-11-28T12:00:00Z"):
    tags = [{"key": "environment", "value": environment}, {"key": "other", "value": "prod"}]
    return {"id": str(number), "eventID": str(number), "tags": tags, "dateCreated": at}


@pytest.fixture
def ask(start, run, requests_mock):
    """Ask for the list of a step, which has these items; give the body of the answer."""

    def send(step, items, **given):
        listing(requests_mock, f"{URL}{PLACES[step]}", items)
        if PLACES[step].startswith("issues/"):
            given["issue_id"] = "1"
        connection = {} if "issue_id" in given else {"organization": "o"}
        return run(start(step, connection, **given))

    return send


@pytest.mark.parametrize("seed", range(8))
def test_what_is_chosen_here_comes_once_each_with_the_limit_and_the_cursor_as_ever(seed, ask):
    chance = random.Random(seed)
    places = chance.choice([("prod",), ("prod", "test"), ("test",) * 30 + ("prod",)])
    items = [event(number, chance.choice(places)) for number in range(chance.randrange(1, 400))]
    wanted = [each["id"] for each in items if each["tags"][0]["value"] == "prod"]
    limit, found, cursor = chance.choice([1, 7, 99, 100, 120]), [], {}
    while True:
        output = ask("list_issue_events", items, environment="prod", limit=limit, **cursor)[
            "output"
        ]
        found += [each["id"] for each in output["events"]]
        cursor = {"cursor": output["next_cursor"]} if "next_cursor" in output else {}
        assert len(output["events"]) == limit or not cursor
        if not cursor:
            break
    assert found == wanted
    whole = ask("list_issue_events", items, environment="prod")["output"]
    assert [each["id"] for each in whole["events"]] == wanted


def test_many_pages_without_an_item_that_is_meant_are_no_list_without_an_end(ask):
    items = [event(number, "test") for number in range(399)] + [event(399)]
    body = ask("list_issue_events", items, environment="prod")
    assert [each["id"] for each in body["output"]["events"]] == ["399"]
    assert "ignores the input's `environment`, applied here" in body["log"]


def test_things_without_an_id_are_no_list_without_an_end(ask):
    items = [{"version": f"app@{number}"} for number in range(450)]
    assert len(ask("list_releases", items)["output"]["releases"]) == 450


def test_a_server_that_gives_more_than_was_asked_for_is_not_asked_for_ever(
    start, run, requests_mock
):
    items = [event(number) for number in range(120)]
    requests_mock.get(EVENTS, json=items, headers=HEADERS)
    body = run(start("list_issue_events", issue_id="1", environment="prod", limit=5))
    assert len(body["output"]["events"]) == 5
    assert requests_mock.call_count == 1


MEMBERS = [
    {"id": "1", "email": "Ann@example.com", "user": None},
    {"id": "2", "email": "b@example.com", "user": {"name": "Joanne", "email": "c@example.com"}},
    {"id": "3", "email": "d@example.com", "user": {"name": "Zoe", "email": "d@example.com"}},
]
SLUGS = [{"id": "1", "slug": "web-app"}, {"id": "2", "slug": "x", "name": "Web"}, {"id": "3"}]
RELEASES = [
    {"version": "web@1", "projects": [{"slug": "web"}]},
    {"version": "api@1", "projects": [{"slug": "api"}, {"slug": "web"}]},
    {"version": "API@2", "projects": []},
]
TIMES = [
    event(1, at="2026-11-28T16:00:00.5Z"),
    event(2, at="2026-11-28T15:00:00Z"),
    {"id": "3", "tags": [], "date_created": "2026-11-20T00:00:00Z"},
]
ISSUES = [
    {"id": "1", "lastSeen": "2026-11-28T16:00:00Z"},
    {"id": "2", "lastSeen": "2026-11-01T00:00:00Z"},
]


@pytest.mark.parametrize(
    ("step", "items", "given", "places"),
    [
        ("list_members", MEMBERS, {"query": "ann"}, [0, 1]),
        ("list_members", MEMBERS, {"query": "C@EXAMPLE.com"}, [1]),
        ("list_teams", SLUGS, {"query": "WEB"}, [0, 1]),
        ("list_projects", SLUGS, {"query": "web-"}, [0]),
        ("list_projects", SLUGS, {"query": ""}, [0, 1, 2]),
        ("list_releases", RELEASES, {"query": "api@"}, [1, 2]),
        ("list_releases", RELEASES, {"projects": ["-1"]}, [0, 1, 2]),
        ("list_issue_events", TIMES, {"statsPeriod": "1h"}, [0]),
        ("list_issue_events", TIMES, {"statsPeriod": "2w"}, [0, 1, 2]),
        (
            "list_issue_events",
            TIMES,
            {"start": "2026-11-20T00:00:00Z", "end": "2026-11-28T17:00:00+02:00"},
            [1, 2],
        ),
        ("list_issue_events", TIMES, {"statsPeriod": "2h", "environment": "prod"}, [0, 1]),
        ("list_issues", ISSUES, {"query": "", "statsPeriod": "14d"}, [0]),
    ],
)
def test_a_choice_that_the_items_tell_is_made_here_and_said(step, items, given, places, ask):
    body = ask(step, items, **given)
    assert body["status"] == "ok", body["error"]
    (field,) = body["output"]
    found = [each.get("id", each.get("version")) for each in body["output"][field]]
    assert found == [items[place].get("id", items[place].get("version")) for place in places]
    if any(given.values()):
        assert "applied here to what it gives" in body["log"]


def test_releases_of_a_project_are_chosen_by_its_slug(ask, requests_mock):
    requests_mock.get(f"{URL}projects/o/web/", json={"id": "7", "slug": "web"}, headers=HEADERS)
    found = ask("list_releases", RELEASES, projects=["web"])["output"]["releases"]
    assert [each["version"] for each in found] == ["web@1", "api@1"]


@pytest.mark.parametrize(
    ("step", "items", "given", "named"),
    [
        ("list_teams", SLUGS, {"query": "slug:web"}, "`query`"),
        ("list_members", MEMBERS, {"query": "email:ann"}, "`query`"),
        ("list_members", MEMBERS, {"query": '"ann"'}, "`query`"),
        ("list_releases", RELEASES, {"query": "web*"}, "`query`"),
        ("list_releases", RELEASES, {"projects": ["7"]}, "`projects`"),
        ("list_releases", RELEASES, {"environments": ["prod"]}, "`environments`"),
        ("list_issue_events", TIMES, {"query": "word"}, "`query`"),
        ("list_issue_events", [{"id": "1"}], {"environment": "prod"}, "`environment`"),
        ("list_issue_events", [{"id": "1"}], {"statsPeriod": "1h"}, "`statsPeriod`"),
        (
            "list_issues",
            ISSUES,
            {"query": "", "start": "2026-11-20", "end": "2026-11-28"},
            "`end`, `start`",
        ),
        ("list_issues", ISSUES, {"query": "", "shortIdLookup": True}, "`shortIdLookup`"),
        ("list_issues", ISSUES, {"query": "!level:error"}, "!level:error"),
        ("list_issues", ISSUES, {"query": "words lastSeen:-1h"}, "lastSeen:-1h"),
        ("list_issues", ISSUES, {"query": "is:assigned"}, "is:assigned"),
        ("list_issues", ISSUES, {"query": "times:>5"}, "times:>5"),
        (
            "list_releases",
            [{"version": "a", "projects": None}],
            {"projects": ["web"]},
            "`projects`",
        ),
    ],
)
def test_an_input_that_is_ignored_and_cannot_be_applied_here_is_refused_by_its_name(
    step, items, given, named, ask, requests_mock
):
    requests_mock.get(f"{URL}projects/o/web/", json={"id": "7", "slug": "web"}, headers=HEADERS)
    body = ask(step, items, **given)
    assert body["exception"]["code"] == "unsupported"
    assert named in body["exception"]["cause"]
    assert body["exception"]["assistance"].startswith("Leave ")


@pytest.mark.parametrize("search", ["is:resolved", "level:error shade:blue", '"a:b" word', ""])
def test_a_search_that_such_a_server_understands_is_sent(search, ask):
    assert len(ask("list_issues", ISSUES, query=search)["output"]["issues"]) == 2


def test_what_only_shows_more_is_left_out_with_a_word(ask):
    body = ask("list_issues", ISSUES, query="", expand=["inbox"], groupStatsPeriod="24h")
    assert len(body["output"]["issues"]) == 2
    assert "ignores the input's `expand`" in body["log"]
    assert "ignores the input's `groupStatsPeriod`" in body["log"]


@pytest.mark.parametrize("step", PLACES)
def test_a_sentry_gets_all_inputs_and_nothing_is_chosen_here(step, start, run, requests_mock):
    given = {"list_issue_events": {"environment": "x", "issue_id": "1"}}.get(step, {"query": "x"})
    requests_mock.get(f"{URL}{PLACES[step]}", json=[{"id": "1"}])
    connection = {} if "issue_id" in given else {"organization": "o"}
    body = run(start(step, connection, **given))
    assert [len(found) for found in body["output"].values()] == [1]
    assert "x" in requests_mock.last_request.query
