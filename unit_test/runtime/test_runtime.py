"""What every step does, whatever it is: secrets, logs, bugs, and output that is made to fit."""

from __future__ import annotations

import contextvars
import json
import threading

import pytest
import requests

from sentry_plugin import logs
from sentry_plugin.actions.update_issue import UpdateIssue
from sentry_plugin.logs import logger
from sentry_plugin.runtime import runtime
from sentry_plugin.runtime.stop import Stop
from sentry_plugin.steps import schema
from unit_test.conftest import TOKEN, URL, unresolved

pytestmark = pytest.mark.versions

ISSUE = f"{URL}issues/1/"
ISSUES = f"{URL}projects/o/p/issues/"


def update(start, **more):
    return start("update_issue", issue_id="1", status="resolved", **more)


@pytest.mark.parametrize(
    "connection",
    [
        {"token": "hush-hush"},
        {"token": ["hush-hush"]},
        {"token": {"token": ["hush-hush"]}},
        {"token": {"token": {"deep": {"hush-hush": "hush-hush"}}}},
        {"token": {"secret": "hush-hush"}},
        {"token": {"token": "hush-hush\nx"}},
        {"api_key": {"secretKey": "hush-hush"}, "token": None},
        {"password": "hush-hush"},
        {"headers": {"X-Sso": "hush-hush"}},
        {"headers": ["hush-hush"]},
        {"client_certificate": {"privateKey": "hush-hush"}},
        {"url": "https://user:hush-hush@sentry.example/"},
        {"url": "user:hush-hush@sentry.example"},
        {"url": {"x": "hush-hush"}},
        {"organization": ["hush-hush"]},
        {"jupiterone": {"secretKey": "hush-hush"}},
    ],
)
@pytest.mark.parametrize("arguments", [["run"], ["--debug", "run"], ["test"]])
def test_a_secret_is_nowhere_in_the_answer_also_not_of_a_wrong_shape(
    connection, arguments, start, answer, requests_mock
):
    unresolved(requests_mock)
    requests_mock.put(ISSUE, json={"status": "resolved", "title": "it is hush-hush"})
    requests_mock.get(URL, json={"version": "hush-hush"})
    message = update(start, connection=connection)
    message["body"]["meta"] = {"hush-hush": ["so hush-hush"]}
    status, event, err = answer(message, *arguments)
    assert event["body"]["status"] == ("ok" if status == 0 else "error")
    assert "hush-hush" not in json.dumps(event) + err


@pytest.mark.parametrize("connection", ["hush-hush", ["hush-hush"], 123456789])
def test_a_connection_that_is_no_object_is_a_secret_as_a_whole(connection, start, answer):
    message = update(start)
    message["body"]["connection"] = connection
    message["body"]["meta"] = {"echo": [connection, f"it is {connection}"]}
    _, event, err = answer(message)
    told = json.dumps(event["body"]["meta"])
    assert ("********" in told, "123456789" in told) == (True, False)
    assert "hush-hush" not in json.dumps(event) + err


def test_a_password_of_an_address_is_a_secret_to_its_last_character(start, answer):
    message = update(start, connection={"url": "https://me:p@ss:word@sentry.example/"})
    message["body"]["meta"] = {"echo": "it is p@ss:word"}
    assert answer(message)[1]["body"]["meta"] == {"echo": "it is ********"}


def test_a_token_that_is_a_word_of_the_envelope_does_not_break_it(start, answer, requests_mock):
    unresolved(requests_mock)
    requests_mock.put(ISSUE, json={"id": "1", "status": "resolved"})
    for word in ("status", "action_event", "assistance", "output", "version"):
        status, event, _ = answer(update(start, connection={"token": {"token": word}}))
        assert (status, event["type"], event["body"]["status"]) == (0, "action_event", "ok")
        assert event["body"]["output"].keys() == {"issue", "changes", "changed"}


def test_a_secret_shorter_than_six_characters_hides_nothing(start, run, requests_mock):
    unresolved(requests_mock)
    requests_mock.put(ISSUE, json={"status": "resolved", "title": "error 12345"})
    body = run(update(start, connection={"token": {"token": "12345"}}))
    assert body["output"]["issue"]["title"] == "error 12345"


def test_plain_fields_of_the_connection_are_not_masked(start, run, requests_mock):
    url = f"{URL}organizations/my-team-1/issues/1/"
    unresolved(requests_mock, url)
    requests_mock.put(url, json={"status": "resolved", "title": "my-team-1"})
    body = run(update(start, connection={"organization": "my-team-1"}))
    assert body["output"]["issue"]["title"] == "my-team-1"


@pytest.mark.parametrize(
    "dsn",
    [
        "https://hush-key@ingest.example/42",
        "https://hush-key:hush-secret@ingest.example/42",
        "http://hush-key:hush-secret@x.example/1?",
        "hush-key",
        ["https://hush-key@x.example/1"],
        {"dsn": "hush-key"},
    ],
)
def test_the_keys_of_a_dsn_are_nowhere_in_the_answer(dsn, start, answer, requests_mock):
    echo = {"detail": f"no: {dsn}, hush-key, hush-secret"}
    requests_mock.post("https://ingest.example/api/42/envelope/", status_code=400, json=echo)
    message = start("submit_event", dsn=dsn, event_json={})
    message["body"]["meta"] = {"dsn": dsn, "key": "hush-key"}
    status, event, err = answer(message, "--debug", "run")
    assert status == 1
    assert "hush-key" not in json.dumps(event) + err
    if "hush-secret" in dsn:
        assert "hush-secret" not in json.dumps(event) + err


def test_a_servers_text_that_repeats_the_token_is_masked(start, answer, requests_mock):
    unresolved(requests_mock)
    requests_mock.put(ISSUE, status_code=400, json={"detail": f"bad token {TOKEN}"})
    _, event, err = answer(update(start))
    assert "bad token ********" in event["body"]["exception"]["data"]
    assert TOKEN not in json.dumps(event) + err


@pytest.mark.parametrize("before", [*range(284, 300), *range(984, 1000), *range(3984, 4000)])
@pytest.mark.parametrize("filler", ["x", " "])
def test_a_secret_that_is_cut_off_is_masked_too(before, filler, start, answer, requests_mock):
    unresolved(requests_mock)
    requests_mock.put(ISSUE, status_code=400, text=f"x{filler * before}{TOKEN}")
    _, event, err = answer(update(start))
    assert TOKEN[:6] not in json.dumps(event) + err


@pytest.mark.parametrize("before", [*range(34, 50)])
def test_a_secret_in_a_long_name_is_masked_too(before, start, answer, requests_mock):
    requests_mock.post("https://ingest.example/api/42/envelope/", json={"id": "f" * 32})
    event = {"tags": {"x" * before + TOKEN: "y" * 300}}
    message = start("submit_event", dsn="https://key@ingest.example/42", event_json=event)
    _, event, err = answer(message)
    assert "Sentry will not keep the event's tag" in err
    assert TOKEN[:6] not in json.dumps(event) + err


def test_a_secret_with_spaces_is_masked_too(start, answer, requests_mock):
    unresolved(requests_mock)
    requests_mock.put(ISSUE, status_code=400, json={"detail": "hush  hush\thush"})
    _, event, err = answer(update(start, connection={"headers": {"X-Sso": "hush  hush"}}))
    assert event["body"]["exception"]["data"] == "******** hush"
    assert "hush  hush" not in json.dumps(event) + err


def test_control_characters_of_a_server_do_not_reach_the_log(start, answer, requests_mock):
    unresolved(requests_mock)
    requests_mock.put(ISSUE, status_code=400, json={"detail": "a\x1b[31m\r\nERROR forged\u009b"})
    _, event, err = answer(update(start))
    for text in (err, event["body"]["log"]):
        assert not [c for c in text if not c.isprintable() and c != "\n"]
        assert not [line for line in text.splitlines() if line.startswith("ERROR forged")]


def test_the_log_of_an_event_is_cut(start, run, requests_mock, monkeypatch):
    monkeypatch.setattr(logs, "LIMIT", 2 << 20)

    def noisy(*_):
        for _ in range(3):
            logger.info("x" * (1 << 20))
        return {}

    monkeypatch.setattr(UpdateIssue, "run", noisy)
    log = run(update(start))["log"]
    assert log.endswith("The log ends here: it is cut at 2 MiB.\n")
    assert len(log) < (2 << 20) + 200


def test_messages_answered_at_once_have_logs_of_their_own(start):
    def say(name, log):
        with logs.capture() as mine:
            gate.wait()
            for _ in range(50):
                logger.info(name)
            inner = threading.Thread(
                target=contextvars.copy_context().run, args=(logger.info, name)
            )
            inner.start()
            inner.join()
            log.append(mine.text)

    gate = threading.Barrier(2)
    found = {"one": [], "two": []}
    threads = [threading.Thread(target=say, args=item) for item in found.items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {name: [f"INFO {name}\n" * 51] for name in found}


def test_debug_shows_the_headers_of_answers(start, answer, requests_mock):
    unresolved(requests_mock)
    requests_mock.put(ISSUE, json={"status": "resolved"}, headers={"X-Odd": f"see {TOKEN}"})
    assert "X-Odd" not in answer(update(start))[1]["body"]["log"]
    assert "'X-Odd': 'see ********'" in answer(update(start), "--debug", "run")[1]["body"]["log"]


def test_a_bug_is_answered_without_code_and_its_traceback_is_on_stderr(start, answer, monkeypatch):
    monkeypatch.setattr(UpdateIssue, "run", lambda *_: 1 / 0)
    status, event, err = answer(update(start))
    assert (status, event["body"]["exception"]["code"]) == (1, "bug")
    assert "ZeroDivisionError" in err
    assert "Traceback" not in json.dumps(event)
    assert "ZeroDivisionError" not in json.dumps(event)


@pytest.mark.parametrize("output", [{"issue": {"x": float("nan")}}, {"issue": {"x": {1, 2}}}])
def test_an_output_that_is_not_json_is_answered_as_a_bug(output, start, answer, monkeypatch):
    monkeypatch.setattr(UpdateIssue, "run", lambda *_: output)
    status, event, _ = answer(update(start))
    assert (status, event["body"]["exception"]["code"]) == (1, "bug")


def test_a_stray_print_does_not_reach_stdout(start, answer, monkeypatch):
    monkeypatch.setattr(UpdateIssue, "run", lambda *_: print("noise") or {})  # noqa: T201
    status, event, err = answer(update(start))
    assert (status, event["body"]["output"]) == (0, {})
    assert "noise" in err


def test_a_null_is_dropped_where_the_spec_has_a_type_and_kept_in_an_object(
    start, run, requests_mock
):
    given = {"id": "1", "assignedTo": None, "statusDetails": {"a": None}, "annotations": [None]}
    requests_mock.get(ISSUES, json=[given])
    body = run(start("list_project_issues", organization_slug="o", project_slug="p"))
    kept = {"id": "1", "statusDetails": {"a": None}, "annotations": []}
    assert body["output"] == {"issues": [kept]}


def test_a_field_that_no_longer_fits_is_dropped_with_a_warning(start, run, requests_mock):
    issues = [
        {"id": "1", "userCount": "many", "project": {"id": 5, "slug": "p"}},
        "no issue",
        {"id": 7, "title": "kept", "new": {"kept": None}},
        {"id": "4", "level": ["a"], "project": "p"},
    ]
    requests_mock.get(ISSUES, json=issues)
    body = run(start("list_project_issues", organization_slug="o", project_slug="p"))
    assert body["output"]["issues"] == [
        {"id": "1", "project": {"slug": "p"}},
        {"title": "kept", "new": {"kept": None}},
        {"id": "4"},
    ]
    for path in ("[0].userCount", "[0].project.id", "[1]", "[2].id", "[3].level", "[3].project"):
        assert f"WARNING Dropped from the output: `issues{path}` is not of type" in body["log"]
    assert "many" not in body["log"]


def test_what_does_not_fit_as_a_whole_is_an_error(start, run, monkeypatch):
    monkeypatch.setattr(UpdateIssue, "run", lambda *_: [])
    body = run(update(start))
    assert body["exception"]["code"] == "bad_output"
    assert "does not fit: it is not of type object (it is a list)" in body["error"]


def test_only_what_is_required_makes_an_output_unfit(tmp_path, monkeypatch):
    text = {"type": "string"}
    named = {"type": "object", "properties": {"id": text, "name": text}, "required": ["id"]}
    properties = {"must": named, "may": named, "list": {"type": "array", "items": named}}
    whole = {"type": "object", "properties": properties, "required": ["must"]}
    (tmp_path / "made.output.json").write_text(json.dumps(whole))
    monkeypatch.setattr(schema, "GENERATED", tmp_path)
    output = {"must": {"id": "1", "name": 2}, "may": {"id": 3}, "list": [{}, {"id": "4"}]}
    assert schema.fit(output, "made", "output") is None
    assert output == {"must": {"id": "1"}, "list": [{"id": "4"}]}
    assert schema.fit({"must": {"id": None}}, "made", "output") == "`must.id` is required"
    assert schema.fit({"must": 5}, "made", "output") == (
        "`must` is not of type object (it is a number)"
    )
    assert schema.fit({}, "made", "output") == "`must` is required"


def test_an_unknown_field_of_the_input_is_warned_of_and_not_sent(start, run, requests_mock):
    unresolved(requests_mock)
    requests_mock.put(ISSUE, json={"status": "resolved"})
    body = run(update(start, satus="resolved"))
    assert "WARNING The input's field satus is not known and has no effect." in body["log"]
    assert requests_mock.last_request.json() == {"status": "resolved"}


def test_the_input_is_checked_before_the_connection_and_before_any_request(
    start, run, requests_mock
):
    body = run(start("update_issue", connection={"token": 5}))
    assert "`issue_id` is required" in body["error"]
    assert requests_mock.call_count == 0


def test_a_failing_stderr_does_not_matter(start, run, requests_mock, monkeypatch):
    class Full:
        def write(self, _):
            raise OSError(28, "No space left on device")

    unresolved(requests_mock)
    requests_mock.put(ISSUE, json={"status": "resolved"})
    monkeypatch.setattr("sys.stderr", Full())
    assert run(update(start))["status"] == "ok"


def test_outside_of_any_message_only_warnings_are_logged(capsys):
    logger.info("to nobody")
    logger.warning("to people")
    assert capsys.readouterr() == ("", "WARNING to people\n")


def test_the_runtime_serves_messages_without_a_process(start):
    how = runtime.RunOptions(Stop())
    event = runtime.answer(json.dumps(start("update_issue")).encode(), how)
    assert not event.ok
    assert "`issue_id` is required" in json.loads(event.text)["body"]["error"]


def test_an_exception_of_a_library_is_not_repeated(start, answer, requests_mock):
    unresolved(requests_mock)
    requests_mock.put(ISSUE, exc=requests.ConnectionError(f"odd {TOKEN} at 0x7f00"))
    _, event, err = answer(update(start))
    assert "No answer from sentry.example: the request broke." in event["body"]["error"]
    assert "odd" not in json.dumps(event) + err
