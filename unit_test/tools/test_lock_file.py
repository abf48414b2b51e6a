"""The lock file, from which the image is built, against what the package asks for."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def locked():
    """Return the lines of the lock file by the requirement on each."""
    lines = (ROOT / "requirements.txt").read_text().splitlines()
    return {Requirement(each.partition(" --hash")[0]): each for each in lines if each[0] != "#"}


def test_lock_file_meets_the_dependencies_of_the_package(locked):
    pins = {each.name: str(each.specifier).removeprefix("==") for each in locked}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    for wanted in map(Requirement, project["dependencies"]):
        assert pins[wanted.name] in wanted.specifier


@pytest.mark.parametrize(
    ("name", "unsafe"),
    [("urllib3", "2.6.3"), ("requests", "2.32.5"), ("aiohttp", "3.14.3"), ("brotli", "1.1.0")],
)
def test_versions_with_known_faults_are_not_allowed(name, unsafe):
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    every = project["dependencies"] + project["optional-dependencies"]["sandbox"]
    allowed = {each.name: each.specifier for each in map(Requirement, every)}
    assert unsafe not in allowed[name]


def test_every_locked_version_is_exact_and_has_hashes(locked):
    for requirement, line in locked.items():
        assert str(requirement.specifier).startswith("==")
        assert " --hash=sha256:" in line


def test_lock_file_names_no_registry():
    text = (ROOT / "requirements.txt").read_text()
    assert "://" not in text
    assert "index-url" not in text
