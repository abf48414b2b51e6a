"""Updates of an issue of a real Sentry of any version: what it can, and what it is said to lack."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from unit_test import outside
from unit_test.live import probing

pytestmark = pytest.mark.live


@pytest.fixture(scope="module")
def assignable(sentry, ask):
    """Give a user who may be assigned, and a team that has the project."""
    probing.require("assignment")
    project = f"projects/{sentry.org}/{sentry.project}"
    user = next(member["user"] for member in ask(f"{project}/members/") if member["user"])
    return SimpleNamespace(user=user, team=ask(f"{project}/teams/")[0])


@pytest.fixture
def update(issue, run):
    """Update the issue, which is unresolved and assigned to nobody."""
    nobody = {"assignedTo": ""} if probing.server().has("assignment") else {}
    run("update_issue", issue_id=issue.id, status="unresolved", **nobody)
    return lambda **given: run("update_issue", issue_id=issue.id, **given)


@pytest.mark.parametrize("form", ["{id}", "user:{id}", "{email}", "{username}", "{name}", "me"])
def test_issue_is_assigned_to_a_user_by_every_name(assignable, update, form):
    output = update(assignedTo=form.format(**assignable.user))
    assert (output["changed"], output["changes"]["assignedTo"]["before"]) == (True, None)
    assert output["issue"]["assignedTo"]["id"] == assignable.user["id"]


@pytest.mark.parametrize("form", ["team:{id}", "team:{slug}", "#{slug}"])
def test_issue_is_assigned_to_a_team_by_every_name(assignable, update, form):
    actor = update(assignedTo=form.format(**assignable.team))["issue"]["assignedTo"]
    assert (actor["type"], actor["id"]) == ("team", assignable.team["id"])


@pytest.mark.needs("assignment")
@pytest.mark.parametrize("name", ["user:999999", "nobody@example.com", "#no-such-team"])
def test_who_cannot_be_assigned_is_refused_with_who_can(issue, refused, name):
    exception, text = refused("update_issue", issue_id=issue.id, assignedTo=name)
    assert exception["code"] == "bad_input"
    assert "or name one" in text


@pytest.mark.needs("flags")
@pytest.mark.parametrize("attribute", ["isPublic", "isBookmarked", "isSubscribed", "hasSeen"])
def test_flag_that_changes_is_told_once(update, attribute):
    update(**{attribute: False})
    assert update(**{attribute: True})["changes"][attribute] == {"before": False, "after": True}
    output = update(**{attribute: True})
    assert (output["changed"], output["changes"]) == (False, {})


@pytest.mark.needs("conditions")
@pytest.mark.parametrize(
    ("given", "detail"),
    [
        ({"archive_minutes": 30}, "ignoreUntil"),
        ({"archive_events": 5}, "ignoreCount"),
        ({"archive_events": 5, "archive_window_minutes": 60}, "ignoreWindow"),
        ({"archive_users": 5, "archive_window_minutes": 60}, "ignoreUserWindow"),
    ],
)
def test_issue_is_archived_until_a_condition_is_met_and_then_forever(update, given, detail):
    issue = update(**given)["issue"]
    assert (issue["status"], bool(issue["statusDetails"][detail])) == ("ignored", True)
    issue = update(archive="forever")["issue"]
    assert (issue["status"], bool(issue["statusDetails"].get(detail))) == ("ignored", False)


@pytest.fixture(scope="module")
def release(sentry, ask, run):
    """Give a release of the project, which is there as soon as an event has named it."""
    version = f"{outside.new_words()}@1.0"
    event = {"logentry": {"formatted": outside.new_words()}, "release": version}
    run("submit_event", dsn=sentry.dsn, event_json=event)

    def known():
        found = ask(f"projects/{sentry.org}/{sentry.project}/releases/")
        return version in [each["version"] for each in found]

    outside.eventually(known)
    return version


@pytest.mark.needs("ingest", "conditions")
@pytest.mark.parametrize("where", ["next", "current", "named"])
def test_issue_is_resolved_in_a_release(update, release, where):
    issue = update(resolve_in_release=release if where == "named" else where)["issue"]
    assert issue["status"] == "resolved"
    assert issue["statusDetails"]["inNextRelease" if where == "next" else "inRelease"]


@pytest.mark.needs("conditions")
def test_unknown_release_is_named_by_the_server(issue, refused):
    exception, text = refused("update_issue", issue_id=issue.id, resolve_in_release="no-such")
    assert exception["code"] == "api_error"
    assert "Unable to find a release with the given version" in text


@pytest.mark.parametrize(
    ("given", "attribute"),
    [
        ({"priority": "high"}, "priority"),
        ({"archive": "until_escalating"}, "substatus"),
        ({"status": "unresolved", "substatus": "ongoing"}, "substatus"),
        ({"inbox": False}, "inbox"),
    ],
)
def test_attribute_is_applied_or_said_to_be_lacking(update, issue, message, given, attribute):
    update(status="resolved")
    body = outside.answer(message("update_issue", issue_id=issue.id, **given))
    lacking = f"its issues have no `{attribute}`"
    assert lacking in body.get("error", lacking)
