"""Standard streams and signals of the real process: none of them costs the event."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys

import pytest

from sentry_plugin import stderr
from sentry_plugin.signals import Signals
from sentry_plugin.stderr import Stderr
from sentry_plugin.steps import step
from unit_test import outside

pytestmark = pytest.mark.versions

REFUSED = b"{}"
"""A message that is answered with an error."""


@contextlib.contextmanager
def pipe():
    """Give the ends of a pipe, to read and to write."""
    ends = os.pipe()
    try:
        yield ends
    finally:
        for end in ends:
            os.close(end)


def fill(end):
    """Write to a pipe until it takes no more."""
    os.set_blocking(end, False)
    with contextlib.suppress(BlockingIOError):
        while True:
            os.write(end, b"x" * 4096)
    os.set_blocking(end, True)


def shell(redirection, *words, message=REFUSED):
    """Run the process with redirected streams; its status, standard output and standard error."""
    command = ["sh", "-c", f'exec "$@" {redirection}', "sh", *outside.PLUGIN, *words]
    return subprocess.run(command, input=message, capture_output=True, check=False)


def body_of(done):
    """Give the body of what has to be one event."""
    assert done.stdout.count(b"\n") == 1
    body = json.loads(done.stdout)["body"]
    assert done.returncode == (0 if body["status"] == "ok" else 1)
    return body


@pytest.fixture
def listing(sandbox, start):
    """A message that works, and logs."""
    connection = {"url": sandbox.base, "token": {"token": sandbox.known["token"]}}
    message = start("list_projects", connection, organization_slug="acme")
    return json.dumps(message).encode()


@pytest.mark.parametrize("words", [["run"], ["--debug", "run"], ["test"]])
def test_a_closed_standard_error_costs_nothing(words, listing):
    body = body_of(shell("2>&-", *words, message=listing))
    assert body["status"] == "ok"
    assert "standard error" not in body["log"]  # nobody wanted it


@pytest.mark.measured
@pytest.mark.parametrize(
    ("words", "status"),
    [(["sample", "nope"], 1), (["call", "nope"], 2), (["watch", "nope"], 2), (["nope"], 2)],
    ids=lambda given: given if isinstance(given, int) else " ".join(given),
)
def test_what_is_told_on_a_closed_standard_error_is_not_told_on_standard_output(words, status):
    done = shell("2>&-", *words)
    assert (done.returncode, done.stdout) == (status, b"")


def test_a_closed_standard_input_is_an_empty_one():
    for closed in ("<&-", "<&- 2>&-"):
        assert "No start message" in body_of(shell(closed, "run"))["error"]


def test_a_standard_input_that_cannot_be_read_is_told():
    assert "Standard input cannot be read" in body_of(shell("0>/dev/null", "run"))["error"]


@pytest.mark.parametrize("words", [["run"], ["--debug", "run"], ["test"]])
@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_standard_error_that_nobody_reads_costs_nothing(unbuffered, words, listing):
    with pipe() as (_, write):
        fill(write)
        done = subprocess.run(
            [*outside.PLUGIN, *words],
            input=listing,
            stdout=subprocess.PIPE,
            stderr=write,
            env={**os.environ, "PYTHONUNBUFFERED": unbuffered},
            check=False,
        )
    body = body_of(done)
    *lines, last = body["log"].splitlines()
    assert (body["status"], body["meta"]) == ("ok", {"step": 7})
    assert last == f"WARNING {len(lines)} lines could not be written to standard error."


def test_a_standard_error_whose_reader_has_gone_is_counted_and_costs_nothing(listing):
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run(
        [*outside.PLUGIN, "run"], input=listing, stdout=subprocess.PIPE, stderr=write, check=False
    )
    os.close(write)
    *lines, last = body_of(done)["log"].splitlines()
    assert last == f"WARNING {len(lines)} lines could not be written to standard error."


def test_where_there_is_no_standard_error_nothing_is_lost_that_anybody_wanted():
    stream = Stderr(None)
    assert (stream.write("a\n"), stream.unwritten()) == (2, 0)


def test_more_than_fits_is_left_out_and_counted(monkeypatch):
    monkeypatch.setattr(stderr, "PATIENCE", 0.01)
    with pipe() as (read, write), os.fdopen(write, "w", closefd=False) as end:
        fill(write)
        stream = Stderr(end)
        stream.write("waits\n")
        stream.write("x" * stderr.LARGEST + "\n")
        assert stream.unwritten() == 2
        came = b""
        while not came.endswith(b"waits\n"):
            came = os.read(read, 1 << 20)
        outside.eventually(lambda: stream.unwritten() == 1)
        stream.end()


def test_where_no_thread_can_be_had_the_log_is_only_in_the_event(monkeypatch, capsys):
    def start(_):
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as patched:
        patched.setattr(stderr.threading.Thread, "start", start)
        stream = Stderr(sys.stderr)
        assert stream.write("a\nb\n") == 4
    assert stream.unwritten() == 2
    stream.end()
    assert capsys.readouterr().err == ""


SHOWN = [
    ["--help"],
    ["--version"],
    ["info"],
    ["sample", "list_projects"],
    ["call"],
    ["call", "list_projects", "--help"],
    ["watch", "new_issue", "--help"],
    ["completion", "bash"],
    ["run"],
]


@pytest.mark.parametrize("words", SHOWN, ids=" ".join)
@pytest.mark.parametrize(
    "kind",
    [*(pytest.param(kind, marks=pytest.mark.measured) for kind in ("gone", "full")), "closed"],
)
@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_an_output_that_nobody_takes_is_a_failure_without_a_traceback(unbuffered, words, kind):
    read, write = os.pipe()
    os.close(read)
    target = {"gone": "", "full": ">/dev/full", "closed": ">&-"}[kind]
    command = ["sh", "-c", f'exec "$@" {target}', "sh", *outside.PLUGIN, *words]
    done = subprocess.run(
        command,
        input=REFUSED,
        stdout=write,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONUNBUFFERED": unbuffered},
        check=False,
    )
    os.close(write)
    # What argparse cannot write, it leaves out.
    assert done.returncode in ({1} if words[-1] in {"run", "info", "list_projects"} else {0, 1})
    assert b"Traceback" not in done.stderr
    assert b"Exception ignored" not in done.stderr


@pytest.mark.measured
def test_what_is_closed_is_not_replaced_by_a_file_of_ours():
    code = "import os, sentry_plugin.__main__ as m; m._open_streams(); print(os.open('/', 0) > 2)"
    command = ["sh", "-c", 'exec "$@" 2>&- <&-', "sh", sys.executable, "-c", code]
    assert subprocess.run(command, capture_output=True, check=True).stdout == b"True\n"


EARLY = """
import signal, sys
from sentry_plugin.signals import Signals
take = Signals.take
def taken(self):
    take(self)
    print("sentry_plugin.cli" in sys.modules, file=sys.stderr)
    signal.raise_signal(signal.SIGTERM)
Signals.take = taken
from sentry_plugin.__main__ import main
main()
"""


@pytest.mark.measured
def test_a_signal_before_the_program_is_loaded_is_answered():
    command = [sys.executable, "-c", EARLY, "run"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        # Standard input stays open: nobody waits for what is not read any more.
        body = json.loads(process.stdout.read())["body"]
        assert process.stderr.read() == b"False\n"
    assert (process.returncode, body["exception"]["code"]) == (1, "stopped")
    assert "SIGTERM" in body["error"]


@pytest.mark.measured
def test_for_people_an_early_signal_ends_the_program_as_any_other():
    command = [sys.executable, "-c", EARLY, "call", "--help"]
    done = subprocess.run(command, capture_output=True, check=False)
    assert done.returncode == -signal.SIGTERM


def test_what_declines_a_stop_that_came_does_what_the_signal_did_before():
    came, taken = [], Signals()
    before = signal.signal(signal.SIGTERM, lambda number, _: came.append(number))
    try:
        taken.take()
        signal.raise_signal(signal.SIGTERM)
        assert (came, taken.stop.reason) == ([], "SIGTERM")
        taken.decline()
    finally:
        signal.signal(signal.SIGTERM, before)
    assert came == [signal.SIGTERM]


@pytest.mark.measured
def test_a_process_that_is_to_outlive_its_terminal_is_not_stopped_by_its_end():
    code = (
        "import signal; from sentry_plugin.signals import Signals\n"
        "signal.signal(signal.SIGHUP, signal.SIG_IGN); taken = Signals(); taken.take()\n"
        "signal.raise_signal(signal.SIGHUP); print(repr(taken.stop.reason))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert done.stdout == b"''\n"


@pytest.mark.measured
def test_a_keyboard_interrupt_while_words_are_read_is_quiet():
    name = next(iter(step.index()["actions"]))
    code = (
        "import sys; from sentry_plugin import cli; from sentry_plugin.__main__ import main\n"
        "def interrupted(*_, **__): raise KeyboardInterrupt\n"
        "cli.main = interrupted; main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "call", name], capture_output=True, check=False
    )
    assert (done.returncode, done.stderr) == (130, b"")
