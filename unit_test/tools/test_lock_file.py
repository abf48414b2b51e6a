"""The lock files, from which the image and the tools are installed, against what is asked for."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
EXTRAS = PROJECT["optional-dependencies"]
LOCKS = {
    "requirements.txt": PROJECT["dependencies"],
    "requirements-dev.txt": PROJECT["dependencies"] + EXTRAS["dev"] + EXTRAS["sandbox"],
}
each_lock = pytest.mark.parametrize("lock", LOCKS)


def locked(lock):
    """Return the lines of a lock file by the requirement on each."""
    lines = (ROOT / lock).read_text().splitlines()
    return {Requirement(each.partition(" --hash")[0]): each for each in lines if each[0] != "#"}


def pins(lock):
    """Return the versions in a lock file by what they are of."""
    return {each.name: str(each.specifier).removeprefix("==") for each in locked(lock)}


@each_lock
def test_lock_file_meets_what_is_asked_for(lock):
    found = pins(lock)
    wanted = [each for each in map(Requirement, LOCKS[lock]) if each.name != PROJECT["name"]]
    unmet = [
        str(each)
        for each in wanted
        if each.name not in found or found[each.name] not in each.specifier
    ]
    assert not unmet, "run `make lock`"


def test_tests_run_with_what_the_image_installs():
    assert pins("requirements.txt").items() <= pins("requirements-dev.txt").items()


@pytest.mark.parametrize(
    ("name", "unsafe"),
    [("urllib3", "2.6.3"), ("requests", "2.32.5"), ("aiohttp", "3.14.3"), ("brotli", "1.1.0")],
)
def test_versions_with_known_faults_are_not_allowed(name, unsafe):
    every = PROJECT["dependencies"] + EXTRAS["sandbox"]
    allowed = {each.name: each.specifier for each in map(Requirement, every)}
    assert unsafe not in allowed[name]


@each_lock
def test_every_locked_version_is_exact_and_has_hashes(lock):
    for requirement, line in locked(lock).items():
        assert str(requirement.specifier).startswith("==")
        assert " --hash=sha256:" in line


@each_lock
def test_lock_file_names_no_registry(lock):
    text = (ROOT / lock).read_text()
    assert "://" not in text
    assert "index-url" not in text
    assert "find-links" not in text
