"""Translates Sentry's search language for issues into SQL conditions.

Knows `key:value`, `!key:value`, lists, wildcards, comparisons and free text. Reads no request, and
of the database only what a name such as an e-mail address stands for.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, NoReturn

from sentry_plugin.sandbox import times
from sentry_plugin.sandbox.kept.store import ALL, NONE, Where, equal, in_subquery, one_of
from sentry_plugin.sandbox.messages.responses import refuse
from sentry_plugin.sandbox.shown import shortids

if TYPE_CHECKING:
    from sentry_plugin.sandbox.kept.store import Store

DEFAULT = "is:unresolved"

_QUOTED = r'"(?:[^"\\]|\\.)*"'
_PART = re.compile(
    rf"(?P<not>!?)(?P<key>tags\[[^\]\s]+\]|[\w.\-]+):(?P<value>{_QUOTED}|\[[^\]]*\]|\S*)"
    rf"|(?P<word>{_QUOTED}|\S+)"
)
_COMPARED = re.compile(r"(>=|<=|>|<|=)?(.*)", re.DOTALL)

STATES = {
    "resolved": "status = 'resolved'",
    "unresolved": "status = 'unresolved'",
    "ignored": "status = 'ignored'",
    "muted": "status = 'ignored'",
    "archived": "status = 'ignored'",
    "assigned": "assigned IS NOT NULL",
    "unassigned": "assigned IS NULL",
    "for_review": "inbox = 1",
    "linked": "0",
    "unlinked": "1",
    **{
        name: f"substatus = '{name}'"
        for name in (
            *("new", "ongoing", "escalating", "regressed", "archived_until_escalating"),
            *("archived_until_condition_met", "archived_forever"),
        )
    },
}
TEXTS = {
    "level": "level",
    "type": "type",
    "issue.type": "category",
    "issue.category": "category",
    "title": "title",
    "message": "message",
    "culprit": "culprit",
    "logger": "logger",
    "platform": "platform",
    "priority": "priority",
    "issue.priority": "priority",
    "firstRelease": "release",
    "first-release": "release",
    "error.type": "json_extract(metadata, '$.type')",
    "error.value": "json_extract(metadata, '$.value')",
    "project": "(SELECT slug FROM project WHERE project.id = project_id)",
    "project.name": "(SELECT slug FROM project WHERE project.id = project_id)",
    "project.id": "CAST(project_id AS TEXT)",
}
NUMBERS = {"timesSeen": "count", "times_seen": "count", "user_count": "users", "id": "id"}
DATES = {"lastSeen": "last_seen", "firstSeen": "first_seen", "age": "first_seen"}


@dataclass(frozen=True)
class Term:
    """One `key:value` of a query, or `!key:value`."""

    key: str
    value: str
    negated: bool

    def words(self) -> list[str]:
        """Return the values of `[a, b]`, or the one value."""
        if self.value.startswith("[") and self.value.endswith("]"):
            return [_unquoted(word.strip()) for word in self.value[1:-1].split(",")]
        return [_unquoted(self.value)]


def condition(store: Store, query: str, user_id: int) -> Where:
    """Translate a query; refuse one that is wrong as Sentry does."""
    terms, text = parsed(query)
    # Sentry lists feedback only if the query names a type or category.
    asked = {"issue.type", "issue.category"} & {term.key for term in terms}
    found = ALL if asked else Where("category = 'error'")
    for term in terms:
        found &= _condition(store, term, user_id)
    return found & _text("message", text) if text else found


def parsed(query: str) -> tuple[list[Term], str]:
    """Split a query into its terms and its free text."""
    found = list(_PART.finditer(query))
    terms = [Term(part["key"], part["value"], bool(part["not"])) for part in found if part["key"]]
    text = [_unquoted(part["word"]) for part in found if part["word"]]
    if {"OR", "AND"} & set(text):
        _unparsable('Boolean statements containing "OR" or "AND" are not supported in this search')
    return terms, " ".join(text)


def _unparsable(reason: str) -> NoReturn:
    refuse(400, f"Your search query could not be parsed: {reason}")


def _unquoted(word: str) -> str:
    if len(word) > 1 and word[0] == word[-1] == '"':
        return re.sub(r"\\(.)", r"\1", word[1:-1])
    return word


def _like(text: str, *, wildcards: bool = False) -> str:
    escaped = re.sub(r"([\\%_])", r"\\\1", text)
    return escaped.replace("*", "%") if wildcards else escaped


def _condition(store: Store, term: Term, user_id: int) -> Where:
    if not term.value:
        _unparsable(f"Empty string after '{term.key}:'")
    if special := SPECIAL.get(term.key):
        made = [special(store, word, user_id) for word in term.words()]
    elif column := NUMBERS.get(term.key):
        made = [_number(term.key, column, word) for word in term.words()]
    elif column := DATES.get(term.key):
        made = [_date(term.key, column, word) for word in term.words()]
    elif column := TEXTS.get(term.key):
        made = [_text(column, word) for word in term.words()]
    else:
        made = [_tag(term.key.removeprefix("tags[").rstrip("]"), term.words())]
    sql = " OR ".join(one.sql for one in made)
    values = tuple(value for one in made for value in one.values)
    return Where(f"{'NOT ' if term.negated else ''}coalesce(({sql}), 0)", values)


def _is(_store: Store, word: str, _user_id: int) -> Where:
    if word not in STATES:
        valid = sorted(STATES)
        _unparsable(f'Invalid value for "is" search, valid values are {valid}')
    return Where(STATES[word])


def _assigned(store: Store, word: str, user_id: int) -> Where:
    if word == "none":
        return Where("assigned IS NULL")
    if word == "me":
        return equal("assigned", f"user:{user_id}")
    if word == "my_teams":
        teams = "team_member JOIN member ON member.id = member_id"
        return in_subquery("assigned", "'team:' || team_id", teams, equal("user_id", user_id))
    if word.startswith("#"):
        team = store.value("SELECT id FROM team WHERE slug = ?", word[1:])
        return equal("assigned", f"team:{team}")
    found = store.value("SELECT user_id FROM member WHERE email = ?", word)
    return equal("assigned", f"user:{found}")


def _mine(column: str) -> Callable[[Store, str, int], Where]:
    def condition(store: Store, word: str, user_id: int) -> Where:
        me = word == "me" or store.value("SELECT user_id FROM member WHERE email = ?", word)
        return Where(column) if me in (True, user_id) else NONE

    return condition


def _has(_store: Store, word: str, _user_id: int) -> Where:
    return in_subquery("id", "issue_id", "tag", equal("key", word))


def _issue(store: Store, word: str, _user_id: int) -> Where:
    return equal("id", shortids.find(store, word))


def _happened(_store: Store, word: str, _user_id: int) -> Where:
    """Compare with the first or the last event, as `start` and `end` do."""
    column = "last_seen" if word.startswith(">") else "first_seen"
    return _date("event.timestamp", column, word)


SPECIAL: dict[str, Callable[[Store, str, int], Where]] = {
    "is": _is,
    "assigned": _assigned,
    "assigned_or_suggested": _assigned,
    "bookmarks": _mine("bookmarked = 1"),
    "subscribed": _mine("subscription NOT IN ('', 'no')"),
    "has": _has,
    "issue": _issue,
    "event.timestamp": _happened,
}


def _text(column: str, word: str) -> Where:
    if column == "message" and "*" not in word:
        word = f"*{word}*"
    return Where(f"{column} LIKE ? ESCAPE '\\'", (_like(word, wildcards=True),))


def _tag(key: str, words: list[str]) -> Where:
    patterns = [_like(word, wildcards=True) for word in words if "*" in word]
    likes = "".join([" OR value LIKE ? ESCAPE '\\'"] * len(patterns))
    plain = one_of("value", (word for word in words if "*" not in word))
    chosen = Where(plain.sql + likes, (*plain.values, *patterns))
    return in_subquery("id", "issue_id", "tag", equal("key", key) & chosen)


def _number(key: str, column: str, word: str) -> Where:
    match = _COMPARED.fullmatch(word)
    sign, number = (match[1] or "=", match[2]) if match else ("=", "")
    if not number.isdecimal():
        _unparsable(f"{key}: Invalid number: {number}. Expected number.")
    return Where(f"{column} {sign} ?", (int(number),))


def _date(key: str, column: str, word: str) -> Where:
    span = times.length(word[1:])
    if word[0] in "+-" and span is not None:
        sign = ">=" if word[0] == "-" else "<="
        return Where(f"{column} {sign} ?", (times.now() - span,))
    match = _COMPARED.fullmatch(word)
    moment = times.moment_of(match[2]) if match else None
    if not match or moment is None:
        _unparsable(f"{key}: Invalid date: {word}. Expected +/-duration (e.g. +1h) or ISO 8601.")
    return Where(f"{column} {match[1] or '='} ?", (moment,))
