#!/usr/bin/env python3
"""Write what plugin.spec.yaml implies: schemas, types, index, samples and help.md.

Schemas and help.md have the form that InsightConnect's own generator gives them. Must not know what
an action does, nor write anything outside sentry_plugin/generated except help.md.
"""

from __future__ import annotations

import argparse
import json
import pathlib
import sys
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import jsonschema
import yaml

ROOT = pathlib.Path(__file__).resolve().parents[1]
GENERATED = "sentry_plugin/generated"
HOW = "Generated from plugin.spec.yaml by tools/generate.py. Do not edit."

Field = dict[str, Any]
Fields = dict[str, Field]

DATA = pathlib.Path(__file__).parent
SPEC_SCHEMA: Field = json.loads((DATA / "spec.schema.json").read_text(encoding="utf-8"))
# The built-in types as properties of a schema; "$ref" holds the definition that it refers to.
BUILT_IN: Fields = json.loads((DATA / "built_in_types.json").read_text(encoding="utf-8"))

KINDS = {"actions": "action", "triggers": "trigger", "tasks": "task"}
PARTS = {
    "actions": ("input", "output"),
    "triggers": ("input", "output"),
    "tasks": ("input", "state", "output"),
}
# What the body of a sample has before its connection, and after it.
DISPATCHER = {"dispatcher": {"url": "http://localhost:8000", "webhook_url": ""}}
ADDED_TO_SAMPLE: dict[str, tuple[Field, Field]] = {
    "action": ({}, {}),
    "trigger": (DISPATCHER, {}),
    "task": ({}, {"state": {}}),
}
PROPERTY = (
    *("type", "$ref", "format", "displayType", "title", "description", "default"),
    *("placeholder", "tooltip", "items", "enum", "order"),
)
COLUMNS = {
    "input": (
        *("type", "default", "required", "description", "enum"),
        *("example", "placeholder", "tooltip"),
    ),
    "output": ("type", "required", "description", "example"),
    "state": ("type", "description"),
    "type": ("type", "default", "required", "description", "example"),
}
PYTHON = {
    "string": "str",
    "integer": "int",
    "number": "float",
    "boolean": "bool",
    "object": "dict[str, Any]",
}


class SpecError(Exception):
    """plugin.spec.yaml is wrong; the text says where and how, on one line."""


def load(text: str) -> dict[str, Any]:
    """Read a spec and refuse one that lacks what the generated files need."""
    try:
        spec = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise SpecError(f"not YAML: {' '.join(str(error).split())}") from error
    wrong = jsonschema.Draft202012Validator(SPEC_SCHEMA).iter_errors(spec)
    for path, message in sorted(("/".join(map(str, e.absolute_path)), e.message) for e in wrong):
        raise SpecError(f"{path or 'at the top'}: {' '.join(message.split())}")
    return dict(spec)


def inner(type_name: str) -> str:
    """Return what a list type is made of, and any other type as it is."""
    return type_name.lstrip("[]")


class Spec:
    """A spec that was checked, and the schemas of its types."""

    def __init__(self, text: str) -> None:
        self.about = load(text)
        self.types: dict[str, Fields] = self.about.get("types", {})
        for path, fields in self._groups():
            for name, field in fields.items():
                if inner(field["type"]) not in BUILT_IN | self.types:
                    raise SpecError(f"{path}/{name}: no type is called {field['type']!r}")

    def _groups(self) -> Iterator[tuple[str, Fields]]:
        yield "connection", self.about["connection"]
        yield from ((f"types/{name}", fields) for name, fields in self.types.items())
        for kind, name, component in self.components():
            for part in PARTS[kind]:
                yield f"{kind}/{name}/{part}", component.get(part, {})

    def components(self) -> Iterator[tuple[str, str, Field]]:
        """Yield (kind, name, component) for all actions, triggers and tasks."""
        for kind in KINDS:
            for name, component in sorted(self.about.get(kind, {}).items()):
                yield kind, name, component

    def parts(self) -> Iterator[tuple[str, str, Fields]]:
        """Yield (name, input, output or state, fields) for everything that has a schema."""
        yield "connection", "input", self.about["connection"]
        for kind, name, component in self.components():
            for part in PARTS[kind]:
                yield name, part, component.get(part, {})

    def schema(self, fields: Fields, *, is_list: bool = False) -> Field:
        """Build one schema, with the definitions it reaches in the order of their first use."""
        if not fields:
            return {}
        reached: Fields = {}
        schema = self._object("Variables", fields, reached)
        schema["properties"] = dict(sorted(schema["properties"].items()))
        schema = listed(schema) if is_list else schema
        return schema | {"definitions": reached}

    def _object(self, title: str, fields: Fields, reached: Fields) -> Field:
        properties: Fields = {}
        for order, (name, field) in enumerate(fields.items(), 1):
            kept = {key: value for key, value in field.items() if key != "type"}
            every = kept | self._form(field["type"], reached) | {"order": order}
            properties[name] = {key: every[key] for key in PROPERTY if key in every}
        schema: Field = {"type": "object", "title": title, "properties": properties}
        required = sorted(name for name, field in fields.items() if field.get("required"))
        return schema | ({"required": required} if required else {})

    def _form(self, type_name: str, reached: Fields) -> Field:
        if type_name.startswith("[]"):
            return {"type": "array", "items": self._form(type_name[2:], reached)}
        form = BUILT_IN.get(type_name, {"$ref": {}})
        if "$ref" not in form:
            return form
        if type_name not in reached:
            reached[type_name] = form["$ref"]  # holds the place of a type that reaches itself
            if type_name in self.types:
                reached[type_name] = self._object(type_name, self.types[type_name], reached)
        return {"$ref": f"#/definitions/{type_name}"}

    def examples(self, fields: Fields, within: tuple[str, ...] = ()) -> Field:
        """Return the defaults, or else the examples, of all fields that have one."""
        made = {name: self._example(field, within) for name, field in fields.items()}
        return {name: value for name, value in made.items() if value is not None}

    def _example(self, field: Field, within: tuple[str, ...]) -> Any:
        for key in ("default", "example"):
            if key in field:
                return field[key]
        name = inner(field["type"])
        if name in within or name not in self.types:
            return None
        made = self.examples(self.types[name], (*within, name))
        return [made] if made and name != field["type"] else made or None

    def connection_sample(self) -> Field:
        """Make a connection of the required fields and those with a default."""
        return {
            name: field.get("default", field["example"])
            for name, field in self.about["connection"].items()
            if field["required"] or "default" in field
        }


def listed(schema: Field) -> Field:
    """Make of a task's output, as the official generator does, a list of whatever there is."""
    first = next(iter(schema["properties"].values()))
    about = {key: first[key] for key in ("title", "description")}
    required = {"required": schema["required"]} if "required" in schema else {}
    return {"type": "array", **about, "items": {}, **required}


def files(text: str) -> dict[str, str]:
    """Return every generated file, path to text, that the text of a spec implies."""
    spec = Spec(text)
    made = {"__init__.py": f'"""{HOW}"""\n\nVERSION = "{spec.about["version"]}"\n'}
    made["types.py"] = typed_dicts(spec)
    made["index.json"] = dump(index(spec))
    tasks = spec.about.get("tasks", {})
    for name, part, fields in spec.parts():
        is_list = name in tasks and part == "output"
        made[f"{name}.{part}.json"] = dump(spec.schema(fields, is_list=is_list))
    for kind, name, component in spec.components():
        made[f"{name}.sample.json"] = dump(sample(spec, KINDS[kind], name, component))
    inside = {f"{GENERATED}/{name}": content for name, content in made.items()}
    return inside | {"help.md": "\n\n".join(help_blocks(spec)) + "\n"}


def dump(value: object) -> str:
    """Write JSON as every generated file has it."""
    return json.dumps(value, indent=2) + "\n"


def index(spec: Spec) -> Field:
    """List what the plugin has, for those who need no schemas."""
    listed: Field = {key: spec.about[key] for key in ("name", "title", "vendor", "description")}
    listed |= {kind: {} for kind in KINDS}
    for kind, name, component in spec.components():
        listed[kind][name] = {key: component[key] for key in ("title", "description")}
    return listed


def sample(spec: Spec, kind: str, name: str, component: Field) -> Field:
    """Make a start message that is short, valid and changes nothing."""
    fields = component.get("input", {}).items()
    given = {key: field["example"] for key, field in fields if field["required"]}
    before, after = ADDED_TO_SAMPLE[kind]
    connection = {"connection": spec.connection_sample()}
    body = {kind: name, "meta": {}, "input": given, **before, **connection, **after}
    return {"body": body, "type": f"{kind}_start", "version": "v1"}


def typed_dicts(spec: Spec) -> str:
    """Write every type, input and output as a TypedDict for mypy to check."""
    lines = [f'"""{HOW}"""', "", "from typing import Any, Literal, NotRequired, TypedDict"]
    for name, fields in named_fields(spec):
        keys = [f'    "{key}": {python_type(field)},' for key, field in fields.items()]
        lines += ["", f'{name} = TypedDict("{name}", {{', *keys, "})"]
    return "\n".join([*lines, ""])


def named_fields(spec: Spec) -> Iterator[tuple[str, Fields]]:
    """Yield everything that becomes a TypedDict, with its name there."""
    for name, form in BUILT_IN.items():
        if names := form.get("$ref", {}).get("properties"):
            required = form["$ref"].get("required", [])
            yield (
                camel(name),
                {key: {"type": "string", "required": key in required} for key in names},
            )
    for name, fields in spec.types.items():
        yield camel(name), fields
    for name, part, fields in spec.parts():
        yield camel(f"{name}_{part}"), fields


def camel(name: str) -> str:
    """Return a name of the spec as a class name."""
    return "".join(word[:1].upper() + word[1:] for word in name.split("_"))


def python_type(field: Field) -> str:
    """Return a field's type as an annotation."""
    name = inner(field["type"])
    form = BUILT_IN.get(name, {"properties": {}})
    form = form.get("$ref", form)
    python = f'"{camel(name)}"' if "properties" in form else PYTHON[form["type"]]
    if "enum" in field:
        python = f"Literal{field['enum']}"
    depth = field["type"].count("[]")
    python = "list[" * depth + python + "]" * depth
    return python if field.get("required") else f"NotRequired[{python}]"


def help_blocks(spec: Spec) -> Iterator[str]:
    """Yield the blocks of help.md, between which are empty lines."""
    about = spec.about
    yield from ("# Description", about["description"])
    yield from ("# Key Features", bullets(about["key_features"]))
    yield from ("# Requirements", bullets(about["requirements"]))
    yield from ("# Supported Product Versions", bullets(about["supported_versions"]))
    yield from ("# Documentation", "## Setup")
    yield "The connection configuration accepts the following parameters:"
    yield table(about["connection"], COLUMNS["input"])
    yield from ("Example input:", code(spec.connection_sample()))
    yield "## Technical Details"
    for kind, one in KINDS.items():
        yield f"### {kind.capitalize()}"
        if not about.get(kind):
            yield f"*This plugin does not contain any {kind}.*"
        for _, component in sorted(about.get(kind, {}).items()):
            yield from component_blocks(spec, one, component, PARTS[kind])
    yield "### Custom Types"
    for name, fields in spec.types.items():
        yield from (f"**{name}**", table(fields, COLUMNS["type"]))
    yield from ("## Troubleshooting", bullets(about["troubleshooting"]))
    yield from ("# Version History", bullets(about["version_history"]))
    yield from ("# Links", bullets(about["links"]))
    yield from ("## References", bullets(about["references"]))


def component_blocks(
    spec: Spec, kind: str, component: Field, parts: Sequence[str]
) -> Iterator[str]:
    """Yield the help of one action, trigger or task."""
    text = component["description"]
    yield f"#### {component['title']}"
    yield f"This {kind} is used to {text[0].lower()}{text[1:]}"
    for part in parts:
        yield f"##### {part.capitalize()}"
        if fields := dict(sorted(component.get(part, {}).items())):
            yield table(fields, COLUMNS[part])
            yield from (f"Example {part}:", code(spec.examples(fields)))
        else:
            yield f"*This {kind} does not contain any {part}s.*"


def bullets(items: Iterable[str]) -> str:
    """Write a list."""
    return "\n".join(f"* {item}" for item in items)


def code(value: object) -> str:
    """Write a block of JSON."""
    return f"```\n{dump(value)}```"


def table(fields: Fields, columns: Sequence[str]) -> str:
    """Write a table of fields, sorted by name."""
    rows = [("Name", *(column.capitalize() for column in columns)), [" :--- "] * (len(columns) + 1)]
    for name, field in sorted(fields.items()):
        values = {"required": False} | field
        rows.append((name, *(cell(values.get(column)) for column in columns)))
    return "\n".join(f"|{'|'.join(row)}|" for row in rows)


def cell(value: object) -> str:
    """Write a value as the official validators expect it: as in Python, lists in double quotes."""
    return str(value).replace("'", '"') if isinstance(value, list) else str(value)


def main(argv: Sequence[str] | None = None) -> int:
    """Bring the generated files up to date, or only print which are stale."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing, fail on a stale file")
    check = parser.parse_args(argv).check
    try:
        wanted = files((ROOT / "plugin.spec.yaml").read_text(encoding="utf-8"))
    except SpecError as error:
        print(f"plugin.spec.yaml: {error}", file=sys.stderr)
        return 1
    differing = [path for path in sorted({*wanted, *present()}) if wanted.get(path) != read(path)]
    for path in differing:
        words = ("stale", "left over") if check else ("written", "removed")
        print(f"{words[path not in wanted]}: {path}")
        if not check:
            put(path, wanted.get(path))
    return 1 if check and differing else 0


def present() -> list[str]:
    """Return the path of each file in the generated folder."""
    found = (path for path in (ROOT / GENERATED).glob("*") if path.is_file())
    return [path.relative_to(ROOT).as_posix() for path in found]


def read(path: str) -> str | None:
    """Return a file's text, or None where there is no file."""
    file = ROOT / path
    return file.read_text(encoding="utf-8") if file.is_file() else None


def put(path: str, text: str | None) -> None:
    """Write a file, or remove it where *text* is None."""
    file = ROOT / path
    if text is None:
        file.unlink()
    else:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    raise SystemExit(main())
