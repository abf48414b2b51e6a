"""Many changes on a server that is slow or breaks off: what is told of each issue is so."""

from __future__ import annotations

import re
from typing import NamedTuple

import pytest
from requests.exceptions import ConnectTimeout, ReadTimeout
from urllib3.exceptions import ConnectTimeoutError

from sentry_plugin import deadline
from sentry_plugin.errors import IN_DOUBT
from sentry_plugin.issues import bulk, selection
from sentry_plugin.ledger import DONE
from unit_test.conftest import URL
from unit_test.issues.test_bulk import issue

NUMBERS = [str(number) for number in range(1, 8)]
BOTH = pytest.mark.parametrize(
    ("action", "more"), [("update_issues", {"status": "resolved"}), ("delete_issues", {})]
)
LEFT = {"unknown", "not_tried"}
# The number of the second change: after looks at all, the first one and, after an update, at three.
NEXT = {"update_issues": len(NUMBERS) + 5, "delete_issues": len(NUMBERS) + 1}
FINDS = pytest.mark.parametrize("finds", [True, False])


class Fault(NamedTuple):
    """What a server does with a request."""

    is_made: bool = True
    status: int = 200
    is_lost: bool = False
    seconds: int = 0
    is_sent: bool = True


SOUND = Fault()
FAULTS = {
    "refused": Fault(is_made=False, status=400),
    "unauthorized": Fault(is_made=False, status=401),
    "limited": Fault(is_made=False, status=429),
    "trouble": Fault(is_made=False, status=503),
    "trouble, made": Fault(status=503),
    "unsent": Fault(is_made=False, is_sent=False),
    "lost": Fault(is_made=False, is_lost=True),
    "lost, made": Fault(is_lost=True),
    "made late": Fault(is_lost=True, seconds=33),
}


class World:
    """A server of the tests' clock; it finds issues by a search only if it is new."""

    def __init__(self, waits, *, finds):
        self.looks = {number: issue(number) for number in NUMBERS}
        self.asked, self.faults, self.seconds = [], {}, 0.5
        self._waits, self._finds, self._due = waits, finds, []

    def answer(self, request, context):
        fault = self.faults.get(len(self.asked), SOUND)
        self.asked.append((request.method, request.path))
        if not fault.is_sent:
            raise ConnectTimeout(ConnectTimeoutError())
        needs, patience = self.seconds + fault.seconds, request.timeout[1]
        if fault.is_made and request.method != "GET":
            self._due.append((deadline.time.monotonic() + needs, request))
        context.status_code, words = self._shown(request, fault.status)
        self.let_pass(min(needs, patience))
        if fault.is_lost or needs > patience:
            raise ReadTimeout(TimeoutError())
        return words

    def let_pass(self, seconds):
        """Make the changes that are due."""
        self._waits.append(seconds)
        now = deadline.time.monotonic()
        for due, request in [*self._due]:
            if due <= now:
                self._due.remove((due, request))
                self._make(request)

    def _make(self, request):
        for number in named(request):
            if request.method == "DELETE":
                self.looks.pop(number, None)
            else:
                self.looks[number] = self.looks[number] | request.json()

    def _shown(self, request, status):
        found = [self.looks[number] for number in named(request) if number in self.looks]
        if status != 200:
            return status, {"detail": "No."}
        if request.path.endswith("/sandbox/issues/"):
            shown = [look for look in self.looks.values() if is_searched(look, request)]
            return 200, {"status": "ok"} if found else shown if self._finds else []
        return (200, found[0]) if found else (404, {"detail": "There is none."})


def named(request):
    """Give the numbers of the issues that a request names."""
    one = re.search(r"/issues/(\d+)/", request.path)
    return [one[1]] if one else request.qs.get("id", [])


def is_searched(look, request):
    return re.search(rf"\b{look['shortId']}\b", request.qs["query"][0], re.IGNORECASE)


@pytest.fixture
def world(waits, requests_mock, monkeypatch):
    """Make a server; at most three issues are changed, or looked up to go on, at once."""
    monkeypatch.setattr(bulk, "CHUNK", 3)
    monkeypatch.setattr(selection, "AT_ONCE", 3)

    def make(*, finds=True):
        made = World(waits, finds=finds)
        requests_mock.register_uri("GET", re.compile(f"^{URL}"), json=made.answer)
        requests_mock.register_uri("PUT", re.compile(f"^{URL}"), json=made.answer)
        requests_mock.register_uri("DELETE", re.compile(f"^{URL}"), json=made.answer)
        return made

    return make


@pytest.fixture
def change(start, run):
    """Change the issues, or go on with them; the time suffices for about eighty requests."""

    def send(action, **given):
        connection = {"organization": "acme", "timeout": 60}
        return run(start(action, connection, **{"issue_ids": NUMBERS, **given}))

    return send


def told(body):
    """Give what is told of each issue."""
    output = body["output"] if body["status"] == "ok" else body["partial"]["output"]
    return {each["issue_id"]: each["status"] for each in output["results"]}


def changed(server):
    """Give the issues that are not as they were."""
    return {number for number in NUMBERS if server.looks.get(number) != issue(number)}


def check(body, server):
    """Compare what is told with what is so, whatever the server still does."""
    for number, status in told(body).items():
        assert (number in changed(server)) is {
            "done": True,
            "unchanged": True,
            "not_found": True,
            "failed": False,
            "not_tried": False,
            "unknown": number in changed(server),
        }[status]
    error = body.get("error", "")
    says_so = IN_DOUBT in error or " issues is not known." in error
    assert says_so is ("unknown" in told(body).values())
    assert error.count(IN_DOUBT) + error.count(DONE) <= 1


@pytest.mark.slow
@BOTH
@FINDS
@pytest.mark.parametrize("lasts", [1, 99])
@pytest.mark.parametrize("fault", FAULTS)
def test_wherever_a_server_fails_no_issue_is_told_to_be_what_it_is_not(
    action, more, finds, fault, lasts, world, change
):
    sound = world(finds=finds)
    assert set(told(change(action, **more)).values()) == {"done"}
    assert changed(sound) == set(NUMBERS)
    for place in range(len(NUMBERS), len(sound.asked)):
        server = world(finds=finds)
        server.faults = dict.fromkeys(range(place, place + lasts), FAULTS[fault])
        body = change(action, **more)
        check(body, server)
        server.let_pass(100)
        check(body, server)


@BOTH
@FINDS
@pytest.mark.parametrize("seconds", [4.5, 5, 5.5])
def test_what_the_time_does_not_suffice_for_is_done_by_the_next_runs(
    action, more, finds, seconds, world, change
):
    server = world(finds=finds)
    server.seconds = seconds
    body, runs = change(action, **more), 1
    while body["status"] == "error":
        check(body, server)
        assert body["exception"]["code"] == "timed_out"
        cursor = body["partial"]["next_cursor"]
        left = {number for number, status in told(body).items() if status in LEFT}
        body, runs = change(action, cursor=cursor, **more), runs + 1
        assert told(body).keys() == left
    assert changed(server) == set(NUMBERS)
    assert runs > 1


@BOTH
def test_a_run_that_goes_on_gets_on_where_the_time_is_too_short_to_look_at_all(
    action, more, world, change
):
    server = world(finds=False)
    server.faults = {NEXT[action]: FAULTS["unauthorized"]}
    body = change(action, **more)
    server.seconds, runs = 7, 0
    while cursor := body.get("partial", {}).get("next_cursor"):
        before = changed(server)
        body, runs = change(action, cursor=cursor, **more), runs + 1
        check(body, server)
        assert before < changed(server)
    assert changed(server) == set(NUMBERS)
    assert runs > 1


@BOTH
def test_a_run_that_cannot_go_on_yet_tells_where_to(action, more, world, change):
    server = world(finds=False)
    server.faults = {NEXT[action]: FAULTS["unauthorized"]}
    cursor = change(action, **more)["partial"]["next_cursor"]
    server.faults = dict.fromkeys(range(99), FAULTS["unauthorized"])
    body = change(action, cursor=cursor, **more)
    assert body["partial"]["next_cursor"] == cursor
    assert set(told(body).values()) == {"not_tried"}


@BOTH
def test_issues_that_became_one_between_two_runs_are_gone_on_with_as_one(
    action, more, world, change
):
    server = world(finds=False)
    server.faults = {NEXT[action]: FAULTS["unauthorized"]}
    cursor = change(action, **more)["partial"]["next_cursor"]
    server.looks["6"] = server.looks["5"]
    body = change(action, cursor=cursor, **more)
    assert body["status"] == "ok"
    assert "6" not in told(body)
    assert told(body)["5"] == "done"


@BOTH
@pytest.mark.parametrize("place", ["only", "last"])
def test_where_nothing_is_left_although_an_answer_was_lost_it_is_no_error(
    action, more, place, world, change
):
    server = world(finds=False)
    names = ["1"] if place == "only" else NUMBERS
    change(action, issue_ids=names, **more)
    (*_, last) = [nth for nth, (method, _) in enumerate(server.asked) if method != "GET"]
    server = world(finds=False)
    server.faults = dict.fromkeys(range(last, last + 6), FAULTS["trouble, made"])
    body = change(action, issue_ids=names, **more)
    assert (body["status"], set(told(body).values())) == ("ok", {"done"})
    assert "Nothing is left to do." in body["log"]


@pytest.mark.parametrize("place", [4, 6])
@pytest.mark.parametrize("fault", ["refused", "unauthorized", "lost", "unsent"])
def test_an_issue_that_was_reopened_before_a_failure_is_not_told_to_be_as_it_was(
    place, fault, world, change
):
    server = world()
    archived = {"status": "ignored", "substatus": "archived_until_escalating"}
    server.looks = {number: look | archived for number, look in server.looks.items()}
    server.faults = {4: FAULTS["refused"], **dict.fromkeys(range(place, 99), FAULTS[fault])}
    body = change("update_issues", issue_ids=NUMBERS[:3], archive="forever")
    results = body["partial"]["output"]["results"]
    for each in results:
        is_reopened = server.looks[each["id"]]["status"] == "unresolved"
        assert is_reopened is not (each["status"] == "not_tried"), each
        assert not is_reopened or "reopened before that" in each["reason"]


@BOTH
@pytest.mark.parametrize(
    "wrong",
    [
        {"cursor": "0:100:0"},
        {"issue_ids": ["1", "2"]},
        {"dry_run": True},
        {"cursor": "{}0"},
    ],
)
def test_a_cursor_counts_for_the_same_input_only(action, more, wrong, world, change):
    server = world()
    server.faults = {10: FAULTS["unauthorized"]}
    cursor = change(action, **more)["partial"]["next_cursor"]
    given = {"cursor": cursor, **more, **wrong}
    given["cursor"] = given["cursor"].format(cursor)
    del server.asked[:]
    body = change(action, **given)
    assert body["exception"]["code"] == "bad_input"
    assert "`cursor` does not belong to" in body["error"]
    assert server.asked == []


@BOTH
def test_a_search_is_gone_on_with_by_what_it_found(action, more, world, change):
    server = world()
    found = {"query": "sandbox-1 sandbox-2 sandbox-3 sandbox-4", "limit": 4}
    place = {"issue_ids": [], "project_slug": "sandbox", "organization_slug": "acme"}
    server.faults = dict.fromkeys(range(3, 99), FAULTS["unauthorized"])
    body = change(action, **more, **found, **place)
    left = {number for number, status in told(body).items() if status != "done"}
    assert 0 < len(left) < 4
    server.faults = {}
    again = change(action, **more, **found, **place, cursor=body["partial"]["next_cursor"])
    assert set(told(again).values()) == {"done"}
    assert told(again).keys() == left
    assert changed(server) == {"1", "2", "3", "4"}


@pytest.mark.parametrize("dry_run", [True, False])
def test_an_issue_that_many_servers_do_not_delete_is_told_before(dry_run, world, change):
    server = world()
    for number, category in (("2", "performance"), ("3", "feedback")):
        server.looks[number]["issueCategory"] = category
    body = change("delete_issues", dry_run=dry_run)
    log = body["log"]
    for number, category in (("2", "performance"), ("3", "feedback")):
        words = f"It is no error but of the category {category}, and many servers delete errors"
        assert f"The issue {number} may be refused. {words}" in log
        assert dry_run or log.index(words) < log.index("DELETE")
    reasons = {each["id"]: each.get("reason", "") for each in body["output"]["results"]}
    assert {number for number, reason in reasons.items() if "no error" in reason} == (
        {"2", "3"} if dry_run else set()
    )
