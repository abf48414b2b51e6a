"""Writes which steps work on servers of another make: docs/servers.md.

It comes from the scenarios that the tests play with recorded answers of such a server.
"""

from __future__ import annotations

import functools
from typing import Any

import yaml

from tools import generate
from tools.document.markdown import link, table
from tools.document.steps import steps

SCENARIOS = "unit_test/servers/glitchtip.yaml"
LACKING = "unsupported"
"""The code of an error about what the server cannot do."""


@functools.cache
def scenarios() -> dict[str, Any]:
    """Read the scenarios by step; in their place a text says why a step was not tried."""
    text = (generate.ROOT / SCENARIOS).read_text(encoding="utf-8")
    return dict(yaml.safe_load(text))


def glitchtip() -> str:
    """Return the table of the steps, with what was tried of each."""
    return table(
        ("step", "", "tried, and works", "does not: `unsupported`, or left out with a word"),
        (
            (link(f"`{step.name}`", "actions.md", step.spec["title"]), *_row(step.name))
            for step in steps()
        ),
    )


def _row(step: str) -> tuple[str, str, str]:
    about = scenarios().get(step, "")
    if isinstance(about, str):
        return "untried", about, ""
    tried = [each for each in about if "aside" not in each]
    lacks = [each["does"] for each in tried if each.get("lacks") or each.get("code") == LACKING]
    works = [each["does"] for each in tried if "code" not in each and not each.get("lacks")]
    verdict = "works" if not lacks else "in part" if works else "unsupported"
    return verdict, "; ".join(works), "; ".join(lacks)
