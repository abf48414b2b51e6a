"""The wire: whatever comes in, exactly one valid event goes out."""

from __future__ import annotations

import json

import pytest

from sentry_plugin.runtime import protocol
from unit_test.conftest import TOKEN

pytestmark = pytest.mark.versions

BODY = {"action": "update_issue", "connection": {}, "input": {}}


def message(**changes):
    whole = {"version": "v1", "type": "action_start", "body": BODY} | changes
    return json.dumps({key: value for key, value in whole.items() if value != "absent"})


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (b"", "No start message"),
        (b" \n\t", "No start message"),
        (b"nonsense", "Expecting value, at line 1 column 1"),
        (b'{"body": {', "at line 1 column"),
        (b'{"a": 1,}', "not valid JSON"),
        (b"{} {}", "Extra data, at line 1 column 4"),
        (b'{"a": NaN}', "holds NaN"),
        (b'{"a": -Infinity}', "holds -Infinity"),
        (b'{"a": 1e999}', "too large"),
        (b'{"a": ' + b"9" * 5000 + b"}", "digits"),
        (b"\xff\xfe{}", "not UTF-8 text (byte 0)"),
        (b'\xef\xbb\xbf{"a": 1}', "BOM"),
        (b'{"a": "\x00"}', "Invalid control character"),
        (b"[" * 100_000, "levels deep"),
        (b"[" * 300 + b"]" * 300, "levels deep"),
        (b"[]", "not a JSON object"),
        (b"null", "not a JSON object"),
        (b"5", "not a JSON object"),
        (b"{}", "`type`"),
        (message(type="absent").encode(), "`type`"),
        (message(type=["action_start"]).encode(), "`type`"),
        (message(type="action_event").encode(), "`type`"),
        (message(version="absent").encode(), "`version`"),
        (message(version="V1").encode(), "`version`"),
        (message(version=1).encode(), "`version`"),
        (message(body="absent").encode(), "`body`"),
        (message(body=[]).encode(), "`body`"),
        (message(body={**BODY, "meta": [1]}).encode(), "`body.meta`"),
        (message(body={**BODY, "meta": "x"}).encode(), "`body.meta`"),
        (message(body={**BODY, "action": None}).encode(), "`body.action`"),
        (message(body={**BODY, "action": ""}).encode(), "`body.action`"),
        (message(body={**BODY, "action": 5}).encode(), "`body.action`"),
        (message(body={**BODY, "action": "nope"}).encode(), "no action of the name"),
        (message(body={**BODY, "action": "../cli"}).encode(), "no action of the name"),
        (message(type="trigger_start").encode(), "`body.trigger`"),
        (message(type="trigger_start", body={"trigger": "x"}).encode(), "no trigger of the name"),
        (message(type="task_start", body={"task": "x"}).encode(), "no task of the name"),
    ],
)
def test_a_bad_message_is_answered_with_one_error_that_names_the_fault(text, complaint, answer):
    status, event, _ = answer(text)
    body = event["body"]
    assert status == 1
    assert (body["status"], body["exception"]["code"]) == ("error", "bad_message")
    assert complaint in body["exception"]["cause"]
    assert body["exception"]["assistance"] in body["error"]
    assert "Traceback" not in json.dumps(event)


def test_a_message_that_is_too_large_is_refused_unread(answer, monkeypatch):
    monkeypatch.setattr(protocol, "LARGEST", 1 << 20)
    status, event, _ = answer(b'{"a": "' + b"x" * (1 << 20) + b'"}')
    assert status == 1
    assert "larger than 1 MiB" in event["body"]["error"]


def test_the_largest_message_is_64_mebibytes():
    assert protocol.LARGEST == 64 * 1024 * 1024


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("action_start", "action_event"),
        ("trigger_start", "trigger_event"),
        ("task_start", "task_event"),
        ("connection_test", "connection_test"),
        ("action_event", None),
        (None, None),
    ],
)
def test_the_event_has_the_type_that_answers_the_message(given, expected, answer):
    assert answer(message(type=given, version="v2"))[1]["type"] == expected


@pytest.mark.parametrize("meta", [{"a": {"b": [1, None]}}, {}, None])
def test_meta_is_echoed_also_with_an_error(meta, answer):
    assert answer(message(body={**BODY, "meta": meta}))[1]["body"]["meta"] == meta


def test_a_message_without_meta_is_answered_with_an_empty_one(answer):
    assert answer(message())[1]["body"]["meta"] == {}


@pytest.mark.parametrize("field", ["connection", "input"])
@pytest.mark.parametrize(
    ("value", "kind"),
    [("x", "a text"), (5, "a number"), ([], "a list"), ([{}], "a list"), (True, "a boolean")],
)
def test_a_connection_or_input_of_a_wrong_type_is_refused_in_a_sentence(
    field, value, kind, start, run
):
    whole = start("update_issue", issue_id="1", status="resolved")
    whole["body"][field] = value
    assert run(whole)["exception"]["cause"] == f"The {field} is not an object but {kind}."


def test_a_null_input_is_one_without_fields(start, run):
    whole = start("update_issue")
    whole["body"]["input"] = None
    assert "`issue_id` is required" in run(whole)["error"]


def test_a_lone_surrogate_does_not_go_out(start, answer):
    whole = start("update_issue")
    whole["body"]["meta"] = {"half": "a\ud800b", "whole": "\U0001f600"}
    assert answer(whole)[1]["body"]["meta"] == {"half": "a\ufffdb", "whole": "\U0001f600"}


def test_unknown_fields_around_the_body_do_not_matter(start, run, requests_mock):
    requests_mock.get("https://sentry.example/api/0/issues/1/events/", json=[])
    whole = {**start("list_issue_events", issue_id="1"), "extra": TOKEN}
    whole["body"]["more"] = {}
    assert run(whole)["output"] == {"events": []}
