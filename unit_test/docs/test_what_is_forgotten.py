"""What a new step needs beside its entry in the spec: all that is forgotten is told at once."""

from __future__ import annotations

import importlib
import inspect
import pathlib

import pytest

from sentry_plugin.client.withheld import WITH_SECRETS
from sentry_plugin.steps import step
from tools import generate
from tools.document import steps

HERE = pathlib.Path(__file__)
SPEC = steps.spec()
ABOUT = {key: SPEC.about[key] for key in ("key_features", "requirements")}
# What a version has; the next one's line of the spec is made of the second part at its release.
HISTORY = [
    *SPEC.about["version_history"],
    (generate.ROOT / "CHANGELOG.md").read_text().split("\n## ")[1],
]
NAMES = [(generate.KINDS[kind], name, about["title"]) for kind, name, about in SPEC.components()]
TESTS = [
    path.read_text() for path in (generate.ROOT / "unit_test").rglob("test_*.py") if path != HERE
]
# Steps that the first version had, of which the version history tells nothing.
FIRST = {"submit_event"}
# What else the spec calls a thing.
ALSO = {"inventory": "who has access", "inventories": "inventory", "feedback": "users said"}


def things(kind, title):
    """Give what a step is about, as its title has it, each with what else it is called."""
    words = [word.lower() for word in title.split()]
    about = words[1:] if kind != "trigger" else [*{*words} - {"new", "changed"}]
    return [(word.removesuffix("s"), *other_names(word)) for word in about]


def other_names(word):
    while word in ALSO:
        yield (word := ALSO[word])


def tells(line, thing):
    return any(word in line.lower() for word in thing)


def forgotten(kind, name, title):
    """Yield what a step still needs, each as what is to be done."""
    module = f"sentry_plugin.{kind}s.{name}"
    path, its = f"{module.replace('.', '/')}.py", name.title().replace("_", "")
    if not (generate.ROOT / path).is_file():
        yield f"Write {path}, with the class {its}."
    else:
        made = inspect.getmembers(importlib.import_module(module), inspect.isclass)
        classes = {
            each for _, each in made if each.__module__ == module and issubclass(each, step.Step)
        }
        if {each.__name__ for each in classes} != {its}:
            yield f"Let {path} have one class that is a step: {its}."
        if not all(hasattr(each, "does") for each in classes):
            yield f"Say in {path} what it does: `does = Does.READS`, or what steps/step.py has."
    about = things(kind, title)
    if not any(all(tells(line, thing) for thing in about) for line in ABOUT["key_features"]):
        words = " and ".join(thing[0] for thing in about)
        yield f"Tell of it in a line of the spec's `key_features`, with {words}."
    (needs,) = (each.needs for each in steps.steps() if each.name == name)
    for scope in sorted({*steps.SCOPE.findall(needs)}):
        lines = " ".join(line for line in ABOUT["requirements"] if scope in line)
        if not any(tells(lines, thing) for thing in about):
            yield f"Tell in the spec's `requirements` that {title} needs {scope}."
    if name not in FIRST and not any(title in text for text in HISTORY):
        yield (
            f"Name {title} in CHANGELOG.md under Unreleased, or, if that was released, in the "
            "first line of the spec's `version_history`."
        )
    if not any(f'"{name}"' in text for text in TESTS):
        yield f'Test it below unit_test/, by its name "{name}".'


@pytest.mark.parametrize(("kind", "name", "title"), NAMES, ids=[name for _, name, _ in NAMES])
def test_nothing_is_forgotten_of_a_step(kind, name, title):
    left = [*forgotten(kind, name, title)]
    assert not left, "\n".join([f"{title} is not done yet.", *left, "Then: make generate"])


def test_a_step_that_has_nothing_but_its_entry_is_told_all_that_it_needs(monkeypatch):
    (known, *_) = steps.steps()
    made = known._replace(name="list_odd_things", needs="odd:read")
    monkeypatch.setattr(steps, "steps", lambda: [made])
    assert [line.split()[0] for line in forgotten("action", made.name, "List Odd Things")] == [
        *("Write", "Tell", "Tell", "Name", "Test")
    ]


def test_a_class_of_another_name_and_one_that_does_not_say_what_it_does_are_told_of(monkeypatch):
    (known,) = (each for each in steps.steps() if each.name == "get_issue")
    monkeypatch.delattr(step.load("action", known.name), "does")
    (first,) = forgotten("action", known.name, known.spec["title"])
    assert first.startswith("Say in sentry_plugin/actions/get_issue.py what it does")
    monkeypatch.setattr(steps, "steps", lambda: [known._replace(name="__init__")])
    first, *_ = forgotten("action", "__init__", known.spec["title"])
    assert first.startswith("Let sentry_plugin/actions/__init__.py have one class")


def test_every_module_of_a_step_is_in_the_spec():
    modules = {
        (kind.removesuffix("s"), path.stem)
        for kind in generate.KINDS
        for path in (generate.ROOT / "sentry_plugin" / kind).glob("[!_]*.py")
    }
    assert modules == {(kind, name) for kind, name, _ in NAMES}, "Declare it in plugin.spec.yaml."


def test_no_output_has_a_field_for_what_is_withheld():
    withheld = {path.split(".")[-1] for owned in WITH_SECRETS for path in owned.secrets}
    groups = {f"type {name}": fields for name, fields in SPEC.types.items()}
    groups |= {
        f"{part} of {name}": fields for name, part, fields in SPEC.parts() if part != "input"
    }
    found = {about for about, fields in groups.items() if withheld & fields.keys()}
    assert not found, "Leave it out of the spec: client/withheld.py takes it out of every answer."
