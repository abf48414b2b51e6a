"""What live tests need of a server, and how a small probe tells whether it has that. Pure.

A probe that is answered by neither what servers with it answer nor by what those without it do is
an error, and never takes a test out.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple


class Seen(NamedTuple):
    """What a server answered to a probe."""

    status: int
    body: str

    @property
    def json(self):
        """The document; None if it is none."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None


class UnclearError(Exception):
    """An answer tells neither that a server has something nor that it lacks it."""


class Need(NamedTuple):
    """Something that servers have or lack."""

    words: str
    """What a server with it does."""
    paths: tuple[str, ...]
    """The first that is there counts: below the root of the API, or with a slash the DSN's host."""
    judge: Callable[[Seen], bool]
    query: Mapping[str, str] = {}
    method: str = "GET"
    body: Any = None
    """For the probe's own issue: such a probe changes it."""


def shows(*fields):
    """Tell whether the object, or the first of a list, has fields."""

    def judge(seen):
        found = seen.json[0] if isinstance(seen.json, list) and seen.json else seen.json
        if seen.status != 200 or not isinstance(found, dict) or "id" not in found:
            raise UnclearError(seen)
        return all(field in found for field in fields)

    return judge


def shows_one_of(*fields):
    return lambda seen: any(shows(field)(seen) for field in fields)


def _has_statistics(seen):
    shows()(seen)
    return "14d" in seen.json[0].get("stats", {})


def _finds(seen):
    """Tell whether the one issue that there is, is found."""
    if seen.status != 200 or not isinstance(seen.json, list):
        raise UnclearError(seen)
    return bool(seen.json)


def _refuses_a_search(seen):
    if seen.status == 400 and "could not be parsed" in seen.body:
        return True
    if seen.status == 200 and seen.json == []:
        return False
    raise UnclearError(seen)


def _answers_with_json(*statuses):
    """Tell whether an API answers, with one of *statuses*, or a web page comes in its place."""

    def judge(seen):
        if seen.status in statuses and isinstance(seen.json, dict | list):
            return True
        if seen.status in {200, 403, 404} and seen.body.lstrip().startswith("<"):
            return False
        raise UnclearError(seen)

    return judge


def _is_taken(seen):
    """Tell whether a status is known, though the project may have no release; or is no choice."""
    known = {200: "status", 400: "Next Release"}.get(seen.status)
    if known and known in seen.body:
        return True
    if seen.status == 422 and "'resolved'" in seen.body:
        return False
    raise UnclearError(seen)


def _lacks_a_route(seen):
    if seen.status == 404 and not seen.body.strip():
        return True
    if seen.status == 405 or (seen.status == 200 and isinstance(seen.json, dict)):
        return False
    raise UnclearError(seen)


ISSUES = ("projects/{org}/{project}/issues/",)
ISSUE = ("organizations/{org}/issues/{issue}/", "issues/{issue}/")
FLAGS = ("hasSeen", "isBookmarked", "isPublic", "isSubscribed")

NEEDS = {
    "ingest": Need(
        "takes events at the host of its DSN",
        ("/api/{project_id}/store/",),
        _answers_with_json(400),
        method="POST",
        body="no event",
    ),
    "activity": Need("tells what happened to an issue", ISSUE, shows("activity")),
    "assignment": Need("assigns issues", ISSUE, shows("assignedTo")),
    "flags": Need("marks issues for a user", ISSUE, shows(*FLAGS)),
    "statistics": Need(
        "counts the events of a period",
        ISSUES,
        _has_statistics,
        {"statsPeriod": "14d", "query": "", "limit": "1"},
    ),
    "search": Need("knows Sentry's searches", ISSUES, _refuses_a_search, {"query": "is:bogus"}),
    "short_ids": Need(
        "finds an issue by its short ID",
        ISSUES,
        _finds,
        {"query": "{short_id}", "shortIdLookup": "1"},
    ),
    "conditions": Need(
        "resolves and archives issues until something happens",
        ISSUE,
        _is_taken,
        method="PUT",
        body={"status": "resolvedInNextRelease"},
    ),
    "deploys": Need(
        "has deploys of releases",
        ("organizations/{org}/releases/{release}/deploys/",),
        _answers_with_json(200, 404),
    ),
    "roles": Need(
        "tells the roles of an organization",
        ("organizations/{org}/",),
        shows_one_of("availableRoles", "orgRoleList"),
    ),
    "sentry_9": Need("has the routes of Sentry 9", ISSUE[:1], _lacks_a_route),
}
