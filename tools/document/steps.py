"""Writes the documentation of the steps for people: docs/actions.md, and README's tables.

It comes from plugin.spec.yaml, and from steps.yaml where the spec does not say.
"""

from __future__ import annotations

import collections
import functools
import itertools
import json
import re
import shlex
from collections.abc import Collection, Iterator, Mapping
from typing import Any, NamedTuple

import yaml

from tools import generate
from tools.document.markdown import link, table, value

DATA = "tools/document/steps.yaml"
PAGE = "docs/actions.md"
SCOPE = re.compile(r"[a-z]+:[a-z]+")
LONGEST = 80
"""Characters of a value in a table; help.md has the longer ones."""
ALWAYS = {"input": "required", "output": "always there"}
COMMANDS = {"action": "call", "trigger": "watch"}
"""The commands that run a step at a terminal; none runs a task, whose state has to be kept."""
CONNECTION = ("token", "url", "organization")


class DocumentedStep(NamedTuple):
    """A step, and what the documents say of it."""

    purpose: str
    kind: str
    name: str
    spec: generate.Field
    short: str
    """The description in one sentence."""
    needs: str
    message: generate.Field
    """The start message of its example."""

    @property
    def link(self) -> str:
        """A link to its section, for docs/actions.md itself."""
        return link(self.spec["title"])

    @property
    def example(self) -> generate.Field:
        """Its input in the example."""
        given: generate.Field = self.message["body"]["input"]
        return given


def documented_steps(spec: generate.Spec, purposes: Mapping[str, Any]) -> Iterator[DocumentedStep]:
    """Yield all steps by purpose; a SpecError says what to do about one that has none."""
    kinds = {name: (generate.KINDS[kind], about) for kind, name, about in spec.components()}
    _check(purposes, kinds)
    every = spec.examples(spec.about["connection"])
    connection = {name: every[name] for name in CONNECTION if name in every}
    for purpose, about in purposes.items():
        for name, more in about.items():
            kind, declared = kinds[name]
            message = generate.sample(spec, kind, name, declared)
            message["body"]["connection"] = connection
            message["body"]["input"] = more.get("example", message["body"]["input"])
            short = more.get("short", declared["description"].split(". ")[0])
            yield DocumentedStep(purpose, kind, name, declared, short, more["needs"], message)


def _check(purposes: Mapping[str, Any], known: Collection[str]) -> None:
    named = [(name, about[name]) for about in purposes.values() for name in about]
    places = collections.Counter(name for name, _ in named)
    for name in sorted({*places, *known}):
        if name not in known:
            raise generate.SpecError(f"it has no `{name}`: take that out of {DATA}")
        if places[name] != 1:
            raise generate.SpecError(
                f"`{name}` has {places[name]} places in {PAGE}: write it once into {DATA}, "
                "below the purpose that it serves, with what it needs"
            )
    for name, more in named:
        if "needs" not in more:
            raise generate.SpecError(f"`{name}` does not say in {DATA} what it needs")


@functools.cache
def spec() -> generate.Spec:
    """Read the spec."""
    return generate.Spec((generate.ROOT / "plugin.spec.yaml").read_text(encoding="utf-8"))


@functools.cache
def steps() -> list[DocumentedStep]:
    """Return all steps by purpose."""
    return [
        *documented_steps(
            spec(), yaml.safe_load((generate.ROOT / DATA).read_text(encoding="utf-8"))
        )
    ]


def purposes() -> Iterator[tuple[str, list[DocumentedStep]]]:
    """Yield each purpose with its steps."""
    for purpose, found in itertools.groupby(steps(), lambda step: step.purpose):
        yield purpose, [*found]


def overview(kind: str) -> str:
    """Return a table of the steps of a kind, for a page in the root folder."""
    return table(
        (kind, "what it does"),
        (
            (link(f"`{step.name}`", PAGE, step.spec["title"]), step.short)
            for step in steps()
            if step.kind == kind
        ),
    )


def contents() -> str:
    """Return a table of contents: the purposes and their steps."""
    return "\n".join(
        f"- {link(purpose)}: {', '.join(step.link for step in found)}"
        for purpose, found in purposes()
    )


def scopes() -> str:
    """Return a table of the scopes and the steps that need them."""
    named = sorted({scope for step in steps() for scope in SCOPE.findall(step.needs)})
    return table(
        ("Scope", "Steps"),
        (
            (f"`{scope}`", ", ".join(step.link for step in steps() if scope in step.needs))
            for scope in named
        ),
    )


def sections() -> str:
    """Return the sections of all steps."""
    blocks = []
    for purpose, found in purposes():
        blocks.append(f"## {purpose}")
        for step in found:
            blocks += _section(step)
    return "\n\n".join(blocks)


def _section(step: DocumentedStep) -> Iterator[str]:
    yield f"### {step.spec['title']}"
    yield f"The {step.kind} `{step.name}`. {step.spec['description']}."
    yield f"Needs: {SCOPE.sub(lambda scope: f'`{scope[0]}`', step.needs)}."
    parts = generate.PARTS[f"{step.kind}s"]
    yield from (fields(part, step.spec[part]) for part in parts if part in step.spec)
    if step.kind in COMMANDS:
        yield f"```sh\n{command(step)}\n```"
    yield f"```json\n{message(step)}\n```"


def types() -> str:
    """Return the sections of the spec's types."""
    return "\n\n".join(
        block
        for name, declared in spec().types.items()
        for block in (f"### {name}", fields("field", declared))
    )


def fields(part: str, declared: generate.Fields) -> str:
    """Return a table of fields, those that are always there first."""
    in_order = sorted(declared.items(), key=lambda each: not each[1].get("required"))
    return table(
        (part.capitalize(), "Type", "What it is", "Example or default"),
        (
            (_name(part, name, about), _type(about["type"]), _what(about), _example(about))
            for name, about in in_order
        ),
    )


def _name(part: str, name: str, about: generate.Field) -> str:
    return f"**`{name}`** ({ALWAYS[part]})" if about.get("required") else f"`{name}`"


def _type(name: str) -> str:
    if name.startswith("[]"):
        return f"list of {_type(name[2:])}"
    return link(name) if name in spec().types else f"`{name}`"


def _what(about: generate.Field) -> str:
    known = ", ".join(value(each) for each in about.get("enum", ()))
    return f"{about['description']}. One of {known}" if known else str(about["description"])


def _example(about: generate.Field) -> str:
    if "default" in about:
        return f"default {value(about['default'])}"
    shown = value(about["example"]) if "example" in about else ""
    return shown if len(shown) <= LONGEST else ""


def command(step: DocumentedStep) -> str:
    """Return the command line that runs the example."""
    return shlex.join(["sentry-plugin", COMMANDS[step.kind], step.name, *_words(step.example)])


def _words(given: generate.Field) -> Iterator[str]:
    for name, of in given.items():
        if isinstance(of, dict):
            yield f"{name}:={json.dumps(of)}"
            continue
        for each in of if isinstance(of, list) else [of]:
            yield f"{name}={each if isinstance(each, str) else json.dumps(each)}"


def message(step: DocumentedStep) -> str:
    """Return the start message of the example, with one line for each key of its body."""
    lines = [f'  "{key}": {json.dumps(of)}' for key, of in step.message["body"].items()]
    about = [f'"{key}": {json.dumps(of)}' for key, of in step.message.items() if key != "body"]
    return "\n".join([f'{{{", ".join(about)}, "body": {{', ",\n".join(lines), "}}"])
