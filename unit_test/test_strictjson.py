"""What a document may hold, in what it says and in how much: values are bounded, not only bytes."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sentry_plugin import strictjson
from sentry_plugin.runtime import protocol
from unit_test.conftest import URL, unresolved

pytestmark = pytest.mark.versions

MANY = b'{"id": "1", "x": [' + b"[]," * (strictjson.MOST // 2) + b"[]]}"


def test_an_answer_with_too_many_values_is_refused_and_what_to_do_said(start, run, requests_mock):
    requests_mock.get(f"{URL}issues/1/", content=MANY)
    error = run(start("get_issue", issue_id="1"))["exception"]
    assert error["code"] == "api_error"
    assert not error["retryable"]
    assert "it holds more than 2,000,000 values" in error["cause"]
    assert "Ask for less" in error["assistance"]


def test_a_change_that_is_answered_with_too_many_values_is_in_doubt(start, run, requests_mock):
    unresolved(requests_mock)
    requests_mock.get(f"{URL}issues/1/comments/", json=[])
    requests_mock.post(f"{URL}issues/1/comments/", content=MANY)
    error = run(start("add_comment", issue_id="1", text="x"))["exception"]
    assert "It is unknown whether the server carried it out." in error["cause"]
    assert error["code"] == "api_error"


def test_a_refusal_with_too_many_values_is_told_as_a_refusal(start, run, requests_mock):
    requests_mock.get(f"{URL}issues/1/", status_code=403, content=MANY)
    assert run(start("get_issue", issue_id="1"))["exception"]["code"] == "forbidden"


def test_a_message_with_too_many_values_is_refused(answer, monkeypatch):
    monkeypatch.setattr(protocol, "MOST", 10_000)
    text = '{"type": "action_start", "body": {"meta": {"run": 7}, "x": ['
    status, event, _ = answer(text + "[]," * 5000 + "[]]}}")
    assert (status, event["type"], event["body"]["meta"]) == (1, "action_event", {"run": 7})
    error = event["body"]["exception"]
    assert error["code"] == "bad_message"
    assert "it holds more than 10,000 values" in error["cause"]
    assert error["assistance"] == "Send less."


@pytest.mark.parametrize(
    ("unit", "count"),
    [
        ("1,", 1),
        ("[],", 2),
        ("{},", 2),
        ('"a,b:c[{",', 1),
        ('{"a":1},', 3),
        ('"\\\\",', 1),
        ('"\\",[[[",', 1),
    ],
)
def test_values_are_counted_and_not_what_looks_like_them_in_texts(unit, count):
    document = ("[" + unit * 100 + "0]").encode()
    assert len(strictjson.loads(document, 100 * count + 1)) == 101
    with pytest.raises(strictjson.TooManyValues):
        strictjson.loads(document, 100 * count)


def test_a_text_of_many_commas_is_one_value():
    text = '",:[{' * strictjson.MOST
    assert strictjson.loads(json.dumps([text]).encode()) == [text]


def test_quotes_without_end_are_not_counted_as_values():
    with pytest.raises(ValueError, match="line 1 column"):
        strictjson.loads(b'["a"' + b'""' * 100 + b"," * 12, 10)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b"[" + b"9" * 5000 + b"]", "it holds a whole number of too many digits"),
        (b"[1e" + b"9" * 5000 + b"]", "it holds a number that is too large"),
        (b"[" * 100_000, "it is nested more than 200 levels deep"),
        (b"[" * 201 + b"]" * 201, "it is nested more than 200 levels deep"),
        (b'{"[":' * 201 + b"1" + b"}" * 201, "it is nested more than 200 levels deep"),
    ],
)
def test_what_cannot_be_read_is_said_in_words(text, words):
    with pytest.raises(ValueError, match=words):
        strictjson.loads(text)


def test_brackets_in_texts_are_no_depth():
    text = "[" * (strictjson.MOST + 1)
    assert strictjson.loads(json.dumps({text: 1}).encode()) == {text: 1}


HALVES = st.text("\ud83d\ude00\udfff\ud800\\u8d3a", max_size=9)


@example("\\\ud83d\ude00\ude00")
@example("\\\\ude00\ud83dd83d")
@given(HALVES)
def test_only_halves_of_pairs_are_put_right(text):
    right = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    document = json.dumps({text: [text, 1, "a"]})
    assert strictjson.loads(document.encode()) == {right: [right, 1, "a"]}
    assert json.loads(strictjson.dumps({text: [text]})) == {right: [right]}
    assert json.loads(strictjson.encoded({text: [text]}).decode()) == {right: [right]}


PEAK = """
import pathlib, sys
from sentry_plugin import strictjson

def peak():
    found = pathlib.Path("/proc/self/status").read_text().partition("VmHWM:")[2]
    return int(found.split()[0]) << 10

data = sys.argv[1].encode() * (int(sys.argv[2]) // len(sys.argv[1]))
data = b"[" + data + b"0]"
before = peak()
try:
    strictjson.loads(data)
except ValueError:
    pass
print((peak() - before) / len(data))
"""


@pytest.mark.slow
@pytest.mark.parametrize("unit", ["[],", "[[],[]],", "{},", '"ab",', '{"a":1},', '""'])
def test_what_is_refused_takes_no_memory(unit):
    done = subprocess.run(
        [sys.executable, "-c", PEAK, unit, str(20 << 20)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert float(done.stdout) < 3  # the text itself, and its copies


@pytest.mark.parametrize(
    ("keys", "found"),
    [
        *((("a", "b"), 1), (("a",), {"b": 1}), (("l",), [])),
        *((("a", "x"), None), (("a", "b", "c"), None), (("l", "x"), None)),
    ],
)
def test_what_stands_below_some_keys_is_found_or_nothing(keys, found):
    assert strictjson.at({"a": {"b": 1}, "l": []}, *keys) == found
