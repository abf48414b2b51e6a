"""Fixtures: a start message, a way to run it, and what only a development machine has."""

from __future__ import annotations

import collections
import io
import json
import os
import pathlib
import shutil
import sys
import tempfile
import threading
import time
from types import SimpleNamespace

import pytest

from sentry_plugin import cli, deadline, settings
from sentry_plugin.transport import transport
from unit_test import outside
from unit_test.live import probing
from unit_test.sandbox.contract import Contract, table
from unit_test.sandbox.running import Running

CHECKED = pytest.StashKey()
"""Counts of what was checked: answers of the sandbox by endpoint, and by status; and events."""
# What a developer may have set, which tests have to know nothing of.
OF_DEVELOPERS = (
    *("SENTRY_AUTH_TOKEN", "SENTRY_URL", "SENTRY_HOST", "SENTRY_ORG", "SENTRY_PROJECT"),
    *("SENTRY_DSN", "SENTRY_PLUGIN_", "JUPITERONE_", "XDG_", "NO_COLOR", "FORCE_COLOR", "NETRC"),
    "PYTHONUNBUFFERED",  # streams that are not buffered behave in another way
    "PYTHONDONTWRITEBYTECODE",  # each process would compile all that it loads
    *("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"),
    *("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_", "PYTHONUTF8", "PYTHONIOENCODING"),
)

URL = "https://sentry.example/api/0/"
TOKEN = "not-a-real-token"


def pytest_configure(config):
    """Let all tests see the same: an empty home, a narrow terminal, and nothing that is set."""
    config.stash[CHECKED] = tuple(collections.Counter() for _ in range(3))
    home = tempfile.mkdtemp()
    config.add_cleanup(lambda: shutil.rmtree(home))
    ours = {name: text for name, text in os.environ.items() if _is_ours(name)}
    os.environ.clear()
    os.environ.update(ours, HOME=home, COLUMNS="80")


def _is_ours(name):
    return not name.upper().startswith(OF_DEVELOPERS)


def unresolved(requests_mock, url=f"{URL}issues/1/", **more):
    """Show an issue to an update, which looks at it first."""
    requests_mock.get(url, json={"id": "1", "status": "unresolved", **more})


@pytest.fixture(autouse=True)
def waits(monkeypatch):
    """Let the plugin's waits pass at once, on a clock that they move; give the seconds of each."""
    passed = []

    class Event(threading.Event):
        def wait(self, timeout=None):
            passed.append(timeout)

    clock = SimpleNamespace(monotonic=lambda: time.monotonic() + sum(passed))
    monkeypatch.setattr(deadline, "threading", SimpleNamespace(Event=Event))
    monkeypatch.setattr(deadline, "time", clock)
    monkeypatch.setattr(transport, "time", clock)
    return passed


@pytest.fixture(autouse=True)
def state(tmp_path, monkeypatch):
    """Give the folder for what outlives a message: one of this test's own."""
    folder = tmp_path / "state"
    monkeypatch.setenv(settings.STATE, str(folder))
    return folder


@pytest.fixture(autouse=True)
def measuring(request, monkeypatch):
    """Measure the coverage of processes only where it is more than that of the tests' own.

    Measuring takes three times what most of them do.
    """
    if not request.node.get_closest_marker("measured"):
        for name in [each for each in os.environ if each.startswith("COVERAGE_")]:
            monkeypatch.delenv(name)


@pytest.fixture
def start():
    """Make the start message for an action."""

    def make(action, connection=None, **given):
        whole = {"token": {"token": TOKEN}, "url": URL, **(connection or {})}
        body = {"action": action, "meta": {"step": 7}, "connection": whole, "input": given}
        return {"version": "v1", "type": "action_start", "body": body}

    return make


@pytest.fixture
def answer(monkeypatch, capsys):
    """Run the plugin as an orchestrator does; give its exit status, its event and its stderr."""

    def send(message, *arguments):
        text = message if isinstance(message, bytes | str) else json.dumps(message)
        data = text if isinstance(text, bytes) else text.encode()
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
        status = cli.main(arguments or ["run"])
        out, err = capsys.readouterr()
        assert out.count("\n") == 1
        return status, json.loads(out, parse_constant=pytest.fail), err

    return send


@pytest.fixture(scope="session")
def nursery():
    """Give what starts the plugin in processes of their own, without waiting for its start."""
    return outside.nursery()


@pytest.fixture
def run(answer):
    """Run an action and give the body of its event."""

    def send(message, *arguments):
        status, event, _ = answer(message, *arguments)
        assert status == (0 if event["body"]["status"] == "ok" else 1)
        assert (event["version"], event["body"]["meta"]) == ("v1", {"step": 7})
        return event["body"]

    return send


def shared_folder():
    beside = pathlib.Path(__file__).resolve().parents[2] / "shared"
    return pathlib.Path(os.environ.get("SHARED", beside))


@pytest.fixture
def shared():
    """Return the folder of shared material, which only a development machine and CI have."""
    folder = shared_folder()
    if not folder.is_dir():
        outside.give_up(f"needs the shared material in {folder}; SHARED names another folder")
    return folder


@pytest.fixture(scope="session")
def contract(pytestconfig):
    """Give Sentry's document as a contract, or None where the shared material is missing."""
    document = shared_folder() / "openapi/sentry-openapi.json"
    # In CI it has to be there: without it, opening it fails.
    is_needed = document.is_file() or os.environ.get("CI")
    return Contract(document, *pytestconfig.stash[CHECKED][:2]) if is_needed else None


@pytest.fixture
def start_sandbox(contract):
    """Start sandboxes that end with the test."""
    running = []

    def start(profile="small", data=None):
        running.append(Running(contract, data, profile))
        return running[-1]

    yield start
    for one in running:
        one.stop()


@pytest.fixture
def sandbox(start_sandbox):
    """A small sandbox on a free port."""
    return start_sandbox()


def pytest_collection_modifyitems(items):
    """Let one process do what starts a browser, and what asks real servers: tests would meet."""
    for item in items:
        for name in ("browser", "live"):
            if item.get_closest_marker(name):
                item.add_marker(pytest.mark.xdist_group(name))


def pytest_runtest_setup(item):
    """Take a live test out where the server lacks what it needs."""
    for marker in item.iter_markers("needs"):
        probing.require(*marker.args)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session):
    """Tell the process that reports what one of several has checked."""
    output = getattr(session.config, "workeroutput", {})
    output["checked"] = [list(counts.items()) for counts in session.config.stash[CHECKED]]


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node):
    """Add what one of several processes has checked; nothing of one that died."""
    for counts, more in zip(node.config.stash[CHECKED], node.workeroutput["checked"], strict=True):
        counts.update(dict(more))


def pytest_terminal_summary(terminalreporter, config):
    """Tell how many answers of the sandbox were checked, and how many events."""
    terminalreporter.section("answers of the sandbox, checked against Sentry's document")
    *answers, others = config.stash[CHECKED]
    told = [f"{number} {what}, held against Relay's normaliser" for what, number in others.items()]
    terminalreporter.write_line("\n".join([*table(*answers), *told]))
