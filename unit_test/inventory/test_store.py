"""The store: whole snapshots whatever happens, and a clear word where one cannot be kept."""

from __future__ import annotations

import contextlib
import sqlite3
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from sentry_plugin import settings
from unit_test import outside
from unit_test.inventory import storing
from unit_test.inventory.conftest import full_disk

pytestmark = pytest.mark.versions

MANY = 400


@pytest.fixture
def file(state):
    """Return the path of the store's file for the made-up Sentry."""
    return state / "inventory/sentry.example.sqlite"


def rows(file, statement):
    with contextlib.closing(sqlite3.connect(file)) as database:
        return database.execute(statement).fetchall()


def test_a_collection_is_stored_for_its_user_alone_and_without_what_the_message_added(
    world, collected, file
):
    world.members += [world.member(1), world.member(2)]
    tags = {"account_name": "mine", "tag_account_name": True, "raw_data": True}
    output = collected(**tags, employees=["user1@example.com"])
    assert output["snapshot"] == "1"
    assert (file.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert [*file.parent.iterdir()] == [file]
    ((properties, since),) = rows(
        file, "SELECT properties, since FROM entity WHERE key = 'sentry-user-1'"
    )
    assert "user1@example.com" in properties
    assert "mine" not in properties
    assert "_rawData" not in properties
    assert since == 1
    has = "sentry-organization-1|has|sentry-user-"
    assert rows(file, "SELECT key, type, source FROM relationship ORDER BY key") == [
        (f"{has}{n}", "sentry_organization_has_member", "sentry-organization-1") for n in (1, 2)
    ]
    assert rows(file, "SELECT id, organization, complete FROM snapshot") == [(1, "acme", 1)]


def test_nothing_is_stored_where_the_message_says_so(collected, state):
    assert "snapshot" not in collected(store=False)
    assert not state.exists()


def test_a_snapshot_that_is_like_the_last_adds_no_row(world, collected, file):
    world.members.append(world.member(1))
    collected()
    before = rows(file, "SELECT count(*) FROM ev UNION ALL SELECT count(*) FROM rv")
    assert collected()["snapshot"] == "2"
    assert rows(file, "SELECT count(*) FROM ev UNION ALL SELECT count(*) FROM rv") == before


def test_nothing_ends_that_was_not_collected_completely(world, collected, file):
    world.members += [world.member(1), world.member(2)]
    collected(include=["roles"])
    world.broken.add("members")
    assert collected()["partial_types"]
    members = "SELECT key FROM entity WHERE type = 'sentry_member'"
    assert len(rows(file, members)) == 2
    assert rows(file, "SELECT 1 FROM entity WHERE type = 'sentry_role'")
    assert rows(file, "SELECT complete FROM snapshot ORDER BY id") == [(1,), (0,)]
    world.broken.clear()
    del world.members[0]
    collected()
    assert rows(file, members) == [("sentry-user-2",)]


def test_types_are_partial_for_the_organization_where_they_are(world, collected, file):
    world.members.append(world.member(1))
    collected(organizations=["acme", "other"])
    world.broken.add("other/members")
    world.members.clear()
    collected(organizations=["acme", "other"])
    assert rows(file, "SELECT organization, complete FROM snapshot WHERE id = 2") == [
        ("acme", 1),
        ("other", 0),
    ]
    assert rows(file, "SELECT organization FROM entity WHERE type = 'sentry_member'") == [
        ("other",)
    ]


def test_what_moves_from_one_organization_to_another_is_stored_in_one(world, collected, file):
    moved = {"id": "5", "slug": "moved", "name": "Moved"}
    world.projects.append(moved)
    world.others["projects"] = [moved]
    collected(organizations=["acme", "other"])
    (project,) = rows(file, "SELECT organization FROM entity WHERE type = 'sentry_project'")
    (edge,) = rows(file, "SELECT organization FROM relationship WHERE target = 'sentry-project-5'")
    assert edge == project


def test_the_newest_snapshots_are_kept_with_what_they_need(world, collected, file, monkeypatch):
    monkeypatch.setenv(settings.SNAPSHOTS, "2")
    for number in (1, 2, 3, 4):
        world.members[:] = [world.member(number, name="New" if number == 4 else "Old")]
        collected()
    assert rows(file, "SELECT id FROM snapshot") == [(3,), (4,)]
    assert rows(file, "SELECT key FROM k WHERE type = 'sentry_member' ORDER BY key") == [
        ("sentry-user-3",),
        ("sentry-user-4",),
    ]
    assert b"user2@example.com" not in file.read_bytes()


def test_old_snapshots_go_and_the_newest_two_stay_however_old(collected, file, monkeypatch):
    monkeypatch.setenv(settings.SNAPSHOTS, "1")
    for _ in range(3):
        collected()
        with contextlib.closing(sqlite3.connect(file)) as database, database:
            database.execute("UPDATE snap SET at = '2020-01-01'")
    monkeypatch.delenv(settings.SNAPSHOTS)
    assert rows(file, "SELECT id FROM snapshot") == [(2,), (3,)]
    collected()
    assert rows(file, "SELECT id FROM snapshot") == [(3,), (4,)]


@pytest.mark.parametrize("name", [settings.SNAPSHOTS, settings.SNAPSHOT_DAYS])
def test_a_number_of_the_operators_that_is_none_is_refused(name, world, ask_world, monkeypatch):
    monkeypatch.setenv(name, "0")
    body = ask_world("collect_inventory")
    assert body["exception"]["code"] == "bad_input"
    assert name in body["error"]


def test_organizations_that_are_named_by_id_are_stored_by_slug(collected, file):
    collected(organizations=["1", "acme"])
    assert rows(file, "SELECT organization FROM snapshot") == [("acme",)]


def trouble(file, kind):
    """Bring the store into a state in which it cannot be used."""
    file.parent.mkdir(parents=True, exist_ok=True)
    if kind == "something else":
        file.write_bytes(b"this is no database" * 1000)
    elif kind == "no folder":
        file.parent.rmdir()
        file.parent.write_text("")
    elif kind == "another database":
        with contextlib.closing(sqlite3.connect(file)) as database:
            database.execute("CREATE TABLE theirs (id)")
    elif kind == "a newer version":
        with contextlib.closing(sqlite3.connect(file)) as database:
            database.execute("PRAGMA application_id = 0x53454E54")
            database.execute("PRAGMA user_version = 2")
    elif kind == "a table is missing":
        with contextlib.closing(sqlite3.connect(file)) as database:
            database.execute("PRAGMA application_id = 0x53454E54")
            database.execute("PRAGMA user_version = 1")
            database.execute("PRAGMA journal_mode = WAL")
    else:
        file.touch()
        (file.parent / f"{file.name}-journal").mkdir()


TROUBLES = {
    "something else": "is damaged, or no store of this plugin. Move it away",
    "no folder": "is no folder, or is a link. See what it is, and move it away",
    "another database": "is damaged, or no store of this plugin. Move it away",
    "a newer version": "was written by a newer version of this plugin. Use that version",
    "a table is missing": "cannot be used.",
    "nothing can be made beside it": "is no file, or is a link. See what it is, and move it away",
}


@pytest.mark.parametrize("kind", TROUBLES)
def test_a_store_that_cannot_be_used_is_left_alone_and_said(kind, file, world, ask_world):
    trouble(file, kind)
    before = file.read_bytes() if file.is_file() else None
    body = ask_world("collect_inventory", store=True)
    assert (body["status"], body["exception"]["code"]) == ("error", "store_failed")
    assert TROUBLES[kind] in body["error"]
    assert str(file.parent) in body["error"]
    assert body["partial"]["output"]["entities"]
    body = ask_world("collect_inventory")
    assert body["status"] == "ok"
    assert "snapshot" not in body["output"]
    assert TROUBLES[kind] in body["log"]
    assert before == (file.read_bytes() if file.is_file() else None)


def test_a_file_that_was_damaged_later_is_said_to_be(world, ask_world, collected, file):
    world.members += [world.member(number) for number in range(MANY)]
    collected()
    whole = bytearray(file.read_bytes())
    whole[4096 * 2 :] = b"\xff" * (len(whole) - 4096 * 2)
    file.write_bytes(whole)
    body = ask_world("check_inventory", snapshot="latest")
    assert body["exception"]["code"] == "store_failed"
    assert "Move it away" in body["error"]


def test_a_python_without_sqlite_collects_all_the_same(ask_world, monkeypatch):
    monkeypatch.setitem(sys.modules, "sqlite3", None)
    body = ask_world("collect_inventory")
    assert body["status"] == "ok"
    assert "This Python has no SQLite." in body["log"]


def test_a_user_without_a_home_is_told_to_name_a_folder(ask_world, monkeypatch):
    def home():
        raise RuntimeError

    for name in (settings.STATE, "XDG_STATE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(Path, "home", home)
    assert "Have SENTRY_PLUGIN_STATE name a folder" in ask_world("collect_inventory")["log"]


def test_a_full_disk_loses_nothing(world, ask_world, collected, file):
    collected()
    before = rows(file, "SELECT * FROM entity")
    world.members += [world.member(number) for number in range(MANY)]
    with full_disk(file.stat().st_size):
        body = ask_world("collect_inventory", store=True)
        assert body["exception"]["code"] == "store_failed"
        assert "full, or fails. Free some space" in body["error"]
        assert len(body["partial"]["output"]["entities"]) > MANY
        assert "snapshot" not in collected()
    assert rows(file, "SELECT id FROM snapshot") == [(1,)]
    assert rows(file, "SELECT * FROM entity") == before
    assert collected()["snapshot"] == "2"
    assert rows(file, "SELECT count(*) FROM entity WHERE type = 'sentry_member'") == [(MANY,)]


def test_who_cannot_write_in_time_says_that_somebody_else_is_writing(ask_world, collected, file):
    collected()
    with contextlib.closing(sqlite3.connect(file)) as database:
        database.execute("BEGIN IMMEDIATE")
        body = ask_world("collect_inventory", {"timeout": 3}, store=True)
        database.execute("ROLLBACK")
    error = body["exception"]
    assert (error["code"], error["retryable"]) == ("store_busy", True)
    assert "is being written by another step" in body["error"]
    assert body["partial"]["output"]["entities"]


def test_who_finds_the_file_being_written_waits(collected, file):
    collected()
    with contextlib.closing(sqlite3.connect(file, check_same_thread=False)) as database:
        database.execute("BEGIN IMMEDIATE")
        timer = threading.Timer(0.3, database.rollback)
        timer.start()
        assert collected()["snapshot"] == "2"
        timer.join()


def test_a_reader_sees_the_last_snapshot_while_the_next_is_written(collected, file):
    collected()
    with contextlib.closing(sqlite3.connect(file, timeout=0)) as database:
        database.execute("BEGIN")
        assert database.execute("SELECT count(*) FROM snap").fetchone() == (1,)
        assert collected()["snapshot"] == "2"
        assert database.execute("SELECT count(*) FROM snap").fetchone() == (1,)
    assert len(rows(file, "SELECT id FROM snapshot")) == 2


def test_two_collections_at_once_are_two_snapshots(sandbox, start, state):
    known = sandbox.known
    connection = {"url": known["url"], "token": {"token": known["token"]}, "timeout": 100}
    message = start("collect_inventory", connection, organizations=["acme"], store=True)
    with ThreadPoolExecutor() as pool:
        bodies = [*pool.map(outside.answer, [message] * 4)]
    assert sorted(body["output"]["snapshot"] for body in bodies) == ["1", "2", "3", "4"]
    (file,) = (state / "inventory").iterdir()
    assert rows(file, "PRAGMA integrity_check") == [("ok",)]


def test_a_kill_at_any_moment_leaves_whole_snapshots(state, monkeypatch):
    monkeypatch.setenv(settings.OFFLINE, "1")
    environment = {"PATH": "", settings.STATE: str(state), settings.OFFLINE: "1"}
    numbers = []
    for moment in range(20):
        process = subprocess.Popen(
            [sys.executable, "-m", "unit_test.inventory.storing"],
            stdout=subprocess.PIPE,
            env=environment,
        )
        process.stdout.readline()  # at least one is stored, and the next one begun
        time.sleep(moment / 500)  # the point at which it is killed
        process.kill()
        process.communicate()
        found = storing.stored_ones()
        assert found
        for number, objects in found.items():
            assert objects == storing.expected(number)
        assert {*numbers} < {*found}
        numbers = [*found]
        (file,) = (state / "inventory").glob("*.sqlite")
        assert rows(file, "PRAGMA integrity_check") == [("ok",)]
