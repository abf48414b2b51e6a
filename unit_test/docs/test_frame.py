"""What stands around the code: the files that a stranger to the project opens first."""

from __future__ import annotations

import re
import tomllib
from importlib.metadata import version
from pathlib import Path

import yaml

from sentry_plugin.generated import VERSION

ROOT = Path(__file__).resolve().parents[2]
SPEC = yaml.safe_load((ROOT / "plugin.spec.yaml").read_text(encoding="utf-8"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
WORKFLOW = yaml.safe_load((ROOT / ".github/workflows/checks.yml").read_text(encoding="utf-8"))
FRAME = [
    *(ROOT / name for name in ("CHANGELOG.md", "CONTRIBUTING.md", "RELEASING.md", "SECURITY.md")),
    *sorted((ROOT / ".github").rglob("*.*")),
    ROOT / ".pre-commit-config.yaml",
]


def test_spec_package_and_changelog_are_of_one_version():
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    first, newest, *_ = re.findall(r"^## \[(.+?)\]", changelog, re.MULTILINE)
    assert first == "Unreleased"
    assert {newest, SPEC["version"], version("sentry-plugin")} == {VERSION}


def test_each_version_of_the_spec_is_in_the_changelog_in_its_order():
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    told = [each.partition(" - ")[0] for each in SPEC["version_history"]]
    assert re.findall(r"^## \[([\d.]+)\]", changelog, re.MULTILINE) == told


def test_addresses_of_the_package_are_those_of_the_spec():
    known = re.findall(r"https://[^\s)\"']+", "\n".join(map(str, SPEC["links"])))
    known += SPEC["resources"].values()
    assert {*PROJECT["urls"].values()} <= {*known}


def test_pythons_of_the_workflow_are_those_that_the_package_names():
    named = [each.rpartition(" ")[2] for each in PROJECT["classifiers"] if "Python :: 3." in each]
    assert WORKFLOW["jobs"]["checks"]["strategy"]["matrix"]["python"] == named
    assert PROJECT["requires-python"] == f">={named[0]}"


def test_workflow_may_only_read_and_names_each_action_by_its_commit():
    assert WORKFLOW["permissions"] == {"contents": "read"}
    used = [each["uses"] for each in WORKFLOW["jobs"]["checks"]["steps"] if "uses" in each]
    assert used
    assert all(re.fullmatch(r"actions/[\w-]+@[0-9a-f]{40}", each) for each in used)


def test_what_the_frame_tells_to_make_can_be_made():
    code = re.compile(r"(?:`|^    |run: |entry: )make ((?:[a-z-]+\b ?)+)", re.MULTILINE)
    told = {
        (path.name, word)
        for path in FRAME
        for words in code.findall(path.read_text(encoding="utf-8"))
        for word in words.split()
    }
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    known = re.findall(r"^([a-z-]+):", makefile, re.MULTILINE)
    assert {name for name, _ in told} >= {"RELEASING.md", "checks.yml", ".pre-commit-config.yaml"}
    assert [each for each in sorted(told) if each[1] not in known] == []


def test_documents_of_the_frame_link_to_what_is_there():
    for path in FRAME[:4]:
        for link in re.findall(r"\]\((?!https:)([^)]+)\)", path.read_text(encoding="utf-8")):
            name, _, heading = link.partition("#")
            target = (ROOT / name).read_text(encoding="utf-8")
            headings = re.findall(r"^#+ (.*)", target, re.MULTILINE)
            assert not heading or heading in {each.lower().replace(" ", "-") for each in headings}
