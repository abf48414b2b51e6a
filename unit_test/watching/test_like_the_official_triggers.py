"""Recorded runs of the official runtime's triggers and tasks, run again here: where we differ.

Exit status, event and everything delivered agree in every case that is not listed below; of an
error only that it is one.
"""

from __future__ import annotations

import io
import json
import pathlib
import sys
from types import ModuleType

import pytest

from sentry_plugin import cli
from sentry_plugin.errors import ApiError, PluginError
from sentry_plugin.steps import schema
from sentry_plugin.steps.step import Task, TaskResult
from sentry_plugin.watching.trigger import Trigger
from tools import generate

EXCEPTIONS = {
    "trigger_no_webhook": "only the dispatcher's address is needed",
}
SPEC = pathlib.Path(__file__).resolve().parents[1] / "samples/zoo.spec.yaml"


class Tick(Trigger):
    def pause_limits(self, _params):
        return None

    def example(self, _params):
        return None

    def poll(self, params, state):
        first = state.get("n") or 0
        for n in range(first, first + params["count"]):
            state.put("n", n + 1)
            yield [{"n": n}]


class Pull(Task):
    def run(self, params, _state):
        if params["n"] == 400:
            raise ApiError("C.", "A.", "D")
        if params["n"] == 401:
            raise PluginError("C.", "A.", "D")
        items = [{"value": str(n)} for n in range(params["n"])]
        return TaskResult(items, {"cursor": str(len(items))}, has_more=False)


@pytest.fixture
def zoo(tmp_path, monkeypatch):
    """Let the plugin have the steps of the recorded one, and our connection."""
    for path, text in generate.files(SPEC.read_text()).items():
        (tmp_path / pathlib.Path(path).name).write_text(text)
    (tmp_path / "connection.input.json").write_text(schema.read("connection.input.json"))
    monkeypatch.setattr(schema, "GENERATED", tmp_path)
    for kind, name, found in (("triggers", "tick", Tick), ("tasks", "pull", Pull)):
        module = ModuleType(name)
        setattr(module, found.__name__, found)
        monkeypatch.setitem(sys.modules, f"sentry_plugin.{kind}.{name}", module)


def stdin_of(golden, sandbox, dispatcher):
    """Give the recorded message, with the connection in our form and our servers."""
    text = golden["stdin"].replace("http://127.0.0.1:18931/", f"{dispatcher.url}/../")
    body = json.loads(text)
    key = body["body"].pop("connection")["api_key"]["secretKey"]
    token = sandbox.known["token"] if key == "good" else "not-a-real-token"
    body["body"]["connection"] = {"url": sandbox.base, "token": {"token": token}}
    return json.dumps(body).encode()


def summary(event):
    """Give what of an event is compared."""
    body = event["body"]
    told = ("status", "meta", "output", "state", "has_more_pages", "status_code")
    found = {name: body[name] for name in told if name in body} | {"type": event["type"]}
    known = body.get("exception", {}) if found["status"] == "ok" else {}
    return found | {name: known[name] for name in ("cause", "assistance", "data") if name in known}


def delivered(events):
    return [(each["type"], each["body"]["meta"], each["body"]["output"]) for each in events]


def printed(text):
    """Give the events on a standard output; logs of theirs may be between."""
    decoder, found = json.JSONDecoder(), []
    while text := text[text.find('{"body"') :] if '{"body"' in text else "":
        event, end = decoder.raw_decode(text)
        found.append(event)
        text = text[end:]
    return found


def test_triggers_and_tasks_differ_only_where_we_mean_to(
    shared, zoo, sandbox, dispatcher, monkeypatch, capsys
):
    files = sorted((shared / "goldens/zoo_cli").glob("t[ra][is]*_*.json"))
    assert len(files) > 10
    different = set()
    for file in files:
        golden = json.loads(file.read_bytes())
        dispatcher.events.clear()
        stdin = io.BytesIO(stdin_of(golden, sandbox, dispatcher))
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(stdin))
        status = cli.main(golden["argv"][1:])
        *before, event = printed(capsys.readouterr().out)
        theirs, envelope = printed(golden["stdout"]), golden["envelope"]
        if envelope is None and theirs:  # not told apart from what is printed before it
            envelope = theirs.pop()
            assert delivered(before) == delivered(theirs)
        else:
            assert before == []
        theirs = delivered([each["body"] for each in golden["dispatched"]])
        ours = status, summary(event), delivered(dispatcher.events)
        if ours != (golden["exit"], summary(envelope), theirs):
            different.add(file.stem)
    assert different == EXCEPTIONS.keys()


@pytest.fixture
def tick(zoo, sandbox, dispatcher, monkeypatch):
    """Start the recorded trigger of the id that is debugged."""

    def start(*arguments, out=None):
        body = {
            "trigger": "tick",
            "meta": {"triggerId": "one"},
            "input": {"frequency": 1, "count": 2},
            "dispatcher": {"url": dispatcher.url, "webhook_url": ""},
            "connection": {"url": sandbox.base, "token": {"token": sandbox.known["token"]}},
        }
        text = json.dumps({"version": "v1", "type": "trigger_start", "body": body})
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
        if out:
            monkeypatch.setattr(sys, "stdout", out)
        return cli.main([*arguments, "run"])

    return start


def test_a_trigger_that_is_debugged_prints_its_events_each_on_a_line_and_posts_nothing(
    tick, dispatcher, capsys
):
    assert tick("--debug") == 0
    *events, end = map(json.loads, capsys.readouterr().out.splitlines())
    assert delivered(events) == [
        ("trigger_event", {"triggerId": "one"}, {"n": n}) for n in range(2)
    ]
    assert (end["body"]["status"], end["body"]["output"]) == ("ok", None)
    assert dispatcher.requests == []


def test_what_was_printed_for_debugging_is_still_told_to_the_dispatcher(tick, dispatcher, capsys):
    tick("--debug")
    capsys.readouterr()
    assert tick() == 0
    assert len(capsys.readouterr().out.splitlines()) == 1
    assert dispatcher.outputs() == [{"n": 0}, {"n": 1}]


def test_a_trigger_that_is_debugged_ends_where_nobody_reads(tick, dispatcher, capsys):
    class Gone(io.StringIO):
        def write(self, _):
            raise BrokenPipeError

    assert tick("--debug", out=Gone()) == 1
    err = capsys.readouterr().err
    assert "Nobody reads the events any more" in err
    assert "Traceback" not in err
    assert dispatcher.requests == []
