"""The list of what an image holds, of packages that are made up."""

from __future__ import annotations

import json

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from sentry_plugin.generated import VERSION
from tools import sbom

PROJECT = """
[project]
name = "sentry-plugin"
description = "Work with Sentry"
license = "MIT"
dependencies = ["One_Thing>=1", "absent"]
"""
METADATA = {
    "one.thing-1.2.dist-info": """Metadata-Version: 2.4
Name: One.Thing
Version: 1.2
License-Expression: MIT OR Apache-2.0
Requires-Dist: other>=3; python_version < "4"
Requires-Dist: third; extra == "more"
""",
    "other-3.dist-info": """Metadata-Version: 2.1
Name: other
Version: 3
License: Some licence
""",
    "third-4.dist-info": """Metadata-Version: 2.1
Name: third
Version: 4
""",
}
DIGESTS = {"one-thing": "1" * 64, "other": "2" * 64, "third": "3" * 64}


@pytest.fixture
def printed(tmp_path, capsys):
    """Return what the tool prints of the packages."""
    for name, text in METADATA.items():
        (tmp_path / "app" / name).mkdir(parents=True)
        (tmp_path / "app" / name / "METADATA").write_text(text, encoding="utf-8")
    report = {
        "install": [
            {
                "metadata": {"name": name},
                "download_info": {"archive_info": {"hashes": {"sha256": digest}}},
            }
            for name, digest in DIGESTS.items()
        ]
    }
    (tmp_path / "report.json").write_text(json.dumps(report), encoding="utf-8")
    (tmp_path / "pyproject.toml").write_text(PROJECT, encoding="utf-8")

    def run():
        names = ("pyproject.toml", "report.json", "app")
        assert sbom.main([str(tmp_path / name) for name in names]) == 0
        return capsys.readouterr().out

    return run


def test_it_is_valid_cyclonedx_and_the_same_bytes_each_time(printed):
    text = printed()
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    assert printed() == text


def test_it_names_the_project_and_each_package_with_its_wheel_and_licence(printed):
    document = json.loads(printed())
    project = document["metadata"]["component"]
    assert (project["name"], project["version"]) == ("sentry-plugin", VERSION)
    assert [
        (each["purl"], each["hashes"][0]["content"], each["licenses"])
        for each in document["components"]
    ] == [
        ("pkg:pypi/one-thing@1.2", "1" * 64, [{"expression": "MIT OR Apache-2.0"}]),
        ("pkg:pypi/other@3", "2" * 64, [{"license": {"name": "Some licence"}}]),
        ("pkg:pypi/third@4", "3" * 64, []),
    ]


def test_it_tells_what_needs_what_without_what_only_an_extra_needs(printed):
    edges = json.loads(printed())["dependencies"]
    assert {each["ref"]: each["dependsOn"] for each in edges} == {
        "sentry-plugin": ["pkg:pypi/one-thing@1.2"],
        "pkg:pypi/one-thing@1.2": ["pkg:pypi/other@3"],
        "pkg:pypi/other@3": [],
        "pkg:pypi/third@4": [],
    }
