"""Fixtures: a person's shell, with the sandbox as their Sentry."""

from __future__ import annotations

import io
import sys

import pytest

from sentry_plugin import cli

PROXIES = [f"{scheme}_proxy" for scheme in ("http", "https", "all", "no")]
PROXIES += [each.upper() for each in PROXIES]


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture(autouse=True)
def shell(monkeypatch, tmp_path):
    """Begin in an empty folder, with an empty environment."""
    tools = ("AUTH_TOKEN", "HOST", "URL", "ORG", "PROJECT", "DSN")
    for variable in (*(f"SENTRY_{tool}" for tool in tools), *PROXIES):
        monkeypatch.setenv(variable, "")  # so that what the command itself sets is undone
        monkeypatch.delenv(variable)
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.chdir(home)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("COLUMNS", "100")
    return home


@pytest.fixture
def account(sandbox, monkeypatch):
    """Set the variables of Sentry's own tools to the sandbox."""
    known = sandbox.known
    monkeypatch.setenv("SENTRY_AUTH_TOKEN", known["token"])
    monkeypatch.setenv("SENTRY_URL", sandbox.base)
    monkeypatch.setenv("SENTRY_ORG", "acme")
    monkeypatch.setenv("SENTRY_PROJECT", "sandbox")
    monkeypatch.setenv("SENTRY_DSN", known["dsn"])
    return known


@pytest.fixture
def call(capsys):
    """Call with words; give the exit status, standard output and standard error."""

    def run(*words):
        status = cli.main(["call", *words])
        return status, *capsys.readouterr()

    return run


@pytest.fixture
def at_terminal(monkeypatch):
    """Call with words as at a terminal."""

    def run(*words):
        out, err = Terminal(), Terminal()
        with monkeypatch.context() as patched:
            patched.setattr(sys, "stdout", out)
            patched.setattr(sys, "stderr", err)
            status = cli.main(["call", *words])
        return status, out.getvalue(), err.getvalue()

    return run
