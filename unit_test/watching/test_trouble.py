"""Either side in trouble: what is told all the same, in which order, and what ends a trigger."""

from __future__ import annotations

import os
import subprocess
from types import SimpleNamespace

import pytest
import trustme

from sentry_plugin.address import api_root
from sentry_plugin.deadline import Deadline
from sentry_plugin.transport.ratelimits import LONGEST
from sentry_plugin.triggers.new_issue import NewIssue
from sentry_plugin.watching import loop, triggerstate
from sentry_plugin.watching.dispatcher import Dispatcher
from sentry_plugin.watching.triggerstate import Owner, TriggerState
from unit_test import outside
from unit_test.transport.test_transport import serving

from .conftest import soon
from .test_new_issue import looked, submitted, three_more

pytestmark = pytest.mark.versions


def test_a_dispatcher_that_fails_gets_all_events_later_in_order(
    sandbox, trigger, watch, dispatcher, waits
):
    dispatcher.answers += [(500, {}), (503, {}), (429, {"Retry-After": "40"}), (302, {})]
    done, new = three_more(sandbox, dispatcher, watch, trigger("new_issue", kinds=["new"]))
    assert dispatcher.told() == [("new", each["id"]) for each in new]
    assert "The dispatcher answered with HTTP 500. " in done.err
    assert "events wait; trying again in" in done.err
    assert len(dispatcher.requests) == 7


FAR = "Fri, 31 Dec 9999 23:59:59 GMT"
YEARS = [
    (429, {"Retry-After": "9" * 11}),
    (503, {"Retry-After": FAR}),
    (429, {"X-Sentry-Rate-Limit-Remaining": "0", "X-Sentry-Rate-Limit-Reset": "253402300799"}),
    (429, {"X-Sentry-Rate-Limits": f"{'9' * 400}:error:organization"}),
    (429, {"RateLimit-Remaining": "0", "RateLimit-Reset": "9" * 9}),
    (429, {"Retry-After": "Fri, 31 Dec 9999 23:59:59 -2359"}),
]


def test_a_dispatcher_that_asks_for_years_gets_its_events_in_an_hour(
    sandbox, trigger, watch, dispatcher, waits
):
    dispatcher.answers += YEARS
    done, new = three_more(sandbox, dispatcher, watch, trigger("new_issue", kinds=["new"]))
    assert dispatcher.told() == [("new", each["id"]) for each in new]
    assert done.err.count(f"The server names a wait of more than {LONGEST:.0f} s") == len(YEARS)
    assert done.err.count(f"trying again in {LONGEST:.0f} s.") == len(YEARS)
    assert max(waits) <= LONGEST


def test_a_sentry_that_asks_for_years_is_asked_again_in_an_hour(trigger, watch, waits):
    answers = [*YEARS]

    def answer(handler):
        status, headers = answers.pop(0) if answers else (200, {})
        handler.answer(status, b"[]", **headers)

    with serving() as server:
        server.answers = SimpleNamespace(get=lambda *_: answer)
        message = trigger("new_issue", connection={"url": server.url})
        done = watch(message, lambda: soon(lambda: len(server.asked) > len(YEARS) + 1))
    assert (done.status, done.body["status"]) == (0, "ok")
    assert done.err.count(f"Looking again in {LONGEST:.0f} s.") == len(YEARS)
    assert max(waits) <= LONGEST


def test_an_interval_of_any_size_is_slept_in_parts(sandbox, trigger, watch, waits):
    message = trigger("new_issue", interval=20 * 86400)
    watch(message, lambda: soon(lambda: looked(sandbox, 2)))
    assert max(waits) == loop.LONGEST_SLEEP


def test_what_was_found_is_delivered_by_the_next_process(sandbox, trigger, watch, dispatcher):
    dispatcher.answers += [(500, {})] * 10_000
    message = trigger("new_issue", kinds=["new"], meta={"triggerId": "one"})
    new = []

    def story():
        soon(lambda: looked(sandbox, 2))
        new.append(submitted(sandbox))
        soon(lambda: len(dispatcher.requests) >= 2)

    watch(message, story)
    assert dispatcher.events == []
    dispatcher.answers.clear()
    new.append(submitted(sandbox))
    watch(message, lambda: soon(lambda: len(dispatcher.events) >= 2))
    assert dispatcher.told() == [("new", each["id"]) for each in new]


def test_a_sentry_that_fails_is_asked_again_and_nothing_is_missed(
    sandbox, trigger, watch, dispatcher
):
    new = []

    def story():
        soon(lambda: looked(sandbox, 2))
        sandbox.fault("server_error", path="/api/0/*", method="GET", status=500, times=4)
        new.append(sandbox.event(logentry={"formatted": "one"}))
        soon(lambda: dispatcher.events)

    done = watch(trigger("new_issue", kinds=["new"]), story)
    assert [kind for kind, _ in dispatcher.told()] == ["new"]
    assert "Looking again in" in done.err


@pytest.mark.parametrize(
    ("connection", "given", "code"),
    [
        ({"token": {"token": "not-a-real-token"}}, {}, "unauthorized"),
        ({}, {"projects": ["no-such-project"]}, "not_found"),
        ({}, {"kinds": ["odd"]}, "bad_input"),
        ({}, {"interval": 1}, "bad_input"),
        ({}, {"since": "yesterday"}, "bad_input"),
        ({}, {"look_back_days": 0}, "bad_input"),
        ({"organization": ""}, {}, "bad_input"),
    ],
)
def test_what_will_not_pass_ends_the_trigger_with_an_error(
    connection, given, code, trigger, answer, dispatcher
):
    status, event, _ = answer(trigger("new_issue", connection=connection, **given))
    assert (status, event["type"], event["body"]["exception"]["code"]) == (1, "trigger_event", code)
    assert event["body"]["meta"] == {"step": 7}
    assert dispatcher.requests == []


@pytest.mark.parametrize("given", [None, {}, {"url": None}, {"url": ""}, "x"])
def test_a_trigger_needs_a_dispatcher(given, trigger, answer):
    message = trigger("new_issue")
    message["body"]["dispatcher"] = given
    status, event, _ = answer(message)
    assert (status, event["body"]["exception"]["code"]) == (1, "bad_message")
    assert "`body.dispatcher.url`" in event["body"]["error"]


@pytest.mark.parametrize(
    ("url", "fault"),
    [
        ("ftp://example.com/", "it does not begin with http:// or https://"),
        ("http://", "its host or its port is not valid"),
        ("http://[", "its host or its port is not valid"),
        ("http://127.0.0.1:99999/", "its host or its port is not valid"),
        ("http://evil.example\\@orchestrator.example/", "it holds a backslash"),
        ("http://orchestrator.example@evil.example/", "it holds an @"),
    ],
)
def test_a_dispatcher_is_asked_by_http(url, fault, trigger, answer):
    message = trigger("new_issue")
    message["body"]["dispatcher"] = {"url": url}
    body = answer(message)[1]["body"]
    assert body["exception"]["code"] == "bad_input"
    assert f"The address for events is not one of a server: {fault}" in body["error"]


def test_the_dispatcher_gets_neither_the_token_nor_the_connections_headers(
    sandbox, trigger, watch, dispatcher
):
    def story():
        soon(lambda: looked(sandbox, 2))
        submitted(sandbox)
        soon(lambda: dispatcher.events)

    connection = {"headers": {"X-Proxy-Token": "not-a-real-header"}}
    watch(trigger("new_issue", kinds=["new"], connection=connection), story)
    headers = dispatcher.requests[0].headers
    assert headers["Content-Type"] == "application/json"
    assert not {"Authorization", "X-Proxy-Token"} & headers.keys()
    assert sandbox.known["token"] not in str(headers)


@pytest.mark.measured
def test_two_processes_do_not_share_a_state(sandbox, trigger, watch, dispatcher):
    message = trigger("new_issue", meta={"triggerId": "one"})
    bodies = []

    def story():
        soon(lambda: looked(sandbox, 2))
        bodies.append(outside.answer(message, command=outside.PLUGIN))

    watch(message, story)
    assert bodies[0]["exception"]["code"] == "bad_input"
    assert "Another process watches with the state" in bodies[0]["error"]


def test_a_state_that_is_no_state_is_refused(trigger, answer, state):
    (state / "triggers").mkdir(parents=True)
    (state / "triggers/one.sqlite3").write_bytes(b"not a database, " * 100)
    _, event, _ = answer(trigger("new_issue", meta={"triggerId": "one"}))
    assert event["body"]["exception"]["code"] == "bad_state"
    assert "moved away" in event["body"]["error"]


def test_a_state_that_cannot_be_made_is_refused(trigger, answer, state):
    state.write_text("a file where a folder should be")
    assert answer(trigger("new_issue"))[1]["body"]["exception"]["code"] == "bad_state"


@pytest.mark.parametrize(
    ("trigger_id", "file"), [("a-1", "a-1.sqlite3"), ("../up", None), (5, None), ("", None)]
)
def test_a_state_is_named_by_the_trigger_and_stays_in_its_folder(
    trigger_id, file, sandbox, trigger, watch, state
):
    message = trigger("new_issue", meta={"triggerId": trigger_id})
    watch(message, lambda: soon(lambda: looked(sandbox, 1)))
    found = [each.name for each in (state / "triggers").glob("*.sqlite3")]
    assert len(found) == 1
    assert found == [file] if file else len(found[0]) == 72


def test_a_state_is_for_the_plugin_s_user_alone(sandbox, trigger, watch, state):
    watch(trigger("new_issue"), lambda: soon(lambda: looked(sandbox, 1)))
    (file,) = (state / "triggers").glob("*.sqlite3")
    assert [each.stat().st_mode & 0o777 for each in (file, file.parent)] == [0o600, 0o700]


@pytest.mark.parametrize("mute", [False, True])
def test_a_stop_ends_a_wait_at_once(mute, sandbox, trigger, dispatcher):
    if mute:
        sandbox.fault("latency", seconds=outside.PATIENCE)
    process = subprocess.Popen(
        [*outside.PLUGIN, "run"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=os.environ,
        text=True,
    )
    with process:
        process.stdin.write(outside.json.dumps(trigger("new_issue")))
        process.stdin.close()
        soon(lambda: looked(sandbox, 1))
        process.terminate()
        out = process.stdout.read()
    assert process.returncode == 0
    assert outside.json.loads(out)["body"]["status"] == "ok"


def test_a_test_gives_an_example_and_keeps_nothing(sandbox, trigger, answer, dispatcher, state):
    issue = submitted(sandbox)
    _, event, _ = answer(trigger("new_issue"), "test")
    assert event["type"] == "trigger_event"
    assert event["body"]["output"]["issue"]["id"] == issue["id"]
    assert dispatcher.requests == []
    assert not state.exists()


@pytest.mark.parametrize("given", [{"query": "nothing-has-these-words"}, {"kinds": 5}])
def test_a_test_without_an_example_says_that_it_went_well(given, trigger, answer):
    _, event, _ = answer(trigger("new_issue", **given), "test")
    assert event["body"]["output"] == {"success": True}


def test_a_page_of_maintenance_ends_a_trigger_only_where_nothing_worked_before(
    sandbox, trigger, watch, answer, dispatcher
):
    message = trigger("new_issue", kinds=["new"])

    def story():
        soon(lambda: looked(sandbox, 2))
        sandbox.fault("html", path="/api/0/*", method="GET", times=3)
        sandbox.event(logentry={"formatted": "one"})
        soon(lambda: dispatcher.events)
        sandbox.fault("html", path="/api/0/*", method="GET")

    assert watch(message, story).status == 0
    status, event, _ = answer(message)
    assert (status, event["body"]["exception"]["code"]) == (1, "api_error")


def test_nothing_more_is_asked_while_too_much_waits_and_nothing_of_it_is_lost(
    sandbox, trigger, watch, dispatcher, monkeypatch
):
    monkeypatch.setattr(loop, "MOST_WAITING", 5)
    dispatcher.answers += [(500, {})] * 40
    sent = {sandbox.event(logentry={"formatted": str(number)}) for number in range(20)}
    message = trigger("new_event", projects=["sandbox"], since="2026-01-01T00:00:00Z")

    def story():
        soon(lambda: sent <= {each["occurrence"] for each in dispatcher.outputs()})

    done = watch(message, story)
    names = [each["occurrence"] for each in dispatcher.outputs()]
    assert len(names) == len(set(names))
    assert "5 events wait: Sentry is asked nothing more." in done.err


def test_a_dispatcher_may_have_an_authority_of_its_own(trigger, answer, monkeypatch, tmp_path):
    file = tmp_path / "authorities.pem"
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    for content in (None, "not a certificate"):
        if content:
            file.write_text(content)
        _, event, _ = answer(trigger("new_issue"))
        assert "SSL_CERT_FILE" in event["body"]["error"]


def test_a_dispatcher_is_trusted_by_the_file_of_authorities(monkeypatch, tmp_path):
    file = tmp_path / "authorities.pem"
    trustme.CA().cert_pem.write_to_path(file)
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    with Dispatcher("https://dispatcher.example/", Deadline(1)) as made:
        assert made
    monkeypatch.delenv("SSL_CERT_FILE")
    with Dispatcher("https://dispatcher.example/", Deadline(1)) as made:
        assert made


def test_a_bug_ends_the_trigger_and_keeps_nothing_of_the_look(
    sandbox, trigger, answer, monkeypatch, state
):
    monkeypatch.setattr(NewIssue, "fit_output", lambda *_: 1 / 0)
    message = trigger("new_issue", since="2026-01-01T00:00:00Z", meta={"triggerId": "one"})
    submitted(sandbox)
    assert answer(message)[1]["body"]["exception"]["code"] == "bug"
    owner = Owner("new_issue", api_root(sandbox.base), ["acme"])
    with TriggerState(state / "triggers/one.sqlite3", owner) as kept:
        assert (kept.waiting, kept.first_event()) == (0, None)


def test_a_disk_that_fails_ends_the_trigger(sandbox, trigger, answer, monkeypatch):
    monkeypatch.setattr(triggerstate, "TABLES", "CREATE TABLE value (x)")
    assert answer(trigger("new_issue"))[1]["body"]["exception"]["code"] == "bad_state"
