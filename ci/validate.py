#!/usr/bin/env python3
"""Run InsightConnect's official validators on this plugin, one by one.

They pin many packages, so they live in an environment of their own, of a Python that still has
distutils:

    python3.11 -m venv VENV
    VENV/bin/pip install insightconnect-integrations-validators insight-plugin
    VENV/bin/python ci/validate.py

The command of that package stops where it cannot reach the internet, and cannot leave a validator
out. One more is ours: it asks the official generator for each schema. Prints one line per
validator, and exits 1 where one fails, crashes, or is left out below but does not exist. Must not
change any file.
"""

from __future__ import annotations

import contextlib
import io
import json
import pathlib
import re
import sys
from typing import Any

from icon_plugin_spec.plugin_spec import KomandPluginSpec
from icon_validator.rules import JENKINS_VALIDATORS, VALIDATORS
from insight_plugin.features.common.schema_util import SchemaUtil

ROOT = pathlib.Path(__file__).resolve().parents[1]

LEFT_OUT = {
    "VersionValidator": "asks a server of Rapid7 whether this version is published",
    "UnapprovedKeywordsValidator": "asks a server of Rapid7 for its list of keywords",
    "DockerfileParentValidator": "accepts only base images of Rapid7",
    "DockerValidator": "pulls the base image anew; CI builds and runs the image itself",
    "VersionBumpValidator": "compares with plugins/NAME on origin/master of Rapid7's repository",
    "PrintValidator": "crashes unless the package is icon_NAME or komand_NAME; ruff's T201 does it",
    "OutputValidator": "crashes on a module called schema.py; there is no .output to check",
}


class GeneratedSchemas:
    """Each generated schema is, to the byte, what the official generator makes of the spec."""

    def validate(self, spec: KomandPluginSpec) -> None:
        whole = spec.spec_dictionary()
        parts = {"connection.input": whole["connection"]}
        for kind in ("actions", "triggers", "tasks"):
            for name, step in whole.get(kind, {}).items():
                parts |= {f"{name}.{part}": step.get(part) for part in ("input", "output")}
        lists = {f"{name}.output" for name in whole.get("tasks", {})}
        for name, fields in parts.items():
            ours = (ROOT / f"sentry_plugin/generated/{name}.json").read_text(encoding="utf-8")
            official = SchemaUtil.generate_json_schema(fields, whole, task=name in lists)
            if ours != json.dumps(official, indent=2) + "\n":
                raise ValueError(f"{name}.json differs")


def main() -> int:
    official = (*VALIDATORS, *JENKINS_VALIDATORS)
    validators = {type(each).__name__: each for each in (*official, GeneratedSchemas())}
    failed = sorted(LEFT_OUT.keys() - validators.keys())
    for name in failed:
        say("FAILED", name, "is left out, and does not exist")
    for name, validator in validators.items():
        if name in LEFT_OUT:
            say("left out", name, LEFT_OUT[name])
        elif not passes(name, validator):
            failed.append(name)
    print(f"{len(validators)} validators: {len(LEFT_OUT)} left out, {len(failed)} failed")
    return 1 if failed else 0


def passes(name: str, validator: Any) -> bool:
    spec = KomandPluginSpec(str(ROOT), "plugin.spec.yaml")
    try:
        with contextlib.redirect_stdout(io.StringIO()) as warnings:
            validator.validate(spec)
    except Exception as error:  # noqa: BLE001  a validator that crashes has not passed either
        say("FAILED", name, f"{type(error).__name__}: {error}")
        return False
    say("ok", name, warnings.getvalue()[:200])
    return True


def say(status: str, name: str, text: str) -> None:
    words = re.sub(r"\x1b\[[0-9;]*m", "", text).split()
    print(f"{status:<9}{name:<45}{' '.join(words)}".rstrip())


if __name__ == "__main__":
    sys.exit(main())
