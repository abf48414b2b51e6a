"""The command line and the real process."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from types import SimpleNamespace

import pytest

from sentry_plugin import cli, signals
from sentry_plugin.actions.update_issue import UpdateIssue
from sentry_plugin.generated import VERSION
from sentry_plugin.runtime import protocol
from sentry_plugin.steps import schema, step

pytestmark = [pytest.mark.versions, pytest.mark.measured]

COMMANDS = [["bin/sentry_plugin"], ["-m", "sentry_plugin"]]


KINDS = {"actions": "action", "triggers": "trigger", "tasks": "task"}


def names():
    return [name for kind in KINDS for name in step.index()[kind]]


def kind_of(name):
    return next(one for kind, one in KINDS.items() if name in step.index()[kind])


def test_info_names_every_step_and_the_version(capsys):
    assert cli.main(["info"]) == 0
    lines = capsys.readouterr().out.splitlines()
    for kind in filter(step.index().get, KINDS):
        assert f"{kind.capitalize()} ({len(step.index()[kind])}):" in lines
    assert [line.split()[0] for line in lines if line.startswith("  ")] == names()
    assert any(line.startswith("Version:") and line.endswith(VERSION) for line in lines)


@pytest.mark.parametrize("name", names())
def test_a_sample_is_a_message_whose_input_and_connection_fit(name, capsys):
    assert cli.main(["sample", name]) == 0
    message = json.loads(capsys.readouterr().out)
    body = message["body"]
    kind = kind_of(name)
    assert (message["version"], message["type"], body[kind]) == ("v1", f"{kind}_start", name)
    assert ("dispatcher" in body, "state" in body) == (kind == "trigger", kind == "task")
    assert schema.problem(body["input"], name, "input") is None
    assert schema.problem(body["connection"], "connection", "input") is None
    assert body["input"].keys() == set(schema.load(name, "input").get("required", ()))


def test_a_sample_of_an_unknown_name_is_an_error_that_lists_the_names(capsys):
    assert cli.main(["sample", "nope"]) == 1
    assert all(name in capsys.readouterr().err for name in names()[:1])


def test_version_prints_the_version(capsys):
    with pytest.raises(SystemExit) as stopped:
        cli.main(["--version"])
    assert stopped.value.code == 0
    assert capsys.readouterr().out == f"{VERSION}\n"


def test_sandbox_has_options_of_its_own(capsys):
    with pytest.raises(SystemExit) as stopped:
        cli.main(["sandbox", "--profile", "nope"])
    assert stopped.value.code == 2
    assert "sentry-plugin sandbox" in capsys.readouterr().err


def test_an_installation_without_the_sandbox_says_so(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "sentry_plugin.sandbox", None)
    assert cli.main(["sandbox"]) == 1
    assert "not part of this installation" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [[], ["--debug"]])
def test_without_a_command_help_is_printed(arguments, capsys):
    assert cli.main(arguments) == 0
    assert "sample" in capsys.readouterr().out


@pytest.mark.parametrize(
    "arguments", [["nope"], ["--nope"], ["run", "--debug"], ["run", "extra"], ["sample"]]
)
def test_bad_usage_exits_2(arguments):
    with pytest.raises(SystemExit) as stopped:
        cli.main(arguments)
    assert stopped.value.code == 2


def test_what_follows_two_dashes_is_not_read(start, run):
    body = run(start("update_issue"), "run", "--", '{"body": {}}')
    assert "`issue_id` is required" in body["error"]


@pytest.mark.parametrize("stdin", [None, io.TextIOWrapper(io.BytesIO())])
def test_a_missing_or_empty_stdin_is_answered(stdin, monkeypatch, capsys):
    monkeypatch.setattr(sys, "stdin", stdin)
    assert cli.main(["run"]) == 1
    assert "No start message" in json.loads(capsys.readouterr().out)["body"]["error"]


class Counted(io.BytesIO):
    """Standard input that notes how much is asked of it at once."""

    asked = 0

    def read(self, size=-1):
        self.asked = max(self.asked, size if size >= 0 else 1 << 40)
        return super().read(size)


@pytest.mark.parametrize("size", [10, 1 << 20, protocol.LARGEST, protocol.LARGEST + 1, 1 << 27])
def test_a_message_is_read_in_memory_that_grows_with_it(size, monkeypatch, capsys):
    stdin = Counted(bytes(size))
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=stdin))
    assert cli.main(["run"]) == 1
    error = json.loads(capsys.readouterr().out)["body"]["error"]
    assert ("larger than 64 MiB" in error) is (size > protocol.LARGEST)
    assert stdin.asked <= 1 << 16
    assert min(size, protocol.LARGEST) <= stdin.tell() <= protocol.LARGEST + stdin.asked


@pytest.mark.parametrize(
    ("error", "code"),
    [(MemoryError(), "exhausted"), (OSError(5, "Input/output error"), "bad_message")],
)
def test_a_message_that_cannot_be_read_is_answered(error, code, monkeypatch, capsys):
    def fail(_):
        raise error

    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=SimpleNamespace(read=fail)))
    assert cli.main(["run"]) == 1
    assert json.loads(capsys.readouterr().out)["body"]["exception"]["code"] == code


class Closed(io.StringIO):
    def write(self, _):
        raise BrokenPipeError(32, "Broken pipe")


@pytest.mark.parametrize("stdout", [Closed(), None])
def test_a_stdout_that_nobody_reads_is_a_failure(stdout, start, monkeypatch, capsys):
    message = {**start("update_issue", issue_id="1", status="resolved")}
    monkeypatch.setattr(UpdateIssue, "run", lambda *_: {})
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(json.dumps(message).encode())))
    monkeypatch.setattr(sys, "stdout", stdout)
    assert cli.main(["run"]) == 1
    assert "could not be written to stdout" in capsys.readouterr().err


@pytest.mark.parametrize("command", COMMANDS)
def test_the_real_process_writes_one_event_and_exits_1_on_an_error(command):
    done = subprocess.run(
        [sys.executable, *command, "run"], input=b"{}", capture_output=True, check=False
    )
    assert done.returncode == 1
    assert json.loads(done.stdout)["body"]["status"] == "error"
    assert done.stdout.count(b"\n") == 1


@pytest.mark.parametrize("number", signals.NUMBERS)
def test_a_process_that_is_stopped_while_it_reads_answers_with_one_event(number):
    command = [sys.executable, "-u", "-c", READING, "run"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stderr.readline() == b"reading\n"
        process.send_signal(number)
        out = process.stdout.read()
    body = json.loads(out)["body"]
    assert process.returncode == 1
    assert (body["exception"]["code"], body["exception"]["retryable"]) == ("stopped", True)
    assert number.name in body["error"]


READING = """
import signal, sys
signal.signal(signal.SIGHUP, signal.SIG_DFL)  # whatever the tests were started with
from sentry_plugin.runtime import watchdog
from sentry_plugin.__main__ import main
wait = watchdog.unless_stopped
def noticed(*given):
    print("reading", file=sys.stderr, flush=True)
    return wait(*given)
watchdog.unless_stopped = noticed
main()
"""


def test_a_process_that_is_stopped_while_it_works_answers_and_ends_at_once(start):
    command = [sys.executable, "-u", "-c", WORKING, "run"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        process.stdin.write(json.dumps(start("update_issue", issue_id="1")).encode())
        process.stdin.close()
        process.stdin = None
        while process.stderr.readline() != b"working\n":
            pass
        process.terminate()
        out = process.stdout.read()
    body = json.loads(out)["body"]
    assert (process.returncode, body["meta"]) == (1, {"step": 7})
    assert body["exception"]["cause"] == "The step was stopped by SIGTERM."


def test_a_process_that_is_stopped_while_its_answer_is_read_writes_all_of_it():
    command = [sys.executable, "-c", WRITING, "run"]
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE) as process:
        assert process.stdout.read(1) == b"x"
        for number in signals.NUMBERS * 10:
            process.send_signal(number)
        rest = process.stdout.read()
    assert (process.returncode, len(rest)) == (0, 1 << 20)


# More than a pipe holds.
WRITING = """
from sentry_plugin.runtime import runtime
from sentry_plugin.__main__ import main
runtime.answer = lambda *_, **__: runtime.Event("x" * (1 << 20), ok=True)
main()
"""


WORKING = """
import sys, time
from sentry_plugin.__main__ import main
from sentry_plugin.actions.update_issue import UpdateIssue
def work(*_):
    print("working", file=sys.stderr)
    time.sleep(600)
UpdateIssue.run = work
main()
"""


@pytest.mark.parametrize("arguments", [["info"], ["sample", "update_issue"], ["--help"]])
def test_what_only_shows_something_loads_no_library(arguments):
    code = (
        "import sys\nfrom sentry_plugin.cli import main\n"
        f"try: main({arguments!r})\nexcept SystemExit: pass\n"
        "print({'requests', 'jsonschema', 'yaml', 'urllib3'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "set()"
