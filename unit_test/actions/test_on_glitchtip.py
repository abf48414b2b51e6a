"""What GlitchTip does in another way than Sentry, as its real answers show."""

from __future__ import annotations

import json

import pytest

from unit_test.glitchtip import ORGANIZATION, URL, answers, asked, recording

pytestmark = pytest.mark.usefixtures("shared")

OF_ORGANIZATION = "organizations/rec-org/issues/"
ISSUE = f"{OF_ORGANIZATION}195/"
EVENT = "8ccd4be9f9b742399910952828c6557a"
PAGE = "l10_unknown_route"


@pytest.fixture
def act(start, run, requests_mock):
    """Run an action against recorded answers; *others* maps recordings to what they answer."""

    def send(action, names=(), others=None, connection=ORGANIZATION, **given):
        answers(requests_mock, *names, **(others or {}))
        return run(start(action, connection, **given))

    return send


def document(name):
    return json.loads(recording(name).body)


# --- events


def test_events_of_an_issue_are_brought_to_sentrys_names(act):
    others = {"e02_events_org": f"GET {ISSUE}events/?per_page=1&limit=1"}
    others |= {"e01_events_legacy_page1_limit1": "GET issues/195/events/?per_page=1&limit=1"}
    body = act("list_issue_events", others=others, issue_id="195", limit=1)
    (event,) = body["output"]["events"]
    (told,) = document("e01_events_legacy_page1_limit1")
    assert event["eventID"] == told["event_id"]
    assert event["dateCreated"] == told["date_created"]
    assert (event["groupID"], event["projectID"]) == ("195", "9")
    assert "WARNING" not in body["log"]


def test_a_watcher_of_an_issue_sees_when_its_events_came(start, run, requests_mock):
    answers(
        requests_mock, "e02_events_org", e01_events_legacy_page2_limit1="GET issues/195/events/"
    )
    message = start(None, ORGANIZATION)
    body = {**message["body"], "task": "collect_events", "state": {}}
    body["input"] = {"issue_ids": ["195"], "since": "2026-01-01T00:00:00Z"}
    done = run({**message, "type": "task_start", "body": body})
    assert [each["projectID"] for each in done["output"]] == ["9"]


@pytest.mark.parametrize(
    ("word", "name"), [("latest", "e05_event_latest"), (EVENT, "e05_event_by_id")]
)
def test_an_event_of_an_issue_is_found_by_the_path_that_is_there(word, name, act, requests_mock):
    others = {"e06_event_org_latest": f"GET {ISSUE}events/{word}/"}
    others |= {name: f"GET issues/195/events/{word}/"}
    body = act("get_event", others=others, issue_id="195", event_id=word)
    assert body["output"]["event"]["eventID"] == document(name)["eventID"]
    assert requests_mock.call_count == 2


def test_the_oldest_event_is_the_last_of_the_list(act):
    others = {"e06_event_org_latest": f"GET {ISSUE}events/oldest/"}
    others |= {"e01_events_legacy_page1_limit1": "GET issues/195/events/?limit=100"}
    cursor = "cD0yMDI2LTExLTI4KzE2JTNBMTglM0EyMi40NjY5NzElMkIwMCUzQTAw"
    last = f"GET issues/195/events/?limit=100&cursor={cursor}"
    others |= {"e01_events_legacy_page2_limit1": last}
    body = act("get_event", others=others, issue_id="195", event_id="oldest")
    (told,) = document("e01_events_legacy_page2_limit1")
    assert body["output"]["event"]["eventID"] == told["event_id"]


def test_of_an_issue_without_events_there_is_no_oldest(act):
    others = {"e06_event_org_latest": f"GET {ISSUE}events/oldest/"}
    others |= {"e04_events_unknown_issue": "GET issues/195/events/?limit=100"}
    body = act("get_event", ["d01_issue_legacy"], others=others, issue_id="195", event_id="oldest")
    assert body["exception"]["code"] == "not_found"


def test_a_recommended_event_is_unsupported(act):
    others = {"e06_event_org_latest": f"GET {ISSUE}events/recommended/"}
    body = act("get_event", others=others, issue_id="195", event_id="recommended")
    assert body["exception"]["code"] == "unsupported"


def test_an_event_of_the_organization_is_found_by_a_search(act):
    others = {"e06_eventids_route": f"GET organizations/rec-org/eventids/{EVENT}/"}
    others |= {"b07_query_event_id": f"GET {OF_ORGANIZATION}?query={EVENT}&limit=1"}
    others |= {"e05_event_by_id": f"GET issues/195/events/{EVENT}/"}
    body = act("get_event", others=others, event_id=EVENT)
    assert body["output"]["event"]["eventID"] == EVENT


def test_an_event_that_a_search_does_not_find_is_not_found(act):
    others = {"e06_eventids_route": f"GET organizations/rec-org/eventids/{EVENT}/"}
    others |= {"b07_query_short_id": f"GET {OF_ORGANIZATION}?query={EVENT}&limit=1"}
    body = act("get_event", ["l02_organization"], others, event_id=EVENT)
    assert body["exception"]["code"] == "not_found"
    assert "finds no issue" in body["error"]


# --- tags


def test_values_of_a_tag_are_read_from_the_list_of_tags(act):
    sizes = "per_page=9&limit=9"
    others = {"f01_tag_values_org": f"GET {ISSUE}tags/shade/values/?{sizes}"}
    others |= {"f02_tags_key": f"GET issues/195/tags/?key=shade&{sizes}"}
    body = act("list_tag_values", others=others, issue_id="195", key="shade", limit=9)
    assert [each["value"] for each in body["output"]["values"]] == ["blue", "red"]


# --- how an issue is named


def test_the_address_that_glitchtip_gives_an_issue_names_it(act):
    page = document("d01_issue_legacy")["permalink"]
    body = act("get_issue", ["d01_issue_legacy"], {"d01_issue_org": f"GET {ISSUE}"}, issue_id=page)
    assert body["output"]["issue"]["permalink"] == page


SHORT = "GET organizations/rec-org/shortids/REC-APP-{}/"
NEWEST = f"GET {OF_ORGANIZATION}?query=&sort=-first_seen&limit=100"


def test_a_short_id_is_looked_for_in_the_list_of_issues(act):
    others = {"d05_shortid_route": SHORT.format(1), "c03_org_issues_by_id": NEWEST}
    body = act("get_issue", ["d01_issue_legacy"], others, issue_id="REC-APP-1")
    assert body["output"]["issue"]["shortId"] == "REC-APP-1"


def test_a_short_id_that_no_issue_has_is_not_found(act):
    others = {"d05_shortid_route": SHORT.format(9), "c03_org_issues_by_id": NEWEST}
    body = act("get_issue", others=others, issue_id="REC-APP-9")
    assert body["exception"]["code"] == "not_found"


def test_a_short_id_that_is_not_among_those_that_are_looked_at_is_unsupported(act, monkeypatch):
    monkeypatch.setattr("sentry_plugin.client.issueids.MOST_LISTED", 2)
    others = {"d05_shortid_route": SHORT.format(9)}
    others |= {"c03_org_issues_by_id": NEWEST.replace("100", "2")}
    body = act("delete_issues", others=others, issue_ids=["REC-APP-9"])
    assert (body["status"], body["exception"]["code"]) == ("error", "unsupported")
    assert "none of the newest 2 issues" in body["error"]


def test_a_short_id_is_unsupported_where_no_make_is_known_and_no_route(start, run, requests_mock):
    requests_mock.get(f"{URL}organizations/rec-org/shortids/REC-APP-1/", status_code=404, text="")
    body = run(start("delete_issues", ORGANIZATION, issue_ids=["REC-APP-1"]))
    assert body["exception"]["code"] == "unsupported"
    assert requests_mock.call_count == 1


# --- changes


def test_a_comment_is_sent_as_glitchtip_takes_it(act, requests_mock):
    others = {"g02_comment_post_org": f"POST {ISSUE}comments/"}
    others |= {"c03_org_issues_by_id": f"GET {OF_ORGANIZATION}?id=195&limit=1"}
    given = {"issue_id": "195", "text": "A comment."}
    body = act("add_comment", ["g01_comment_post_data_text"], others, **given)
    assert (body["output"]["created"], body["output"]["comment"]["id"]) == (True, "6")
    assert requests_mock.last_request.json() == {"data": {"text": "A comment."}}


def test_a_comment_is_sent_again_as_glitchtip_takes_it_where_only_its_refusal_told_the_make(
    start, run, requests_mock
):
    refused, taken = recording("g01_comment_post_text"), recording("g01_comment_post_data_text")
    requests_mock.post(
        f"{URL}issues/195/comments/",
        [
            {"status_code": each.status, "headers": each.headers, "text": each.body}
            for each in (refused, taken)
        ],
    )
    body = run(start("add_comment", {"url": URL}, issue_id="195", text="A comment."))
    assert body["output"]["created"] is True
    sent = [each.json() for each in requests_mock.request_history]
    assert sent == [{"text": "A comment."}, {"data": {"text": "A comment."}}]


def test_nobody_is_told_of_a_comment_there(act, requests_mock):
    others = {"g01_comment_post_text": "POST issues/195/comments/"}
    given = {"issue_id": "195", "text": "A comment.", "mentions": ["user:1"]}
    body = act("add_comment", others=others, connection={"url": URL}, **given)
    assert body["exception"]["code"] == "unsupported"
    assert "nothing was posted" in body["error"]
    assert requests_mock.call_count == 1


def test_a_comment_on_an_issue_that_is_not_there_is_not_found(act):
    others = {"g02_comment_post_unknown_issue": "POST issues/195/comments/"}
    given = {"issue_id": "195", "text": "A comment."}
    body = act("add_comment", others=others, connection={"url": URL}, **given)
    assert body["exception"]["code"] == "not_found"


@pytest.mark.parametrize(
    "given",
    [
        {"assignedTo": "me"},
        {"hasSeen": True},
        {"status": "resolved", "resolve_in_release": "1.0"},
        {"status": "resolvedInNextRelease"},
        {"archive_minutes": 30},
    ],
)
@pytest.mark.parametrize("action", ["update_issue", "update_issues"])
def test_what_glitchtip_would_drop_or_fail_at_is_unsupported_and_not_sent(
    action, given, act, requests_mock
):
    named = {"issue_id": "195"} if action == "update_issue" else {"issue_ids": ["195"]}
    others = {"d01_issue_org": f"GET {ISSUE}"}
    body = act(action, ["d01_issue_legacy"], others, **named, **given)
    assert body["exception"]["code"] == "unsupported"
    assert {each.method for each in requests_mock.request_history} == {"GET"}


def test_an_update_of_the_status_is_made_and_looked_at(act, requests_mock):
    before, after = document("d01_issue_legacy"), document("d01_issue_legacy")
    shown = [{"json": before}, {"json": {**after, "status": "resolved"}}]
    requests_mock.get(f"{URL}issues/195/", shown)
    others = {"d01_issue_org": f"GET {ISSUE}", "h02_put_org_status_resolved": f"PUT {ISSUE}"}
    body = act("update_issue", others=others, issue_id="195", status="resolved")
    assert body["output"]["changes"]["status"] == {"before": "unresolved", "after": "resolved"}
    assert requests_mock.call_count == 4


def test_many_issues_are_changed_by_their_numbers_alone_and_looked_at_afterwards(
    act, requests_mock
):
    others = {"d01_issue_org": f"GET {ISSUE}"}
    others |= {"i02_bulk_org_id": f"PUT {OF_ORGANIZATION}?id=195&limit=1"}
    others |= {"c03_org_issues_by_id": f"GET {OF_ORGANIZATION}?id=195&limit=1"}
    body = act("update_issues", ["d01_issue_legacy"], others, issue_ids=["195"], status="resolved")
    assert f"PUT {OF_ORGANIZATION}?id=195&limit=1" in asked(requests_mock)
    # The issue is as it was: 200 says nothing of it.
    assert body["output"]["counts"] == {"failed": 1}


MERGED = ["197", "198"]


@pytest.fixture
def merge(act, requests_mock):
    """Merge two issues; *listed* are the numbers that the organization lists before and after."""

    def send(*listed):
        shown = [
            {"json": [{"id": each} for each in numbers], "headers": headers} for numbers in listed
        ]
        for number in MERGED:
            requests_mock.get(f"{URL}{OF_ORGANIZATION}{number}/", status_code=405, headers=headers)
            found = {**document("d01_issue_legacy"), "id": number}
            requests_mock.get(f"{URL}issues/{number}/", json=found)
        query = "id=197&id=198&limit=50"
        requests_mock.get(f"{URL}{OF_ORGANIZATION}?{query}", shown)
        others = {"i06_merge_true": f"PUT {OF_ORGANIZATION}?id=197&id=198&limit=2"}
        return act("merge_issues", others=others, issue_ids=MERGED)

    headers = recording("i06_merge_true").headers
    return send


def test_of_merged_issues_the_one_that_is_left_is_told(merge):
    assert merge(MERGED, ["198"])["output"] == {"parent": "198", "children": ["197"]}


def test_an_issue_that_was_merged_before_is_not_merged_again(merge, requests_mock):
    body = merge(["198"])
    assert body["exception"]["code"] == "not_found"
    assert "Nothing was merged: 197 is not listed" in body["error"]
    assert {each.method for each in requests_mock.request_history} == {"GET"}


@pytest.mark.parametrize("left", [[], MERGED])
def test_a_merge_of_which_it_is_not_known_what_is_left_is_no_success(left, merge):
    body = merge(MERGED, left)
    assert body["exception"]["code"] == "api_error"
    assert f"{len(left)} of them are listed" in body["error"]


# --- releases

RELEASE = {"version": "rec@2.0", "projects": ["rec-app"]}
FAILS = {"k02_release_create_again": "POST organizations/rec-org/releases/"}


def test_a_release_that_is_there_is_returned(act):
    others = FAILS | {"k03_release": "GET organizations/rec-org/releases/rec@2.0/"}
    body = act("create_release", others=others, **RELEASE)
    assert body["output"] == {"release": body["output"]["release"]}
    assert body["output"]["release"]["version"] == document("k03_release")["version"]


def test_a_release_that_was_not_made_is_an_error(act):
    others = FAILS | {"k03_release_unknown": "GET organizations/rec-org/releases/rec@2.0/"}
    body = act("create_release", others=others, **RELEASE)
    assert body["exception"]["code"] == "server_error"
    assert "It is unknown whether" in body["error"]


def test_a_sentry_that_fails_is_not_asked_whether_a_release_is_there(start, run, requests_mock):
    requests_mock.post(f"{URL}organizations/rec-org/releases/", status_code=500)
    body = run(start("create_release", ORGANIZATION, **RELEASE))
    assert body["exception"]["code"] == "server_error"
    assert requests_mock.call_count == 1


def test_what_a_release_lost_without_a_word_is_warned_of(act):
    others = {"k02_release_create_one_unknown_project": "POST organizations/rec-org/releases/"}
    given = {"version": "rec@2.2", "projects": ["nosuch", "rec-app"], "url": "https://ci.example/1"}
    body = act("create_release", others=others, **given)
    assert body["output"]["created"] is True
    assert "WARNING The server did not keep url, the project nosuch." in body["log"]
