"""The alert that README.md shows."""

from __future__ import annotations

import json
import pathlib
import re
import shlex

from sentry_plugin import cli

from .conftest import during, soon

README = pathlib.Path(__file__).resolve().parents[2] / "README.md"


def test_the_alert_of_the_readme_is_given(sandbox, state, monkeypatch, capsys, tmp_path):
    line = re.search(r"sentry-plugin (watch inventory_changed .*) &", README.read_text())[1]
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SENTRY_AUTH_TOKEN", sandbox.known["token"])
    monkeypatch.setenv("SENTRY_URL", sandbox.base)
    monkeypatch.setenv("SENTRY_ORG", "acme")
    lines = []

    def story():
        lists = "/organizations/acme/members/"
        soon(lambda: any(each["path"].startswith(f"/api/0{lists}") for each in sandbox.asked()))
        soon(lambda: list((state / "triggers").glob("*.sqlite3")))
        # The first collection may not have ended: the second member comes after it.
        while not lines:
            sandbox.http.post(f"{sandbox.base}/_sandbox/members", json={"has2fa": False})
            lines.extend(capsys.readouterr().out.splitlines())

    with during(story):
        assert cli.main(shlex.split(line)) == 0
    told = json.loads(lines[0])
    assert told["alerts"] == ["new_member", "new_member_without_second_factor"]
    assert told["change"]["new"]["mfaEnabled"] is False
