"""What people read of the steps: docs/actions.md, and README's tables.

All of it is from plugin.spec.yaml, and from steps.yaml what that does not say.
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
"""What runs a step from words; a task needs somebody who keeps its state."""
CONNECTION = ("token", "url", "organization")


class Step(NamedTuple):
    """A step, and what is told of it."""

    purpose: str
    kind: str
    name: str
    spec: generate.Field
    short: str
    """The same in a sentence."""
    needs: str
    message: generate.Field
    """The start message of its example."""

    @property
    def link(self) -> str:
        """Where docs/actions.md tells of it, as a link on that page."""
        return link(self.spec["title"])

    @property
    def example(self) -> generate.Field:
        """Its input in the example."""
        given: generate.Field = self.message["body"]["input"]
        return given


def gathered(spec: generate.Spec, purposes: Mapping[str, Any]) -> Iterator[Step]:
    """Yield all steps by their purposes, or say what to do about one that has none."""
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
            yield Step(purpose, kind, name, declared, short, more["needs"], message)


def _check(purposes: Mapping[str, Any], known: Collection[str]) -> None:
    told = [(name, about[name]) for about in purposes.values() for name in about]
    places = collections.Counter(name for name, _ in told)
    for name in sorted({*places, *known}):
        if name not in known:
            raise generate.SpecError(f"it has no `{name}`: take that out of {DATA}")
        if places[name] != 1:
            raise generate.SpecError(
                f"`{name}` has {places[name]} places in {PAGE}: write it once into {DATA}, "
                "below the purpose that it serves, with what it needs"
            )
    for name, more in told:
        if "needs" not in more:
            raise generate.SpecError(f"`{name}` does not say in {DATA} what it needs")


@functools.cache
def spec() -> generate.Spec:
    """Read the spec."""
    return generate.Spec((generate.ROOT / "plugin.spec.yaml").read_text(encoding="utf-8"))


@functools.cache
def steps() -> list[Step]:
    """Give all steps by their purposes."""
    return [*gathered(spec(), yaml.safe_load((generate.ROOT / DATA).read_text(encoding="utf-8")))]


def purposes() -> Iterator[tuple[str, list[Step]]]:
    """Yield each purpose with its steps."""
    for purpose, found in itertools.groupby(steps(), lambda step: step.purpose):
        yield purpose, [*found]


def overview(kind: str) -> str:
    """Return the steps of a kind, for a page above docs/."""
    return table(
        (kind, "what it does"),
        (
            (link(f"`{step.name}`", PAGE, step.spec["title"]), step.short)
            for step in steps()
            if step.kind == kind
        ),
    )


def contents() -> str:
    """Return the purposes, and the steps that serve them."""
    return "\n".join(
        f"- {link(purpose)}: {', '.join(step.link for step in found)}"
        for purpose, found in purposes()
    )


def scopes() -> str:
    """Return the scopes, and the steps that need them."""
    named = sorted({scope for step in steps() for scope in SCOPE.findall(step.needs)})
    return table(
        ("Scope", "Steps"),
        (
            (f"`{scope}`", ", ".join(step.link for step in steps() if scope in step.needs))
            for scope in named
        ),
    )


def sections() -> str:
    """Return what there is to tell of each step."""
    blocks = []
    for purpose, found in purposes():
        blocks.append(f"## {purpose}")
        for step in found:
            blocks += _section(step)
    return "\n\n".join(blocks)


def _section(step: Step) -> Iterator[str]:
    yield f"### {step.spec['title']}"
    yield f"The {step.kind} `{step.name}`. {step.spec['description']}."
    yield f"Needs: {SCOPE.sub(lambda scope: f'`{scope[0]}`', step.needs)}."
    parts = generate.PARTS[f"{step.kind}s"]
    yield from (fields(part, step.spec[part]) for part in parts if part in step.spec)
    if step.kind in COMMANDS:
        yield f"```sh\n{command(step)}\n```"
    yield f"```json\n{message(step)}\n```"


def types() -> str:
    """Return the types that the spec makes, and what is in them."""
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


def command(step: Step) -> str:
    """Return the command line that runs the example."""
    return shlex.join(["sentry-plugin", COMMANDS[step.kind], step.name, *_words(step.example)])


def _words(given: generate.Field) -> Iterator[str]:
    for name, of in given.items():
        if isinstance(of, dict):
            yield f"{name}:={json.dumps(of)}"
            continue
        for each in of if isinstance(of, list) else [of]:
            yield f"{name}={each if isinstance(each, str) else json.dumps(each)}"


def message(step: Step) -> str:
    """Return the start message of the example, with a line for each thing that is in its body."""
    lines = [f'  "{key}": {json.dumps(of)}' for key, of in step.message["body"].items()]
    about = [f'"{key}": {json.dumps(of)}' for key, of in step.message.items() if key != "body"]
    return "\n".join([f'{{{", ".join(about)}, "body": {{', ",\n".join(lines), "}}"])
