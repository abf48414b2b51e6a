"""The endpoints of the comments on an issue, which Sentry also calls notes.

A comment is stored as an activity of the issue. Other activities are not shown here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson

from sentry_plugin.sandbox import times
from sentry_plugin.sandbox.kept.store import Where, equal
from sentry_plugin.sandbox.messages import fields, lookups, pages
from sentry_plugin.sandbox.messages.responses import Response, as_json, refuse
from sentry_plugin.sandbox.shown import actors, issueforms

if TYPE_CHECKING:
    from sentry_plugin.sandbox.messages.call import Call

NOTE = "note"
COMMENT = fields.object_with({"text": fields.filled_text}, required=("text",))


def listed(call: Call) -> Response:
    """List the comments on an issue, newest first."""
    ours = equal("issue_id", lookups.issue(call)) & equal("type", NOTE)
    page = pages.of_table(call, "activity", ours, order="id DESC", numbered=False)
    person = actors.user(call.sandbox)
    return pages.listing(call, page, [issueforms.activity(row, person) for row in page.rows])


def add(call: Call) -> Response:
    """Add a comment to an issue; refuse the same text within an hour."""
    number, store, present = lookups.issue(call), call.sandbox.store, times.now()
    text = fields.checked(call.json(), COMMENT)["text"]
    data = orjson.dumps({"text": text}).decode()
    same = equal("issue_id", number) & equal("type", NOTE) & equal("data", data)
    if store.count("activity", same & Where("created >= ?", (present - times.HOUR,))):
        refuse(400, "You have already posted that comment.")
    row = {"issue_id": number, "type": NOTE, "data": data, "created": present}
    with store.transaction():
        place = store.insert("activity", row)
        fresh = equal("id", number) & equal("subscription", "")
        store.update("issue", {"subscription": "commented"}, fresh)
    kept = store.select("activity", equal("id", place))[0]
    return as_json(issueforms.activity(kept, actors.user(call.sandbox)), 201)
