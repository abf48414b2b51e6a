"""A person's connection: from variables, the file of Sentry's own tools, or a file of JSON."""

from __future__ import annotations

import json
import os

import pytest

FILE = """
[auth]
token = {token}
dsn = {dsn}

[defaults]
url = {url}
org = acme
project = sandbox
"""


@pytest.fixture
def file(sandbox):
    """Write what Sentry's own tools read."""
    known = {"token": sandbox.known["token"], "dsn": sandbox.known["dsn"]}
    return FILE.format(url=sandbox.base, **known)


@pytest.mark.parametrize("below", ["", "a/b"])
def test_the_nearest_file_of_sentry_s_tools_is_read(below, file, call, shell, monkeypatch):
    (shell / ".sentryclirc").write_text(file, encoding="utf-8")
    folder = shell / below
    folder.mkdir(parents=True, exist_ok=True)
    monkeypatch.chdir(folder)
    assert call("list_project_issues")[0] == 0
    assert call("submit_event", "event_json.message=x")[0] == 0


def test_the_file_at_home_is_read_last(file, call, shell, tmp_path, monkeypatch):
    (shell / ".sentryclirc").write_text(file, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert call("list_project_issues")[0] == 0


def test_variables_go_before_the_file(file, account, call, shell):
    text = file.replace(account["token"], "not-a-real-token")
    (shell / ".sentryclirc").write_text(text, encoding="utf-8")
    assert call("list_project_issues")[0] == 0


def test_a_file_of_another_user_is_not_read(file, account, call, shell, monkeypatch, sandbox):
    (shell / ".sentryclirc").write_text(file, encoding="utf-8")
    before = len(sandbox.asked())
    owner = os.getuid() or 1  # root's own may be read
    os.chown(shell / ".sentryclirc", owner, -1)
    monkeypatch.setattr(os, "geteuid", lambda: owner + 1)
    status, _, err = call("list_project_issues")
    assert status == 2
    assert ".sentryclirc belongs to another user" in err
    assert len(sandbox.asked()) == before


@pytest.mark.parametrize("text", [b"token = x", b"[auth]\ntoken = \xe9"])
def test_a_file_that_is_no_settings_is_named(text, call, shell):
    (shell / ".sentryclirc").write_bytes(text)
    status, _, err = call("list_project_issues")
    assert status == 2
    assert ".sentryclirc cannot be read as settings" in err


def test_without_a_token_it_says_where_to_put_one(call):
    status, _, err = call("list_project_issues")
    assert status == 2
    assert "Set SENTRY_AUTH_TOKEN" in err


@pytest.mark.parametrize("whole", [True, False])
def test_a_connection_may_be_a_file_of_json(whole, sandbox, call, shell):
    connection = {"url": sandbox.base, "token": {"token": sandbox.known["token"]}}
    held = {"body": {"connection": connection}} if whole else connection
    (shell / "it.json").write_text(json.dumps(held), encoding="utf-8")
    place = ("organization_slug=acme", "project_slug=sandbox")
    assert call("list_project_issues", "--connection", "it.json", *place)[0] == 0
    status, _, err = call(
        "list_project_issues", "--connection", "it.json", "--set", "timeout=0", *place
    )
    assert status == 1
    assert "`timeout` is not between" in err
