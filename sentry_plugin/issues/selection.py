"""Which issues a step for many is about: those that are named, or those that a search finds.

Each is looked up, and what is not found is told; changes nothing. A search has a limit, and one
that finds more is refused: half of what was meant is not what was meant.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
from sentry_plugin.transport.refusal import concerns_one

if TYPE_CHECKING:
    from sentry_plugin.client.client import SentryClient
    from sentry_plugin.client.routes import Route
    from sentry_plugin.strictjson import JSON


MOST = 1000
"""The most issues of one message."""


class Chosen(NamedTuple):
    """An issue as it was found."""

    name: str
    """What the input calls it; its number, where a search found it."""
    issue: JSON
    organization: str

    @property
    def number(self) -> str:
        """Its number."""
        number: str = self.issue["id"]
        return number

    @property
    def project(self) -> str:
        """The slug of its project, empty where the server does not tell."""
        slug = strictjson.at(self.issue, "project", "slug")
        return slug if isinstance(slug, str) else ""

    @property
    def routes(self) -> list[Route]:
        """The ways to it."""
        return issue_routes(self.organization, self.number)


class Selection(NamedTuple):
    """The issues that were found, each once, and the names of those that were not."""

    found: list[Chosen]
    missing: Sequence[str] = ()
    refused: Mapping[str, ApiError] = {}
    """Those that the server does not show, by their names."""


def select(client: SentryClient, params: Mapping[str, Any], shown: Query, scope: str) -> Selection:
    """Look up what an input names or searches; *shown* says what of an issue.

    *scope* is what the token needs for all that is to be done with them.
    """
    asked = [name for name in ("issue_ids", "query") if name in params]
    # Of both, an empty one is a field that was left empty.
    filled = [name for name in asked if params[name]] if len(asked) > 1 else asked
    if len(filled) != 1:
        raise InputError("The input has not one of `issue_ids` and `query`.", "Give one of them.")
    if filled == ["issue_ids"]:
        return named(client, params["issue_ids"], shown, scope)
    return Selection(_searched(client, params, shown, scope))


def named(client: SentryClient, names: Sequence[str], shown: Query, scope: str) -> Selection:
    """Look up each issue that is named; for the rest see `select`."""
    given, names = names, list(dict.fromkeys(names))
    if not 1 <= len(names) <= MOST:
        raise InputError(
            f"The input's `issue_ids` are not 1 to {MOST}.",
            "Use several messages for more; for none, end the workflow before this step.",
        )
    for place, name in enumerate(given):
        _check(name, client.url, f"`issue_ids[{place}]`")
    found: dict[str, Chosen] = {}
    missing, refused = [], {}
    for name in names:
        try:
            routes = issueids.routes(client, name, scope=scope)
            issue = checked(client.get(with_query(routes, shown), scope))
        except NotFound:
            missing.append(name)
            continue
        except ApiError as error:
            if not concerns_one(error):
                raise
            refused[name] = error
            continue
        organization = issueids.organization_of_issue(client, name, issue.get("permalink"))
        found.setdefault(issue["id"], Chosen(name, issue, organization))
    return Selection([*found.values()], missing, refused)


def _check(name: str, url: str, where: str) -> None:
    """Refuse what names no issue, and say which of the input's that is."""
    try:
        issueids.parse(name, url)
    except InputError as error:
        error.cause = error.cause.replace("`issue_id`", where)
        raise


def _searched(
    client: SentryClient, params: Mapping[str, Any], shown: Query, scope: str
) -> list[Chosen]:
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
    issues = [checked(issue) for page in pages for issue in page.items]
    if len(issues) > limit:
        raise InputError(
            f"The input's `query` finds more than {limit} issues, and nothing was changed.",
            "Narrow it, or raise `limit`.",
        )
    return [Chosen(issue["id"], issue, organization) for issue in issues]


def checked(issue: Any) -> JSON:
    """Refuse what is no issue: it has no number to hold on to."""
    if (
        isinstance(issue, dict)
        and isinstance(number := issue.get("id"), str)
        and number.isdecimal()
    ):
        return issue
    raise ApiError("Sentry shows something else than an issue.")
