"""However a step ends: what is said of its changes, and whether it may be run again."""

from __future__ import annotations

import errno
import json
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentry_plugin import ledger
from sentry_plugin.actions import add_comment
from sentry_plugin.actions.get_issue import GetIssue
from sentry_plugin.deadline import Deadline
from sentry_plugin.errors import IN_DOUBT, Stopped
from sentry_plugin.ledger import DONE, Ledger
from sentry_plugin.runtime import runtime, watchdog
from sentry_plugin.runtime.stop import Stop
from sentry_plugin.steps import schema
from unit_test.conftest import URL

pytestmark = pytest.mark.versions

EVENT = "0123456789abcdef0123456789abcdef"
DSN = "https://key@ingest.example/1"
ISSUE = {"id": "1", "status": "unresolved", "statusDetails": {}}


class Case(NamedTuple):
    """A step that changes something."""

    step: tuple[str, dict[str, Any]]
    change: tuple[str, str, dict[str, Any]]
    """Its request that does, and the good answer."""
    again: bool
    """Whether its message comes to the same if it is run twice."""


CASES = {
    "comment": Case(
        step=("add_comment", {"issue_id": "1", "text": "x"}),
        change=("POST", f"{URL}issues/1/comments/", {"id": "7", "data": {"text": "x"}}),
        again=False,
    ),
    "update": Case(
        step=("update_issue", {"issue_id": "1", "status": "resolved"}),
        change=("PUT", f"{URL}issues/1/", {**ISSUE, "status": "resolved"}),
        again=True,
    ),
    "update to the next release": Case(
        step=("update_issue", {"issue_id": "1", "status": "resolvedInNextRelease"}),
        change=(
            "PUT",
            f"{URL}issues/1/",
            {**ISSUE, "status": "resolved", "statusDetails": {"inNextRelease": True}},
        ),
        again=False,
    ),
    "event with an id": Case(
        step=("submit_event", {"dsn": DSN, "event_json": {"event_id": EVENT, "message": "x"}}),
        change=("POST", "https://ingest.example/api/1/envelope/", {"id": EVENT}),
        again=True,
    ),
    "event without an id": Case(
        step=("submit_event", {"dsn": DSN, "event_json": {"message": "x"}}),
        change=("POST", "https://ingest.example/api/1/envelope/", {"id": EVENT}),
        again=False,
    ),
    "check-in without an id": Case(
        step=("check_in", {"dsn": DSN, "monitor_slug": "job", "status": "ok"}),
        change=("POST", "https://ingest.example/api/1/envelope/", {}),
        again=False,
    ),
    "release": Case(
        step=("create_release", {"organization_slug": "o", "version": "1", "projects": ["p"]}),
        change=("POST", f"{URL}organizations/o/releases/", {"version": "1"}),
        again=True,
    ),
    "deletion": Case(
        step=("call_api", {"method": "DELETE", "path": "teams/o/t/"}),
        change=("DELETE", f"{URL}teams/o/t/", {}),
        again=False,
    ),
}

each_case = pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())


@pytest.fixture
def ended(start, requests_mock):
    """Run the step of a case, whose change is answered by *reply*; give the body of its event."""

    def run(case, reply, stop=None):
        method, url, _ = case.change
        requests_mock.get(f"{URL}issues/1/", json=ISSUE)
        requests_mock.register_uri(method, url, json=reply)
        name, given = case.step
        message = json.dumps(start(name, **given)).encode()
        event = json.loads(runtime.answer(message, runtime.RunOptions(stop or Stop())).text)
        assert (event["type"], event["body"]["meta"]) == ("action_event", {"step": 7})
        return event["body"]

    return run


stopped = Deadline.stop


def told(body):
    """Give what the end of a step says: code, doubt, done, and whether it may be run again."""
    exception = body["exception"]
    cause = exception["cause"]
    assert cause.count(IN_DOUBT) + cause.count(DONE) <= 1
    return exception["code"], IN_DOUBT in cause, DONE in cause, exception["retryable"]


@each_case
def test_a_stop_when_a_change_was_answered_is_a_success(case, ended, monkeypatch):
    monkeypatch.setattr(watchdog, "GRACE", 600)  # the machine may be busy
    stop = Stop()

    def reply(*_):
        stop.now("SIGTERM")
        return case.change[2]

    assert ended(case, reply, stop)["status"] == "ok"


@each_case
def test_a_change_that_was_asked_for_counts_at_no_moment_as_not_made(case, ended, monkeypatch):
    entries = []

    class Recorded(ledger.Entry):
        def __setattr__(self, name, value):
            super().__setattr__(name, value)
            self.__dict__.setdefault("values", []).append(value)

        def __init__(self, **given):
            super().__init__(**given)
            entries.append(self.values)

    monkeypatch.setattr(ledger, "Entry", Recorded)
    assert ended(case, lambda *_: case.change[2])["status"] == "ok"
    assert entries
    for values in entries:
        assert values[-1] is True
        assert False not in values[values.index(None) :]


@each_case
def test_a_stop_while_a_change_is_not_answered_leaves_doubt(case, ended, monkeypatch):
    monkeypatch.setattr(watchdog, "GRACE", 0.01)
    stop, released, answered = Stop(), threading.Event(), threading.Event()

    def reply(*_):
        stop.now("SIGTERM")
        released.wait()
        answered.set()
        return case.change[2]

    body = ended(case, reply, stop)
    released.set()
    answered.wait()
    assert told(body) == ("stopped", True, False, case.again)
    advice = "Run the step again." if case.again else "only if it was not"
    assert advice in body["exception"]["assistance"]


@pytest.mark.parametrize("name", ["comment", "update"])
def test_a_stop_before_a_change_was_begun_leaves_no_doubt(name, ended, requests_mock):
    stop, case = Stop(), CASES[name]
    stop.now("SIGTERM")
    assert told(ended(case, {}, stop)) == ("stopped", False, False, True)
    assert requests_mock.request_history == []


def test_a_stop_between_a_look_and_the_change_leaves_no_doubt(start, requests_mock, monkeypatch):
    stop, heard = Stop(), threading.Event()
    monkeypatch.setattr(Deadline, "stop", lambda self: (stopped(self), heard.set()))

    def look(*_):
        stop.now("SIGTERM")
        heard.wait()
        return ISSUE

    requests_mock.get(f"{URL}issues/1/", json=look)
    message = json.dumps(start("update_issue", issue_id="1", status="resolved")).encode()
    body = json.loads(runtime.answer(message, runtime.RunOptions(stop)).text)["body"]
    assert told(body) == ("stopped", False, False, True)
    assert [each.method for each in requests_mock.request_history] == ["GET"]


def test_a_stop_before_the_connection_is_ready_leaves_no_doubt(start):
    stop = Stop()
    # Nobody answers the handshake.
    with socket.create_server(("127.0.0.1", 0)) as server, ThreadPoolExecutor(1) as pool:
        url = f"https://127.0.0.1:{server.getsockname()[1]}/"
        message = json.dumps(start("add_comment", {"url": url}, issue_id="1", text="x")).encode()
        answered = pool.submit(runtime.answer, message, runtime.RunOptions(stop))
        with server.accept()[0] as met:
            met.recv(1)
            stop.now("SIGTERM")
            event = answered.result()
    body = json.loads(event.text)["body"]
    assert told(body) == ("stopped", False, False, True)


EXHAUSTED = ("exhausted", True)
# What ends a step that nobody thought of, and what that is called.
UNFORESEEN = {
    "a bug": (KeyError("x"), "bug", False),
    "an exit": (SystemExit(1), "bug", False),
    "no memory": (MemoryError(), "exhausted", True),
    "no thread": (RuntimeError("can't start new thread"), "exhausted", True),
    "no library": (ImportError("x.so: failed to map segment from shared object"), *EXHAUSTED),
    "no file descriptor": (OSError(errno.EMFILE, "Too many open files"), "exhausted", True),
    "no disk space": (OSError(errno.ENOSPC, "No space left on device"), "exhausted", True),
}
each_unforeseen = pytest.mark.parametrize(
    ("error", "code", "retryable"), UNFORESEEN.values(), ids=UNFORESEEN.keys()
)


def failing(error):
    def fail(*_, **__):
        raise error

    return fail


@each_unforeseen
@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("comment", (add_comment, "normalised")),
        ("update", ("sentry_plugin.actions.update_issue", "normalised")),
        ("release", (schema, "fit")),
    ],
)
def test_whatever_fails_after_a_change_was_made_says_so(
    name, place, error, code, retryable, ended, monkeypatch
):
    case = CASES[name]
    owner, attribute = place
    path = f"{owner}.{attribute}" if isinstance(owner, str) else f"{owner.__name__}.{attribute}"
    monkeypatch.setattr(path, failing(error))
    body = ended(case, case.change[2])
    assert told(body) == (code, False, True, retryable and case.again)


@each_unforeseen
@each_case
def test_whatever_fails_while_a_change_is_under_way_leaves_doubt(
    case, error, code, retryable, ended
):
    assert told(ended(case, failing(error))) == (code, True, False, retryable and case.again)


@each_unforeseen
def test_whatever_fails_before_a_change_leaves_no_doubt(error, code, retryable, ended, monkeypatch):
    monkeypatch.setattr("sentry_plugin.client.issueids.routes", failing(error))
    assert told(ended(CASES["comment"], {})) == (code, False, False, retryable)


def test_an_output_that_does_not_fit_says_that_the_change_was_made(ended, monkeypatch):
    monkeypatch.setattr(add_comment, "normalised", lambda _: "none")
    monkeypatch.setattr(schema, "fit", lambda *_: "`comment` is no object")
    case = CASES["comment"]
    assert told(ended(case, case.change[2])) == ("bad_output", False, True, False)


@pytest.mark.parametrize("number", [errno.EMFILE, errno.ENFILE, errno.ENOMEM])
def test_what_is_exhausted_below_http_is_not_told_as_the_servers(number, start, run, requests_mock):
    requests_mock.get(f"{URL}issues/1/", exc=OSError(number, "none left"))
    body = run(start("get_issue", issue_id="1"))
    assert told(body) == ("exhausted", False, False, True)


def refuse_memory(monkeypatch, is_too_large):
    """Let the memory not suffice to write an event with such a body."""
    written = runtime.strictjson.dumps

    def dumps(value):
        if is_too_large(value.get("body", {})):
            raise MemoryError
        return written(value)

    monkeypatch.setattr(runtime.strictjson, "dumps", dumps)


def test_an_event_too_large_for_the_memory_is_still_answered(start, requests_mock, monkeypatch):
    requests_mock.get(f"{URL}issues/1/", json=ISSUE)
    refuse_memory(monkeypatch, lambda body: body.get("output"))
    message = json.dumps(start("get_issue", issue_id="1")).encode()
    body = json.loads(runtime.answer(message, runtime.RunOptions(Stop())).text)["body"]
    assert told(body) == ("exhausted", False, False, True)


def test_what_was_got_before_a_failure_is_left_out_where_the_memory_is_too_small_for_it(
    start, requests_mock, monkeypatch
):
    requests_mock.get(f"{URL}issues/1/", status_code=404, json={})
    monkeypatch.setattr(GetIssue, "partial", lambda _: {"output": {}})
    refuse_memory(monkeypatch, lambda body: "partial" in body)
    message = json.dumps(start("get_issue", issue_id="1")).encode()
    body = json.loads(runtime.answer(message, runtime.RunOptions(Stop())).text)["body"]
    assert told(body) == ("not_found", False, False, False)


entries = st.lists(st.tuples(st.booleans(), st.sampled_from([True, False, None])), max_size=5)


@given(entries, st.booleans())
def test_every_ending_says_of_all_changes_what_is_known(changes, makes_another):
    ledger = Ledger()
    ledger.makes_another = makes_another
    for repeatable, made in changes:
        ledger.begin(repeatable=repeatable).made = made
    error = ledger.annotate(ledger.annotate(Stopped("Stopped.")))
    begun = [(repeatable, made) for repeatable, made in changes if made is not False]
    unknown = any(made is None for _, made in begun)
    assert error.cause.count(IN_DOUBT) == unknown
    assert error.cause.count(DONE) == (bool(begun) and not unknown)
    once = bool(begun) and (makes_another or not all(repeatable for repeatable, _ in begun))
    assert error.retryable is not once
    assert (error.assistance == Stopped.assistance) is error.retryable
