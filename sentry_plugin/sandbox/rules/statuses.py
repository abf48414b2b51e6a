"""What a new status means for issues: substatus, details, and what will end it.

Writes nothing. What events do to a status is in `lifecycle`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NoReturn

from sentry_plugin.sandbox import times
from sentry_plugin.sandbox.kept import releases
from sentry_plugin.sandbox.messages.responses import refuse, refuse_fields
from sentry_plugin.sandbox.rules import attributes
from sentry_plugin.sandbox.shown import actors, releaseforms

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

    from sentry_plugin.sandbox.sandbox import Sandbox

NO_RELEASE = "No release data present in the system to form a basis for 'Next Release'"
NO_FEATURE = "Your organization does not have access to this feature."
# Statuses of a request that have another name in the database.
WRITTEN = {"resolvedInNextRelease": "resolved", "muted": "ignored"}
# The details that say what an issue is resolved in, with the words for it in error texts.
RESOLVED_IN = {
    "inNextRelease": "next release",
    "inUpcomingRelease": "upcoming release",
    "inRelease": "release",
    "inCommit": "commit",
}
SUBSTATUSES = {
    "ignored": attributes.IGNORED_SUBSTATUSES,
    "unresolved": attributes.UNRESOLVED_SUBSTATUSES,
}
# An issue that is younger than this is new again when it leaves the archive.
NEW = 7 * times.DAY


@dataclass(frozen=True)
class StatusChange:
    """A new status with all that goes with it.

    *details* is shown with the issue, and also answered unless *shown* is given; *terms* is what
    ends the status; *kind* and *data* make the activity.
    """

    status: str
    substatus: str | None
    details: dict[str, Any] = field(default_factory=dict)
    shown: dict[str, Any] | None = None
    terms: dict[str, Any] = field(default_factory=dict)
    kind: str = ""
    data: dict[str, Any] = field(default_factory=dict)


def change(sandbox: Sandbox, rows: Sequence[sqlite3.Row], given: dict[str, Any]) -> StatusChange:
    """Return what an update with a status changes in issues; refuse what Sentry refuses."""
    status = WRITTEN.get(given["status"], given["status"])
    # Sentry ignores conditions beside the status if there are `statusDetails`.
    details = dict(given.get("statusDetails", given))
    if given["status"] == "resolvedInNextRelease":
        details["inNextRelease"] = True
    if status == "resolved":
        return _resolved(sandbox, rows, details)
    substatus = _substatus(status, given.get("substatus"), details, rows)
    if status == "ignored":
        return _archived(sandbox, substatus, details)
    return StatusChange(status, substatus, kind="set_unresolved")


def _substatus(
    status: str, wanted: str | None, details: dict[str, Any], rows: Sequence[sqlite3.Row]
) -> str:
    if wanted in SUBSTATUSES[status]:
        return str(wanted)
    if status == "ignored":
        conditions = any(details.get(name) is not None for name in attributes.ARCHIVE_LIMITS)
        return "archived_until_condition_met" if conditions else "archived_forever"
    before = rows[0]["status"] if len(rows) == 1 else None
    if before == "ignored" and rows[0]["first_seen"] > times.now() - NEW:
        return "new"
    return "regressed" if before == "resolved" else "ongoing"


def _resolved(
    sandbox: Sandbox, rows: Sequence[sqlite3.Row], details: dict[str, Any]
) -> StatusChange:
    name = next((name for name in RESOLVED_IN if details.get(name)), None)
    if name is None:
        return StatusChange("resolved", None, kind="set_resolved")
    projects = {row["project_id"] for row in rows}
    if len(projects) > 1:
        refuse(400, f"Cannot set resolved in {RESOLVED_IN[name]} for multiple projects.")
    actor = {"actor": actors.user(sandbox)}
    value = details[name]
    if name == "inCommit":
        _check_repository(sandbox, value["repository"])
        found = {name: value["commit"], **actor}
        data = {"commit": value["commit"]}
        return StatusChange("resolved", None, found, kind="set_resolved_in_commit", data=data)
    if name == "inUpcomingRelease":
        _refuse(name, NO_FEATURE)
    version = _version(sandbox, projects.pop(), name, value)
    is_next = name == "inNextRelease"
    return StatusChange(
        *("resolved", None),
        {name: True if is_next else version, **actor},
        terms={"release": version, "next": is_next},
        kind="set_resolved_in_release",
        data={"version": "" if is_next else version},
    )


def _version(sandbox: Sandbox, project_id: int, name: str, value: Any) -> str:
    latest = releases.latest(sandbox.store, project_id)
    is_latest = value in (True, "latest")
    version = latest if is_latest else value
    if version is None or releaseforms.form(sandbox, project_id, version) is None:
        _refuse(
            name, NO_RELEASE if is_latest else "Unable to find a release with the given version."
        )
    return str(version)


def _check_repository(sandbox: Sandbox, name: str) -> None:
    if not sandbox.store.value("SELECT 1 FROM repository WHERE name = ?", name):
        _refuse("inCommit", {"repository": ["Unable to find the given repository."]})


def _refuse(name: str, words: str | dict[str, Any]) -> NoReturn:
    refuse_fields({"statusDetails": {name: [words] if isinstance(words, str) else words}})


def _archived(sandbox: Sandbox, substatus: str, details: dict[str, Any]) -> StatusChange:
    if substatus == "archived_until_escalating":
        # Sentry shows this in the answer of an update only.
        shown = {"ignoreUntilEscalating": True}
        return StatusChange("ignored", substatus, shown=shown, kind="set_ignored", data=shown)
    wanted = {name: details.get(name) or None for name in attributes.ARCHIVE_LIMITS}
    minutes = wanted.pop("ignoreDuration")
    until = times.now() + minutes * times.MINUTE if minutes else None
    found = wanted | {"ignoreUntil": times.iso(until)}
    data = found | {"ignoreDuration": minutes}
    if not (until or wanted["ignoreCount"] or wanted["ignoreUserCount"]):
        return StatusChange("ignored", substatus, kind="set_ignored", data=data)
    newest = sandbox.store.value("SELECT max(id) FROM event")
    return StatusChange(
        *("ignored", substatus),
        found | {"actor": actors.user(sandbox)},
        terms=wanted | {"until": until, "after": newest or 0},
        kind="set_ignored",
        data=data,
    )
