"""The generated files, and the tool that keeps them honest."""

from __future__ import annotations

import json
import pathlib
import re
import typing

import jsonschema
import pytest

from sentry_plugin.generated import types
from tools import generate

SPEC = generate.Spec((generate.ROOT / "plugin.spec.yaml").read_text(encoding="utf-8"))
WALKER = (pathlib.Path(__file__).parents[1] / "samples/walker.spec.yaml").read_text(
    encoding="utf-8"
)


@pytest.fixture
def root(tmp_path, monkeypatch):
    """Return a folder that holds nothing but the spec of a small plugin."""
    (tmp_path / "plugin.spec.yaml").write_text(WALKER, encoding="utf-8")
    monkeypatch.setattr(generate, "ROOT", tmp_path)
    return tmp_path


def made(path):
    return generate.files(WALKER)[path]


def loaded(name):
    return json.loads(made(f"{generate.GENERATED}/{name}.json"))


def test_nothing_generated_is_stale():
    assert generate.main(["--check"]) == 0


def test_check_names_every_file_and_writes_none(root, capsys):
    assert generate.main(["--check"]) == 1
    assert [path.name for path in root.iterdir()] == ["plugin.spec.yaml"]
    printed = capsys.readouterr().out.splitlines()
    assert printed == [f"stale: {path}" for path in sorted(generate.files(WALKER))]


def test_what_generate_writes_check_accepts(root, capsys):
    assert generate.main([]) == 0
    printed = capsys.readouterr().out.splitlines()
    assert printed == [f"written: {path}" for path in sorted(generate.files(WALKER))]
    assert generate.main(["--check"]) == 0


def test_file_of_a_removed_action_is_reported_and_then_removed(root, capsys):
    generate.main([])
    old = root / generate.GENERATED / "old.input.json"
    old.touch()
    capsys.readouterr()
    assert generate.main(["--check"]) == 1
    assert capsys.readouterr().out == f"left over: {generate.GENERATED}/old.input.json\n"
    assert generate.main([]) == 0
    assert capsys.readouterr().out == f"removed: {generate.GENERATED}/old.input.json\n"
    assert not old.exists()


def test_same_spec_gives_the_same_bytes():
    assert list(generate.files(WALKER).items()) == list(generate.files(WALKER).items())


def test_schema_has_the_keys_and_the_order_of_the_official_generator():
    schema = loaded("go.input")
    assert list(schema) == ["type", "title", "properties", "required", "definitions"]
    assert (schema["type"], schema["title"], schema["required"]) == (
        "object",
        "Variables",
        ["where"],
    )
    assert list(schema["properties"]) == ["code", "how", "where"]
    assert json.dumps(schema["properties"]["how"]) == json.dumps(
        {
            "type": "string",
            "title": "How",
            "description": "How",
            "enum": ["fast", "slow"],
            "order": 2,
        }
    )
    where = {"$ref": "#/definitions/Node", "title": "Where", "description": "Where", "order": 1}
    assert json.dumps(schema["properties"]["where"]) == json.dumps(where)


def test_definitions_are_flat_and_in_the_order_of_their_first_use():
    schema = loaded("go.output")
    assert list(schema["definitions"]) == ["Node", "Leaf"]
    node = schema["definitions"]["Node"]
    assert list(node) == ["type", "title", "properties", "required"]
    assert list(node["properties"]) == ["name", "next", "seen", "far"]
    assert list(node["properties"]["seen"]) == ["type", "description", "items", "order"]


def test_definitions_stand_also_where_there_are_none():
    text = WALKER.replace("type: Node, description: Where", "type: object, description: Where")
    schema = json.loads(generate.files(text)[f"{generate.GENERATED}/go.input.json"])
    assert schema["definitions"] == {}


def test_component_without_input_has_an_empty_schema_and_says_so():
    assert loaded("stop.input") == {}
    assert "*This action does not contain any inputs.*" in made("help.md")


def test_type_that_reaches_itself_is_defined_once():
    node = loaded("go.input")["definitions"]["Node"]
    assert node["properties"]["next"]["$ref"] == "#/definitions/Node"


def test_list_of_lists_is_an_array_of_arrays():
    far = loaded("go.input")["definitions"]["Node"]["properties"]["far"]
    assert far["items"] == {"type": "array", "items": {"$ref": "#/definitions/Leaf"}}


def test_credential_is_defined_as_the_official_generator_does():
    token = loaded("connection.input")["definitions"]["credential_token"]
    assert list(token) == ["id", "type", "title", "description", "required", "properties"]
    assert list(token["properties"]["token"]) == [
        *("type", "title", "description", "format", "displayType", "order"),
    ]


@pytest.mark.parametrize("name", generate.BUILT_IN)
def test_every_built_in_type_can_be_used(name):
    field = {"title": "X", "type": name, "description": "X", "required": True}
    schema = SPEC.schema({"x": field})
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["properties"]["x"].get("$ref") in (None, f"#/definitions/{name}")


def test_sample_holds_required_inputs_and_what_a_connection_needs():
    assert loaded("go.sample") == {
        "body": {
            "action": "go",
            "meta": {},
            "input": {"where": {"name": "a"}},
            "connection": {"token": {"token": "x"}, "speed": 3},
        },
        "type": "action_start",
        "version": "v1",
    }


def test_index_lists_all_kinds():
    assert loaded("index") == {
        "name": "walker",
        "title": "Walker",
        "vendor": "community",
        "description": "Walk about",
        "actions": {
            "go": {"title": "Go", "description": "Go there"},
            "stop": {"title": "Stop", "description": "Stop here"},
        },
        "triggers": {},
        "tasks": {},
    }


def test_help_has_tables_sorted_by_name_with_the_official_columns():
    text = made("help.md")
    table = text.partition("##### Input\n\n")[2].partition("\n\n")[0].splitlines()
    assert table == [
        "|Name|Type|Default|Required|Description|Enum|Example|Placeholder|Tooltip|",
        "| :--- | :--- | :--- | :--- | :--- | :--- | :--- | :--- | :--- |",
        "|code|string|None|False|Code|None|0123|None|None|",
        '|how|string|None|False|How|["fast", "slow"]|fast|None|None|',
        "|where|Node|None|True|Where|None|{'name': 'a'}|None|None|",
    ]
    assert "This action is used to go there\n" in text
    assert "*This plugin does not contain any triggers.*" in text


def test_help_examples_keep_texts_as_texts_and_are_made_of_what_types_have():
    blocks = re.findall(r"```\n(.*?)```", made("help.md"), re.DOTALL)
    assert [json.loads(block) for block in blocks] == [
        {"token": {"token": "x"}, "speed": 3},
        {"code": "0123", "how": "fast", "where": {"name": "a"}},
        {"nodes": [{"name": "7"}]},
    ]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"[]date"', '"[]moon"', "types/Node/seen: no type is called '[]moon'"),
        ("type: float", 'type: "float[]"', "types/Leaf/size: no type is called 'float[]'"),
        ('"[]Leaf"', "Loaf", "actions/go/output/rest: no type is called 'Loaf'"),
        (
            "description: Seen",
            "title: Seen",
            "types/Node/seen: 'description' is a required property",
        ),
        (
            "required: false, default",
            "default",
            "connection/speed: 'required' is a required property",
        ),
        ("description: Code, ", "", "actions/go/input/code: 'description' is a required property"),
        (
            'example: "0123"',
            'example: "0123", exmaple: x',
            "actions/go/input/code: Additional properties are not allowed",
        ),
        ("[fast, slow]", "[]", "actions/go/input/how/enum: [] should be non-empty"),
        ("vendor: community", "", "at the top: 'vendor' is a required property"),
        ("version: 2.1.0", "version: 2", "version: 2 is not of type 'string'"),
        ("name: walker", "name: [", "not YAML: while parsing a flow sequence"),
        ("go:", "go: &go\n  again: &go", "not YAML: found duplicate anchor 'go'; first occurrence"),
        pytest.param(WALKER, "Walk!", "at the top: 'Walk!' is not of type 'object'", id="text"),
    ],
)
def test_wrong_spec_is_refused_on_one_line_that_says_where(root, capsys, old, new, message):
    text = WALKER.replace(old, new)
    assert text != WALKER
    (root / "plugin.spec.yaml").write_text(text, encoding="utf-8")
    assert generate.main([]) == 1
    printed = capsys.readouterr().err
    assert printed.startswith(f"plugin.spec.yaml: {message}")
    assert printed.count("\n") == 1
    assert [path.name for path in root.iterdir()] == ["plugin.spec.yaml"]


def test_spec_without_types_and_actions_is_enough():
    text = generate.files(WALKER.partition("types:")[0])["help.md"]
    assert text.count("This plugin does not contain any") == 3


def test_typed_dicts_know_what_is_required():
    assert types.UpdateIssueInput.__required_keys__ == {"issue_id"}
    assert types.CredentialToken.__required_keys__ == {"token"}
    assert types.CredentialToken.__optional_keys__ == {"domain"}
    hints = typing.get_type_hints(types.ListProjectIssuesInput)
    assert hints["statsPeriod"] == typing.Literal["24h", "14d", ""]
    assert typing.get_type_hints(types.ListProjectIssuesOutput)["issues"] == list[types.Issue]


def test_a_field_that_several_steps_have_is_written_once():
    written = {}
    for _, _, component in SPEC.components():
        for part in ("input", "state", "output"):
            for name, field in component.get(part, {}).items():
                first = written.setdefault((name, json.dumps(field)), field)
                assert first is field, f"name the first {name} with &, the others with *: {field}"


EXAMPLES = [
    pytest.param(field, value, id=f"{where}.{name}.{key}")
    for where, fields in [
        *SPEC.types.items(),
        *((f"{name}.{part}", fields) for name, part, fields in SPEC.parts()),
    ]
    for name, field in fields.items()
    for key in ("default", "example")
    if (value := field.get(key)) is not None
]


@pytest.mark.parametrize(("field", "value"), EXAMPLES)
def test_every_default_and_example_fits_its_own_field(field, value):
    jsonschema.Draft202012Validator(SPEC.schema({"x": field})).validate({"x": value})


@pytest.mark.parametrize("fields", [fields for _, _, fields in SPEC.parts()])
def test_examples_in_help_fit_their_schema(fields):
    jsonschema.Draft202012Validator(SPEC.schema(fields)).validate(SPEC.examples(fields))
