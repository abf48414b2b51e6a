"""Get one event."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sentry_plugin import strictjson
from sentry_plugin.client import issueids, parameters
from sentry_plugin.client.organization import organization_of
from sentry_plugin.client.routes import (
    below_organization,
    event_lookup_route,
    event_routes,
    issue_routes,
    project_event_route,
    with_query,
)
from sentry_plugin.errors import ApiError, InputError, NotFound, Unsupported
from sentry_plugin.ingest.eventjson import plain_id
from sentry_plugin.logs import printable
from sentry_plugin.steps.ignored import is_of_environment
from sentry_plugin.steps.step import Action, Does

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sentry_plugin.client.routes import Route
    from sentry_plugin.generated import types

OLDEST = "oldest"
WORDS = {"latest", OLDEST, "recommended"}


class GetEvent(Action):
    """Get one event with its content: by its ID, or as the latest, oldest or recommended one."""

    does = Does.READS

    def run(self, params: types.GetEventInput) -> types.GetEventOutput:
        """https://docs.sentry.io/api/events/retrieve-an-issue-event/ ."""
        wanted = params["event_id"].strip().lower()
        event_id = wanted if wanted in WORDS else plain_id(wanted)
        if not event_id:
            raise InputError(
                "The input's `event_id` is neither a UUID nor latest, oldest or recommended.",
                "Give 32 hexadecimal digits, as in the address of the event's page, or the word.",
            )
        if wanted in WORDS and not params.get("issue_id"):
            raise InputError(f"The input's `event_id` {wanted} needs an `issue_id`.")
        get = self._of_issue if params.get("issue_id") else self._of_project
        event = get(params, event_id)
        if environment := params.get("environment"):
            _check_environment(event, environment, wanted)
        return {"event": event}

    def _of_issue(self, params: types.GetEventInput, event_id: str) -> Any:
        client, named = self.connection.client, params["issue_id"]
        organization = issueids.parse(named, client.url).organization
        organization = organization or params.get("organization_slug") or client.organization
        number = issueids.number(client, named, organization)
        query = parameters.pick(params, "environment")
        routes = with_query(event_routes(organization, number, event_id), query)
        if organization and event_id not in WORDS:
            # Sentry 9 finds events of an issue by the words only.
            routes.append(event_lookup_route(organization, event_id))
        try:
            found = client.get_object(routes, "event:read")
        except Unsupported:
            if event_id != OLDEST:
                raise
            found = self._last(issue_routes(organization, number, "events/"))
        if (group := str(found.get("groupId") or found.get("groupID") or number)) != number:
            raise NotFound(
                f"The event is not one of the issue {number}, but of {printable(group)}.",
                "Correct or leave out the `issue_id`.",
            )
        return _unwrapped(found)

    def _last(self, routes: Sequence[Route]) -> Any:
        """Return the last event of a list, which is the one that the server got first."""
        pages = self.connection.client.pages(with_query(routes, {"limit": "100"}), "event:read")
        events = [page.items[-1] for page in pages if page.items]
        if not events:
            raise NotFound("The issue has no events, or is not there.")
        return events[-1]

    def _of_project(self, params: types.GetEventInput, event_id: str) -> Any:
        client = self.connection.client
        organization = organization_of(client, params)
        if project := params.get("project_slug"):
            return client.get_object(
                [project_event_route(organization, project, event_id)], "project:read"
            )
        try:
            found = client.get_object([event_lookup_route(organization, event_id)], "org:read")
        except Unsupported:
            found = self._searched(organization, event_id)
        return _unwrapped(found)

    def _searched(self, organization: str, event_id: str) -> Any:
        """Return an event of the issue that a search for its ID finds."""
        client, query = self.connection.client, {"query": event_id}
        absent = event_lookup_route(organization, event_id).absent
        route = below_organization(organization, "issues/", {**query})
        page = next(client.pages([route], "event:read", limit=1))
        number = strictjson.at(page.items[0], "id") if page.items else None
        if not isinstance(number, str):
            raise NotFound(f"A search for the event {event_id} finds no issue.", absent)
        return client.get_object(event_routes(organization, number, event_id), "event:read")


def _check_environment(event: dict[str, Any], environment: str, named: str) -> None:
    if is_of_environment(event, environment):
        return
    cause = "The event that the server gave is not of the input's `environment`"
    if named in WORDS:
        raise Unsupported(
            f"{cause}: it ignores that, and which event is the {named} one of it is not known.",
            "Use List Issue Events: it knows environments on every server.",
        )
    raise NotFound(f"{cause}.", "Leave that out, or correct the `event_id`.")


def _unwrapped(found: dict[str, Any]) -> dict[str, Any]:
    """Return the event; some answers wrap it with its project and issue."""
    event = found.get("event", found)
    if not isinstance(event, dict):
        raise ApiError("The answer for the event holds no event.")
    return event
