"""Collect and check the inventory of a real Sentry, any version.

The environment names the server, its user's token and an organization.
"""

from __future__ import annotations

import pytest

from sentry_plugin import settings
from unit_test import outside
from unit_test.inventory.conftest import EVERYTHING

pytestmark = pytest.mark.live


@pytest.fixture(scope="module", autouse=True)
def kept(tmp_path_factory):
    """Keep snapshots apart from all others; tests of this module find each other's."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(settings.STATE, str(tmp_path_factory.mktemp("state")))
        yield


@pytest.fixture(autouse=True)
def state(kept):
    """Let no test have a folder of its own."""


@pytest.fixture(scope="module")
def run(kept):
    url, token, organization = outside.named(
        "SENTRY_LIVE_URL", "SENTRY_LIVE_TOKEN", "SENTRY_LIVE_ORG"
    )
    connection = {"token": {"token": token}, "url": url, "organization": organization}

    def send(action, **given):
        body = {"action": action, "meta": {}, "connection": connection, "input": given}
        answer = outside.answer({"version": "v1", "type": "action_start", "body": body})
        assert answer["status"] == "ok", answer
        return answer["output"]

    return send


@pytest.fixture(scope="module")
def inventory(run):
    return run("collect_inventory", include=EVERYTHING, output_as="lists", raw_data=True)


def of_type(inventory, name):
    return [each for each in inventory["entities"] if each["_type"] == name]


@pytest.mark.needs("roles")
def test_everything_is_collected_completely(inventory):
    assert inventory["partial_types"] == []
    for name in ("organization", "team", "project", "member", "role", "client_key"):
        assert of_type(inventory, f"sentry_{name}"), name


def test_every_relationship_has_both_its_ends(inventory):
    keys = {each["_key"] for each in inventory["entities"]}
    ends = [each for each in inventory["relationships"] if "_mapping" not in each]
    assert ends
    assert all({each["_fromEntityKey"], each["_toEntityKey"]} <= keys for each in ends)


def test_an_invitation_tells_nothing_of_a_user_that_does_not_exist(inventory):
    for member in of_type(inventory, "sentry_member"):
        (raw,) = member["_rawData"]
        user = raw["rawData"]["user"]
        # Some servers do not tell of a second factor, and some users have never logged in.
        assert ("mfaEnabled" in member) == ("has2fa" in (user or {}))
        assert ("lastLogin" in member) == bool((user or {}).get("lastLogin"))
        assert member["pending"] is (user is None)


def test_no_secret_of_a_client_key_is_collected(inventory):
    for key in of_type(inventory, "sentry_client_key"):
        (raw,) = key["_rawData"]
        assert "secret" not in raw["rawData"]
        assert "secret" not in raw["rawData"]["dsn"]


def test_its_inventory_is_checked(run, inventory):
    given, collected = run("check_inventory", **lists(inventory)), run("check_inventory")
    failed, failed_now = ({each["check"] for each in one["findings"]} for one in (given, collected))
    # Others may be at work on the same server: issues come and go.
    assert failed ^ failed_now <= {"unassigned_findings"}
    empty = {each["_key"] for each in of_type(inventory, "sentry_team") if not each["memberCount"]}
    found = {each["entity"] for each in given["findings"] if each["check"] == "empty_team"}
    assert empty <= found
    pending = {each["_key"] for each in of_type(inventory, "sentry_member") if each["pending"]}
    failing = {each["entity"] for each in given["findings"] if each["check"] != "open_invitation"}
    assert not pending & failing


def test_it_is_stored_compared_and_deleted(run, inventory):
    (organization,) = inventory["organizations"]
    stored = run("check_inventory", snapshot=inventory["snapshot"])
    assert stored["checks"] == run("check_inventory", **lists(inventory))["checks"]
    again = run("compare_inventories")
    assert again["organizations"] == [organization]
    assert again["not_compared"] == again["partial_types"] == []
    # Others may be at work on the same server.
    assert again["counts"]["removed"] == 0
    changed = [each for each in inventory["entities"] if each["_type"] != "sentry_member"]
    before = lists({**inventory, "entities": changed})
    given = {f"before_{name}": value for name, value in before.items()}
    output = run("compare_inventories", **given, **lists(inventory))
    members = {each["_key"] for each in of_type(inventory, "sentry_member")}
    assert {each["key"] for each in output["changes"]} == members
    (removed,) = run("delete_inventory")["removed"]
    assert (removed["organization"], removed["snapshots"]) == (organization, 2)
    assert removed["entities"] >= len(inventory["entities"])
    assert run("delete_inventory")["removed"] == []


def lists(inventory):
    return {name: inventory[name] for name in ("entities", "relationships", "partial_types")}
