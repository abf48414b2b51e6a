"""The questions that have a name: who can reach a project, and what a member can reach.

Each is a query, and a view in which its subject is looked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sentry_plugin.errors import InputError

if TYPE_CHECKING:
    from sentry_plugin.inventory.query.tables import Database

MOST_CANDIDATES = 10


class Question(NamedTuple):
    """A query about one subject, which is given by one of some properties."""

    view: str
    known_by: tuple[str, ...]
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


def subject(database: Database, question: Question, named: str) -> str:
    """Find the key of what a question is about: by the first property that something has."""
    for name in question.known_by:
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
        f"Give its {', '.join(question.known_by[1:])} or key.",
    )
