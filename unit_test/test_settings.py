"""What an operator sets by environment variables, where no other test tells of it."""

from __future__ import annotations

import pathlib

import pytest

from sentry_plugin import settings


@pytest.mark.parametrize(
    ("environment", "cache", "folder"),
    [
        ({settings.STATE: "/mine", "XDG_STATE_HOME": "/xdg"}, True, "/mine"),
        ({"XDG_STATE_HOME": "/xdg"}, True, "cache"),
        ({"XDG_STATE_HOME": "/xdg"}, False, "/xdg/sentry-plugin"),
        ({"HOME": "/home/user"}, False, "/home/user/.local/state/sentry-plugin"),
    ],
)
def test_state_is_kept_where_the_operator_the_orchestrator_or_the_system_keeps_it(
    environment, cache, folder, tmp_path, monkeypatch
):
    for name in (settings.STATE, "XDG_STATE_HOME"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    if cache:
        (tmp_path / "cache").mkdir()
    monkeypatch.setattr(settings, "CACHE", tmp_path / "cache")
    expected = tmp_path / "cache" if folder == "cache" else pathlib.Path(folder)
    assert settings.state_folder() == expected
