"""Finds the organization, project, issue and so on that a path, a query or a body names.

A name is a slug or an id. What a path names and does not exist is answered with 404.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sentry_plugin.sandbox.kept import releases
from sentry_plugin.sandbox.kept.store import ALL, Where
from sentry_plugin.sandbox.messages.responses import refuse, refuse_fields, refuse_missing

if TYPE_CHECKING:
    import sqlite3

    from sentry_plugin.sandbox.messages.call import Call

MAX_NUMBER = 2**63


def number_of(text: str) -> int | None:
    """Read an id; None if it cannot be one."""
    if text.isascii() and text.isdecimal() and int(text[:30]) < MAX_NUMBER:
        return int(text)
    return None


def by_slug_or_id(call: Call, table: str, text: str) -> sqlite3.Row | None:
    """Find a row of a table by its slug or id, or return None."""
    where = Where("slug = ? OR id = ?", (text, number_of(text)))
    return call.sandbox.store.first(table, where)


def organization(call: Call) -> sqlite3.Row:
    """Find the organization of the path."""
    return by_slug_or_id(call, "organization", call.params["organization"]) or refuse_missing()


def project(call: Call) -> sqlite3.Row:
    """Find the project of the path."""
    organization(call)
    return by_slug_or_id(call, "project", call.params["project"]) or refuse_missing()


def team(call: Call) -> sqlite3.Row:
    """Find the team of the path."""
    organization(call)
    return by_slug_or_id(call, "team", call.params["team"]) or refuse_missing()


def issue(call: Call) -> int:
    """Return the id of the issue of the path; the path may be one without an organization."""
    if "organization" in call.params:
        organization(call)
    number = number_of(call.params["issue"])
    sql = "SELECT id FROM issue WHERE id = ?"
    found: int = call.sandbox.store.value(sql, number) or refuse_missing()
    return found


def release(call: Call) -> sqlite3.Row:
    """Find the release of the path."""
    organization(call)
    return releases.find(call.sandbox.store, call.params["version"]) or refuse_missing()


def wanted_projects(call: Call) -> list[int]:
    """Return the ids of the projects that the parameter `project` names; none if it means all."""
    names = [name for name in call.all("project") if name]
    if "-1" in names:
        return []
    found = [by_slug_or_id(call, "project", name) for name in names]
    if None in found:
        refuse(403, "You do not have permission to perform this action.")
    return [row["id"] for row in found if row]


def projects_named(call: Call, names: list[str]) -> list[int]:
    """Return the ids of the projects that a body names; refuse it if one does not exist."""
    found = [by_slug_or_id(call, "project", name) for name in names]
    if None in found:
        refuse_fields({"projects": ["Invalid project ids or slugs"]})
    return [row["id"] for row in found if row]


def name_filter(call: Call, *columns: str) -> Where:
    """Match rows in which one of *columns* contains the parameter `query`."""
    query = call.first("query")
    sql = " OR ".join(f"instr({column}, ?)" for column in columns)
    return Where(sql, (query,) * len(columns)) if query else ALL
