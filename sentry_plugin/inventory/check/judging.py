"""Runs checks, and decides of each whether it passed, failed, or could not be judged.

Knows each check only by its row in the table.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from sentry_plugin.errors import InputError
from sentry_plugin.inventory.check.checks import CHECKS

if TYPE_CHECKING:
    from sentry_plugin.inventory.check.checks import Check, Limits
    from sentry_plugin.inventory.check.graph_index import GraphIndex
    from sentry_plugin.strictjson import JSON

SEVERITIES = ("critical", "high", "medium", "low")


def choose(ids: Collection[str] | None) -> list[Check]:
    """Return the checks of these ids, or all of them; raise an InputError for an unknown id."""
    known = {check.id for check in CHECKS}
    if not {*(ids or ())} <= known:
        raise InputError(
            "The input's `checks` name one that does not exist.",
            f"They can be: {', '.join(check.id for check in CHECKS)}.",
        )
    return [check for check in CHECKS if not ids or check.id in ids]


def judge(
    graph: GraphIndex, limits: Limits, checks: Sequence[Check]
) -> tuple[list[JSON], list[JSON]]:
    """Run checks; return their findings, the most severe first, and a result for each check."""
    findings, results = [], []
    for check in checks:
        obstacle = _obstacle(check, graph, limits)
        partial = [each for each in check.types if each in graph.partial]
        reason = obstacle or (f"Not complete: {', '.join(partial)}." if partial else "")
        # In a partial type, what is missing here may exist.
        cannot = obstacle or any(each.type in graph.partial for each in check.needs_complete)
        found = [] if cannot else [_finding(check, *each) for each in check.find(graph, limits)]
        unknown = "not_judged" if reason else "passed"
        result = {
            "check": check.id,
            "title": check.title,
            "severity": check.severity,
            "status": "failed" if found else unknown,
            "findings": len(found),
        }
        results.append(result | ({"reason": reason} if reason else {}))
        findings += found
    findings.sort(key=lambda each: SEVERITIES.index(each["severity"]))
    return findings, results


def _obstacle(check: Check, graph: GraphIndex, limits: Limits) -> str:
    """Say why a check cannot be judged at all; an empty text if it can."""
    if check.needs_limit and not getattr(limits, check.needs_limit):
        return f"No {check.needs_limit} were given."
    for kind, names in check.reads.items():
        if not any(name in each for each in graph.all(kind) for name in names):
            named = "none is there" if names == ("_key",) else f"none tells {' or '.join(names)}"
            return f"{kind.type}: {named}."
    return ""


def _finding(check: Check, entity: JSON, evidence: JSON) -> JSON:
    return {
        "check": check.id,
        "title": check.title,
        "severity": check.severity,
        "entity": entity["_key"],
        "name": entity.get("displayName"),
        "evidence": evidence,
        "remedy": check.remedy,
    }
