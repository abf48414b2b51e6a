"""docs/workflows.md: its commands, as a reader runs them, do what it says."""

from __future__ import annotations

import ast
import os
import pathlib
import re
import shutil
import subprocess

import pytest

from unit_test import outside

PAGE = pathlib.Path(__file__).resolve().parents[2] / "docs/workflows.md"
# What a reader has open in the same shell: a look at what became of each issue.
LOOK = """
for which in "$issue" SANDBOX-1; do
  step get_issue << END
    {"issue_id": "$which"}
END
  step list_comments << END
    {"issue_id": "$which"}
END
done
"""


@pytest.mark.slow
def test_the_workflows_do_what_their_page_says(tmp_path):
    page = PAGE.read_text(encoding="utf-8")
    commands = "".join(re.findall(r"^```sh\n(.*?)^```", page, re.DOTALL | re.MULTILINE))
    assert commands.count("kill %1") == 1
    commands = commands.replace("kill %1", LOOK)
    outside.program(tmp_path)
    done = subprocess.run(
        [shutil.which("bash"), "-euc", f"trap 'kill $(jobs -p)' EXIT\n{commands}"],
        capture_output=True,
        text=True,
        timeout=outside.PATIENCE,
        check=False,
        cwd=tmp_path,
        env={**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    *steps, handed, told, resolved, untold = done.stdout.splitlines()
    (refusal,) = (line for line in steps if not line.startswith("{"))
    assert "`assignedTo` names no member" in refusal
    outputs = [ast.literal_eval(line) for line in steps if line != refusal]
    before, after = (each["results"] for each in outputs if "results" in each)
    assert {each["status"] for each in before} == {"would_change"}
    assert {each["status"] for each in after} == {"done"}
    assert [each["id"] for each in before] == [each["id"] for each in after]
    handed, resolved = (ast.literal_eval(line)["issue"] for line in (handed, resolved))
    assert (handed["status"], handed["assignedTo"]["name"]) == ("unresolved", "team-0000")
    assert resolved["status"] == "resolved"
    assert resolved["statusDetails"]["inRelease"] == "shop@1.0.1"
    words = [each["data"]["text"] for each in ast.literal_eval(told)["comments"]]
    assert words[0] == "Handed over to #team-0000"
    assert words[1].startswith("Tracked as [TICKET-1](")
    assert ast.literal_eval(untold)["comments"] == []
