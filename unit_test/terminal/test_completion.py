"""What shells complete."""

from __future__ import annotations

import pathlib
import shutil
import subprocess

import pytest

from sentry_plugin import cli
from sentry_plugin.steps import schema, step
from unit_test import outside

pytestmark = pytest.mark.versions

ACTIONS = [*step.index()["actions"]]


@pytest.fixture
def complete(capsys):
    """Give what may come next."""

    def ask(*words):
        assert cli.main(["complete", *words]) == 0
        return capsys.readouterr().out.splitlines()

    return ask


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (["ca"], ["call"]),
        (["completion", ""], ["bash", "zsh", "fish"]),
        (["call", "list_issue_ev"], ["list_issue_events"]),
        (["sample", "list_issue_ev"], ["list_issue_events"]),
        (["call", "list_project_issues", "limit=3", "li"], []),
        (["call", "check_inventory", "checks=a", "check"], ["checks="]),
        (
            ["call", "list_project_issues", "shortIdLookup="],
            ["shortIdLookup=true", "shortIdLookup=false"],
        ),
        (["call", "collect_inventory", "output_as=l"], ["output_as=lists"]),
        (["call", "list_project_issues", "nope="], []),
        (["call", "nope", ""], []),
        (["run", ""], []),
    ],
)
def test_what_may_come_next_is_told(words, found, complete):
    assert complete(*words) == found


def test_without_a_word_the_commands_are_told(complete):
    assert {"run", "call", "completion", "sample"} <= {*complete("")}
    assert complete() == complete("")


@pytest.mark.parametrize("name", ACTIONS)
def test_the_fields_of_an_action_are_those_of_the_spec(name, complete):
    fields = [f"{each}=" for each in schema.load(name, "input")["properties"]]
    assert complete("call", name, "") == fields


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("sentry-plugin call list_issue_ev", "list_issue_events"),
        ("sentry-plugin call list_project_issues lim", "limit="),
        ("sentry-plugin call collect_inventory output_as=l", "lists"),
        ("sentry-plugin completion ", "bash zsh fish"),
    ],
)
def test_bash_completes_a_line(line, found, tmp_path):
    program = outside.program(tmp_path)
    script = f"""
        eval "$({program} completion bash)"
        compopt() {{ :; }}
        COMP_LINE='{line.replace("sentry-plugin", str(program), 1)}' COMP_POINT=1000
        _sentry_plugin
        echo "${{COMPREPLY[*]}}"
    """
    done = subprocess.run(
        [shutil.which("bash"), "-c", script],
        capture_output=True,
        text=True,
        check=True,
        cwd=pathlib.Path(cli.__file__).parents[1],
    )
    assert done.stdout.strip() == found
