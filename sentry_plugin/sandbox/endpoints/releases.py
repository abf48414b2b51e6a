"""The endpoints of releases.

What a release looks like lies in `releaseforms`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import orjson

from sentry_plugin.sandbox import times
from sentry_plugin.sandbox.kept import releases
from sentry_plugin.sandbox.kept.store import ALL, Where, among, equal, within
from sentry_plugin.sandbox.kept.tables import TAGGED
from sentry_plugin.sandbox.messages import fields, lookups, pages
from sentry_plugin.sandbox.messages.answers import Answer, as_json, refuse_fields, refuse_missing
from sentry_plugin.sandbox.messages.fields import Wrong
from sentry_plugin.sandbox.shown import releaseforms

if TYPE_CHECKING:
    from sentry_plugin.sandbox.messages.call import Call

MAX_VERSION = 250
# A version is a part of a path, and must not be read as a direction in it.
NOT_ALLOWED = re.compile(r".*[/\\\r\n\t\f].*|\.{1,2}|latest", re.DOTALL | re.IGNORECASE)


def _version(value: Any) -> str:
    text = fields.words(value)
    if len(text) > MAX_VERSION or NOT_ALLOWED.fullmatch(text):
        raise Wrong(f"Release with name {text} is not allowed")
    return text


COMMIT = fields.members(
    {
        "id": fields.words,
        "repository": fields.text,
        "message": fields.text,
        "author_name": fields.text,
        "author_email": fields.text,
        "timestamp": fields.moment,
    },
    required=("id",),
    nullable=("repository", "message", "author_name", "author_email", "timestamp"),
)
REF = fields.members(
    {"repository": fields.words, "commit": fields.words, "previousCommit": fields.text},
    required=("repository", "commit"),
    nullable=("previousCommit",),
)
CHANGES = {
    "ref": fields.text,
    "url": fields.text,
    "dateReleased": fields.moment,
    "status": fields.choice(("open", "archived")),
    "commits": fields.many(COMMIT),
    "refs": fields.many(REF),
}
OPTIONAL = ("ref", "url", "dateReleased")
RELEASE = fields.members(
    {"version": _version, "projects": fields.many(fields.text), **CHANGES},
    required=("version", "projects"),
    nullable=OPTIONAL,
)
CHANGE = fields.members(CHANGES, nullable=OPTIONAL)


def of_organization(call: Call) -> Answer:
    """List the releases of an organization, newest first."""
    lookups.organization(call)
    wanted = lookups.wanted_projects(call)
    return _listed(call, within("project_id", wanted) if wanted else ALL)


def of_project(call: Call) -> Answer:
    """List the releases of a project, newest first."""
    return _listed(call, equal("project_id", lookups.project(call)["id"]))


def _listed(call: Call, projects: Where) -> Answer:
    where = among("version", "version", "release_project", projects)
    if query := call.first("query"):
        where &= Where("instr(lower(version), lower(?))", (query,))
    if names := call.all("environment"):
        seen = equal("key", "release") & within("environment", names)
        where &= among("version", "value", TAGGED, seen)
    page = pages.of_table(call, "release", where, order=f"{releases.DATE} DESC, id DESC")
    forms = [releaseforms.whole(call.sandbox, row, projects) for row in page.rows]
    return pages.listing(call, page, forms)


def show(call: Call) -> Answer:
    """Show one release."""
    return as_json(releaseforms.whole(call.sandbox, lookups.release(call)))


def create(call: Call) -> Answer:
    """Make a release: 201 where a project has not had it, else 208."""
    lookups.organization(call)
    store, present = call.sandbox.store, times.now()
    given = fields.checked(call.json(), RELEASE)
    projects = lookups.projects_named(call, given["projects"])
    _check_repositories(call, given.get("refs") or [])
    version = given["version"]
    is_old = releases.named(store, version) is not None
    with store.together():
        releases.make(store, version, present)
        added = [releases.add(store, number, version, present) for number in projects]
        # Whoever makes a release again adds to it, and changes nothing else of it.
        named = ("commits",) if is_old else tuple(CHANGES)
        _write(call, version, {name: given[name] for name in named if name in given})
    row = releases.named(store, version)
    return as_json(
        releaseforms.whole(call.sandbox, row or refuse_missing()), 201 if any(added) else 208
    )


def change(call: Call) -> Answer:
    """Change a release, and show it."""
    version = lookups.release(call)["version"]
    given = fields.checked(call.json(), CHANGE)
    _check_repositories(call, given.get("refs") or [])
    _write(call, version, given)
    return show(call)


def _check_repositories(call: Call, refs: list[dict[str, Any]]) -> None:
    names = sorted({ref["repository"] for ref in refs})
    known = {row["name"] for row in call.sandbox.store.select("repository", within("name", names))}
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
