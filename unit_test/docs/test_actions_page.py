"""docs/actions.md: what it says of each step is so, and each example can be run."""

from __future__ import annotations

import json
import re
import shlex

import pytest
import requests_mock as mocking

from sentry_plugin.terminal import arguments
from tools import generate
from tools.document import steps
from unit_test.tools.test_generate import SPEC, WALKER

PAGE = (generate.ROOT / steps.PAGE).read_text(encoding="utf-8")
SECTIONS = {
    title: text
    for title, text in re.findall(r"^### (.*)\n((?:(?!^##).*\n)*)", PAGE, re.MULTILINE)
    if "\nNeeds: " in text
}
STEPS = [pytest.param(step, id=step.name) for step in steps.steps()]
NEEDS = {"needs": "legs"}
FORBIDDEN = "You do not have permission to perform this action."


def blocks(step, language):
    return re.findall(
        rf"^```{language}\n(.*?)\n```$", SECTIONS[step.spec["title"]], re.DOTALL | re.MULTILINE
    )


def test_every_step_has_a_section_below_its_purpose():
    assert [step.spec["title"] for step in steps.steps()] == [*SECTIONS]


@pytest.mark.parametrize("step", STEPS)
def test_an_example_is_accepted_and_what_it_is_then_refused_for_is_what_the_page_says(
    step, answer, requests_mock
):
    requests_mock.register_uri(mocking.ANY, mocking.ANY, status_code=403, json=FORBIDDEN)
    (message,) = blocks(step, "json")
    _, event, _ = answer(json.loads(message))
    body = event["body"]
    if step.name == "delete_inventory":  # nothing is stored, so that there is nothing to ask
        assert (body["status"], requests_mock.call_count) == ("ok", 0)
        return
    told = body["exception"]
    assert told["code"] == "forbidden", told
    assert {*steps.SCOPE.findall(told["assistance"])} <= {*steps.SCOPE.findall(step.needs)}


@pytest.mark.parametrize("step", STEPS)
def test_the_words_of_an_example_say_the_same_as_its_message(step):
    for words in blocks(step, "sh"):
        program, command, name, *given = shlex.split(words)
        assert (program, steps.COMMANDS[step.kind]) == ("sentry-plugin", command)
        assert (name, arguments.fields(given, name)) == (step.name, step.example)
    assert len(blocks(step, "sh")) == (step.kind in steps.COMMANDS)


def test_the_scopes_of_the_page_are_those_that_help_names():
    of_page = {scope for step in steps.steps() for scope in steps.SCOPE.findall(step.needs)}
    words = " ".join(SPEC.about["requirements"])
    assert {*steps.SCOPE.findall(words)} == of_page


def test_required_fields_come_first():
    rows = re.findall(r"^\| (\**`.*?`\**)", SECTIONS["Create Deploy"], re.MULTILINE)
    inputs = SPEC.about["actions"]["create_deploy"]["input"]
    required = [f"**`{name}`**" for name, about in inputs.items() if about["required"]]
    assert rows[: len(required)] == required
    assert not [row for row in rows[len(required) :] if row.startswith("**")]


def test_a_step_that_tells_nothing_more_is_shown_with_the_samples_input_and_its_first_sentence():
    given = {"Walking": {"go": NEEDS, "stop": NEEDS | {"short": "Halt"}}}
    going, stopping = steps.documented_steps(generate.Spec(WALKER), given)
    assert (going.purpose, going.short, going.example) == (
        "Walking",
        "Go there",
        {"where": {"name": "a"}},
    )
    assert (stopping.short, stopping.example) == ("Halt", {})


@pytest.mark.parametrize(
    ("purposes", "words"),
    [
        ({"A": {"go": NEEDS}}, "`stop` has 0 places in docs/actions.md: write it once into tools/"),
        (
            {"A": {"go": NEEDS, "stop": NEEDS}, "B": {"go": NEEDS}},
            "`go` has 2 places in docs/actions.md: write it once into tools/",
        ),
        (
            {"A": {"go": NEEDS, "run": NEEDS, "stop": NEEDS}},
            "it has no `run`: take that out of tools/document/steps.yaml",
        ),
        (
            {"A": {"go": NEEDS, "stop": {}}},
            "`stop` does not say in tools/document/steps.yaml what it needs",
        ),
    ],
)
def test_a_step_that_cannot_be_told_of_is_refused_with_what_to_do(purposes, words):
    with pytest.raises(generate.SpecError, match=re.escape(words)):
        [*steps.documented_steps(generate.Spec(WALKER), purposes)]
