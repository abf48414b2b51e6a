"""What every action promises, and what each does beside asking."""

from __future__ import annotations

import json

import pytest

from sentry_plugin.steps import schema, step
from unit_test.conftest import URL, unresolved

pytestmark = pytest.mark.versions

NAMES = [*step.index()["actions"]]


@pytest.mark.parametrize("name", NAMES)
def test_every_action_of_the_spec_has_a_class(name):
    found = step.load("action", name)
    assert issubclass(found, step.Action)
    assert found.run is not step.Action.run


def test_an_action_without_a_run_is_no_action():
    with pytest.raises(NotImplementedError):
        step.Action("x", None).run({})


@pytest.mark.parametrize("name", NAMES)
def test_a_required_input_that_is_missing_null_or_empty_is_refused_before_any_request(
    name, start, run, requests_mock
):
    sample = json.loads(schema.read(f"{name}.sample.json"))["body"]["input"]
    for field in schema.load(name, "input").get("required", ()):
        without = {key: value for key, value in sample.items() if key != field}
        assert f"`{field}` is required" in run(start(name, **without))["error"]
        assert f"`{field}` is null" in run(start(name, **sample | {field: None}))["error"]
        if isinstance(sample[field], str):
            error = run(start(name, **sample | {field: ""}))["error"]
            assert f"`{field}` is empty" in error or f"`{field}` is not one of" in error
    assert requests_mock.call_count == 0


@pytest.mark.parametrize("kind", ["action", "trigger", "task"])
def test_an_id_that_is_a_number_is_as_good_as_its_text(kind):
    for name in step.index()[f"{kind}s"]:
        given = json.loads(schema.read(f"{name}.sample.json"))["body"]["input"]
        properties = schema.load(name, "input")["properties"]
        for field in step.Step.id_inputs & properties.keys():
            is_list = properties[field]["type"] == "array"
            numbers, texts = ([4, 10**18, 7.0], ["4", str(10**18), "7"]) if is_list else (7.0, "7")
            made = step.load(kind, name)(name, None)
            assert made.checked_input(given | {field: numbers})[field] == texts


def test_an_id_that_a_step_does_not_take_has_no_effect(start, run, requests_mock):
    requests_mock.get(f"{URL}organizations/7/teams/", json=[])
    body = run(start("list_teams", organization_slug=7, issue_id=5))
    assert body["output"] == {"teams": []}
    assert "field issue_id is not known" in body["log"]


@pytest.mark.parametrize("number", [1.5, 2.0**53, 1e300, True, {"id": 1}])
@pytest.mark.parametrize("field", ["issue_ids", "issue_id"])
def test_what_is_no_whole_number_names_no_issue(field, number, start, run, requests_mock):
    name = {"issue_ids": "delete_issues", "issue_id": "get_issue"}[field]
    value = [number] if field == "issue_ids" else number
    error = run(start(name, **{field: value}))["error"]
    assert f"`{field}{'[0]' if field == 'issue_ids' else ''}` is not of type string" in error
    assert requests_mock.call_count == 0


@pytest.mark.parametrize("name", NAMES)
def test_an_input_of_a_wrong_type_is_refused_without_repeating_it(name, start, run, requests_mock):
    sample = json.loads(schema.read(f"{name}.sample.json"))["body"]["input"]
    wrong = {
        "string": 5,
        "integer": "x",
        "number": "x",
        "boolean": "yes",
        "object": [["odd", 1, 2]],
        "array": "odd",
    }
    for field, about in schema.load(name, "input")["properties"].items():
        # An ID may be given as a number.
        value = 5.5 if field in step.Step.id_inputs else wrong[about.get("type", "object")]
        error = run(start(name, **sample | {field: value}))["error"]
        assert f"The input does not fit: `{field}` is not of type" in error
        assert "odd" not in error
    assert requests_mock.call_count == 0


@pytest.mark.parametrize(
    ("name", "field"), [("update_issue", "status"), ("list_project_issues", "statsPeriod")]
)
def test_a_value_that_is_not_one_of_the_enum_is_refused_with_the_enum(name, field, start, run):
    sample = json.loads(schema.read(f"{name}.sample.json"))["body"]["input"]
    error = run(start(name, **sample | {field: "odd one"}))["error"]
    assert f"`{field}` is not one of [" in error
    assert "odd one" not in error


def test_an_integer_may_be_written_with_a_point_and_a_boolean_is_none(start, run, requests_mock):
    requests_mock.get(f"{URL}issues/1/events/", json=[{"id": "1"}, {"id": "2"}])
    body = run(start("list_issue_events", issue_id="1", limit=1.0))
    assert body["output"] == {"events": [{"id": "1"}]}
    assert requests_mock.last_request.qs["limit"] == ["1"]
    body = run(start("list_issue_events", issue_id="1", limit=True))
    assert "`limit` is not of type integer" in body["error"]


def test_half_a_character_is_replaced_wherever_it_goes(start, run, requests_mock):
    requests_mock.get(f"{URL}projects/o/p/issues/", text=r'[{"title": "a\ud83d"}]')
    given = {"organization_slug": "o", "project_slug": "p", "query": "b\udc00"}
    body = run(start("list_project_issues", **given))
    assert body["output"] == {"issues": [{"title": "a\N{REPLACEMENT CHARACTER}"}]}
    assert requests_mock.last_request.query == "query=b%ef%bf%bd"


def test_update_issue_sends_only_the_attributes_given(start, run, requests_mock):
    unresolved(requests_mock, hasSeen=True, assignedTo={"type": "user", "id": "7"})
    issue = {"id": "1", "status": "resolved", "hasSeen": False, "assignedTo": None}
    requests_mock.put(f"{URL}issues/1/", json=issue)
    changes = {"status": "resolved", "hasSeen": False, "assignedTo": ""}
    body = run(start("update_issue", issue_id="1", **changes))
    assert body["output"]["issue"] == {"id": "1", "status": "resolved", "hasSeen": False}
    assert requests_mock.last_request.json() == changes
    assert requests_mock.last_request.headers["Content-Type"] == "application/json"


def test_update_issue_without_an_attribute_is_refused(start, run, requests_mock):
    assert "names nothing to update" in run(start("update_issue", issue_id="1"))["error"]
    assert requests_mock.call_count == 0


@pytest.mark.parametrize(
    ("given", "shape"),
    [
        ({"displayName": "#5", "url": "https://x"}, {"displayName": "#5", "url": "https://x"}),
        (
            '<a href="https://x/?a=1&amp;b">A &lt; B</a>',
            {"displayName": "A < B", "url": "https://x/?a=1&b"},
        ),
        ("plain &amp; simple", {"displayName": "plain & simple"}),
    ],
)
def test_annotations_have_one_shape_whatever_the_server(given, shape, start, run, requests_mock):
    unresolved(requests_mock)
    issue = {"status": "resolved", "annotations": [given]}
    requests_mock.put(f"{URL}issues/1/", json=issue)
    body = run(start("update_issue", issue_id="1", status="resolved"))
    assert body["output"]["issue"]["annotations"] == [shape]


def test_an_issue_with_an_assignee_is_given_as_it_is(start, run, requests_mock):
    actor = {"type": "team", "id": "1", "name": "backend"}
    unresolved(requests_mock, assignedTo=None)
    issue = {"status": "unresolved", "assignedTo": actor}
    requests_mock.put(f"{URL}issues/1/", json=issue)
    body = run(start("update_issue", issue_id="1", assignedTo="team:1"))
    assert body["output"]["issue"] == issue
