"""State is this user's own: what others could have planted is refused, whichever state it is."""

from __future__ import annotations

import errno
import os

import pytest

from sentry_plugin import privatefiles
from sentry_plugin.inventory.store import database
from unit_test.conftest import URL
from unit_test.inventory import conftest as inventories

world = inventories.world
ask_world = inventories.ask_world

STORE, MEMORY = "inventory/sentry.example.sqlite", "triggers/one.sqlite3"
WORDS = {STORE: "store_failed", MEMORY: "bad_state"}


@pytest.fixture(params=WORDS)
def kind(request):
    return request.param


@pytest.fixture
def file(kind, state):
    """Name a file of state, whose folder is there."""
    path = state / kind
    path.parent.mkdir(parents=True, mode=0o700)
    return path


@pytest.fixture
def kept(kind, world, ask_world, answer, start):
    """Have the file made by who needs it, and give the body of the event."""

    def keep():
        if kind == STORE:
            return ask_world("collect_inventory", store=True)
        message = start("inventory_changed", {"organization": "acme"}, polling_interval="DISABLED")
        message["body"]["meta"]["triggerId"] = "one"
        message["type"], body = "trigger_start", message["body"]
        body["trigger"] = body.pop("action")
        body["dispatcher"] = {"url": "http://127.0.0.1:1/"}
        return answer(message)[1]["body"]

    return keep


def planted_folder(file, elsewhere):
    """A folder that everybody may write, and a file in it."""
    file.touch()
    file.chmod(0o666)
    file.parent.chmod(0o777)
    return "may be written by everybody"


def planted_file(file, elsewhere):
    file.touch()
    file.chmod(0o666)
    return "may be written by everybody"


def planted_log(file, elsewhere):
    file.with_name(f"{file.name}-wal").touch()
    file.with_name(f"{file.name}-wal").chmod(0o602)
    return "may be written by everybody"


def planted_link(file, elsewhere):
    file.symlink_to(elsewhere)
    return "is no file, or is a link"


def planted_link_to_a_file(file, elsewhere):
    elsewhere.touch()
    file.symlink_to(elsewhere)
    return "is no file, or is a link"


def planted_link_of_the_log(file, elsewhere):
    file.with_name(f"{file.name}-shm").symlink_to(elsewhere)
    return "is no file, or is a link"


def planted_link_to_a_folder(file, elsewhere):
    elsewhere.mkdir()
    file.parent.rmdir()
    file.parent.symlink_to(elsewhere)
    return "is no folder, or is a link"


def planted_link_to_no_folder(file, elsewhere):
    file.parent.rmdir()
    file.parent.symlink_to(elsewhere)
    return "is no folder, or is a link"


def planted_pipe(file, elsewhere):
    os.mkfifo(file, 0o600)
    return "is no file, or is a link"


PLANTED = [value for name, value in vars().copy().items() if name.startswith("planted_")]


def everything(folder):
    return {
        each: (each.lstat().st_mode, each.read_bytes() if each.is_file() else None)
        for each in folder.rglob("*")
    }


@pytest.mark.parametrize("plant", PLANTED)
def test_what_was_planted_is_refused_and_left_alone(plant, kind, file, kept, tmp_path):
    words = plant(file, tmp_path / "elsewhere")
    before = everything(tmp_path)
    body = kept()
    assert (body["status"], body["exception"]["code"]) == ("error", WORDS[kind])
    assert words in body["error"]
    assert "move it away" in body["error"]
    assert everything(tmp_path) == before
    if kind == STORE:
        assert body["partial"]["output"]["entities"]


@pytest.mark.parametrize("whose", ["folder", "file"])
def test_what_belongs_to_somebody_else_is_refused(whose, kind, file, kept, monkeypatch):
    made = file.parent
    if whose == "file":
        file.touch(0o600)
        made = file
    lstat = os.lstat

    def theirs(path, **more):
        found = lstat(path, **more)
        if os.fspath(path) != os.fspath(made):
            return found
        return os.stat_result((*found[:4], found.st_uid + 1, *found[5:10]))

    monkeypatch.setattr(privatefiles.Path, "lstat", theirs)
    body = kept()
    assert body["exception"]["code"] == WORDS[kind]
    assert f"{made} belongs to another user" in body["error"]


def test_what_a_group_or_readers_could_use_is_for_this_user_alone_from_then_on(kind, file, kept):
    assert kept()["status"] in {"ok", "error"}
    file.chmod(0o664)
    file.parent.chmod(0o2775)
    kept()
    assert (file.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o7777) == (0o600, 0o2700)


def test_the_folder_above_may_be_anybodys(kind, state, kept):
    state.mkdir()
    state.chmod(0o777)
    kept()
    file = state / kind
    assert (file.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert state.stat().st_mode & 0o777 == 0o777


def test_a_file_that_is_there_is_not_opened(tmp_path, monkeypatch):
    file = tmp_path / "state/one.sqlite3"
    privatefiles.make_file(file)
    real = os.open

    def checked(path, flags, mode):
        assert flags & os.O_EXCL
        return real(path, flags, mode)

    monkeypatch.setattr(privatefiles.os, "open", checked)
    privatefiles.make_file(file)


@pytest.mark.parametrize("place", ["folder", "file"])
def test_a_name_that_is_too_long_is_refused_with_words(place, tmp_path):
    names = {"folder": f"{'a' * 300}/triggers/one", "file": f"state/triggers/{'a' * 300}"}
    with pytest.raises(privatefiles.StateError) as refused:
        privatefiles.make_file(tmp_path / names[place])
    assert os.strerror(errno.ENAMETOOLONG) in str(refused.value)


def test_a_long_name_of_a_folder_for_state_is_refused_with_words(kind, kept, monkeypatch, tmp_path):
    monkeypatch.setenv("SENTRY_PLUGIN_STATE", str(tmp_path / ("a" * 300)))
    body = kept()
    assert body["exception"]["code"] == WORDS[kind]
    assert os.strerror(errno.ENAMETOOLONG) in body["error"]


@pytest.mark.parametrize(
    ("one", "another"),
    [
        ("https://h.example/a_b/api/0/", "https://h.example/a/b/api/0/"),
        ("https://h.example:8000/api/0/", "https://h.example_8000/api/0/"),
        ("https://h.example/%2F/api/0/", "https://h.example///api/0/"),
        ("https://h.example/api/0/", "http://h.example/api/0/"),
        ("http://h.example/api/0/", "https://http=h.example/api/0/"),
        (f"https://h/{'a' * 300}/api/0/", f"https://h/{'a' * 301}/api/0/"),
        ("https://h/ä/api/0/", "https://h/ö/api/0/"),
        ("https://h/\ud800/api/0/", "https://h/?/api/0/"),
    ],
)
def test_two_servers_never_share_a_store(one, another, state):
    names = [database.path(Server(url)) for url in (one, another)]
    assert names[0] != names[1]
    for each in names:
        assert each.parent == state / "inventory"
        privatefiles.make_file(each)


def test_a_server_that_is_a_host_alone_keeps_its_store(state):
    assert database.path(Server(URL)) == state / STORE


class Server:
    def __init__(self, url):
        self.url = url


def test_where_an_older_version_stored_under_another_name_that_is_said(
    state, start, run, world, requests_mock
):
    older = state / "inventory/sentry.example_8000.sqlite"
    older.parent.mkdir(parents=True, mode=0o700)
    older.touch(0o600)
    body = run(start("check_inventory", {"url": "https://sentry.example:8000"}, snapshot="latest"))
    assert f"{older} what may be of this server" in body["log"]
    assert "name it sentry.example%3A8000.sqlite" in body["log"]
