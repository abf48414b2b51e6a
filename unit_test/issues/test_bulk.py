"""Many issues at once: each looked up first, and no other is ever touched."""

from __future__ import annotations

import re

import pytest
from requests.exceptions import ConnectTimeout, ReadTimeout
from requests_mock import ANY
from urllib3.exceptions import ConnectTimeoutError, ReadTimeoutError

from sentry_plugin.errors import IN_DOUBT
from sentry_plugin.issues.bulk import CHUNK, BulkAction
from sentry_plugin.ledger import DONE, Ledger
from sentry_plugin.steps.connection import Connection
from sentry_plugin.steps.step import load
from unit_test.conftest import URL

NOBODY = "999999999"
PROJECT = f"{URL}projects/acme/sandbox/issues/"
BOTH = pytest.mark.parametrize(
    ("action", "more"), [("update_issues", {"status": "resolved"}), ("delete_issues", {})]
)


@pytest.fixture
def bulk(sandbox, start, run):
    """Run an action in the sandbox's organization and give the body of the answer."""

    def send(action, **given):
        connection = {"token": {"token": sandbox.known["token"]}, "url": sandbox.base}
        connection["organization"] = "acme"
        return run(start(action, connection, **given))

    return send


@pytest.fixture
def issues(sandbox):
    """Three issues of the sandbox."""
    return [sandbox.issue(message=f"bulk {word}", logger="bulk") for word in ("a", "b", "c")]


def everything(sandbox):
    """Show each issue that there is, as a change would show in it."""
    found = sandbox.get("projects/acme/sandbox/issues/", params={"query": "", "limit": 100}).json()
    watched = ("status", "substatus", "statusDetails", "assignedTo", "priority", "isBookmarked")
    return {issue["id"]: {name: issue[name] for name in watched} for issue in found}


def statuses(body):
    return [result["status"] for result in body["output"]["results"]]


def changing(sandbox):
    return [entry for entry in sandbox.asked() if entry["method"] not in {"GET", "HEAD"}][3:]


def test_issues_are_updated_however_they_are_named_and_no_others(sandbox, issues, bulk):
    before = everything(sandbox)
    one, two, _ = issues
    link = f"{sandbox.base}/organizations/acme/issues/{two['id']}/"
    body = bulk("update_issues", issue_ids=[one["shortId"], link, one["id"]], status="resolved")
    assert body["output"]["counts"] == {"done": 2}
    first, second = body["output"]["results"]
    assert (first["issue_id"], first["id"]) == (one["shortId"], one["id"])
    assert (second["issue_id"], second["shortId"]) == (link, two["shortId"])
    assert first["changes"]["status"] == {"before": "unresolved", "after": "resolved"}
    after = everything(sandbox)
    changed = {number for number, look in before.items() if after[number] != look}
    assert changed == {one["id"], two["id"]}


def test_what_is_so_already_and_what_is_not_there_is_told_and_not_touched(sandbox, issues, bulk):
    one, two, _ = issues
    sandbox.put(f"issues/{one['id']}/", {"status": "resolved"})
    named = [one["id"], NOBODY, two["id"]]
    body = bulk("update_issues", issue_ids=named, status="resolved")
    results = {each["issue_id"]: each["status"] for each in body["output"]["results"]}
    assert results == {one["id"]: "unchanged", NOBODY: "not_found", two["id"]: "done"}


@BOTH
def test_where_nothing_is_found_nothing_is_sent(action, more, sandbox, issues, bulk):
    before = everything(sandbox)
    assert statuses(bulk(action, issue_ids=[NOBODY, "SANDBOX-ZZZZ"], **more)) == ["not_found"] * 2
    assert everything(sandbox) == before
    assert changing(sandbox) == []


@pytest.mark.parametrize(
    ("action", "more"), [("update_issues", {"status": "resolved"}), ("merge_issues", {})]
)
def test_a_request_whose_issues_are_gone_when_it_comes_touches_no_other(
    action, more, sandbox, issues, bulk
):
    chosen = [issue["id"] for issue in issues[:2]]
    assert bulk(action, issue_ids=chosen, **more)["output"]
    (sent,) = [entry for entry in sandbox.asked() if entry["method"] == "PUT"]
    assert all(f"id={number}" in sent["query"] for number in chosen)
    for number in chosen:
        sandbox.ask("DELETE", f"/api/0/issues/{number}/")
    before = everything(sandbox)
    assert issues[2]["id"] in before
    again = sandbox.put(f"projects/acme/sandbox/issues/?{sent['query']}", {"status": "resolved"})
    assert again.status_code == 204
    assert everything(sandbox) == before


def test_without_its_search_such_a_request_would_hit_others(sandbox, issues):
    sandbox.checked = False
    route = f"/api/0/projects/acme/sandbox/issues/?id={NOBODY}"
    assert sandbox.ask("PUT", route, json={"status": "resolved"}).status_code == 200
    assert all(look["status"] != "unresolved" for look in everything(sandbox).values())


@BOTH
def test_a_dry_run_changes_nothing_and_tells_what_it_would(action, more, sandbox, issues, bulk):
    before = everything(sandbox)
    body = bulk(action, issue_ids=[issues[0]["id"], NOBODY], dry_run=True, **more)
    assert body["output"]["counts"] == {"would_change": 1, "not_found": 1}
    if more:
        assert body["output"]["results"][1]["attributes"] == ["status"]
    assert everything(sandbox) == before
    assert changing(sandbox) == []


@pytest.mark.parametrize("place", [{}, {"project_slug": "sandbox"}])
def test_a_search_chooses_up_to_its_limit(place, sandbox, issues, bulk):
    before = everything(sandbox)
    given = {"query": "logger:bulk", "limit": 3, "status": "ignored", "priority": "high"}
    assert bulk("update_issues", **given, **place)["output"]["counts"] == {"done": 3}
    after = everything(sandbox)
    changed = {number for number, look in before.items() if after[number] != look}
    assert changed == {issue["id"] for issue in issues}


@BOTH
def test_a_search_that_finds_more_than_its_limit_changes_nothing(
    action, more, sandbox, issues, bulk
):
    before = everything(sandbox)
    body = bulk(action, query="logger:bulk", limit=2, **more)
    assert "finds more than 2 issues, and nothing was changed" in body["error"]
    assert everything(sandbox) == before


@BOTH
@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, "not one of `issue_ids` and `query`"),
        ({"issue_ids": ["1"], "query": "x", "limit": 1}, "not one of `issue_ids` and `query`"),
        ({"query": "x"}, "needs a `limit`"),
        ({"query": "x", "limit": 0}, "needs a `limit`"),
        ({"query": "x", "limit": 1001}, "needs a `limit`"),
        ({"query": "x", "limit": 1}, "`organization`"),
        ({"issue_ids": []}, "are not 1 to 1000"),
        ({"issue_ids": [str(number) for number in range(1001)]}, "are not 1 to 1000"),
        (
            {"issue_ids": ["1", "https://elsewhere.example/organizations/acme/issues/1/"]},
            "elsewhere",
        ),
        ({"issue_ids": ["1", "no issue"]}, "names no issue"),
    ],
)
def test_what_chooses_no_issues_is_refused_before_any_request(
    action, more, given, words, start, run, requests_mock
):
    body = run(start(action, **given, **more))
    assert (body["exception"]["code"], words in body["error"]) == ("bad_input", True)
    assert requests_mock.call_count == 0


def test_a_bulk_action_without_a_change_is_none():
    with pytest.raises(NotImplementedError):
        BulkAction("x", None).change([], {})


def test_an_update_of_nothing_is_refused(start, run, requests_mock):
    assert "names nothing to update" in run(start("update_issues", issue_ids=["1"]))["error"]
    assert requests_mock.call_count == 0


def test_issues_are_assigned_reviewed_and_archived_anew(sandbox, issues, bulk):
    numbers = [issue["id"] for issue in issues]
    members = sandbox.get("projects/acme/sandbox/members/").json()
    user = next(member["user"] for member in members if member["user"])
    given = {"assignedTo": user["email"], "inbox": False, "archive": "until_escalating"}
    assert bulk("update_issues", issue_ids=numbers, **given)["output"]["counts"] == {"done": 3}
    assert bulk("update_issues", issue_ids=numbers, **given)["output"]["counts"] == {"unchanged": 3}
    body = bulk("update_issues", issue_ids=numbers, archive="forever")
    assert body["output"]["counts"] == {"done": 3}
    looks = [everything(sandbox)[number] for number in numbers]
    assert {look["substatus"] for look in looks} == {"archived_forever"}
    assert {look["assignedTo"]["id"] for look in looks} == {user["id"]}


def test_issues_are_deleted_one_by_one_and_no_others(sandbox, issues, bulk):
    before = everything(sandbox)
    chosen = [issues[0]["shortId"], issues[1]["id"], NOBODY]
    assert sorted(statuses(bulk("delete_issues", issue_ids=chosen))) == [
        "done",
        "done",
        "not_found",
    ]
    gone = before.keys() - everything(sandbox).keys()
    assert gone == {issues[0]["id"], issues[1]["id"]}
    assert all("/issues/" in entry["path"] and not entry["query"] for entry in changing(sandbox))


def test_issues_are_merged_and_the_parent_is_named(sandbox, issues, bulk):
    sandbox.event(message="bulk b", logger="bulk")
    named = [issues[0]["shortId"], issues[1]["id"]]
    output = bulk("merge_issues", issue_ids=named)["output"]
    assert output == {"parent": issues[1]["id"], "children": [issues[0]["id"]]}


def issue(number, project="sandbox", **more):
    whole = {"id": number, "shortId": f"SANDBOX-{number}", "project": {"slug": project}}
    return {**whole, "status": "unresolved", "statusDetails": {}, **more}


@pytest.fixture
def known(requests_mock):
    """Let three issues be known to the server; give how each looks, to be changed."""
    looks = {number: issue(number) for number in ("1", "2", "3")}

    def show(request, context):
        number = request.path.rstrip("/").rpartition("/")[2]
        context.status_code = 200 if number in looks else 404
        return looks.get(number, {"detail": "The requested resource does not exist"})

    for number in looks:
        requests_mock.get(f"{URL}organizations/acme/issues/{number}/", json=show)
    requests_mock.get(PROJECT, json=[])
    return looks


CONNECTION = {"organization": "acme"}


@pytest.mark.parametrize(
    ("looks", "words"),
    [
        ({"2": issue("2", "other")}, "of several projects"),
        ({"2": issue("2", issueCategory="performance")}, "is no error"),
        ({"2": {"id": "2"}}, "of several projects"),
        ({"1": {"id": "1"}, "2": {"id": "2"}}, "organization of an issue is not known"),
        ({"1": []}, "something else than an issue"),
    ],
)
def test_what_cannot_be_merged_is_refused(looks, words, known, start, run, requests_mock):
    known |= looks
    body = run(start("merge_issues", CONNECTION, issue_ids=["1", "2"]))
    assert words in body["error"]
    assert {request.method for request in requests_mock.request_history} == {"GET"}


def test_what_is_not_there_or_alone_is_not_merged(known, start, run):
    del known["3"]
    assert (
        "there is no issue 3"
        in run(start("merge_issues", CONNECTION, issue_ids=["1", "3"]))["error"]
    )
    assert "one issue only" in run(start("merge_issues", CONNECTION, issue_ids=["1", "1"]))["error"]


def test_more_issues_than_a_request_names_are_not_merged(start, run, requests_mock):
    names = [str(number) for number in range(1, CHUNK + 2)]
    for name in names:
        requests_mock.get(f"{URL}organizations/acme/issues/{name}/", json=issue(name))
    assert f"more than {CHUNK}" in run(start("merge_issues", CONNECTION, issue_ids=names))["error"]


@pytest.mark.parametrize(
    "answered",
    [
        {"json": {"detail": "Merging across multiple projects is not supported"}},
        {"status_code": 204},
    ],
)
def test_a_merge_that_the_server_did_not_do_is_an_error(answered, known, start, run, requests_mock):
    requests_mock.put(PROJECT, **answered)
    body = run(start("merge_issues", CONNECTION, issue_ids=["1", "2"]))
    assert "merged nothing" in body["error"]


def test_a_merge_is_sent_once_and_names_its_issues_twice(known, start, run, requests_mock):
    requests_mock.put(PROJECT, status_code=503)
    body = run(start("merge_issues", CONNECTION, issue_ids=["1", "2"]))
    assert IN_DOUBT.strip() in body["error"]
    (sent,) = [each for each in requests_mock.request_history if each.method == "PUT"]
    assert (sent.qs["id"], sent.qs["query"]) == (["1", "2"], ["issue:[sandbox-1,sandbox-2]"])


def test_a_failure_tells_what_was_done_before_it(start, run, requests_mock):
    names = [str(number) for number in range(1, CHUNK + 2)]
    looks = {name: issue(name) for name in names}
    for name in names:
        place = f"{URL}organizations/acme/issues/{name}/"
        requests_mock.get(place, json=lambda request, _: looks[request.path.split("/")[-2]])

    def put(request, context):
        if len(request.qs["id"]) < CHUNK:
            context.status_code = 500
            return {"detail": "Internal Error"}
        for name in request.qs["id"]:
            looks[name] = issue(name, status="resolved")
        return {"status": "resolved"}

    requests_mock.put(PROJECT, json=put)
    requests_mock.get(PROJECT, json=[])
    body = run(start("update_issues", CONNECTION, issue_ids=names, status="resolved"))
    assert body["exception"]["code"] == "server_error"
    output = body["partial"]["output"]
    assert output["counts"] == {"done": CHUNK, "unknown": 1}
    assert "HTTP 500" in output["results"][-1]["reason"]


def test_an_update_that_the_server_did_not_apply_has_failed(known, start, run, requests_mock):
    requests_mock.put(PROJECT, json={"status": "resolved"})
    requests_mock.get(PROJECT, json=[issue("1"), issue("2", status="resolved")])
    body = run(start("update_issues", CONNECTION, issue_ids=["1", "2"], status="resolved"))
    one, two = body["output"]["results"]
    assert (one["status"], two["status"]) == ("failed", "done")
    assert "did not apply `status`" in one["reason"]


def test_an_update_that_the_server_made_otherwise_says_so(known, start, run, requests_mock):
    requests_mock.put(PROJECT, json={"status": "resolved"})
    requests_mock.get(PROJECT, json=[issue("1", status="ignored")])
    body = run(start("update_issues", CONNECTION, issue_ids=["1"], status="resolved"))
    (one,) = body["output"]["results"]
    assert (one["status"], [*one["changes"]]) == ("failed", ["status"])
    assert "made something else than asked of `status`. What else changed: nothing" in one["reason"]


def test_an_issue_that_goes_before_it_is_updated_is_told(known, start, run, requests_mock):
    def put(request, context):
        del known["1"]
        context.status_code = 204

    requests_mock.put(PROJECT, json=put)
    body = run(start("update_issues", CONNECTION, issue_ids=["1"], status="resolved"))
    assert statuses(body) == ["not_found"]


def test_what_came_of_an_update_is_not_known_where_no_look_shows_it(
    known, start, run, requests_mock
):
    requests_mock.put(PROJECT, json={"status": "resolved"})
    requests_mock.get(PROJECT, status_code=500)
    body = run(start("update_issues", CONNECTION, issue_ids=["1"], status="resolved"))
    (result,) = body["partial"]["output"]["results"]
    assert (result["status"], result["reason"]) == (
        "unknown",
        "The server accepted the update; what came of it is not known.",
    )
    assert body["error"].count(IN_DOUBT) == 1
    assert DONE not in body["error"]


REFUSALS = pytest.mark.parametrize(
    ("status", "code"), [(400, "api_error"), (403, "forbidden"), (409, "api_error")]
)


@REFUSALS
@pytest.mark.parametrize("refused", ["1", "2", "3"])
def test_the_refusal_of_one_issue_keeps_no_other_from_being_deleted(
    status, code, refused, known, start, run, requests_mock
):
    for number in known:
        requests_mock.delete(f"{URL}organizations/acme/issues/{number}/", status_code=202)
    place = f"{URL}organizations/acme/issues/{refused}/"
    requests_mock.delete(place, status_code=status, json={"detail": "Not this one."})
    for _ in range(2):
        body = run(start("delete_issues", CONNECTION, issue_ids=["1", "2", "3"]))
        assert (body["exception"]["code"], body["exception"]["retryable"]) == (code, False)
        assert body["error"].startswith("1 of 3 issues failed. The first refusal: DELETE ")
        assert IN_DOUBT.strip() not in body["error"]
        assert "before that was carried out" not in body["error"]
        results = {each["id"]: each for each in body["partial"]["output"]["results"]}
        expected = {number: "failed" if number == refused else "done" for number in known}
        assert {number: each["status"] for number, each in results.items()} == expected
        assert "Not this one." in results[refused]["reason"]
        assert "reason" not in results["1" if refused != "1" else "2"]


@pytest.mark.parametrize(
    ("failure", "code", "doubt"),
    [
        ({"status_code": 401, "json": {"detail": "Invalid token"}}, "unauthorized", False),
        ({"status_code": 410, "json": {"message": "Gone."}}, "gone", False),
        ({"status_code": 429, "headers": {"Retry-After": "900"}}, "rate_limited", False),
        ({"status_code": 503}, "server_error", True),
        ({"exc": ConnectTimeout(ConnectTimeoutError())}, "no_answer", False),
        ({"exc": ReadTimeout(ReadTimeoutError(None, "", ""))}, "no_answer", True),
        ({"text": "<html>Log in"}, "api_error", True),
    ],
)
def test_a_failure_that_concerns_all_issues_ends_the_deletion(
    failure, code, doubt, known, start, run, requests_mock
):
    place = f"{URL}organizations/acme/issues"
    requests_mock.delete(f"{place}/1/", status_code=202)
    requests_mock.delete(re.compile(r".*/issues/2/"), **failure)
    body = run(start("delete_issues", CONNECTION, issue_ids=["1", "2", "3"]))
    assert body["exception"]["code"] == code
    results = body["partial"]["output"]["results"]
    second = "unknown" if doubt else "failed"
    assert [each["status"] for each in results] == ["done", second, "not_tried"]
    assert (IN_DOUBT.strip() in results[1]["reason"]) is doubt
    assert (IN_DOUBT.strip() in body["error"]) is doubt


@REFUSALS
@BOTH
def test_an_issue_that_is_not_shown_keeps_no_other_from_being_changed(
    action, more, status, code, known, start, run, requests_mock
):
    words = {"status_code": status, "json": {"detail": "Not this one."}}
    requests_mock.get(f"{URL}organizations/acme/issues/2/", **words)
    requests_mock.delete(ANY, status_code=202)

    def put(request, context):
        for number in request.qs["id"]:
            known[number]["status"] = "resolved"
        return {"status": "resolved"}

    requests_mock.put(PROJECT, json=put)
    body = run(start(action, CONNECTION, issue_ids=["1", "2", "3"], **more))
    assert body["exception"]["code"] == code
    results = {each["issue_id"]: each for each in body["partial"]["output"]["results"]}
    assert {name: each["status"] for name, each in results.items()} == {
        "1": "done",
        "2": "failed",
        "3": "done",
    }
    assert "Not this one." in results["2"]["reason"]


def test_a_failure_that_concerns_all_issues_ends_the_looking_up(known, start, run, requests_mock):
    requests_mock.get(f"{URL}organizations/acme/issues/2/", status_code=401, json={})
    body = run(start("delete_issues", CONNECTION, issue_ids=["1", "2", "3"]))
    assert body["exception"]["code"] == "unauthorized"
    assert requests_mock.call_count == 2


def test_an_issue_that_is_not_shown_is_not_merged(known, start, run, requests_mock):
    requests_mock.get(f"{URL}organizations/acme/issues/2/", status_code=403, json={})
    body = run(start("merge_issues", CONNECTION, issue_ids=["1", "2", "3"]))
    assert body["exception"]["code"] == "forbidden"
    assert {request.method for request in requests_mock.request_history} == {"GET"}


@pytest.mark.parametrize("more", [{"status": "resolved"}, {"archive": "forever"}])
def test_the_refusal_of_one_issue_keeps_no_other_from_being_updated(
    more, known, start, run, requests_mock
):
    archived = {"status": "ignored", "substatus": "archived_until_escalating"}
    known |= {number: issue(number, **archived) for number in known}

    def put(request, context):
        if "2" in request.qs["id"]:
            context.status_code = 400
            return {"detail": "Not this one."}
        for number in request.qs["id"]:
            known[number] = known[number] | request.json()
        return request.json()

    requests_mock.put(PROJECT, json=put)
    body = run(start("update_issues", CONNECTION, issue_ids=["1", "2", "3"], **more))
    assert body["exception"]["code"] == "api_error"
    assert body["error"].startswith("1 of 3 issues failed. The first refusal: PUT ")
    results = body["partial"]["output"]["results"]
    assert [each["status"] for each in results] == ["done", "failed", "done"]
    assert "Not this one." in results[1]["reason"]


def test_where_all_are_refused_one_by_one_the_rest_is_not_sent_so(start, run, requests_mock):
    names = [str(number) for number in range(1, CHUNK + 3)]
    for name in names:
        requests_mock.get(f"{URL}organizations/acme/issues/{name}/", json=issue(name))
    requests_mock.put(PROJECT, status_code=400, json={"detail": "Not these."})
    body = run(start("update_issues", CONNECTION, issue_ids=names, status="resolved"))
    assert body["partial"]["output"]["counts"] == {"failed": CHUNK + 2}
    sent = [len(each.qs["id"]) for each in requests_mock.request_history if each.method == "PUT"]
    assert sent == [CHUNK, *[1] * CHUNK, 2]


@pytest.mark.parametrize("status", [403, 404])
def test_a_project_that_refuses_its_issues_keeps_those_of_no_other_from_being_updated(
    status, known, start, run, requests_mock
):
    known |= {"1": issue("1", "locked"), "2": issue("2", "locked")}
    locked = f"{URL}projects/acme/locked/issues/"
    requests_mock.put(locked, status_code=status, json={"detail": "Not here."})

    def put(request, context):
        known["3"] = issue("3", status="resolved")
        return {"status": "resolved"}

    requests_mock.put(PROJECT, json=put)
    given = {"issue_ids": ["1", "2", "3"], "status": "resolved"}
    results = run(start("update_issues", CONNECTION, **given))["partial"]["output"]["results"]
    assert [each["status"] for each in results] == ["failed", "failed", "done"]
    sent = [each.path for each in requests_mock.request_history if each.method == "PUT"]
    assert [path.split("/")[-3] for path in sent] == ["locked", "sandbox"]


def test_issues_whose_update_is_in_doubt_are_told_as_such(known, start, run, requests_mock):
    known |= {"3": issue("3", "another")}
    timeout = ReadTimeout(ReadTimeoutError(None, "", ""))
    requests_mock.put(PROJECT, exc=timeout)
    another = f"{URL}projects/acme/another/issues/"
    requests_mock.put(another, exc=timeout)
    requests_mock.get(another, json=[])
    given = {"issue_ids": ["1", "2", "3"], "status": "resolved"}
    body = run(start("update_issues", CONNECTION, **given))
    assert IN_DOUBT.strip() in body["error"]
    results = body["partial"]["output"]["results"]
    assert [each["status"] for each in results] == ["not_tried", "not_tried", "unknown"]
    assert IN_DOUBT.strip() in results[2]["reason"]


@BOTH
def test_what_is_being_changed_when_the_time_is_over_is_in_doubt(
    action, more, known, start, run, requests_mock
):
    def end(request, context):
        raise SystemExit  # a thread that is given up tells nothing any more

    requests_mock.put(PROJECT, text=end)
    requests_mock.delete(ANY, text=end)
    given = {"issue_ids": [*known], **more}
    connection = Connection({"token": {"token": "x"}, "url": URL, **CONNECTION}, Ledger())
    connection.check()
    found = load("action", action)(action, connection)
    with pytest.raises(SystemExit):
        found.run(given)
    results = found.partial()["output"]["results"]
    begun = 3 if more else 1
    told = [each.get("reason") for each in results]
    assert told == [IN_DOUBT.strip()] * begun + [None] * (3 - begun)


@pytest.mark.parametrize("where", ["list", "issue"])
def test_an_update_that_cannot_be_looked_up_keeps_no_other_from_being_made(
    where, known, start, run, requests_mock
):
    known |= {"1": issue("1", "another")}
    refused = {"status_code": 400, "json": {"detail": "Not this one."}}
    another = f"{URL}projects/acme/another/issues/"
    requests_mock.put(another, json={"status": "resolved"})
    requests_mock.get(another, **(refused if where == "list" else {"json": []}))

    def put(request, context):
        for number in request.qs["id"]:
            known[number] = issue(number, status="resolved")
        return {"status": "resolved"}

    requests_mock.put(PROJECT, json=put)
    if where == "issue":
        look = {"json": known["1"]}
        requests_mock.get(f"{URL}organizations/acme/issues/1/", [look, refused])
    given = {"issue_ids": ["1", "2", "3"], "status": "resolved"}
    body = run(start("update_issues", CONNECTION, **given))
    assert "Not this one." in body["error"]
    assert "What came of 1 of 3 issues is not known." in body["error"]
    results = body["partial"]["output"]["results"]
    assert [each["status"] for each in results] == ["unknown", "done", "done"]
    assert "what came of it is not known" in results[0]["reason"]


def test_an_issue_that_goes_before_it_is_deleted_is_told(known, start, run, requests_mock):
    missing = {"status_code": 404, "json": {"detail": "The requested resource does not exist"}}
    requests_mock.delete(f"{URL}organizations/acme/issues/1/", **missing)
    body = run(start("delete_issues", CONNECTION, issue_ids=["1"]))
    assert statuses(body) == ["not_found"]


def test_what_an_old_server_does_not_have_is_refused_before_any_change(
    known, start, run, requests_mock
):
    body = run(start("update_issues", CONNECTION, issue_ids=["1"], priority="high"))
    assert body["exception"]["code"] == "unsupported"
    assert {request.method for request in requests_mock.request_history} == {"GET"}


def test_an_address_of_sentry_s_own_that_is_none_names_no_organization(start, run, requests_mock):
    issue = {"id": "1", "shortId": "P-1", "project": {"slug": "p"}, "permalink": "http://[x"}
    issue |= {"status": "unresolved", "statusDetails": {}}
    requests_mock.get(f"{URL}issues/1/", json=issue)
    body = run(start("update_issues", issue_ids=["1"], status="resolved"))
    assert body["exception"]["code"] == "bad_input"
    assert "The organization of an issue is not known." in body["error"]
