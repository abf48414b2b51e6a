"""The command that starts the sandbox, as a process and as a function."""

from __future__ import annotations

import argparse
import builtins
import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys

import pytest
import requests

from sentry_plugin.sandbox import command
from sentry_plugin.sandbox.kept.faults import KINDS
from unit_test import outside

pytestmark = pytest.mark.measured
WORDS = "This is NOT Sentry."


def arguments(*given):
    parser = argparse.ArgumentParser()
    command.configure(parser)
    return parser.parse_args(given)


@pytest.fixture
def start():
    """Start the process; it is ended with the test, by the signal that users send."""
    started = []

    def begin(*given):
        program = [sys.executable, "-m", "sentry_plugin.sandbox", *given]
        process = subprocess.Popen(
            program, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        started.append(process)
        return process

    yield begin
    for process in started:
        process.send_signal(signal.SIGINT)
        _, err = process.communicate()
        assert process.returncode == 0, err
        assert "Traceback" not in err


def test_it_prints_what_one_needs_and_that_it_is_no_sentry(start):
    process = start("--port", "0")
    lines = [process.stdout.readline() for _ in range(10)]
    assert WORDS in lines[1]
    known = dict(line.split() for line in lines[3:])
    assert list(known) == [
        *("url", "organization", "project", "team"),
        *("token", "readonly_token", "dsn"),
    ]
    headers = {"Authorization": f"Bearer {known['token']}"}
    response = requests.get(
        f"{known['url']}organizations/", headers=headers, timeout=outside.PATIENCE
    )
    assert response.json()[0]["slug"] == known["organization"]


def test_it_prints_one_object_on_request(start):
    process = start("--port", "0", "--json", "--fault", "server_error,times=1,status=502")
    known = json.loads(process.stdout.readline())
    assert WORDS in known["warning"]
    assert WORDS in process.stderr.readline()
    statuses = [requests.get(known["url"], timeout=outside.PATIENCE).status_code for _ in range(2)]
    assert statuses == [502, 200]


def test_it_is_ready_soon_after_its_libraries_are_loaded():
    # The promise is one second on a machine of today; this holds on any.
    libraries = "import aiohttp, orjson, sentry_relay, requests, sqlite3"
    ready = (
        f"{libraries}; from sentry_plugin.sandbox.sandbox import Sandbox; Sandbox(None, 'small')"
    )
    assert work_of(ready) < 5 * work_of(libraries)


def work_of(script):
    """Give the processor time of a Python script: that of others does not count."""
    before = os.times()
    subprocess.run([sys.executable, "-c", script], check=True, env=outside.unmeasured())
    return os.times().children_user - before.children_user


def test_it_listens_on_loopback_only(start):
    known = json.loads(start("--port", "0", "--json").stdout.readline())
    assert known["url"].startswith("http://127.0.0.1:")


def test_a_file_keeps_everything(start, tmp_path):
    path = str(tmp_path / "sandbox.db")
    first = start("--port", "0", "--json", "--data", path)
    known = json.loads(first.stdout.readline())
    key = known["dsn"].split("//")[1].split("@")[0]
    address = known["dsn"].replace(f"{key}@", "").replace("/4500000", "/api/4500000/store/")
    headers = {"X-Sentry-Auth": f"Sentry sentry_key={key}"}
    response = requests.post(
        address, data=b'{"message":"kept"}', headers=headers, timeout=outside.PATIENCE
    )
    assert response.status_code == 200
    first.send_signal(signal.SIGTERM)
    assert first.wait() == 0
    again = json.loads(start("--port", "0", "--json", "--data", path).stdout.readline())
    assert (again["token"], again["url"] != known["url"]) == (known["token"], True)
    headers = {"Authorization": f"Bearer {again['token']}"}
    list_of_issues = f"{again['url']}projects/acme/sandbox/issues/"
    (issue,) = requests.get(list_of_issues, headers=headers, timeout=outside.PATIENCE).json()
    assert issue["title"] == "kept"
    assert issue["permalink"].startswith(again["url"].removesuffix("api/0/"))


def test_a_file_of_something_else_is_left_alone(tmp_path, capsys):
    path = tmp_path / "notes.db"
    other = sqlite3.connect(path)
    other.execute("CREATE TABLE note (words)")
    other.close()
    assert command.main(arguments("--port", "0", "--data", str(path))) == 1
    assert capsys.readouterr().err == f"{path} is no sandbox's data: give --data another name\n"


def test_a_file_that_is_no_database_is_left_alone(tmp_path, capsys):
    path = tmp_path / "notes.txt"
    path.write_text("words " * 1000)
    assert command.main(arguments("--data", str(path))) == 1
    assert "is no sandbox's data" in capsys.readouterr().err
    assert command.main(arguments("--data", str(tmp_path / "no/such/folder"))) == 1
    assert "cannot be opened" in capsys.readouterr().err


def test_a_taken_port_is_told(capsys):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert command.main(arguments("--port", str(port))) == 1
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert err.startswith(f"Cannot listen on 127.0.0.1:{port}")
    assert err.endswith("Choose another --port, or --port 0 for a free one.\n")


def test_a_fault_that_makes_no_sense_is_told(capsys):
    assert command.main(arguments("--port", "0", "--fault", "bogus")) == 1
    assert capsys.readouterr().err.startswith("--fault: kind must be one of latency, ")


def test_without_the_extra_one_line_says_what_to_install(monkeypatch, capsys):
    found = builtins.__import__

    def missing(name, *given, **more):
        if name == "sentry_plugin.sandbox.sandbox":
            raise ImportError("no", name="orjson")
        return found(name, *given, **more)

    monkeypatch.setattr(builtins, "__import__", missing)
    assert command.main(arguments()) == 1
    err = capsys.readouterr().err
    assert err.count("\n") == 1
    assert "(orjson): pip install '.[sandbox]'" in err


def test_the_options_are_read_without_the_extra():
    words = (
        "import sys; sys.modules |= dict.fromkeys(['aiohttp', 'orjson', 'brotli', 'sentry_relay'])"
    )
    script = f"{words}; import sentry_plugin.sandbox.command, runpy"
    subprocess.run([sys.executable, "-c", script], check=True)


def test_the_help_names_every_fault(capsys):
    with pytest.raises(SystemExit):
        arguments("--help")
    out = capsys.readouterr().out
    assert all(f"  {kind} " in out for kind in KINDS)


@pytest.mark.parametrize(
    ("host", "name"), [("0.0.0.0", "127.0.0.1"), ("localhost", "localhost"), ("::1", "[::1]")]
)
def test_another_address_is_told_and_warned_of(monkeypatch, capsys, host, name):
    stop_at_once(monkeypatch)
    assert command.main(arguments("--port", "0", "--host", host)) == 0
    out = capsys.readouterr().out
    assert f"http://{name}:" in out
    assert (command.OPEN in out) == (host == "0.0.0.0")


def stop_at_once(monkeypatch):
    from sentry_plugin.sandbox.serving import server

    async def serve_shortly(sandbox, host, port, stop, ready, serve=server.serve):
        stop.set()
        await serve(sandbox, host, port, stop, ready)

    monkeypatch.setattr(server, "serve", serve_shortly)
