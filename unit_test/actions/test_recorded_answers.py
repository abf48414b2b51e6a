"""What real servers answered, and what today's API documents: the output types hold all of it."""

from __future__ import annotations

import json
import re

import pytest

from sentry_plugin.issues import issue
from sentry_plugin.steps import schema
from unit_test import recordings

ISSUES = ("list_project_issues", "issues", "Issue", r"/issues/(\{issue_id\}/|\d+/)?$")
EVENTS = ("list_issue_events", "events", "Event", r"/issues/(\{issue_id\}|\d+)/events/([^/]+/)?$")
TAGS = ("list_tag_values", "values", "TagValue", r"/issues/\{issue_id\}/tags/\{key\}/values/$")
OF = r"/organizations/[^/]+/"
PROJECTS = ("list_projects", "projects", "Project", OF + "projects/$")
TEAMS = ("list_teams", "teams", "Team", OF + "teams/$")
MEMBERS = ("list_members", "members", "Member", OF + "members/$")
RELEASES = ("list_releases", "releases", "Release", OF + "releases/$")
ANSWERED = [ISSUES, EVENTS, PROJECTS, TEAMS, MEMBERS]
"""What was recorded of all servers."""
DOCUMENTED = [*ANSWERED, TAGS, RELEASES]

# Fields in a type other than the spec's: the plugin leaves them out of its answer, and says so.
MISFITS = {
    "sentry9": {"matchingEventId": int},
    "sentry21": {},
    "today": {"owners": dict},  # of the list alone: a single issue has a list of owners there
}

NAMING = {"id", "key"}

# What only a bulk update answers with, beside some of an issue's fields.
BULK = {"discard", "merge"}


def recorded(folder):
    """Yield (path, body) of each answer with status 200 to a GET or PUT."""
    for each in recordings.exchanges(folder):
        if each.method in {"GET", "PUT"} and each.status == 200:
            yield each.path, each.body


def documented(folder):
    """Yield (path, schema, examples) of what a GET or PUT answers in the OpenAPI document."""
    text = (folder / "sentry-openapi.json").read_text(encoding="utf-8")
    for path, methods in json.loads(text)["paths"].items():
        for method in methods.keys() & {"get", "put"}:
            answer = methods[method]["responses"].get("200", {}).get("content", {})
            if answer := answer.get("application/json"):
                several = answer.get("examples", {"only": {"value": answer.get("example", [])}})
                yield path, answer["schema"], [each["value"] for each in several.values()]


def without_nulls(value):
    if isinstance(value, list):
        return [without_nulls(each) for each in value if each is not None]
    if isinstance(value, dict):
        return {key: without_nulls(each) for key, each in value.items() if each is not None}
    return value


@pytest.mark.parametrize(
    ("server", "action", "output", "kind", "wanted"),
    [(server, *each) for server in MISFITS for each in ANSWERED]
    + [("today", *each) for each in DOCUMENTED if each not in ANSWERED],
)
def test_answer_fits_and_has_no_field_that_the_spec_does_not_know(
    shared, server, action, output, kind, wanted
):
    if server == "today":
        found = documented(shared / "openapi")
        answers = [each for path, _, all_ in found if re.search(wanted, path) for each in all_]
    else:
        found = recorded(shared / "recordings" / server)
        answers = [json.loads(body) for path, body in found if re.search(wanted, path)]
    things = [each for answer in answers for each in (answer if type(answer) is list else [answer])]
    # A bulk update answers with what has changed, not with issues.
    things = [without_nulls(thing) for thing in things if NAMING & thing.keys()]
    assert things
    for thing in things:
        assert thing.keys() <= known(action, kind)
        fitting = {
            key: value
            for key, value in issue.normalised(thing).items()
            if not isinstance(value, MISFITS[server].get(key, ()))
        }
        assert schema.problem({output: [fitting]}, action, "output") is None


@pytest.mark.parametrize(("action", "_", "kind", "wanted"), DOCUMENTED)
def test_every_field_of_the_api_document_is_known(shared, action, _, kind, wanted):
    found = [each for path, each, _ in documented(shared / "openapi") if re.search(wanted, path)]
    fields = {name for each in found for name in each.get("items", each)["properties"]}
    assert NAMING & fields
    assert fields - BULK <= known(action, kind)


def known(action, kind):
    return schema.load(action, "output")["definitions"][kind]["properties"].keys()


@pytest.mark.parametrize(("ci", "outcome"), [({}, pytest.skip), ({"CI": "true"}, pytest.fail)])
def test_missing_material_skips_a_test_and_fails_it_in_ci(monkeypatch, request, ci, outcome):
    monkeypatch.setattr("os.environ", {"SHARED": "/nowhere", **ci})
    with pytest.raises(outcome.Exception, match="needs the shared material in /nowhere"):
        request.getfixturevalue("shared")
