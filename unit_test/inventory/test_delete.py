"""Delete Inventory: what was stored of an organization is gone, from the file too."""

from __future__ import annotations

import contextlib
import sqlite3

import pytest

from unit_test.inventory.conftest import full_disk


@pytest.fixture
def delete(ask_world):
    """Delete and give the body of the event."""

    def send(connection=None, **given):
        return ask_world("delete_inventory", connection, **given)

    return send


@pytest.fixture
def filled(world, collected):
    """Store two organizations, the first with what is in an older snapshot only."""
    world.members += [world.member(1), world.member(2)]
    collected(organizations=["acme", "other"])
    world.members.pop()
    collected()


ACME = {"organization": "acme", "snapshots": 2, "entities": 3, "relationships": 2}


def everything(state):
    return b"".join(each.read_bytes() for each in (state / "inventory").iterdir())


def test_all_of_an_organization_is_gone_and_the_rest_stays(filled, delete, state, ask_world):
    assert b"user2@example.com" in everything(state)
    assert delete()["output"] == {"dry_run": False, "removed": [ACME]}
    left = everything(state)
    for trace in (b"user1", b"user2", b"acme"):
        assert trace not in left
    assert b"user900@example.com" in left
    assert "no such snapshot" in ask_world("check_inventory", snapshot="latest")["error"]
    given = {"snapshot": "latest", "organizations": ["other"]}
    assert ask_world("check_inventory", **given)["status"] == "ok"


def test_a_dry_run_deletes_nothing(filled, delete, state):
    before = everything(state)
    output = delete(organizations=["other", "acme"], dry_run=True)["output"]
    other = {"organization": "other", "snapshots": 1, "entities": 2, "relationships": 1}
    assert output == {"dry_run": True, "removed": [other, ACME]}
    assert everything(state) == before


def test_where_nothing_is_stored_that_is_said(delete, collected, state):
    body = delete()
    assert body["output"] == {"dry_run": False, "removed": []}
    assert "Nothing was ever stored of this Sentry." in body["log"]
    assert not state.exists()
    collected()
    body = delete(organizations=["other"])
    assert body["output"]["removed"] == []
    assert "Nothing is stored of other." in body["log"]


def test_without_an_organization_nothing_is_deleted(filled, delete):
    body = delete({"organization": ""})
    assert body["exception"]["code"] == "bad_input"
    assert "Name in `organizations`" in body["error"]
    assert delete(dry_run=True)["output"]["removed"] == [ACME]


def test_where_somebody_reads_it_is_said_that_the_log_still_has_it(filled, delete, state):
    with contextlib.closing(sqlite3.connect(state / "inventory/sentry.example.sqlite")) as other:
        other.execute("BEGIN")
        other.execute("SELECT count(*) FROM snap").fetchone()
        body = delete({"timeout": 3})
        assert body["output"]["removed"] == [ACME]
        assert "Delete it once more later." in body["log"]
    assert delete(dry_run=True)["output"]["removed"] == []
    assert b"user1@example.com" not in everything(state)


def test_on_a_full_disk_it_is_deleted_and_may_have_to_be_once_more(world, collected, delete, state):
    world.members += [world.member(number) for number in range(400)]
    collected(organizations=["acme", "other"])
    file = state / "inventory/sentry.example.sqlite"
    with full_disk(file.stat().st_size * 2 // 3):
        body = delete(organizations=["other"])
    assert [each["organization"] for each in body["output"]["removed"]] == ["other"]
    assert "Delete it once more later." in body["log"]
    assert delete(organizations=["other"])["output"]["removed"] == []
    assert b"user900@example.com" not in everything(state)
