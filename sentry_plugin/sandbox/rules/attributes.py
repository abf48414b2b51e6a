"""Checks the body of an issue's update, as Django REST framework does for Sentry.

Pure: looks nothing up and changes nothing.
"""

from __future__ import annotations

from typing import Any

from sentry_plugin.sandbox.messages import fields
from sentry_plugin.sandbox.messages.responses import refuse, refuse_fields

STATUSES = ("resolved", "unresolved", "ignored", "resolvedInNextRelease", "muted")
IGNORED_SUBSTATUSES = (
    "archived_until_escalating",
    "archived_until_condition_met",
    "archived_forever",
)
UNRESOLVED_SUBSTATUSES = ("escalating", "ongoing", "regressed", "new")
PRIORITIES = ("low", "medium", "high")
WEEK = 7 * 24 * 60  # in minutes
# The greatest number that a column of Sentry's database holds.
MAX_INTEGER = 2**31 - 1
ARCHIVE_LIMITS = {
    "ignoreDuration": fields.integer(MAX_INTEGER),
    "ignoreCount": fields.integer(MAX_INTEGER),
    "ignoreWindow": fields.integer(WEEK),
    "ignoreUserCount": fields.integer(MAX_INTEGER),
    "ignoreUserWindow": fields.integer(WEEK),
}
COMMIT = {"commit": fields.text, "repository": fields.text}
DETAILS = fields.object_with(
    {
        "inNextRelease": fields.boolean,
        "inRelease": fields.text,
        "inUpcomingRelease": fields.boolean,
        "inCommit": fields.object_with(COMMIT, required=COMMIT),
        **ARCHIVE_LIMITS,
    }
)
SWITCHES = (
    *("inbox", "hasSeen", "isBookmarked", "isPublic", "isSubscribed"),
    *("merge", "discard"),
)
ISSUE = fields.object_with(
    {
        "status": fields.choice(STATUSES),
        "statusDetails": DETAILS,
        "substatus": fields.choice((*IGNORED_SUBSTATUSES, *UNRESOLVED_SUBSTATUSES)),
        "assignedTo": fields.text,
        "priority": fields.choice(PRIORITIES),
        **dict.fromkeys(SWITCHES, fields.boolean),
        **ARCHIVE_LIMITS,
    },
    nullable=("substatus",),
)


def checked(body: Any) -> dict[str, Any]:
    """Return the attributes that Sentry knows; refuse a body with an invalid one."""
    given = fields.checked(body, ISSUE)
    if "discard" in given and len(given) > 1:
        refuse_fields({"non_field_errors": ["Other attributes cannot be updated when discarding"]})
    if given.get("discard"):
        refuse(400, ["You do not have that feature enabled"])
    return given
