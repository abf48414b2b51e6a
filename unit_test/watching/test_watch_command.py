"""`sentry-plugin watch`: a trigger for a person, from words to lines of JSON or posts."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess

import pytest

from sentry_plugin import cli, settings
from unit_test import outside

from .conftest import during, soon
from .test_new_issue import looked, looked_again, submitted


@pytest.fixture(autouse=True)
def account(sandbox, monkeypatch, tmp_path):
    """Set the variables of Sentry's own tools to the sandbox, in an empty folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SENTRY_AUTH_TOKEN", sandbox.known["token"])
    monkeypatch.setenv("SENTRY_URL", sandbox.base)
    monkeypatch.setenv("SENTRY_ORG", "acme")
    # The command sets it; this puts it back.
    monkeypatch.setenv(settings.STATE, os.environ[settings.STATE])


@pytest.fixture
def command(capsys):
    """Watch with words, during a story; give the exit status, standard output and error."""

    def run(*words, story=None):
        with during(story) if story else contextlib.nullcontext():
            status = cli.main(["watch", *words])
        return status, *capsys.readouterr()

    return run


def test_each_event_is_a_line_of_json(sandbox, command):
    new = []

    def story():
        soon(lambda: looked(sandbox, 2))
        new.extend(submitted(sandbox) for _ in range(2))
        looked_again(sandbox, 3)

    status, out, err = command("new_issue", "kinds=new", story=story)
    assert (status, err) == (0, "")
    assert [json.loads(line)["issue"]["id"] for line in out.splitlines()] == [
        each["id"] for each in new
    ]


def test_events_are_posted_with_a_state_of_ones_own(sandbox, command, dispatcher, tmp_path):
    def story():
        soon(lambda: looked(sandbox, 2))
        submitted(sandbox)
        soon(lambda: dispatcher.events)

    words = ("new_issue", "--to", dispatcher.url, "--state", str(tmp_path / "x"), "--id", "mine")
    assert command(*words, "kinds=new", story=story) == (0, "", "")
    assert (tmp_path / "x/triggers/mine.sqlite3").is_file()
    assert dispatcher.events[0]["body"]["meta"] == {"triggerId": "mine"}


def test_a_failure_is_told_in_words(command):
    status, out, err = command("new_issue", "projects=no-such-project")
    assert (status, out) == (1, "")
    assert err.startswith("error: GET ")
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["nope"], "Triggers: "),
        (["new_issue", "odd=1"], "There is no field `odd`."),
        (["new_issue", "--connection", "missing.json"], "cannot be read"),
    ],
)
def test_a_wrong_command_line_is_told(words, said, command):
    status, out, err = command(*words)
    assert (status, out) == (2, "")
    assert said in err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "usage: sentry-plugin watch TRIGGER"),
        (["new_issue", "--help"], "usage: sentry-plugin watch new_issue"),
    ],
)
def test_help_is_there(words, said, command):
    status, out, _ = command(*words)
    assert status == 0
    assert out.startswith(said)


@pytest.mark.measured
def test_it_ends_when_nobody_reads_any_more(sandbox):
    submitted(sandbox)
    process = subprocess.Popen(
        [*outside.PLUGIN, "watch", "new_issue", "since=2026-01-01T00:00:00Z", "interval=5"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        process.stdout.close()
        assert process.stderr.read() == ""
    assert process.returncode == 0


def test_a_story_that_cannot_come_true_any_more_fails_and_tells_what_ended(sandbox, watch, trigger):
    message = trigger("new_issue", projects=["no-such-project"])
    with pytest.raises(AssertionError, match="has ended") as failed:
        watch(message, lambda: soon(lambda: None))
    assert "not_found" in failed.value.__notes__[0]
