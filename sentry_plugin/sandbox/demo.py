"""Shows the plugin at work: `python -m sentry_plugin.sandbox.demo`.

Starts a sandbox on a free port, runs actions of each kind against it, each in a process of its own
as an orchestrator does, and prints every message and answer. Leaves nothing running; imports
nothing of the plugin.
"""

from __future__ import annotations

import asyncio
import json
import sys
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

SANDBOX = (sys.executable, "-m", "sentry_plugin.sandbox", "--port", "0", "--json")
PLUGIN = (sys.executable, "-m", "sentry_plugin", "run")
FRAME = {"filename": "shop/cart.py", "function": "checkout", "lineno": 42, "in_app": True}
FAILURE = {"type": "ValueError", "value": "no price", "stacktrace": {"frames": [FRAME]}}
EVENTS: tuple[dict[str, Any], ...] = (
    {"exception": {"values": [FAILURE]}, "level": "error", "user": {"id": "7"}},
    {"exception": {"values": [FAILURE]}, "level": "error", "user": {"id": "8"}},
    {"message": "The stock runs low", "level": "warning", "tags": {"shelf": "12"}},
)
# The fields that are printed of a long object.
TELLING = (
    *("id", "shortId", "eventID", "title", "status", "level", "count", "userCount"),
    *("lastSeen", "dateCreated", "statusDetails", "assignedTo"),
)
LONG = 12
WIDTH = 100


async def main() -> int:
    """Run the actions; return 0 if all of them worked, else 1."""
    process = await asyncio.create_subprocess_exec(*SANDBOX, stdout=PIPE)
    try:
        first_line = await process.stdout.readline() if process.stdout else b""
        # Where there is no line, the sandbox has said on stderr why it does not start.
        failures = await _run_all(json.loads(first_line)) if first_line else 1
    finally:
        with suppress(ProcessLookupError):
            process.terminate()
        await process.wait()
    _print("The sandbox is stopped; nothing is left running.")
    return 1 if failures else 0


async def _run_all(known: dict[str, str]) -> int:
    _print("The sandbox is ready. It is no Sentry; it stands in for one.")
    return sum([await _run(known, action, given) for action, given in _steps(known)])


def _steps(known: dict[str, str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield actions with their inputs; later ones use what the answers put into *known*."""
    place = {"organization_slug": known["organization"], "project_slug": known["project"]}
    for event in EVENTS:
        yield "submit_event", {"dsn": known["dsn"], "event_json": event}
    yield "list_project_issues", place
    issue = known.get("issue", "")
    yield "list_issue_events", {"issue_id": issue}
    yield "update_issue", {"issue_id": issue, "status": "resolved"}
    yield "add_comment", {"issue_id": issue, "text": "Mended by the release of today"}
    yield "list_project_issues", place
    yield "query_inventory", {"question": "who_can_reach", "subject": known["project"], "limit": 3}
    yield "check_inventory", {"checks": ["privileged_without_second_factor", "orphan_project"]}


async def _run(known: dict[str, str], action: str, given: dict[str, Any]) -> int:
    connection = {
        "token": {"token": known["token"]},
        "url": known["url"],
        "organization": known["organization"],
    }
    body = {"action": action, "meta": {}, "connection": connection, "input": given}
    message = {"version": "v1", "type": "action_start", "body": body}
    _print(f"To the plugin: {action}", message, known)
    process = await asyncio.create_subprocess_exec(*PLUGIN, stdin=PIPE, stdout=PIPE, stderr=DEVNULL)
    out, _ = await process.communicate(json.dumps(message).encode())
    answer = json.loads(out)
    _print(f"From the plugin, exit status {process.returncode}", answer, known)
    for issue in answer["body"].get("output", {}).get("issues", []):
        # The next actions are about the issue that has two events.
        if issue["count"] == "2":
            known["issue"] = issue["id"]
    return process.returncode or 0


def _print(title: str, message: Any = None, known: dict[str, str] | None = None) -> None:
    sys.stdout.write(f"\n== {title}\n")
    if message is not None:
        text = _formatted(_shortened(message))
        for secret in ("token", "dsn"):
            text = text.replace((known or {})[secret], f"(the sandbox's {secret})")
        sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _shortened(value: Any) -> Any:
    """Leave most fields of long objects out, so that the others are seen."""
    if isinstance(value, list):
        return [_shortened(one) for one in value]
    if not isinstance(value, dict):
        return value
    long = len(value) > LONG
    kept = {name: _shortened(one) for name, one in value.items() if not long or name in TELLING}
    left = len(value) - len(kept)
    return kept | {"…": f"{left} more fields"} if left else kept


def _formatted(value: Any, margin: str = "") -> str:
    """Write JSON; each value that fits on one line is on one line."""
    line = json.dumps(value, ensure_ascii=False)
    if not isinstance(value, dict | list) or len(margin) + len(line) <= WIDTH:
        return line
    inner, named = f"{margin}  ", isinstance(value, dict)
    pairs = value.items() if isinstance(value, dict) else enumerate(value)
    parts = [
        (json.dumps(name, ensure_ascii=False) + ": ") * named + _formatted(one, inner)
        for name, one in pairs
    ]
    body = ",\n".join(inner + part for part in parts)
    return f"{'{' if named else '['}\n{body}\n{margin}{'}' if named else ']'}"


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
