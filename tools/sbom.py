#!/usr/bin/env python3
"""Print what an image holds beside its base image, as CycloneDX 1.6 in JSON.

It reads pip's report (the wheels that were installed), the metadata of the packages (licences), and
the requirements of this project. It runs while the image is built, so it must need nothing but
Python, and must write the same bytes for the same packages: no time, no serial number.
"""

from __future__ import annotations

import argparse
import json
import pathlib
import re
import tomllib
from collections.abc import Iterable, Sequence
from importlib.metadata import Distribution, distributions
from typing import Any

from sentry_plugin.generated import VERSION

REQUIREMENT = re.compile(r"([\w.-]+)(?!.*\bextra\s*==)")
"""The name at the start of a requirement, unless it is only for an extra."""


def normal(name: str) -> str:
    """Return the normalized name of a package: lower case, with hyphens."""
    return re.sub(r"[-_.]+", "-", name).lower()


def licences(package: Distribution) -> list[dict[str, Any]]:
    """Return the licences of a package: an expression, or for older packages a name."""
    expressions, names = (
        package.metadata.get_all(key, []) for key in ("License-Expression", "License")
    )
    return [{"expression": each} for each in expressions] or [
        {"license": {"name": each}} for each in names
    ]


def sbom(project: dict[str, Any], report: dict[str, Any], folder: str) -> dict[str, Any]:
    """Return the document for the packages in a folder; *report* is that of pip's installation."""
    wheels = {
        normal(each["metadata"]["name"]): each["download_info"]["archive_info"]["hashes"]["sha256"]
        for each in report["install"]
    }
    packages = {normal(each.name): each for each in distributions(path=[folder])}
    addresses = {
        name: f"pkg:pypi/{name}@{package.version}" for name, package in sorted(packages.items())
    }

    def edges(source: str, requirements: Iterable[str]) -> dict[str, Any]:
        names = {normal(found[1]) for each in requirements if (found := REQUIREMENT.match(each))}
        return {"ref": source, "dependsOn": sorted(addresses[name] for name in names & {*packages})}

    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "lifecycles": [{"phase": "build"}],
            "component": {
                "type": "application",
                "bom-ref": project["name"],
                "name": project["name"],
                "version": VERSION,
                "description": project["description"],
                "licenses": [{"expression": project["license"]}],
            },
        },
        "components": [
            {
                "type": "library",
                "bom-ref": address,
                "name": name,
                "version": packages[name].version,
                "hashes": [{"alg": "SHA-256", "content": wheels[name]}],
                "licenses": licences(packages[name]),
                "purl": address,
            }
            for name, address in addresses.items()
        ],
        "dependencies": [
            edges(project["name"], project["dependencies"]),
            *(edges(addresses[name], packages[name].requires or ()) for name in addresses),
        ],
    }


def main(argv: Sequence[str] | None = None) -> int:
    """Print the document."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("project", type=pathlib.Path, help="pyproject.toml")
    parser.add_argument("report", type=pathlib.Path, help="what `pip install --report` wrote")
    parser.add_argument("folder", help="where pip has installed to")
    given = parser.parse_args(argv)
    project = tomllib.loads(given.project.read_text(encoding="utf-8"))["project"]
    report = json.loads(given.report.read_text(encoding="utf-8"))
    print(json.dumps(sbom(project, report, given.folder), indent=2))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
