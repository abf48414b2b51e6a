"""What reads, on a real Sentry: what the server has is found, and what it lacks is said."""

from __future__ import annotations

import pytest

from unit_test import outside
from unit_test.live import probing

pytestmark = pytest.mark.live
BY_SHORT_ID = pytest.mark.needs("short_ids")
LONG_AGO = {"start": "2020-01-01T00:00:00Z", "end": "2020-02-01T01:00:00+01:00"}
UNTIL_LATER = {"start": "2020-01-01", "end": "2038-01-01"}


@pytest.fixture(scope="module")
def tagged(sentry, run, list_issues):
    """An issue with two events, of two environments and two colours."""
    probing.require("ingest")
    words = outside.new_words()
    sent = []
    for colour, environment in (("red", "live-lab"), ("blue", "live-home")):
        event = {
            "logentry": {"formatted": words},
            "fingerprint": [words],
            "tags": {"colour": colour},
            "environment": environment,
        }
        sent.append(run("submit_event", dsn=sentry.dsn, event_json=event)["id"])
        outside.eventually(lambda: has(list_issues, words, len(sent)))
    (found,) = list_issues(query=words)["issues"]
    return found | {"words": words, "events": sent}


def lacks(body, *words):
    """Tell whether an old server is said to lack what was asked for."""
    return body["status"] == "error" and all(word in body["error"] for word in words)


def has(list_issues, words, count):
    return [int(each["count"]) for each in list_issues(query=words)["issues"]] == [count]


@pytest.mark.parametrize("name", ["id", "permalink", pytest.param("shortId", marks=BY_SHORT_ID)])
def test_issue_is_got_by_number_short_id_and_address(name, sentry, message, tagged):
    body = outside.answer(message("get_issue", {"organization": sentry.org}, issue_id=tagged[name]))
    assert body["status"] == "ok", body
    found = body["output"]["issue"]
    assert (found["id"], found["title"]) == (tagged["id"], tagged["title"])


@pytest.mark.needs("activity")
def test_what_happened_to_an_issue_is_told(run, tagged):
    assert run("get_issue", issue_id=tagged["id"])["issue"]["activity"]


def test_event_of_an_issue_is_got_by_word_and_by_id(sentry, run, tagged):
    def got(event_id, **given):
        where = {"issue_id": tagged["id"], "organization_slug": sentry.org}
        return run("get_event", event_id=event_id, **where, **given)["event"]["eventID"]

    first, last = tagged["events"]
    assert outside.eventually(lambda: got("latest") == last)
    assert got("oldest") == first
    assert got(first) == first


def test_event_of_an_environment_is_of_it_or_said_not_to_be(sentry, message, tagged):
    given = {"event_id": "latest", "issue_id": tagged["id"], "environment": "live-lab"}
    body = outside.answer(message("get_event", {"organization": sentry.org}, **given))
    said = lacks(body, "not of the input's `environment`")
    assert said or body["output"]["event"]["eventID"] == tagged["events"][0]


def test_event_is_got_of_its_project_and_of_its_organization(sentry, run, tagged):
    event_id = tagged["events"][0]
    for where in ({"project_slug": sentry.project}, {}):
        found = run("get_event", event_id=event_id, organization_slug=sentry.org, **where)
        assert found["event"]["eventID"] == event_id


def test_event_of_another_issue_is_not_found_in_this(sentry, issue, refused, tagged):
    where = {"issue_id": issue.id, "organization_slug": sentry.org}
    exception, _ = refused("get_event", event_id=tagged["events"][0], **where)
    assert exception["code"] == "not_found"


def test_recommended_event_is_got_or_said_to_be_lacking(sentry, message, tagged):
    connection = {"organization": sentry.org}
    start = message("get_event", connection, event_id="recommended", issue_id=tagged["id"])
    body = outside.answer(start)
    said = lacks(body, "this server does not have what was asked for")
    assert said or body["output"]["event"]["eventID"] in tagged["events"]


@pytest.mark.needs("search")
def test_events_are_filtered(run, tagged):
    def found(**given):
        events = run("list_issue_events", issue_id=tagged["id"], **given)["events"]
        return {each["eventID"] for each in events}

    first, last = tagged["events"]
    outside.eventually(lambda: found() == {first, last})
    assert found(environment="live-lab") == {first}
    assert found(query="colour:blue") == {last}
    assert found(**LONG_AGO) == set()
    assert found(**UNTIL_LATER) == found(statsPeriod="1d") == {first, last}
    (whole,) = run("list_issue_events", issue_id=tagged["id"], full=True, limit=1)["events"]
    assert "entries" in whole


@pytest.mark.needs("search")
def test_project_issues_are_filtered_by_environment_and_time_and_sorted(list_issues, tagged):
    def found(**given):
        return [each["id"] for each in list_issues(query=tagged["words"], **given)["issues"]]

    assert found(environment="live-home") == [tagged["id"]]
    assert found(**UNTIL_LATER) == [tagged["id"]]
    assert found(**LONG_AGO) == []
    assert list_issues(**LONG_AGO)["issues"] == []
    newest = list_issues(sort="new", limit=50)["issues"]
    # To the second: some servers know no more, and a whole second is written without a point.
    times = [each["firstSeen"][:19] for each in newest]
    assert times == sorted(times, reverse=True)


def test_time_range_within_an_environment_is_regarded_or_said_to_be_lacking(
    sentry, message, tagged
):
    slugs = {"organization_slug": sentry.org, "project_slug": sentry.project}
    given = {"query": tagged["words"], "environment": "live-lab", **LONG_AGO}
    body = outside.answer(message("list_project_issues", **slugs, **given))
    said = lacks(body, "too old for", "a time range within an `environment`")
    assert said or body["output"] == {"issues": []}


def test_issues_of_the_organization_are_listed_or_said_to_be_lacking(sentry, message, tagged):
    given = {"projects": [sentry.project], "query": tagged["words"], **UNTIL_LATER}
    body = outside.answer(message("list_issues", organization_slug=sentry.org, **given))
    said = lacks(body, "too old for", "Use List Project Issues")
    assert said or [each["id"] for each in body["output"]["issues"]] == [tagged["id"]]


def test_comments_are_listed_page_by_page(run, tagged):
    for text in ("first", "second"):
        run("add_comment", issue_id=tagged["id"], text=text)
    first = run("list_comments", issue_id=tagged["id"], limit=1)
    rest = run("list_comments", issue_id=tagged["id"], cursor=first["next_cursor"])
    # Of one second, a server may tell them in any order.
    found = [each["data"]["text"] for each in (*first["comments"], *rest["comments"])]
    assert (len(first["comments"]), sorted(found)) == (1, ["first", "second"])


def test_values_of_a_tag_are_listed(run, refused, tagged):
    found = run("list_tag_values", issue_id=tagged["id"], key="colour")["values"]
    assert {(each["value"], each["count"]) for each in found} == {("red", 1), ("blue", 1)}
    exception, text = refused("list_tag_values", issue_id=tagged["id"], key="no-such-tag")
    assert exception["code"] == "not_found"
    assert "none of its events has the tag no-such-tag" in text


@pytest.mark.parametrize("kind", ["projects", "teams", "members"])
def test_what_the_organization_has_is_listed_whole_and_by_pages(sentry, run, kind):
    def listed(**given):
        return run(f"list_{kind}", organization_slug=sentry.org, **given)

    everything = [each["id"] for each in listed()[kind]]
    ids, output = [], {"next_cursor": None}
    while "next_cursor" in output:
        more = {"cursor": output["next_cursor"]} if output["next_cursor"] else {}
        output = listed(limit=1, **more)
        ids += [each["id"] for each in output[kind]]
    assert everything
    assert sorted(ids) == sorted(everything)


def test_projects_and_teams_name_each_other(sentry, run):
    where = {"organization_slug": sentry.org}
    (project,) = run("list_projects", query=sentry.project, **where)["projects"]
    teams = run("list_teams", **where)["teams"]
    named = [team for team in teams if project["id"] in [each["id"] for each in team["projects"]]]
    assert {team["slug"] for team in named} == {team["slug"] for team in project["teams"]}


def test_releases_are_listed_by_project_and_version(sentry, ask, run):
    version = f"{outside.new_words()}@1.0"
    ask(
        f"organizations/{sentry.org}/releases/",
        "POST",
        version=version,
        projects=[sentry.project],
    )
    where = {"organization_slug": sentry.org, "projects": [sentry.project]}
    (found,) = run("list_releases", query=version, **where)["releases"]
    assert found["version"] == version
    assert [each["slug"] for each in found["projects"]] == [sentry.project]


@pytest.mark.parametrize(
    "action", ["list_issues", "list_projects", "list_teams", "list_members", "list_releases"]
)
def test_unknown_organization_is_said_to_be_unknown(refused, action):
    exception, _ = refused(action, organization_slug="no-such-slug")
    assert exception["code"] in {"not_found", "forbidden"}
