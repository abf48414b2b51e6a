"""Findings of the checks in the format SARIF 2.1.0. Pure.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from sentry_plugin.generated import VERSION

if TYPE_CHECKING:
    from sentry_plugin.inventory.check.checks import Check
    from sentry_plugin.strictjson import JSON

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS = {"critical": "error", "high": "error", "medium": "warning", "low": "note"}
# Code scanners sort by these; https://docs.github.com/code-security/code-scanning has the bounds.
_SCORES = {"critical": "9.0", "high": "7.0", "medium": "5.0", "low": "3.0"}


def document(findings: Iterable[JSON], checks: Sequence[Check]) -> JSON:
    """Return a SARIF document with the findings of checks."""
    places = {check.id: place for place, check in enumerate(checks)}
    driver = {
        "name": "sentry-plugin",
        "semanticVersion": VERSION,
        "rules": [_rule(check) for check in checks],
    }
    results = [_result(each, places[each["check"]]) for each in findings]
    run = {"tool": {"driver": driver}, "results": results, "columnKind": "unicodeCodePoints"}
    return {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(check: Check) -> JSON:
    return {
        "id": check.id,
        "shortDescription": {"text": check.title},
        "help": {"text": check.remedy},
        "defaultConfiguration": {"level": _LEVELS[check.severity]},
        "properties": {"security-severity": _SCORES[check.severity], "tags": ["security"]},
    }


def _result(finding: JSON, place: int) -> JSON:
    key = finding["entity"]
    kind = key.removeprefix("sentry-").rpartition("-")[0]
    name = finding["name"] or key
    return {
        "ruleId": finding["check"],
        "ruleIndex": place,
        "level": _LEVELS[finding["severity"]],
        "message": {"text": f"{finding['title']}: {name}. {finding['remedy']}"},
        "locations": [
            {"logicalLocations": [{"name": name, "fullyQualifiedName": key, "kind": kind}]}
        ],
        "partialFingerprints": {"checkAndEntity/v1": f"{finding['check']}:{key}"},
        "properties": {"evidence": finding["evidence"]},
    }
