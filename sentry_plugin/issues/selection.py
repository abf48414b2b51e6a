"""Selects the issues for an action on many: by their IDs, or by a search.

Looks up each of them, and changes nothing. A search that finds more than its limit is refused,
because a part of the issues is not what the user meant.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from sentry_plugin import strictjson
from sentry_plugin.client import issueids
from sentry_plugin.client.organization import organization_of
from sentry_plugin.client.routes import (
    Query,
    below_organization,
    issue_routes,
    project_issue_routes,
    with_query,
)
from sentry_plugin.errors import ApiError, InputError, NotFound
from sentry_plugin.issues import bulkcursor
from sentry_plugin.transport.refusal import concerns_one

if TYPE_CHECKING:
    from sentry_plugin.client.client import SentryClient
    from sentry_plugin.client.routes import Route
    from sentry_plugin.strictjson import JSON


ERROR = "error"
"""The category of issues that every server can delete and merge."""
MOST = 1000
"""Issues that one message may name."""
AT_ONCE = 50
"""Issues that are looked up before they are changed where an earlier run has looked up all."""


class SelectedIssue(NamedTuple):
    """An issue that was looked up."""

    name: str
    """What the input calls it; its number if a search found it."""
    issue: JSON
    organization: str

    @property
    def number(self) -> str:
        """The number, which is the ID, of the issue."""
        number: str = self.issue["id"]
        return number

    @property
    def project(self) -> str:
        """The slug of its project; empty if the server does not say."""
        slug = strictjson.at(self.issue, "project", "slug")
        return slug if isinstance(slug, str) else ""

    @property
    def category(self) -> str:
        """What kind of issue it is; old servers have errors only."""
        return str(self.issue.get("issueCategory") or ERROR)

    @property
    def routes(self) -> list[Route]:
        """The routes to it."""
        return issue_routes(self.organization, self.number)


class Selection(NamedTuple):
    """The issues that were found, each once, and the names of those that do not exist."""

    found: list[SelectedIssue]
    missing: Sequence[str] = ()
    refused: Mapping[str, ApiError] = {}
    """Errors for those that the server refuses to show, by their names."""
    doubles: Sequence[str] = ()
    """Names of issues that another name stands for already."""


def select(
    client: SentryClient, params: Mapping[str, Any], shown: Query, scope: str
) -> Iterator[Selection]:
    """Look up the issues that an input names or searches: all, or those of a cursor by and by.

    *shown* is the query for fields beside the default ones. *scope* is what the token needs for
    the whole action, for errors.
    """
    asked = [name for name in ("issue_ids", "query") if name in params]
    # If both are present, an empty one is an empty field of a form.
    filled = [name for name in asked if params[name]] if len(asked) > 1 else asked
    if len(filled) != 1:
        raise InputError("The input has not one of `issue_ids` and `query`.", "Give one of them.")
    if filled == ["query"] and "cursor" not in params:
        yield Selection(_searched(client, params, shown, scope))
        return
    organization = organization_of(client, params) if filled == ["query"] else ""
    if "cursor" not in params:
        yield select_by_id(client, params["issue_ids"], shown, scope)
    names = bulkcursor.names(params)
    for start in range(0, len(names), AT_ONCE):
        yield select_by_id(client, names[start : start + AT_ONCE], shown, scope, organization)


def select_by_id(
    client: SentryClient, given: Sequence[str], shown: Query, scope: str, organization: str = ""
) -> Selection:
    """Look up each issue of *given*, in the *organization* if one is named; see `select`."""
    names = list(dict.fromkeys(given))
    if not 1 <= len(names) <= MOST:
        raise InputError(
            f"The input's `issue_ids` are not 1 to {MOST}.",
            "Use several messages for more; for none, end the workflow before this step.",
        )
    for place, name in enumerate(given):
        _check(name, client.url, f"`issue_ids[{place}]`")
    found: dict[str, SelectedIssue] = {}
    missing, refused, doubles = [], {}, []
    for name in names:
        try:
            routes = issueids.routes(client, name, organization=organization, scope=scope)
            issue = check_issue(client.get(with_query(routes, shown), scope))
        except NotFound:
            missing.append(name)
            continue
        except ApiError as error:
            if not concerns_one(error):
                raise
            refused[name] = error
            continue
        of_it = organization or issueids.organization_of_issue(client, name, issue.get("permalink"))
        if issue["id"] in found:
            doubles.append(name)
        found.setdefault(issue["id"], SelectedIssue(name, issue, of_it))
    return Selection([*found.values()], missing, refused, doubles)


def _check(name: str, url: str, where: str) -> None:
    """Raise InputError if *name* names no issue; *where* is its place in the input."""
    try:
        issueids.parse(name, url)
    except InputError as error:
        error.cause = error.cause.replace("`issue_id`", where)
        raise


def _searched(
    client: SentryClient, params: Mapping[str, Any], shown: Query, scope: str
) -> list[SelectedIssue]:
    limit = params.get("limit")
    if limit is None or not 1 <= limit <= MOST:
        raise InputError(
            f"The input's `query` needs a `limit` from 1 to {MOST}.",
            "Give the most issues that you expect to be changed.",
        )
    organization = organization_of(client, params)
    query: Query = {**shown, "query": params["query"]}
    routes = [below_organization(organization, "issues/", query)]
    if "project_slug" in params:
        routes = project_issue_routes(organization, params["project_slug"], query)
    pages = client.pages(routes, scope, limit=limit + 1)
    issues = [check_issue(issue) for page in pages for issue in page.items]
    if len(issues) > limit:
        raise InputError(
            f"The input's `query` finds more than {limit} issues, and nothing was changed.",
            "Narrow it, or raise `limit`.",
        )
    return [SelectedIssue(issue["id"], issue, organization) for issue in issues]


def check_issue(issue: Any) -> JSON:
    """Return *issue* if it is an object with a number as its ID; else raise ApiError."""
    if (
        isinstance(issue, dict)
        and isinstance(number := issue.get("id"), str)
        and number.isdecimal()
    ):
        return issue
    raise ApiError("Sentry shows something else than an issue.")
