"""The action that CONTRIBUTING.md writes, typed into a copy of the project."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys

from tools.generate import ROOT
from unit_test import outside
from unit_test.conftest import shared_folder

PAGE = (ROOT / "CONTRIBUTING.md").read_text()
COPIED = ("CHANGELOG.md", "README.md", "docs", "help.md", "plugin.spec.yaml", "pyproject.toml")
PACKAGES = ("sentry_plugin", "tools", "unit_test")
NAME = "list_repositories"
# What it says in words: a line more below each of these.
TOLD = (
    ("CHANGELOG.md", "\n## [Unreleased]\n", "\n- List Repositories\n"),
    ("plugin.spec.yaml", "\nkey_features:\n", "  - List repositories\n"),
    ("plugin.spec.yaml", "\nrequirements:\n", "  - The scope org:read to list repositories\n"),
)


def blocks(language):
    """Give the blocks of a language, without the indent that the page's list gives them."""
    found = re.findall(rf"^   ```{language}\n(.*?)^   ```$", PAGE, re.DOTALL | re.MULTILINE)
    return [re.sub(r"^   ", "", block, flags=re.MULTILINE) for block in found]


def put(path, place, text):
    """Put a text into a file, after what is there once."""
    before, after = path.read_text().split(place)
    path.write_text(before + place + text + after)


def copy_folder(source, target):
    """Copy a folder, but for what other processes that load it write at the moment."""
    shutil.copytree(source, target, ignore=shutil.ignore_patterns("*.pyc.*"))


def test_the_action_that_the_page_writes_works_as_it_is_typed(tmp_path):
    for name in COPIED + PACKAGES:
        copy = copy_folder if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, tmp_path / name)
    action, type_, needs, scenario = blocks("yaml")
    put(tmp_path / "plugin.spec.yaml", "\ntypes:\n", type_)
    for name, place, text in TOLD:
        put(tmp_path / name, place, text)
    for name, end in (("plugin.spec.yaml", action), ("unit_test/servers/glitchtip.yaml", scenario)):
        with (tmp_path / name).open("a") as file:
            file.write(end)
    put(tmp_path / "tools/document/steps.yaml", "\nThe organization:\n", needs)
    module, test = blocks("python")
    (tmp_path / f"sentry_plugin/actions/{NAME}.py").write_text(module)
    (tmp_path / "unit_test/actions/reading/test_repositories.py").write_text(test)

    run(tmp_path, "tools/generate.py")
    run(tmp_path, "-m", "tools.document")
    run(tmp_path, "-m", "ruff", "check", f"sentry_plugin/actions/{NAME}.py")
    run(tmp_path, "-m", "ruff", "format", "--check", f"sentry_plugin/actions/{NAME}.py")
    chosen = ("-k", f"{NAME} or repositories_are", "unit_test/actions", "unit_test/servers")
    run(tmp_path, "-m", "pytest", *chosen, "unit_test/docs/test_what_is_forgotten.py")


def run(folder, *command):
    """Run Python in a folder, unmeasured: what is there is a copy."""
    done = subprocess.run(
        [sys.executable, *command],
        cwd=folder,
        env=outside.unmeasured() | {"SHARED": str(shared_folder())},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
