"""The actions on a real Sentry, any version: what a user is promised, as a user sees it."""

from __future__ import annotations

import pytest

from unit_test import outside

pytestmark = pytest.mark.live
MANY = 105  # more than fit on one of Sentry's pages


@pytest.fixture(scope="module")
def many(submit, list_issues):
    """Words that many issues share."""
    words = outside.new_words()
    submit(words, map(str, range(MANY)))
    outside.eventually(lambda: len(list_issues(query=words)["issues"]) == MANY)
    return words


@pytest.fixture
def changes(issue, run, list_issues):
    """Update the issue; the answer and a later look must both show the new value."""

    def change(also="", **update):
        def shows(one):
            return one["id"] == issue.id and update.items() <= one.items()

        assert shows(run("update_issue", issue_id=issue.id, **update)["issue"])
        query = f"{also} {issue.words}".strip()
        assert outside.eventually(lambda: list(filter(shows, list_issues(query=query)["issues"])))

    return change


def test_submitted_event_becomes_an_issue_of_the_project(sentry, issue):
    assert issue.found["project"]["slug"] == sentry.project
    assert issue.found["level"] == "warning"
    assert issue.words in issue.found["title"]
    assert issue.found["status"] == "unresolved"


def test_event_is_listed_with_its_issue(issue, run):
    (event,) = outside.eventually(lambda: run("list_issue_events", issue_id=issue.id)["events"])
    assert event["eventID"] == issue.event_id
    assert ("made_by", "live") in [(tag["key"], tag["value"]) for tag in event["tags"]]


@pytest.mark.parametrize("status", ["resolved", "ignored"])
def test_issue_is_closed_and_reopened(changes, status):
    changes(status=status, also=f"is:{status}")
    changes(status="unresolved", also="is:unresolved")


@pytest.mark.needs("flags")
@pytest.mark.parametrize("attribute", ["isPublic", "isBookmarked", "isSubscribed", "hasSeen"])
def test_flag_is_set_and_taken_back(changes, attribute):
    changes(**{attribute: True})
    changes(**{attribute: False})


@pytest.mark.needs("assignment")
def test_issue_is_assigned_to_a_member_and_unassigned(sentry, issue, ask, run):
    members = ask(f"projects/{sentry.org}/{sentry.project}/members/")
    user = next(member["user"]["id"] for member in members if member["user"])
    assigned = run("update_issue", issue_id=issue.id, assignedTo=f"user:{user}")["issue"]
    assert (assigned["assignedTo"]["type"], assigned["assignedTo"]["id"]) == ("user", user)
    unassigned = run("update_issue", issue_id=issue.id, assignedTo="")["issue"]
    assert unassigned.get("assignedTo") is None


@pytest.mark.needs("short_ids")
def test_issue_is_found_by_its_short_id(issue, list_issues):
    (found,) = list_issues(query=issue.found["shortId"], shortIdLookup=True)["issues"]
    assert found["id"] == issue.id


@pytest.mark.needs("statistics")
def test_stats_are_of_the_period_asked_for(issue, list_issues):
    (found,) = list_issues(query=issue.words, statsPeriod="14d")["issues"]
    assert list(found["stats"]) == ["14d"]


@pytest.mark.needs("search")
def test_resolved_issue_is_listed_for_an_empty_query_but_not_without_a_query(
    submit, list_issues, run
):
    words = outside.new_words()
    submit(words, ["one"])
    (issue,) = outside.eventually(lambda: list_issues(query=words)["issues"])
    run("update_issue", issue_id=issue["id"], status="resolved")

    def listed(**query):
        return issue["id"] in [each["id"] for each in list_issues(**query, limit=100)["issues"]]

    outside.eventually(lambda: not listed())
    assert listed(query="")


def test_more_issues_than_a_page_holds_are_all_listed_once(many, list_issues):
    output = list_issues(query=many)
    assert len({each["id"] for each in output["issues"]}) == len(output["issues"]) == MANY
    assert "next_cursor" not in output


def test_limit_beyond_a_page_is_met_exactly(many, list_issues):
    output = list_issues(query=many, limit=MANY - 1)
    assert len({each["id"] for each in output["issues"]}) == MANY - 1
    assert output["next_cursor"]


def pages(ask, key, limit):
    """Go through all pages by limit and cursor; return the ids on each."""
    output = ask(limit=limit)
    found = [[each["id"] for each in output[key]]]
    while cursor := output.get("next_cursor"):
        output = ask(limit=limit, cursor=cursor)
        found.append([each["id"] for each in output[key]])
    return found


def test_pages_of_issues_by_cursor_hold_each_issue_once(many, list_issues):
    found = pages(lambda **page: list_issues(query=many, **page), "issues", 40)
    assert all(len(page) <= 40 for page in found)
    ids = [one for page in found for one in page]
    assert len(set(ids)) == len(ids) == MANY


def test_pages_of_events_by_cursor_hold_each_event_once(submit, list_issues, run):
    words = outside.new_words()
    sent = submit(words, ["same"])
    (found,) = outside.eventually(lambda: list_issues(query=words)["issues"])
    # The rest only now: Sentry may make two issues of the first events if they come at once.
    sent += submit(words, ["same"] * 4)

    def ask(**page):
        return run("list_issue_events", issue_id=found["id"], **page)

    everything = outside.eventually(lambda: len(events := ask()["events"]) == 5 and events)
    assert {each["eventID"] for each in everything} == set(sent)
    ids = [one for page in pages(ask, "events", 2) for one in page]
    assert len(set(ids)) == len(ids) == 5


def test_read_only_token_lists_but_an_update_names_the_missing_scope(sentry, issue, refused):
    readonly = {"token": {"token": sentry.readonly_token}}
    exception, text = refused("update_issue", readonly, issue_id=issue.id, status="resolved")
    assert exception["code"] == "forbidden"
    assert "event:write" in text


def test_bad_token_is_called_bad(issue, refused):
    exception, _ = refused(
        "list_issue_events", {"token": {"token": "not-a-real-token"}}, issue_id=issue.id
    )
    assert exception["code"] == "unauthorized"


def test_unknown_issue_is_not_found(refused):
    exception, _ = refused("list_issue_events", issue_id=str(2**62))
    assert exception["code"] == "not_found"


@pytest.mark.parametrize("wrong", ["organization_slug", "project_slug"])
def test_unknown_organization_or_project_is_refused(sentry, refused, wrong):
    where = {"organization_slug": sentry.org, "project_slug": sentry.project}
    exception, _ = refused("list_project_issues", **where | {wrong: "no-such-slug"})
    # Some servers do not tell what exists to those who may not see it.
    assert exception["code"] in {"not_found", "forbidden"}


@pytest.mark.needs("ingest")
def test_event_for_a_wrong_project_of_a_dsn_is_refused(sentry, refused):
    wrong = f"{sentry.dsn.rpartition('/')[0]}/999999"
    exception, _ = refused("submit_event", dsn=wrong, event_json={"platform": "other"})
    assert not exception["retryable"]


@pytest.mark.parametrize("organization", [True, False])
def test_connection_test_accepts_a_good_connection(sentry, message, organization):
    known = {"organization": sentry.org} if organization else {}
    body = outside.answer(message("update_issue", known, issue_id="1"), "test")
    assert body["status"] == "ok", body


def test_connection_test_accepts_a_read_only_token(sentry, message):
    readonly = {"token": {"token": sentry.readonly_token}}
    assert outside.answer(message("update_issue", readonly, issue_id="1"), "test")["status"] == "ok"


@pytest.mark.parametrize(
    ("connection", "code"),
    [
        ({"token": {"token": "not-a-real-token"}}, "unauthorized"),
        ({"organization": "no-such-slug"}, "not_found"),
    ],
)
def test_connection_test_says_what_is_wrong(message, connection, code):
    body = outside.answer(message("update_issue", connection, issue_id="1"), "test")
    assert (body["status"], body["exception"]["code"]) == ("error", code)
