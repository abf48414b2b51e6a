"""The endpoints of releases.

What a release looks like is in `releaseforms`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import orjson

from sentry_plugin.sandbox import times
from sentry_plugin.sandbox.kept import releases
from sentry_plugin.sandbox.kept.store import ALL, Where, equal, in_subquery, one_of
from sentry_plugin.sandbox.kept.tables import TAGS_WITH_EVENTS
from sentry_plugin.sandbox.messages import fields, lookups, pages
from sentry_plugin.sandbox.messages.fields import InvalidValue
from sentry_plugin.sandbox.messages.responses import (
    Response,
    as_json,
    refuse_fields,
    refuse_missing,
)
from sentry_plugin.sandbox.shown import releaseforms

if TYPE_CHECKING:
    from sentry_plugin.sandbox.messages.call import Call

MAX_VERSION = 250
# A version is a part of a path: it must not end the part, nor mean a folder above.
NOT_ALLOWED = re.compile(r".*[/\\\r\n\t\f].*|\.{1,2}|latest", re.DOTALL | re.IGNORECASE)


def _version(value: Any) -> str:
    text = fields.filled_text(value)
    if len(text) > MAX_VERSION or NOT_ALLOWED.fullmatch(text):
        raise InvalidValue(f"Release with name {text} is not allowed")
    return text


COMMIT = fields.object_with(
    {
        "id": fields.filled_text,
        "repository": fields.text,
        "message": fields.text,
        "author_name": fields.text,
        "author_email": fields.text,
        "timestamp": fields.moment,
    },
    required=("id",),
    nullable=("repository", "message", "author_name", "author_email", "timestamp"),
)
REF = fields.object_with(
    {"repository": fields.filled_text, "commit": fields.filled_text, "previousCommit": fields.text},
    required=("repository", "commit"),
    nullable=("previousCommit",),
)
CHANGES = {
    "ref": fields.text,
    "url": fields.text,
    "dateReleased": fields.moment,
    "status": fields.choice(("open", "archived")),
    "commits": fields.list_of(COMMIT),
    "refs": fields.list_of(REF),
}
OPTIONAL = ("ref", "url", "dateReleased")
RELEASE = fields.object_with(
    {"version": _version, "projects": fields.list_of(fields.text), **CHANGES},
    required=("version", "projects"),
    nullable=OPTIONAL,
)
CHANGE = fields.object_with(CHANGES, nullable=OPTIONAL)


def of_organization(call: Call) -> Response:
    """List the releases of an organization, newest first."""
    lookups.organization(call)
    wanted = lookups.wanted_projects(call)
    return _listed(call, one_of("project_id", wanted) if wanted else ALL)


def of_project(call: Call) -> Response:
    """List the releases of a project, newest first."""
    return _listed(call, equal("project_id", lookups.project(call)["id"]))


def _listed(call: Call, projects: Where) -> Response:
    where = in_subquery("version", "version", "release_project", projects)
    if query := call.first("query"):
        where &= Where("instr(lower(version), lower(?))", (query,))
    if names := call.all("environment"):
        seen = equal("key", "release") & one_of("environment", names)
        where &= in_subquery("version", "value", TAGS_WITH_EVENTS, seen)
    page = pages.of_table(call, "release", where, order=f"{releases.DATE} DESC, id DESC")
    forms = [releaseforms.whole(call.sandbox, row, projects) for row in page.rows]
    return pages.listing(call, page, forms)


def show(call: Call) -> Response:
    """Show one release."""
    return as_json(releaseforms.whole(call.sandbox, lookups.release(call)))


def create(call: Call) -> Response:
    """Make a release: 201 if a project did not have it, else 208."""
    lookups.organization(call)
    store, present = call.sandbox.store, times.now()
    given = fields.checked(call.json(), RELEASE)
    projects = lookups.projects_named(call, given["projects"])
    _check_repositories(call, given.get("refs") or [])
    version = given["version"]
    is_old = releases.find(store, version) is not None
    with store.transaction():
        releases.make(store, version, present)
        added = [releases.add_to_project(store, number, version, present) for number in projects]
        # To make a release again may add commits, but changes nothing else of it.
        named = ("commits",) if is_old else tuple(CHANGES)
        _write(call, version, {name: given[name] for name in named if name in given})
    row = releases.find(store, version)
    return as_json(
        releaseforms.whole(call.sandbox, row or refuse_missing()), 201 if any(added) else 208
    )


def change(call: Call) -> Response:
    """Change a release, and show it."""
    version = lookups.release(call)["version"]
    given = fields.checked(call.json(), CHANGE)
    _check_repositories(call, given.get("refs") or [])
    _write(call, version, given)
    return show(call)


def _check_repositories(call: Call, refs: list[dict[str, Any]]) -> None:
    names = sorted({ref["repository"] for ref in refs})
    known = {row["name"] for row in call.sandbox.store.select("repository", one_of("name", names))}
    if missing := [name for name in names if name not in known]:
        refuse_fields({"refs": [f"Invalid repository names: {', '.join(missing)}"]})


def _write(call: Call, version: str, given: dict[str, Any]) -> None:
    store, ours = call.sandbox.store, equal("version", version)
    row = store.select("release", ours)[0]
    kept: dict[str, Any] = {name: given[name] for name in ("ref", "url", "status") if name in given}
    if given.get("commits"):
        kept["commits"] = [_commit(one) for one in given["commits"]]
    body = orjson.loads(row["body"]) | kept
    columns = {"body": orjson.dumps(body).decode()}
    store.update(
        "release", columns | {"released": given.get("dateReleased", row["released"])}, ours
    )


def _commit(given: dict[str, Any]) -> dict[str, Any]:
    email = given.get("author_email")
    return {
        "id": given["id"],
        "message": given.get("message"),
        "dateCreated": times.iso(given.get("timestamp") or times.now()),
        "author": {"name": given.get("author_name"), "email": email} if email else None,
        "suspectCommitType": "",
        "pullRequest": None,
    }
