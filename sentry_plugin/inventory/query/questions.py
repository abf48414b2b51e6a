"""The questions that have a name: who can reach a project, and what a member can reach.

Each is a query about one subject: a project or a member.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sentry_plugin.errors import InputError

if TYPE_CHECKING:
    from sentry_plugin.inventory.query.memory_database import Database

MOST_CANDIDATES = 10


class Question(NamedTuple):
    """A query about one row of a *view*, which is found by one of its columns *found_by*."""

    view: str
    found_by: tuple[str, ...]
    sql: str


_WAYS = "group_concat(DISTINCT way || coalesce(' ' || team.slug, '')) AS ways"
QUESTIONS = {
    "who_can_reach": Question(
        "project",
        ("key", "slug", "id"),
        f"""
        SELECT m.key AS member, m.email, m.name, m.role, m.mfaEnabled, {_WAYS}
          FROM reach JOIN member m ON m.key = reach.member LEFT JOIN team ON team.key = reach.team
         WHERE reach.project = :subject GROUP BY m.key ORDER BY m.email, m.key
        """,
    ),
    "what_can_reach": Question(
        "member",
        ("key", "email", "id", "userId", "name"),
        f"""
        SELECT p.key AS project, p.slug, p.name, {_WAYS}
          FROM reach JOIN project p ON p.key = reach.project
          LEFT JOIN team ON team.key = reach.team
         WHERE reach.member = :subject GROUP BY p.key ORDER BY p.slug, p.key
        """,
    ),
}


def find_subject(database: Database, question: Question, named: str) -> str:
    """Return the key of a question's subject, or raise an InputError: none, or several, have it.

    Of the columns in *found_by*, the first counts in which a row has that name.
    """
    for name in question.found_by:
        found = database.find(
            f"SELECT key FROM {question.view} WHERE lower({name}) = lower(:named)"
            f" ORDER BY key LIMIT {MOST_CANDIDATES}",
            {"named": named},
        )
        if found[1:]:
            keys = ", ".join(key for (key,) in found)
            raise InputError(f"Several things are the input's `subject`: {keys}.", "Give the key.")
        if found:
            key: str = found[0][0]
            return key
    raise InputError(
        f"There is no {question.view} that is the input's `subject`.",
        f"Give its {', '.join(question.found_by[1:])} or key.",
    )
