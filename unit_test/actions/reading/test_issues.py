"""Issues and their events: of a project, of an organization, and one by one."""

from __future__ import annotations

import json

import pytest

from unit_test.conftest import URL

LONG_AGO = {"start": "2020-01-01T00:00:00Z", "end": "2020-02-01T00:00:00Z"}
UNTIL_LATER = {"start": "2020-01-01T00:00:00Z", "end": "2099-01-01T00:00:00Z"}
PROJECT = {"organization_slug": "acme", "project_slug": "sandbox"}


@pytest.fixture
def issue(sandbox):
    """Give an issue of two environments with five events, and beside it another one."""
    found = sandbox.issue(message="one", level="warning", environment="lab")
    for _ in range(4):
        sandbox.event(message="one", level="warning", environment="home")
    sandbox.event(message="other", environment="home")
    return found


def ids(output):
    (items,) = (value for name, value in output.items() if name != "next_cursor")
    return [item["id"] for item in items]


def test_an_issue_is_got_by_its_number_its_short_id_and_its_address(output, sandbox, issue):
    link = f"{sandbox.base}/organizations/acme/issues/{issue['id']}/"
    for name in (issue["id"], issue["shortId"], link):
        found = output("get_issue", issue_id=name)["issue"]
        assert (found["id"], found["level"], found["count"]) == (issue["id"], "warning", "5")
    assert [entry["type"] for entry in found["activity"]] == ["first_seen"]


def test_an_issue_that_does_not_exist_is_named(body):
    answered = body("get_issue", issue_id="12345")
    assert answered["exception"]["code"] == "not_found"
    assert "The issue 12345 was deleted, or is not in the organization acme" in answered["error"]


def test_what_is_to_be_given_or_left_out_of_an_issue_is_sent(start, run, requests_mock):
    requests_mock.get(f"{URL}issues/1/", json={"id": "1"})
    given = {"expand": ["owners", "inbox"], "collapse": ["stats"], "environment": "lab"}
    assert run(start("get_issue", issue_id="1", **given))["output"] == {"issue": {"id": "1"}}
    assert requests_mock.last_request.qs == {
        "expand": ["owners", "inbox"],
        "collapse": ["stats"],
        "environment": ["lab"],
    }


@pytest.mark.parametrize("odd", [[], "text", None])
@pytest.mark.parametrize("action", ["get_issue", "get_event"])
def test_an_answer_that_is_no_object_is_an_error(action, odd, start, run, requests_mock):
    for below in ("", "events/latest/"):
        requests_mock.get(f"{URL}issues/1/{below}", text=json.dumps(odd))
    event = {"event_id": "latest"} if action == "get_event" else {}
    answered = run(start(action, issue_id="1", **event))
    assert answered["exception"]["code"] == "api_error"
    assert "was answered with something else than an object" in answered["error"]


def test_issues_of_an_organization_are_the_unresolved_ones_of_all_projects(output, sandbox, issue):
    sandbox.put(f"issues/{issue['id']}/", {"status": "resolved"})
    found = output("list_issues")["issues"]
    assert issue["id"] not in [each["id"] for each in found]
    assert len({each["project"]["slug"] for each in found}) > 1
    assert issue["id"] in ids(output("list_issues", query=""))
    assert issue["id"] in ids(output("list_issues", query="is:resolved"))


def test_issues_are_listed_by_project_in_either_name(output, issue):
    number = issue["project"]["id"]
    for project in ("sandbox", number):
        found = output("list_issues", projects=[project])["issues"]
        assert {each["project"]["slug"] for each in found} == {"sandbox"}
    several = output("list_issues", projects=["sandbox", "project-00009"])["issues"]
    assert {each["project"]["slug"] for each in several} == {"sandbox", "project-00009"}
    assert len(ids(output("list_issues", projects=["-1"]))) == len(ids(output("list_issues")))


def test_a_project_is_named_to_the_server_by_its_number(output, queries, issue):
    output("list_issues", projects=["sandbox"], limit=1)
    path = f"/api/0/organizations/acme/issues/?project={issue['project']['id']}&limit=1"
    assert queries()[-1] == path
    assert queries()[-2] == "/api/0/projects/acme/sandbox/?"


def test_a_token_that_may_not_read_projects_leaves_the_name_to_the_server(
    start, run, requests_mock
):
    requests_mock.get(f"{URL}projects/o/p/", status_code=403, json={"detail": "No."})
    requests_mock.get(f"{URL}organizations/o/issues/", json=[])
    body = run(start("list_issues", organization_slug="o", projects=["p"]))
    assert body["output"] == {"issues": []}
    assert requests_mock.last_request.qs == {"project": ["p"]}


@pytest.mark.parametrize("odd", [{}, {"id": 5}, {"id": "../1"}])
def test_a_project_without_a_number_is_not_asked_about(odd, start, run, requests_mock):
    requests_mock.get(f"{URL}projects/o/p/", json=odd)
    answered = run(start("list_issues", organization_slug="o", projects=["p"]))
    assert "The answer for a project has no ID" in answered["error"]
    assert requests_mock.call_count == 1


def test_a_project_that_does_not_exist_is_named(body):
    answered = body("list_issues", projects=["nothing"])
    assert answered["exception"]["code"] == "not_found"
    assert "The organization acme has no project nothing" in answered["error"]


def test_issues_without_any_organization_are_refused(body, queries):
    answered = body("list_issues", organization="")
    assert answered["exception"]["code"] == "bad_input"
    assert "Neither the input's `organization_slug` nor" in answered["error"]
    assert queries() == []


def test_the_inputs_organization_stands_above_the_connections(body):
    assert body("list_issues", organization="other", organization_slug="acme")["status"] == "ok"
    answered = body("list_issues", organization_slug="other")
    assert answered["exception"]["code"] == "not_found"
    assert "There is no organization other" in answered["error"]


@pytest.mark.parametrize("where", [{"projects": ["sandbox"]}, PROJECT])
def test_issues_are_filtered_by_environment_time_and_order(output, sandbox, issue, where):
    action = "list_project_issues" if where is PROJECT else "list_issues"
    environment = {"environment": "lab"} if where is PROJECT else {"environments": ["lab"]}
    assert ids(output(action, **where, **environment)) == [issue["id"]]
    assert ids(output(action, **where, **LONG_AGO)) == []
    newest, first = ids(output(action, **where, **UNTIL_LATER))
    assert first == issue["id"]
    assert ids(output(action, **where, sort="freq")) == [first, newest]
    assert ids(output(action, **where, sort="new")) == [newest, first]


def test_a_stats_period_filters_the_issues_of_an_organization(output, issue):
    sent = {"projects": ["sandbox"], "query": ""}
    assert issue["id"] in ids(output("list_issues", **sent, statsPeriod="1h"))
    shown = output("list_issues", **sent, statsPeriod="1h", groupStatsPeriod="14d")["issues"]
    assert list(shown[0]["stats"]) == ["14d"]


def test_issues_of_an_organization_come_page_by_page(output, sandbox):
    for number in range(105):
        sandbox.event(message=f"number {number}", fingerprint=[str(number)])
    sent = {"projects": ["sandbox"]}
    assert len(set(ids(output("list_issues", **sent)))) == 105
    first = output("list_issues", **sent, limit=104)
    rest = output("list_issues", **sent, cursor=first["next_cursor"])
    assert len({*ids(first), *ids(rest)}) == 105
    assert (len(ids(first)), "next_cursor" in rest) == (104, False)


FAILED = {"status_code": 500, "json": {"detail": "Internal Error", "errorId": "1"}}
SEVERAL = {
    "status_code": 400,
    "json": {"detail": "You do not have the multi project stream feature enabled"},
}
MISSING = {"status_code": 404, "text": ""}
THERE = {"status_code": 404, "json": {"detail": "The requested resource does not exist"}}
UNKNOWN = {"status_code": 302, "headers": {"Location": "https://elsewhere.example/"}}


@pytest.mark.parametrize("refusal", [FAILED, SEVERAL])
@pytest.mark.parametrize(
    ("issue_path", "is_old"), [(MISSING, True), (THERE, False), (UNKNOWN, False)]
)
def test_an_old_server_that_lists_no_issues_of_an_organization_is_told_of(
    issue_path, is_old, refusal, start, run, requests_mock
):
    requests_mock.get(f"{URL}organizations/o/issues/", **refusal)
    requests_mock.get(f"{URL}organizations/o/issues/1/", **issue_path)
    answered = run(start("list_issues", organization_slug="o"))
    assert (answered["exception"]["code"] == "unsupported") is is_old
    assert ("too old for lists of the issues of an organization" in answered["error"]) is is_old
    assert refusal["json"]["detail"] in answered["error"]


@pytest.mark.parametrize(
    ("given", "told"), [({"sort": "user"}, True), ({"environment": "lab"}, True), ({}, False)]
)
def test_what_an_old_server_fails_at_is_told(given, told, start, run, requests_mock):
    requests_mock.get(f"{URL}projects/acme/sandbox/issues/", **FAILED)
    requests_mock.get(f"{URL}organizations/acme/issues/1/", **MISSING)
    answered = run(start("list_project_issues", **PROJECT, **given))
    assert answered["exception"]["code"] == ("unsupported" if told else "server_error")
    assert ("too old for such a `sort`" in answered["error"]) is told


def test_a_server_that_only_fails_is_not_called_old(body, sandbox):
    sandbox.fault("server_error", status=500)
    answered = body("list_issues")
    assert answered["exception"]["code"] == "server_error"


def test_another_refusal_of_a_server_has_nothing_to_do_with_its_age(body):
    answered = body("list_issues", query="is:bogus")
    assert answered["exception"]["code"] == "api_error"
    assert "too old" not in answered["error"]


def test_events_are_filtered_by_search_environment_and_time(output, issue):
    def found(**given):
        return len(output("list_issue_events", issue_id=issue["id"], **given)["events"])

    assert (found(), found(environment="lab"), found(environment="nowhere")) == (5, 1, 0)
    assert (found(query="environment:home"), found(query="no such words")) == (4, 0)
    assert (found(**LONG_AGO), found(**UNTIL_LATER), found(statsPeriod="1h")) == (0, 5, 5)


def test_events_are_whole_if_they_are_to_be_full(output, queries, issue):
    def first(**given):
        return output("list_issue_events", issue_id=issue["id"], limit=1, **given)["events"][0]

    assert first(full=True)["entries"][0]["type"] == "message"
    assert "entries" not in first(full=False)
    assert [path.partition("?")[2] for path in queries()[-2:]] == [
        "full=1&per_page=1&limit=1",
        "per_page=1&limit=1",
    ]
