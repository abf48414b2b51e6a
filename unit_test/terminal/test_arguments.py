"""Words as the fields of a schema."""

from __future__ import annotations

import base64
import io
import sys
from types import SimpleNamespace

import pytest

from sentry_plugin.terminal import arguments

pytestmark = pytest.mark.versions


@pytest.mark.parametrize(
    ("action", "words", "fields"),
    [
        ("list_project_issues", ["limit=7", "query="], {"limit": 7, "query": ""}),
        ("list_project_issues", ["shortIdLookup=Yes"], {"shortIdLookup": True}),
        ("list_project_issues", ["shortIdLookup=0"], {"shortIdLookup": False}),
        ("list_project_issues", ["shortIdLookup=maybe"], {"shortIdLookup": "maybe"}),
        ("list_project_issues", ["query=a=b:c"], {"query": "a=b:c"}),
        ("list_project_issues", ["query:=5"], {"query": 5}),
        ("check_inventory", ["checks=a", "checks=b"], {"checks": ["a", "b"]}),
        ("check_inventory", ['checks:=["a"]'], {"checks": ["a"]}),
        ("check_inventory", ['entities={"a": 1}'], {"entities": [{"a": 1}]}),
        ("submit_event", ["event_json.level=x"], {"event_json": {"level": "x"}}),
        (
            "submit_event",
            ['event_json={"level": "x"}', "event_json.tags.a=1", "event_json.new:=1.5"],
            {"event_json": {"level": "x", "tags": {"a": "1"}, "new": 1.5}},
        ),
    ],
)
def test_words_are_read_as_the_schema_calls_for(action, words, fields):
    assert arguments.fields(words, action) == fields


@pytest.mark.parametrize(("text", "number"), [("1.5", 1.5), ("3", 3), ("x", "x")])
def test_a_number_is_read_where_one_is_wanted(text, number):
    assert arguments.fields([f"timeout={text}"], "connection") == {"timeout": number}


def test_a_file_gives_text_json_or_itself(tmp_path):
    path = tmp_path / "some.json"
    path.write_text('{"level": "x"}', encoding="utf-8")
    assert arguments.fields([f"event_json=@{path}"], "submit_event")["event_json"]["level"] == "x"
    assert arguments.fields([f"dsn=@{path}"], "submit_event") == {"dsn": '{"level": "x"}'}
    packed = base64.b64encode(path.read_bytes()).decode()
    file = arguments.fields([f"file=@{path}"], "check_inventory")["file"]
    assert file == {"filename": "some.json", "content": packed}


def test_standard_input_is_a_file_too(monkeypatch):
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(b"is:unresolved")))
    assert arguments.fields(["query=@-"], "list_project_issues") == {"query": "is:unresolved"}
