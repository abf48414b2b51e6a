"""Inventory Changed: the trigger that reports changes in who has access."""

from __future__ import annotations

import json

import pytest

from sentry_plugin import cli
from sentry_plugin.inventory.compare import alerts
from sentry_plugin.triggers.inventory_changed import INTERVALS, InventoryChanged
from unit_test.conftest import URL


@pytest.fixture
def look(world, monkeypatch, capsys, tmp_path):
    """Look once; return the events, and standard error."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SENTRY_AUTH_TOKEN", "not-a-real-token")
    monkeypatch.setenv("SENTRY_URL", URL)
    monkeypatch.setenv("SENTRY_ORG", "acme")

    def run(*words):
        words = ("--id", "one", "polling_interval=DISABLED", *words)
        status = cli.main(["watch", "inventory_changed", *words])
        out, err = capsys.readouterr()
        assert status == (1 if "error: " in err else 0)
        return [json.loads(line) for line in out.splitlines()], err

    return run


def person(world, number, *, has2fa, role="member"):
    return world.member(number, role=role, user={"id": str(number), "has2fa": has2fa})


def test_the_first_look_tells_nothing_and_the_next_what_changed(world, look):
    world.members = [person(world, 1, has2fa=True)]
    assert look() == ([], "")
    world.members += [person(world, 2, has2fa=False)]
    events, _ = look("alerts=new_member_without_second_factor")
    assert [each["change"]["new"]["email"] for each in events] == ["user2@example.com"]
    assert events[0]["alerts"] == ["new_member", "new_member_without_second_factor"]
    assert look() == ([], "")


def test_all_changes_are_told_with_old_and_new_where_no_alert_is_named(world, look):
    world.members = [person(world, 1, has2fa=True)]
    look()
    world.members = [person(world, 1, has2fa=False, role="owner")]
    events, _ = look()
    changes = {each["change"]["key"]: each for each in events}
    change = changes["sentry-user-1"]
    assert change["alerts"] == ["role_raised", "second_factor_off"]
    assert change["change"]["old"].items() >= {"mfaEnabled": True, "role": "member"}.items()
    assert change["change"]["new"].items() >= {"mfaEnabled": False, "role": "owner"}.items()


def test_what_could_not_be_collected_is_not_told_as_removed(world, look):
    world.members = [person(world, 1, has2fa=True), person(world, 2, has2fa=True)]
    look()
    world.broken.add("members")
    assert look("alerts=member_removed")[0] == []
    world.broken.clear()
    world.members.pop()
    (event,) = look("alerts=member_removed")[0]
    assert event["change"]["key"] == "sentry-user-2"


def test_a_change_that_was_stored_and_not_delivered_is_found_again(world, look, monkeypatch):
    world.members = [person(world, 1, has2fa=True)]
    look()
    world.members += [person(world, 2, has2fa=True)]
    with monkeypatch.context() as patched:
        patched.setattr(InventoryChanged, "fit_output", lambda *_: 1 / 0)
        assert "error: " in look()[1]
    assert look("alerts=new_member")[0]


def test_an_organization_that_is_not_stored_any_more_begins_anew(world, look, state):
    look()
    for file in [
        each for each in state.rglob("*") if each.is_file() and "triggers" not in str(each)
    ]:
        file.unlink()
    assert "is not stored any more" in look()[1]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("alerts=odd", "The alerts are: new_member, "),
        ("include=odd", "cannot be included"),
        ("minutes=0", "less than 1"),
    ],
)
def test_what_there_is_not_is_refused(words, said, look):
    assert said in look(words)[1]


def test_a_test_has_no_example():
    assert InventoryChanged("inventory_changed", None).example({}) is None


@pytest.mark.parametrize(
    ("given", "pace"),
    [
        ({}, (86400, 86400)),
        ({"polling_interval": "THIRTY_MINUTES"}, (1800, 1800)),
        ({"polling_interval": "ONE_WEEK", "minutes": 5}, (300, 300)),
        ({"polling_interval": "DISABLED"}, None),
    ],
)
def test_the_interval_has_a_name_or_is_given_in_minutes(given, pace):
    assert InventoryChanged("inventory_changed", None).pause_limits(given) == pace
    assert len(INTERVALS) == 8


@pytest.mark.parametrize(
    ("type_", "what", "old", "new", "names"),
    [
        ("sentry_member", "changed", {"role": "owner"}, {"role": "member"}, []),
        ("sentry_member", "removed", {"mfaEnabled": True}, None, ["member_removed"]),
        ("sentry_team_assigned_project", "added", None, {}, ["team_gained_project"]),
        ("sentry_team_has_member", "added", None, {}, ["team_gained_member"]),
        ("sentry_organization", "changed", {"require2FA": True}, {"require2FA": False}, None),
        ("sentry_organization", "changed", {"require2FA": False}, {"require2FA": True}, []),
        ("sentry_project", "added", None, {}, []),
    ],
)
def test_changes_have_names(type_, what, old, new, names):
    sides = {side: given for side, given in (("old", old), ("new", new)) if given is not None}
    change = {"type": type_, "change": what, **sides}
    assert alerts.alerts_for(change) == (["setting_weakened"] if names is None else names)
