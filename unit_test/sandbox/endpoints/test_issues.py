"""Lists of issues: what is found, in which order, in which form, page by page."""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime

import pytest

LIST = "projects/acme/sandbox/issues/"
ORGANIZATION = "organizations/acme/issues/"
TIMELINE = "Invalid stats_period. Valid choices are '', '24h', and '14d'"


def event_of(number, **more):
    exception = {"values": [{"type": "LabError", "value": f"trouble {number}"}]}
    moment = time.time() - 60 * number
    return {"exception": exception, "platform": "python", "timestamp": moment, **more}


@pytest.fixture
def five(sandbox):
    """Send five events, each its own issue, the first the newest."""
    return [sandbox.issue(**event_of(number))["id"] for number in range(5)]


def ids(response):
    assert response.status_code == 200, response.text
    return [issue["id"] for issue in response.json()]


def pages(sandbox, path, **given):
    found, cursor, more = [], "", True
    while more:
        response = sandbox.get(path, params={**given, "cursor": cursor})
        found.append(ids(response))
        link = re.search(
            r'<([^>]*)>; rel="next"; results="(\w+)"; cursor="([^"]+)"', response.headers["Link"]
        )
        more, cursor = link[2] == "true", link[3]
    return found


@pytest.mark.parametrize("path", [LIST, f"{ORGANIZATION}?project=sandbox"])
def test_pages_hold_every_issue_once(sandbox, five, path):
    assert pages(sandbox, path, limit=2) == [five[:2], five[2:4], five[4:]]


def test_a_page_can_be_read_backwards(sandbox, five):
    response = sandbox.get(LIST, params={"limit": 2, "cursor": "0:0:1"})
    assert ids(response) == five[3:]
    first = sandbox.get(LIST, params={"limit": 2})
    cursor = re.findall(r'cursor="([^"]+)"', first.headers["Link"])[1]
    second = sandbox.get(LIST, params={"limit": 2, "cursor": cursor})
    back = re.search(r'rel="previous"; results="true"; cursor="([^"]+)"', second.headers["Link"])
    assert ids(sandbox.get(LIST, params={"limit": 2, "cursor": back[1]})) == five[:2]


def test_issues_with_one_score_are_not_lost_between_pages(sandbox, five):
    assert pages(sandbox, LIST, limit=2, sort="freq") == [five[::-1][:2], five[::-1][2:4], five[:1]]


def test_both_directions_are_always_linked_and_the_query_is_kept(sandbox):
    link = sandbox.get(LIST, params={"query": "no such thing", "limit": 7}).headers["Link"]
    address = f"<{sandbox.base}/api/0/{LIST}?query=no%20such%20thing&limit=7&cursor=0:0:1>"
    assert link.startswith(f'{address}; rel="previous"; results="false"; cursor="0:0:1", ')
    assert link.endswith('; rel="next"; results="false"; cursor="0:0:0"')


def test_hits_are_counted(sandbox, five):
    headers = sandbox.get(LIST, params={"limit": 1}).headers
    assert (headers["X-Hits"], headers["X-Max-Hits"]) == ("5", "1000")


def test_a_limit_above_a_hundred_is_a_hundred_and_none_is_none(start_sandbox):
    medium = start_sandbox(profile="medium")
    assert len(ids(medium.get(ORGANIZATION, params={"limit": 1000}))) == 100
    empty = medium.get(ORGANIZATION, params={"limit": 0})
    assert ids(empty) == []
    assert 'rel="next"; results="true"' in empty.headers["Link"]


@pytest.mark.parametrize(
    ("path", "given", "words"),
    [
        (LIST, {"limit": "abc"}, "invalid limit"),
        (LIST, {"limit": "-5"}, "invalid limit"),
        (LIST, {"cursor": "bad"}, "Invalid cursor parameter."),
        (LIST, {"sort": "bogus"}, "Sort key 'bogus' not supported."),
        (LIST, {"statsPeriod": "9x"}, TIMELINE),
        (LIST, {"statsPeriod": "30d"}, TIMELINE),
        (ORGANIZATION, {"statsPeriod": "9x"}, "Invalid statsPeriod"),
        (ORGANIZATION, {"groupStatsPeriod": "9d"}, TIMELINE),
        (ORGANIZATION, {"start": "2024-01-01"}, "start and end are both required"),
        (ORGANIZATION, {"start": "x", "end": "y"}, "x is not a valid ISO8601 date query"),
        (ORGANIZATION, {"start": "2024-02-02", "end": "2024-01-01"}, "start must be before end"),
    ],
)
def test_a_wrong_parameter_is_refused(sandbox, path, given, words):
    response = sandbox.get(path, params=given)
    assert (response.status_code, response.json()) == (400, {"detail": words})


def test_sorts_are_by_what_they_say(sandbox, five):
    sandbox.event(**event_of(3))
    assert ids(sandbox.get(LIST, params={"sort": "freq"}))[0] == five[3]
    assert ids(sandbox.get(LIST, params={"sort": "new"})) == [
        *five[:3],
        *five[3:],
    ]
    for sort in ("date", "user", "inbox", "trends", "recommended"):
        assert len(ids(sandbox.get(LIST, params={"sort": sort}))) == 5


def test_no_query_means_unresolved_and_an_empty_one_means_all(sandbox, five):
    sandbox.put(f"issues/{five[0]}/", {"status": "resolved"})
    assert ids(sandbox.get(LIST)) == five[1:]
    assert ids(sandbox.get(LIST, params={"query": ""})) == five


def test_a_period_filters_the_organization_and_is_the_timeline_of_a_project(sandbox):
    old = time.time() - 3 * 24 * 3600
    number = sandbox.issue(message="old", timestamp=old)["id"]
    here = {"project": "sandbox"}
    assert ids(sandbox.get(ORGANIZATION, params=here | {"statsPeriod": "24h"})) == []
    assert ids(sandbox.get(ORGANIZATION, params=here | {"statsPeriod": "1w"})) == [number]
    ends = [datetime.fromtimestamp(old + shift, UTC).isoformat() for shift in (-100, 100)]
    within = dict(zip(("start", "end"), ends, strict=True))
    assert ids(sandbox.get(ORGANIZATION, params=here | within)) == [number]
    assert ids(sandbox.get(LIST, params={"statsPeriod": "24h"})) == [number]


@pytest.mark.parametrize(
    ("path", "given", "points"),
    [
        (LIST, {}, {"24h": 24}),
        (LIST, {"statsPeriod": "14d"}, {"14d": 14}),
        (LIST, {"statsPeriod": ""}, {}),
        (ORGANIZATION, {"groupStatsPeriod": "auto"}, {"auto": 24}),
        (ORGANIZATION, {"groupStatsPeriod": "14d"}, {"14d": 14}),
    ],
)
def test_the_timeline_counts_the_events_of_its_points(sandbox, path, given, points):
    sandbox.event(message="now")
    sandbox.event(message="now")
    (found,) = sandbox.get(path, params={"query": "now", **given}).json()
    stats = found.get("stats", {})
    assert {name: len(timeline) for name, timeline in stats.items()} == points
    # An hour may end between the two.
    assert all(sum(count for _, count in timeline[-2:]) == 2 for timeline in stats.values())


def test_an_event_id_is_a_direct_hit_without_pages(sandbox):
    event_id = sandbox.event(message="one", environment="lab")
    dashed = f"{event_id[:8]}-{event_id[8:12]}-{event_id[12:16]}-{event_id[16:20]}-{event_id[20:]}"
    for path in (LIST, ORGANIZATION):
        for query in (event_id, dashed):
            response = sandbox.get(path, params={"query": query})
            (found,) = response.json()
            assert found["matchingEventId"] == event_id
            assert found["matchingEventEnvironment"] == "lab"
            assert response.headers["X-Sentry-Direct-Hit"] == "1"
            assert {"Link", "X-Hits"}.isdisjoint(response.headers)
    elsewhere = sandbox.get("projects/acme/project-00001/issues/", params={"query": event_id})
    assert elsewhere.json() == []


def test_a_short_id_is_a_direct_hit_where_that_is_asked(sandbox, five):
    given = {"query": "SANDBOX-2", "shortIdLookup": "1"}
    response = sandbox.get(ORGANIZATION, params=given)
    assert ids(response) == [five[1]]
    assert response.headers["X-Sentry-Direct-Hit"] == "1"
    assert ids(sandbox.get(ORGANIZATION, params=given | {"shortIdLookup": "0"})) == []
    assert ids(sandbox.get(ORGANIZATION, params=given | {"query": "nothing here"})) == []
    found = sandbox.get("organizations/acme/shortids/sandbox-2/").json()
    assert (found["groupId"], found["shortId"]) == (five[1], "SANDBOX-2")
    assert sandbox.get("organizations/acme/shortids/SANDBOX-U/").status_code == 404


def test_projects_filter_by_slug_by_number_and_not_at_all(sandbox, five):
    for name in ("sandbox", sandbox.project_id):
        assert ids(sandbox.get(ORGANIZATION, params={"project": name})) == five
    every = ids(sandbox.get(ORGANIZATION, params={"query": ""}))
    assert ids(sandbox.get(ORGANIZATION, params={"query": "", "project": "-1"})) == every
    assert len(every) == 5 + 18
    refused = sandbox.get(ORGANIZATION, params={"project": ["sandbox", "999"]})
    assert refused.status_code == 403


def test_environments_filter_and_unknown_ones_do_not_exist(sandbox):
    number = sandbox.issue(message="lab", environment="lab")["id"]
    sandbox.event(message="none")
    assert ids(sandbox.get(LIST, params={"environment": "lab"})) == [number]
    assert sandbox.get(LIST, params={"environment": ["lab", "nope"]}).status_code == 404


def test_groups_pick_issues_by_number(sandbox, five):
    assert ids(sandbox.get(ORGANIZATION, params={"group": five[1:3]})) == five[1:3]


def test_fields_are_added_and_taken_out_on_request(sandbox, five):
    plain = sandbox.get(ORGANIZATION).json()[0]
    assert "inbox" not in plain
    given = {"expand": ["inbox", "owners"], "collapse": ["stats", "lifetime", "unknown"]}
    sandbox.checked = False
    found = sandbox.get(ORGANIZATION, params=given).json()[0]
    assert found["inbox"]["reason"] == 0
    assert found["owners"] is None
    assert {"stats", "lifetime"}.isdisjoint(found)


def test_an_issue_is_shown_with_all_that_belongs_to_it(sandbox):
    issue = sandbox.issue(message="one", release="lab@1.0", user={"id": "7"})
    sandbox.event(message="one", release="lab@2.0", user={"id": "8"})
    for path in ("organizations/acme/issues/", "issues/"):
        found = sandbox.get(f"{path}{issue['id']}/").json()
        assert (found["count"], found["userCount"]) == ("2", 2)
        assert found["firstRelease"]["version"] == "lab@1.0"
        assert found["lastRelease"]["version"] == "lab@2.0"
        assert [one["type"] for one in found["activity"]] == ["first_seen"]
        assert {name: len(points) for name, points in found["stats"].items()} == {
            "24h": 24,
            "30d": 30,
        }
        assert {"key": "release", "name": "Release", "totalValues": 2} in found["tags"]
        assert "inbox" not in found
        found = sandbox.get(f"{path}{issue['id']}/", params={"expand": "inbox"}).json()
        assert found["inbox"]["reason"] == 0


def test_the_timeline_leaves_out_what_is_older(sandbox):
    issue = sandbox.issue(message="old", timestamp=time.time() - 29 * 24 * 3600)
    found = sandbox.get(f"issues/{issue['id']}/").json()["stats"]
    counts = {name: sum(count for _, count in points) for name, points in found.items()}
    assert counts == {"24h": 0, "30d": 1}


def test_an_issue_without_a_release_has_none(sandbox):
    found = sandbox.get(f"issues/{sandbox.issue(message='one')['id']}/").json()
    assert (found["firstRelease"], found["lastRelease"]) == (None, None)


@pytest.mark.parametrize(
    "path",
    [
        "issues/999/",
        "issues/abc/",
        "organizations/nope/issues/{}/",
        "organizations/acme/issues/999/events/",
    ],
)
def test_an_issue_that_there_is_not_does_not_exist(sandbox, path):
    response = sandbox.get(path.format(sandbox.issue(message="one")["id"]))
    assert response.status_code == 404
    assert response.json() == {"detail": "The requested resource does not exist"}


def test_a_deleted_issue_is_gone_with_its_events(sandbox):
    event_id = sandbox.event(message="one")
    (issue,) = sandbox.get(LIST).json()
    assert sandbox.ask("DELETE", f"/api/0/issues/{issue['id']}/").status_code == 202
    assert sandbox.get(f"issues/{issue['id']}/").status_code == 404
    assert sandbox.get(f"projects/acme/sandbox/events/{event_id}/").status_code == 404


@pytest.mark.parametrize("path", [LIST, ORGANIZATION])
def test_many_issues_are_deleted_by_their_numbers(sandbox, five, path):
    response = sandbox.ask("DELETE", f"/api/0/{path}", params={"id": five[:2]})
    assert response.status_code == 204
    assert ids(sandbox.get(LIST)) == five[2:]
