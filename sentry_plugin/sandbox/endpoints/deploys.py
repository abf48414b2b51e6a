"""The endpoints of the deploys of a release.

Deploys nothing: somebody tells that they did.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sentry_plugin.sandbox import times
from sentry_plugin.sandbox.kept.store import equal, within
from sentry_plugin.sandbox.messages import fields, lookups, pages
from sentry_plugin.sandbox.messages.answers import Answer, as_json
from sentry_plugin.sandbox.messages.fields import Wrong
from sentry_plugin.sandbox.shown import releaseforms

if TYPE_CHECKING:
    from sentry_plugin.sandbox.messages.call import Call


def _environment(value: Any) -> str:
    text = fields.words(value)
    if "/" in text or "\n" in text:
        raise Wrong("Environment names may not contain slashes or newlines")
    return text


DEPLOY = fields.members(
    {
        "environment": _environment,
        "name": fields.text,
        "url": fields.text,
        "dateStarted": fields.moment,
        "dateFinished": fields.moment,
        "projects": fields.many(fields.text),
    },
    required=("environment",),
    nullable=("name", "url", "dateStarted", "dateFinished"),
)


def listed(call: Call) -> Answer:
    """List the deploys of a release, newest first."""
    ours = equal("version", lookups.release(call)["version"])
    page = pages.of_table(call, "deploy", ours, order="finished DESC, id DESC")
    return pages.listing(call, page, [releaseforms.deploy(row) for row in page.rows])


def add(call: Call) -> Answer:
    """Tell that a release was deployed to an environment."""
    version, store = lookups.release(call)["version"], call.sandbox.store
    given = fields.checked(call.json(), DEPLOY)
    wanted = equal("version", version)
    if "projects" in given:
        wanted &= within("project_id", lookups.projects_named(call, given["projects"]))
    numbers = [row["project_id"] for row in store.select("release_project", wanted)]
    row = {
        "version": version,
        "environment": given["environment"],
        "name": given.get("name"),
        "url": given.get("url"),
        "started": given.get("dateStarted"),
        "finished": given.get("dateFinished") or times.now(),
    }
    with store.together():
        place = store.insert("deploy", row)
        for number in numbers:
            sql = "INSERT OR IGNORE INTO environment VALUES (?, ?)"
            store.write(sql, number, given["environment"])
    return as_json(releaseforms.deploy(store.select("deploy", equal("id", place))[0]), 201)
