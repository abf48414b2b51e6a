"""Does the checks, and says of each whether it passed, failed, or could not be judged.

Knows no single check but by the table; collects nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from sentry_plugin.errors import InputError
from sentry_plugin.inventory.check.checks import CHECKS

if TYPE_CHECKING:
    from sentry_plugin.inventory.check.checks import Check, Limits
    from sentry_plugin.inventory.check.view import View
    from sentry_plugin.strictjson import JSON

SEVERITIES = ("critical", "high", "medium", "low")


def chosen(ids: Collection[str] | None) -> list[Check]:
    """Give the checks of these ids, or all of them."""
    known = {check.id for check in CHECKS}
    if not {*(ids or ())} <= known:
        raise InputError(
            "The input's `checks` name one that does not exist.",
            f"They can be: {', '.join(check.id for check in CHECKS)}.",
        )
    return [check for check in CHECKS if not ids or check.id in ids]


def judge(view: View, limits: Limits, checks: Sequence[Check]) -> tuple[list[JSON], list[JSON]]:
    """Do checks; what they found, the most severe first, and how each came out."""
    findings, results = [], []
    for check in checks:
        silent = _silence(check, view, limits)
        partial = [each for each in check.types if each in view.partial]
        reason = silent or (f"Not complete: {', '.join(partial)}." if partial else "")
        # What is missing may only be missing here.
        cannot = silent or any(each.type in view.partial for each in check.concludes_from)
        found = [] if cannot else [_finding(check, *each) for each in check.find(view, limits)]
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


def _silence(check: Check, view: View, limits: Limits) -> str:
    """Say what a check would need to say anything at all."""
    if check.given and not getattr(limits, check.given):
        return f"No {check.given} were given."
    for kind, names in check.reads.items():
        if not any(name in each for each in view.all(kind) for name in names):
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
