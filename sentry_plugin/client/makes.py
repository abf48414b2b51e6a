"""Makes of servers that speak Sentry's web API: how each is known, and where it differs. Pure.

What differs is data, so that no step asks for a make by its name. The sources are recorded answers
of real servers.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from sentry_plugin.errors import NotFound, Unauthorized, Unsupported
from sentry_plugin.logs import printable

if TYPE_CHECKING:
    from sentry_plugin.errors import ApiError

Query = Mapping[str, str | list[str]]

ISSUES_OF_ORGANIZATION = "organizations/*/issues/"
ISSUES_OF_PROJECT = "projects/*/*/issues/"
# Whoever sends `per_page` sends `limit` too.
PAGED = frozenset({"limit", "per_page", "cursor"})
# Whole events come in any case.
EVENTS = PAGED | {"full"}


class Make(NamedTuple):
    """One make of server. A path may hold ``*`` for one segment, and end with ``**`` for any."""

    name: str
    refines: str = ""
    """The make that a server may be taken for at first."""
    lacking: tuple[tuple[str, str], ...] = ()
    """Routes that it lacks: methods, and the path."""
    regarded: Mapping[str, frozenset[str]] = {}
    """The parameters that it regards, of paths where it ignores some."""
    values: Mapping[str, Mapping[str, Mapping[str, str]]] = {}
    """Other values of parameters, by path and parameter; an empty one is left out."""
    closed: frozenset[str] = frozenset()
    """Parameters that can have only these `values`."""
    defaults: Mapping[str, Mapping[str, str]] = {}
    """What has to be sent, because it is not what the server assumes as Sentry does."""
    not_searched: frozenset[str] = frozenset()
    """Keys of a search that it takes for tags, and so finds nothing."""
    statuses: frozenset[str] = frozenset()
    """What may stand after `is` in a search, where it does not know all that Sentry knows."""
    empty_proves: bool = True
    """Whether an empty list shows that what contains it exists."""
    finds_by_id: bool = False
    """Whether an organization's issues can be chosen by the parameter `id` and nothing else."""
    attributes: frozenset[str] | None = None
    """The attributes of an issue that it can change; None for all that it shows."""
    has_activity: bool = True
    """Whether an issue tells what happened to it."""
    wraps_comments: bool = False
    """Whether the text of a comment is sent as ``{"data": {"text": ...}}``, without mentions."""
    keeps: frozenset[str] = frozenset({"event", "check_in", "feedback"})
    """Kinds of items that it keeps when they come in an envelope."""
    stores_once: bool = True
    """Whether its store endpoint drops an event whose ID came before."""
    scopes: Mapping[str, str] = {}
    """What a token needs, of paths for which it is something else than at Sentry."""
    fails_at_existing: bool = False
    """Whether it fails with 500 where it is to make a release that is there."""
    page_of_lacking: int = 404
    """The status of a web page for a change by a route that it lacks."""
    refusals: Mapping[str, type[ApiError]] = {}
    """What words of a refusal mean, where its status says something else."""

    def lacks(self, method: str, path: str) -> bool:
        """Tell whether the server has no such route."""
        return any(method in methods and _fits(path, route) for methods, route in self.lacking)

    def scope(self, path: str) -> str:
        """Return what a token needs for a path, if that is something else than at Sentry."""
        return next((scope for route, scope in self.scopes.items() if _fits(path, route)), "")

    def ignored(self, path: str, query: Query) -> list[str]:
        """Return the parameters of *query* that the server takes and does not regard."""
        known = [names for route, names in self.regarded.items() if _fits(path, route)]
        return [name for name in query if known and name not in known[0]]

    def spelt(self, path: str, query: Query) -> dict[str, str | list[str]]:
        """Return *query* as the server understands it; Unsupported if it cannot."""
        if self.finds_by_id and query.get("id") and _fits(path, ISSUES_OF_ORGANIZATION):
            # What else is sent would narrow that.
            return {name: value for name, value in query.items() if name in PAGED | {"id"}}
        assumed = [each for route, each in self.defaults.items() if _fits(path, route)]
        whole = {**(assumed[0] if assumed else {}), **query}
        for route, parameters in self.values.items():
            for name in parameters.keys() & whole.keys() if _fits(path, route) else ():
                if value := self._value(name, whole.pop(name), parameters[name]):
                    whole[name] = value
        return whole

    def body(self, path: str, document: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return what to send in place of *document*; Unsupported if it cannot be said."""
        if not (self.wraps_comments and _fits(path, "issues/*/comments/")):
            return document
        if "mentions" in document:
            raise Unsupported(
                f"{self.name} does not tell anybody of a comment: nothing was posted.",
                "Leave out `mentions`.",
            )
        return {"data": document}

    def _value(
        self, name: str, given: str | list[str], values: Mapping[str, str]
    ) -> str | list[str]:
        if isinstance(given, list):
            return [value for one in given if (value := values.get(one, one))]
        if name in self.closed and given not in values:
            known = ", ".join(sorted(values))
            raise Unsupported(
                f"{self.name} has no {name} {printable(given)}.", f"Leave it out, or give {known}."
            )
        return values.get(given, given)


UNKNOWN = Make("")
"""A server of which no answer has told the make; it is asked as Sentry is."""

SENTRY = Make("Sentry")

SENTRY_9 = Make(
    "Sentry before version 10",
    refines="Sentry",
    lacking=(("GET PUT POST DELETE", "organizations/*/issues/*/**"),),
)

GLITCHTIP = Make(
    "GlitchTip",
    lacking=(
        ("GET DELETE", "organizations/*/issues/*/"),  # PUT is there
        ("GET POST", "organizations/*/issues/*/*/**"),
        ("GET", "organizations/*/shortids/*/"),
        ("GET", "organizations/*/eventids/*/"),
        ("GET", "issues/*/tags/*/values/"),
        ("GET", "issues/*/events/oldest/"),
        ("GET", "issues/*/events/recommended/"),
        ("PUT DELETE", ISSUES_OF_PROJECT),
        ("GET POST", "organizations/*/releases/*/deploys/"),
        ("GET", "organizations/*/repos/"),
        ("GET", "organizations/*/project-keys/"),
        ("GET", "projects/*/*/members/"),
    ),
    regarded={
        # It takes `start` and `end` for bounds of the first event, which is not what they mean.
        ISSUES_OF_ORGANIZATION: PAGED | {"query", "sort", "environment", "project", "id"},
        ISSUES_OF_PROJECT: PAGED | {"query", "sort", "environment", "id"},
        "issues/*/": frozenset(),
        "issues/*/events/": EVENTS,
        "issues/*/events/*/": frozenset(),
        "issues/*/tags/": frozenset({"key"}),
        "issues/*/comments/": PAGED,
        "projects/*/*/events/": EVENTS,
        "projects/*/*/events/*/": frozenset(),
        "organizations/*/releases/": PAGED,
        "organizations/*/teams/": PAGED,
        "organizations/*/projects/": PAGED,
        "organizations/*/members/": PAGED,
    },
    values={
        "**": {
            "sort": {
                "date": "",
                "new": "-first_seen",
                "freq": "-count",
                "priority": "-priority",
            },
        },
        # There -1 finds nothing.
        ISSUES_OF_ORGANIZATION: {"project": {"-1": ""}},
    },
    closed=frozenset({"sort"}),
    defaults={
        ISSUES_OF_ORGANIZATION: {"query": "is:unresolved"},
        ISSUES_OF_PROJECT: {"query": "is:unresolved"},
    },
    not_searched=frozenset(
        {
            *("age", "assigned", "assigned_or_suggested", "bookmarks", "error.handled"),
            *("error.unhandled", "event.timestamp", "event.type", "firstSeen", "first_release"),
            *("first-release", "firstRelease", "has", "issue", "issue.category", "issue.priority"),
            *("issue.type", "last_seen", "lastSeen", "regressed_in_release", "timesSeen"),
        }
    ),
    statuses=frozenset({"unresolved", "resolved", "ignored"}),
    empty_proves=False,
    finds_by_id=True,
    attributes=frozenset({"status"}),
    has_activity=False,
    wraps_comments=True,
    keeps=frozenset({"event"}),
    stores_once=False,
    fails_at_existing=True,
    page_of_lacking=403,
    scopes={
        "organizations/*/releases/**": "project:releases",
        "organizations/*/projects/": "project:read",
        "projects/*/*/events/**": "event:read",
    },
    # Of changes: for a token that it does not accept, and of a comment.
    refusals={"CSRF check Failed": Unauthorized, "Issue does not exist": NotFound},
)

# The policy that GlitchTip sends with everything; an administrator can replace it.
_POLICY = "https://*.glitchtip.com"
# Sentry's cursors are numbers; GlitchTip's last link has none.
_CURSOR_OF_SENTRY = re.compile(r'results="(?:true|false)"; cursor="-?[0-9.]+:-?[0-9]+:[01]"')
_NO_CURSOR = re.compile(r'results="false"(?!;)')
_OF_AUTH = {"id", "label", "token", "created", "scopes"}
_OF_ISSUE = {"shortId", "permalink", "matchingEventId"}
_NOT_OF_ISSUE = {"assignedTo", "hasSeen", "isBookmarked", "isSubscribed", "isPublic", "annotations"}


def of_headers(headers: Mapping[str, str]) -> Make:
    """Return the make that the headers of any answer show; `UNKNOWN` if none."""
    link = headers.get("Link", "")
    if _POLICY in headers.get("Content-Security-Policy", ""):
        return GLITCHTIP
    if _CURSOR_OF_SENTRY.search(link):
        return SENTRY
    return GLITCHTIP if _NO_CURSOR.search(link) else UNKNOWN


def of_missing(path: str, status: int, body: bytes) -> Make:
    """Return the make whose way it is to answer so for a path that it lacks; `UNKNOWN` if none."""
    is_empty = status == 404 and not body
    return SENTRY_9 if is_empty and SENTRY_9.lacks("GET", path) else UNKNOWN


def of_document(document: Any) -> Make:
    """Return the make that the root, an issue or a list of issues shows; `UNKNOWN` if none."""
    first = document[0] if isinstance(document, list) and document else document
    if not isinstance(first, dict):
        return UNKNOWN
    auth = first.get("auth")
    is_root = "version" in first and isinstance(auth, dict) and auth.keys() >= _OF_AUTH
    is_issue = first.keys() >= _OF_ISSUE and not first.keys() & _NOT_OF_ISSUE
    return GLITCHTIP if is_root or is_issue else UNKNOWN


def _fits(path: str, route: str) -> bool:
    return bool(_pattern(route).fullmatch(path))


@functools.cache
def _pattern(route: str) -> re.Pattern[str]:
    whole = re.escape(route).replace(r"\*\*", ".*").replace(r"\*", "[^/]+")
    return re.compile(whole, re.DOTALL)
