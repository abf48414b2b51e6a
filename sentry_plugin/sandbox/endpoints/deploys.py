"""The endpoints of the deploys of a release.

Deploys nothing: a client only reports that it did.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from sentry_plugin.sandbox import times
from sentry_plugin.sandbox.kept.store import equal, one_of
from sentry_plugin.sandbox.messages import fields, lookups, pages
from sentry_plugin.sandbox.messages.fields import InvalidValue
from sentry_plugin.sandbox.messages.responses import Response, as_json
from sentry_plugin.sandbox.shown import releaseforms

if TYPE_CHECKING:
    from sentry_plugin.sandbox.messages.call import Call


LONGEST_NAME = 64
ADDRESS = re.compile(r"(?:https?|ftps?)://[^\s/?#]+(?:[/?#]\S*)?", re.IGNORECASE)


def _environment(value: Any) -> str:
    text = fields.filled_text(value)
    if set(text) & set("\n\r\f/"):
        raise InvalidValue("Invalid value for environment")
    return _name(text)


def _name(value: Any) -> str:
    text = fields.text(value).strip()
    if len(text) > LONGEST_NAME:
        raise InvalidValue(f"Ensure this field has no more than {LONGEST_NAME} characters.")
    return text


def _address(value: Any) -> str:
    text = fields.text(value).strip()
    if text and not ADDRESS.fullmatch(text):
        raise InvalidValue("Enter a valid URL.")
    return text


DEPLOY = fields.object_with(
    {
        "environment": _environment,
        "name": _name,
        "url": _address,
        "dateStarted": fields.moment,
        "dateFinished": fields.moment,
        "projects": fields.list_of(fields.text),
    },
    required=("environment",),
    nullable=("name", "url", "dateStarted", "dateFinished"),
)


def listed(call: Call) -> Response:
    """List the deploys of a release, newest first."""
    ours = equal("version", lookups.release(call)["version"])
    page = pages.of_table(call, "deploy", ours, order="finished DESC, id DESC")
    return pages.listing(call, page, [releaseforms.deploy(row) for row in page.rows])


def add(call: Call) -> Response:
    """Record that a release was deployed to an environment."""
    version, store = lookups.release(call)["version"], call.sandbox.store
    given = fields.checked(call.json(), DEPLOY)
    wanted = equal("version", version)
    if "projects" in given:
        wanted &= one_of("project_id", lookups.projects_named(call, given["projects"]))
    numbers = [row["project_id"] for row in store.select("release_project", wanted)]
    row = {
        "version": version,
        "environment": given["environment"],
        "name": given.get("name"),
        "url": given.get("url"),
        "started": given.get("dateStarted"),
        "finished": given.get("dateFinished") or times.now(),
    }
    with store.transaction():
        place = store.insert("deploy", row)
        for number in numbers:
            sql = "INSERT OR IGNORE INTO environment VALUES (?, ?)"
            store.write(sql, number, given["environment"])
    return as_json(releaseforms.deploy(store.select("deploy", equal("id", place))[0]), 201)
