"""Inputs and connections that do not fit: all that is wrong is told, and what to do next."""

from __future__ import annotations

import json
import os
import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sentry_plugin.errors import InputError
from sentry_plugin.steps import schema, step
from sentry_plugin.steps.step import Step
from unit_test.conftest import unresolved

NAMES = sorted(each for kind in ("actions", "triggers", "tasks") for each in step.index()[kind])
ISSUE = "https://sentry.example/api/0/issues/1/"


def cause(body):
    assert body["exception"]["code"] == "bad_input"
    return body["exception"]["cause"]


def test_all_that_does_not_fit_is_told_field_by_field(start, run, requests_mock):
    body = run(start("update_issues", status="done", limit="5", issue_ids=["1", []], query=7))
    assert cause(body) == (
        "The input does not fit: "
        "`issue_ids[1]` is not of type string (it is a list); "
        "`limit` is not of type integer (it is a text: give it without quotes); "
        "`query` is not of type string (it is a number: give it in quotes); "
        '`status` is not one of ["resolved", "resolvedInNextRelease", "unresolved", "ignored"].'
    )
    assert requests_mock.call_count == 0


def test_all_that_is_missing_null_or_empty_is_told_together(start, run):
    body = run(start("add_comment", issue_id="", mentions=["", ""]))
    assert cause(body) == (
        "The input does not fit: `issue_id` is empty; `mentions` holds nothing but empty texts; "
        "`text` is required."
    )
    body = run(start("add_comment", issue_id=None, text=" \n"))
    assert cause(body) == "The input does not fit: `issue_id` is null; `text` is empty."


def test_all_that_is_wrong_with_a_connection_is_told(start, run):
    whole = start("get_issue", {"token": "t-o-k-e-n", "timeout": "60", "url": 5}, issue_id="1")
    assert cause(run(whole)) == (
        "The connection does not fit: "
        "`timeout` is not of type integer (it is a text: give it without quotes); "
        '`token` is not of type object (it is a text: give it as {"token": "..."}); '
        "`url` is not of type string (it is a number: give it in quotes)."
    )


def test_of_many_faults_ten_are_told_and_the_others_counted(start, run):
    told = cause(run(start("delete_issues", issue_ids=[True] * 25)))
    assert told.count("is not of type") == 10
    assert "`issue_ids[9]`" in told
    assert told.endswith("; and 15 more.")


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("limit", "7", "it is a text: give it without quotes"),
        ("limit", " -7 ", "it is a text: give it without quotes"),
        ("limit", "seven", "it is a text"),
        ("limit", 7.5, "it is a number: give a whole one"),
        ("limit", True, "it is a boolean"),
        ("limit", [7], "it is a list"),
        ("dry_run", "True", "it is a text: give it without quotes"),
        ("dry_run", "yes", "it is a text: give true or false"),
        ("dry_run", 1, "it is a number: give true or false"),
        ("query", 404, "it is a number: give it in quotes"),
        ("query", {"a": 1}, "it is an object"),
        ("issue_ids", "1", "it is a text: give a list of it, as in [...]"),
        ("issue_ids", 1, "it is a number: give a list of it, as in [...]"),
        ("issue_ids", '["1"]', "it is a text: give the list itself, not JSON in a text"),
        ("issue_ids", {"1": "1"}, "it is an object"),
    ],
)
def test_a_value_of_another_type_is_told_with_how_it_is_written(field, value, told, start, run):
    said = cause(run(start("delete_issues", **{field: value})))
    wanted = schema.load("delete_issues", "input")["properties"][field]["type"]
    wanted = "list" if wanted == "array" else wanted
    assert said == f"The input does not fit: `{field}` is not of type {wanted} ({told})."


def test_an_object_as_text_is_told_with_how_it_is_written(start, run):
    told = cause(run(start("call_api", path="x/", method="POST", body='{"a": 1}')))
    assert told.endswith("(it is a text: give the object itself, not JSON in a text).")


@pytest.mark.parametrize("value", ["", "  ", None])
@pytest.mark.parametrize("name", NAMES)
def test_a_required_text_without_a_value_hints_at_a_variable_that_had_none(name, value):
    sample = json.loads(schema.read(f"{name}.sample.json"))["body"]["input"]
    kind = next(kind for kind in ("action", "trigger", "task") if name in step.index()[f"{kind}s"])
    for field in schema.load(name, "input").get("required", ()):
        made = step.load(kind, name)(name, None)
        if isinstance(sample[field], str):
            with pytest.raises(InputError) as error:
                made.checked_input({**sample, field: value})
            told = "null" if value is None else "empty"
            assert f"`{field}` is {told}" in error.value.cause
            assert "a variable of the workflow" in error.value.assistance


def test_a_null_in_a_list_hints_at_a_variable_that_had_no_value(start, run):
    body = run(start("delete_issues", issue_ids=["1", None]))
    assert "`issue_ids[1]` is not of type string (it is null)" in cause(body)
    assert "a variable of the workflow" in body["exception"]["assistance"]


def test_of_many_issues_the_one_that_is_none_is_named(start, run, requests_mock):
    body = run(start("delete_issues", issue_ids=["1", "1", "not an issue"]))
    assert cause(body) == "The input's `issue_ids[2]` names no issue."
    assert requests_mock.call_count == 0


SECRET = "qZ9-secret-qZ9"
KIND = "(?:null|a boolean|a number|a text|a list)"
FAULT = r"`[^`\n]+` (?:is|holds) [^`\n]+"
SENTENCE = rf"The input does not fit: {FAULT}(?:; {FAULT})*(?:; and \d+ more)?\.\n.*"
texts = st.just(SECRET) | st.text(max_size=3)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=5,
)


@st.composite
def wrong(draw):
    """Give the name of a step, and values for some of its inputs."""
    name = draw(st.sampled_from(NAMES))
    fields = sorted(schema.load(name, "input").get("properties", {})) or ["none"]
    return name, draw(st.dictionaries(st.sampled_from(fields), values) | values)


@given(wrong())
@settings(
    max_examples=500,
    derandomize="CI" in os.environ,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
def test_whatever_does_not_fit_is_told_in_one_sentence_without_the_value(given):
    name, params = given
    said = ""
    try:
        Step(name, None).checked_input(params)
    except InputError as error:
        said = f"{error.cause}\n{error.assistance}"
    shape = (
        SENTENCE if isinstance(params, dict) else rf"The input is not an object but {KIND}\.\n.*"
    )
    assert not said or re.fullmatch(shape, said)
    assert SECRET not in said


ALONE = ("status", "priority", "hasSeen", "inbox", "archive", "substatus", "resolve_in_release")


@pytest.mark.parametrize("name", ["update_issue", "update_issues"])
@pytest.mark.parametrize("field", [*ALONE, "assignedTo", "archive_minutes", "resolve_in_commit"])
def test_an_attribute_that_is_null_is_as_good_as_absent_and_the_error_says_so(
    name, field, start, run, requests_mock
):
    issue = {"issue_id": "1"} if name == "update_issue" else {"issue_ids": ["1"]}
    body = run(start(name, **issue, **{field: None}))
    assert cause(body) == "The input names nothing to update."
    told = body["exception"]["assistance"]
    assert f"What came for `{field}` is null or empty, and as good as absent." in told
    assert '`assignedTo`: an empty text ("") unassigns' in told
    assert requests_mock.call_count == 0


@pytest.mark.parametrize("field", ["resolve_in_release", "resolve_in_commit", "repository"])
def test_an_empty_text_of_what_an_issue_is_resolved_in_is_named(field, start, run):
    body = run(start("update_issue", issue_id="1", **{field: ""}))
    assert cause(body) == f"The input's `{field}` is empty."
    assert "a variable of the workflow" in body["exception"]["assistance"]
    assert "set `status` alone" in body["exception"]["assistance"]


def test_what_an_input_needs_and_came_as_null_is_said_to_be_absent(start, run):
    given = {"resolve_in_commit": "abc", "repository": None}
    body = run(start("update_issue", issue_id="1", **given))
    assert "need each other" in cause(body)
    assert "What came for `repository` is null or empty" in body["exception"]["assistance"]
    body = run(start("get_event", event_id="latest", issue_id=""))
    assert "What came for `issue_id` is null or empty" in body["exception"]["assistance"]


def test_an_attribute_that_is_null_beside_another_changes_nothing(start, run, requests_mock):
    unresolved(requests_mock, assignedTo={"type": "user", "id": "2"})
    requests_mock.put(ISSUE, json={"status": "resolved"})
    run(start("update_issue", issue_id="1", status="resolved", assignedTo=None))
    sent = [each.json() for each in requests_mock.request_history if each.method == "PUT"]
    assert sent == [{"status": "resolved"}]


def test_a_null_project_of_a_search_for_many_changes_is_warned_of(start, run, requests_mock):
    requests_mock.get("https://sentry.example/api/0/organizations/acme/issues/", json=[])
    given = {"query": "is:resolved", "limit": 5, "dry_run": True, "organization_slug": "acme"}
    body = run(start("delete_issues", **given, project_slug=None))
    assert body["status"] == "ok"
    assert "`project_slug` is null: the search is of all projects" in body["log"]
    assert "project_slug" not in run(start("delete_issues", **given))["log"]
