"""Inputs on which promises did not hold: from public reports, attacks and real servers."""

from __future__ import annotations

import gzip
import itertools
import json
import os
import re
import signal
import subprocess
from concurrent.futures import ThreadPoolExecutor

import pytest

from sentry_plugin.errors import IN_DOUBT
from sentry_plugin.ledger import DONE
from unit_test import outside
from unit_test.cases import TOKEN, Cases, rule
from unit_test.outside import PLUGIN, eventually


@pytest.fixture
def cases(shared, nursery):
    made = Cases(shared / "cases", nursery)
    yield made
    made.close()


PATIENT = 600
"""Seconds for a message whose answer is not about time: the machine may be busy."""


def failure(done):
    """Give the exception of an event that tells of an error."""
    body = done.body
    assert (done.status, body["status"]) == (1, "error")
    return body["exception"]


def says_of_its_change(cause):
    return (IN_DOUBT in cause) + (DONE in cause) == 1


def test_a_token_is_not_led_to_another_host(cases):
    cases.serve("redirect_backslash")
    exception = failure(cases.run("process/get_issue"))
    assert exception["code"] != "bug"
    assert cases.foreign.asked == []


@pytest.mark.parametrize("limit", [None, 450_000])
def test_small_bytes_do_not_become_large_objects(limit, cases):
    cases.server.rules = [rule("*", "*", 200, {"id": "1", "status": "unresolved"})]
    small, _ = cases.measured("process/get_issue", limit, timeout=PATIENT)
    cases.serve("objects_24_mb")
    large, peak = cases.measured("process/get_issue", limit, timeout=PATIENT)
    assert failure(large)["code"] == "api_error"
    assert small.body["status"] == "ok"
    assert peak < 350 * 1024


@pytest.mark.parametrize("limit", [None, 450_000])
def test_a_change_with_an_answer_that_cannot_be_held_is_told_of(limit, cases):
    cases.serve("change_answered_with_45_mb")
    done, _ = cases.measured("process/add_comment", limit, timeout=PATIENT)
    exception = failure(done)
    assert (exception["code"] != "bug", exception["retryable"]) == (True, False)
    assert says_of_its_change(exception["cause"])
    assert (done.event["type"], done.body["meta"]) == ("action_event", {"run": 42})


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_stop_when_a_change_is_answered_is_a_success_or_says_what_is_known(number, cases):
    cases.serve("change_answered_with_rows")
    with subprocess.Popen(
        [*PLUGIN, "run"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        process.stdin.write(cases.text("process/add_comment.json").encode())
        process.stdin.close()
        eventually(lambda: any(method == "POST" for method, *_ in cases.server.asked))
        process.send_signal(number)
        event = json.loads(process.stdout.read())
    body = event["body"]
    assert (event["type"], body["meta"]) == ("action_event", {"run": 42})
    told = body.get("exception", {})
    assert body["status"] == "ok" or (says_of_its_change(told["cause"]), told["retryable"]) == (
        True,
        False,
    )


def test_a_message_that_is_no_json_keeps_who_it_is_for(cases):
    done = cases.run("process/nan")
    assert failure(done)["code"] == "bad_message"
    assert (done.event["type"], done.body["meta"]) == ("action_event", {"jobId": "j"})


def test_an_input_of_the_wrong_shape_is_told_in_a_sentence(cases):
    exception = failure(cases.run("process/input_list"))
    assert exception["code"] == "bad_input"
    assert "input is" in exception["cause"]
    assert cases.server.asked == []


@pytest.mark.parametrize("name", ["retry_after_huge", "retry_after_date_9999"])
def test_a_trigger_outlives_a_wait_without_end(name, cases, tmp_path):
    cases.serve(name)
    environment = {**os.environ, "SENTRY_PLUGIN_STATE": str(tmp_path)}
    with subprocess.Popen(
        [*PLUGIN, "run"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment,
    ) as process:
        process.stdin.write(cases.text("process/new_issue.json").encode())
        process.stdin.close()
        while not (told := re.search(rb"again in (\d+) s", line := process.stderr.readline())):
            assert line
        process.terminate()
        process.stderr.read()
        body = json.loads(process.stdout.read())["body"]
    assert (process.returncode, body["status"]) == (0, "ok")
    assert int(told[1]) <= 24 * 3600


def test_events_of_a_trigger_that_is_debugged_are_printed_and_not_posted(cases, tmp_path):
    issue = {"id": "1", "shortId": "WEB-1", "firstSeen": "2099-01-01T00:00:00Z"}
    listed = {**issue, "lastSeen": "2099-01-01T00:00:00Z", "project": {"slug": "web"}}
    cases.server.rules = [
        rule("GET", "*/organizations/acme/issues/", 200, [listed]),
        rule("*", "*", 200, listed),
    ]
    environment = {**os.environ, "SENTRY_PLUGIN_STATE": str(tmp_path)}
    with subprocess.Popen(
        [*PLUGIN, "--debug", "run"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment,
    ) as process:
        process.stdin.write(cases.text("process/new_issue.json").encode())
        process.stdin.close()
        with ThreadPoolExecutor(1) as pool:
            first = pool.submit(process.stdout.readline)
            eventually(lambda: first.done() or cases.foreign.asked)
            process.terminate()
        process.stdout.read()
    assert b"WEB-1" in first.result()
    assert cases.foreign.asked == []


SPELLINGS = ["output", "refusal"]


@pytest.mark.parametrize("where", SPELLINGS)
def test_a_secret_is_hidden_however_it_is_spelt(where, cases, answer):
    lines = cases.text("process/mask_spellings.jsonl").splitlines()
    shown = []
    for case in map(json.loads, lines):
        said = f"the token {case['spelling']} is known"
        content = {"id": "1", "title": said} if where == "output" else {"detail": said}
        status = 200 if where == "output" else 400
        cases.server.rules = [rule("*", "*", status, content)]
        message = cases.message("process/get_issue", token={"token": case["token"]})
        _, event, err = answer(message)
        texts = [json.dumps(event), json.dumps(event, ensure_ascii=False), str(event), err]
        shown += [case["name"] for text in texts if case["spelling"] in text]
    assert shown == []


@pytest.mark.parametrize("status", [504, 522, 524])
@pytest.mark.parametrize("name", ["update_issue", "add_comment", "create_deploy"])
def test_a_gateway_that_gave_up_leaves_doubt(name, status, cases):
    cases.serve(f"http_{status}")
    exception = failure(cases.run(f"gateways/{name}", timeout=PATIENT))
    assert (exception["code"], IN_DOUBT in exception["cause"]) == ("server_error", True)
    assert exception["retryable"] is (name == "update_issue")
    changes = [method for method, *_ in cases.server.asked if method != "GET"]
    assert len(changes) == 1 or name == "update_issue"


@pytest.mark.parametrize("status", [504, 522, 524])
def test_a_list_is_asked_for_again_where_a_gateway_gave_up(status, cases):
    cases.serve(f"http_{status}_all")
    assert failure(cases.run("gateways/list_project_issues", timeout=PATIENT))["retryable"] is True
    assert len(cases.server.asked) > 1


@pytest.mark.parametrize(
    "name",
    [
        "check_ins/environment_space",
        "ingest/deploy_environment_space",
        "ingest/feedback_environment_space",
    ],
)
def test_an_environment_with_a_space_is_sent_as_it_is(name, cases):
    cases.server.rules = [rule("*", "*", 200, {"id": "0" * 32})]
    body = cases.run(name, timeout=PATIENT).body
    environment = json.loads(cases.text(f"{name}.json"))["body"]["input"]["environment"]
    assert (body["status"], "environment" in body["log"]) == ("ok", False)
    (asked,) = cases.server.asked
    assert re.search(f'"environment": ?"{environment}"', asked[-1].decode())


def test_a_dsn_that_sdks_take_is_taken(cases):
    cases.server.rules = [rule("*", "*", 200, {"id": "0" * 32})]
    assert cases.run("ingest/dsn_with_query", timeout=PATIENT).body["status"] == "ok"
    assert [path for _, path, *_ in cases.server.asked] == ["/api/1/envelope/"]


@pytest.mark.parametrize("name", ["six_fields", "reboot", "timezone_offset"])
def test_a_check_in_that_sentry_would_lose_is_refused(name, cases):
    exception = failure(cases.run(f"check_ins/{name}", timeout=PATIENT))
    assert (exception["code"], cases.server.asked) == ("bad_input", [])


@pytest.mark.parametrize("name", ["check_in", "submit_feedback"])
def test_a_gateways_page_is_not_taken_for_sentrys_word(name, cases):
    cases.serve("challenge_403")
    assert failure(cases.run(f"gateways/{name}", timeout=PATIENT))["code"] in {
        "forbidden",
        "api_error",
    }


@pytest.mark.parametrize("number", [0, 1])
def test_a_proxy_is_named_as_what_failed(number, cases, monkeypatch):
    case = json.loads(cases.text("gateways/proxies.jsonl").splitlines()[number])
    monkeypatch.setenv("http_proxy", case["http_proxy"])
    monkeypatch.setenv("no_proxy", "")
    done = cases.run("gateways/list_project_issues", url=cases.words["@FAR@"])
    exception = failure(done)
    assert f"No answer from the proxy {case['http_proxy']}" in exception["cause"]
    is_refused = case["name"] == "refused"
    assert exception["retryable"] is is_refused
    assert ("Trying GET again" in done.err) is is_refused
    assert ("sentry-plugin[socks]" in exception["assistance"]) is not is_refused


def test_a_large_event_is_as_large_on_the_wire_as_its_text(cases):
    cases.server.rules = [rule("*", "*", 200, {"id": "0" * 32})]
    done = cases.run("ingest/large_event_cjk", timeout=PATIENT)
    ((_, _, _, sent),) = cases.server.asked
    assert done.body["status"] == "ok"
    assert len(gzip.decompress(sent)) < 800_000


@pytest.mark.parametrize("kind", ["kept_and_refused", "lost_unsaid", "false_alarms"])
def test_an_event_is_taken_as_sentry_takes_it_and_what_it_loses_is_said(
    kind, cases, start, run, requests_mock
):
    requests_mock.post("https://ingest.example/api/42/envelope/", json={"id": "0" * 32})
    for case in map(json.loads, cases.text(f"events/{kind}.jsonl").splitlines()):
        given = {"dsn": "https://public-key@ingest.example/42", "event_json": case["event_json"]}
        body = run(start("submit_event", **given))
        assert body["status"] == "ok", case
        lost = re.search(r"drops (\S+)$", case["sentry"])
        name = lost[1] if lost and kind == "lost_unsaid" else "will not keep"
        assert (name in body["log"]) is (kind == "lost_unsaid"), case


def test_one_refusal_does_not_stop_the_deletion_of_others(cases):
    cases.serve("delete_second_refused")
    done = cases.run("bulk/delete_three", timeout=PATIENT)
    failure(done)
    results = done.body["partial"]["output"]["results"]
    assert [each["status"] for each in results] == ["done", "failed", "done"]


def test_many_changes_without_an_answer_are_in_doubt(cases):
    cases.serve("bulk_put_hangs")
    timeouts = itertools.count(4, 4)

    def cause():
        error = failure(cases.run("bulk/update_three", timeout=next(timeouts)))
        # On a busy machine the time may end before a change is sent.
        return error["cause"] if "PUT" in [method for method, *_ in cases.server.asked] else None

    assert IN_DOUBT in eventually(cause)


@pytest.mark.parametrize(
    ("name", "answers"),
    [
        ("feedback_permalink", "feedback_issue"),
        ("feedback_in_bulk_without_organization", "feedback_issue"),
        ("issue_id_number", "issue_1001"),
    ],
)
def test_an_issue_is_known_by_all_that_sentry_calls_it(name, answers, cases):
    cases.serve(answers)
    body = cases.run(f"addresses_and_tokens/{name}", timeout=PATIENT).body
    assert body["status"] == "ok", body["error"]


@pytest.mark.parametrize("name", ["collect_all_organizations", "check_all_organizations"])
def test_no_organization_that_is_listed_is_not_told_as_none_that_there_is(name, cases):
    cases.serve("empty_list", "inventory")
    exception = failure(cases.run(f"inventory/{name}", timeout=PATIENT))
    assert exception["code"] == "not_found"
    assert "lists no organization for this token" in exception["cause"]
    assert "connection's `organization`" in exception["assistance"]


@pytest.mark.parametrize(
    ("action", "given", "number"),
    [
        ("list_project_issues", {"organization_slug": "acme", "project_slug": 4500000}, "4500000"),
        ("list_issues", {"projects": [4500000]}, "4500000"),
        ("list_releases", {"projects": [4500000]}, "4500000"),
        ("update_issues", {"issue_ids": [1001], "status": "resolved"}, "1001"),
        ("update_issue", {"issue_id": 1001, "status": "resolved"}, "1001"),
    ],
)
def test_an_id_that_is_a_number_reaches_sentry(action, given, number, cases):
    cases.serve("issue_1001")
    message = json.loads(cases.text("addresses_and_tokens/issue_id_number.json"))
    message["body"] |= {"action": action, "input": given}
    body = outside.answer(message)
    assert body["status"] == "ok", body["error"]
    assert any(number in path for _, path, *_ in cases.server.asked)


def test_the_token_is_nowhere_in_what_these_cases_print(cases):
    cases.serve("challenge_403")
    done = cases.run("process/get_issue")
    assert TOKEN not in done.out + done.err
