"""Send any request to the connection's own API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sentry_plugin.client import userpath
from sentry_plugin.client.pages import Page
from sentry_plugin.errors import InputError
from sentry_plugin.steps.step import Does, Listing

if TYPE_CHECKING:
    from sentry_plugin.client.routes import Route
    from sentry_plugin.generated import types


class CallApi(Listing):
    """Send any request to the API, for what no other action does."""

    does = Does.READS | Does.WRITES

    def run(self, params: types.CallApiInput) -> types.CallApiOutput:
        """https://docs.sentry.io/api/ ."""
        query = {**params.get("query", {})}
        if "cursor" in params:
            query["cursor"] = params["cursor"]
        route = userpath.route(params["path"], query)
        output: types.CallApiOutput
        if "limit" in params and params.get("method", "GET") == "GET":
            output = self._pages(route, params["limit"], params.get("cursor"))
        else:
            output = self._answer(route, params)
        return output

    def _pages(self, route: Route, limit: int, cursor: str | None) -> Any:
        sized = route._replace(sizes=self.page_size_parameters)
        pages = self.connection.client.pages([sized], "", limit=limit, cursor=cursor)
        return {"status": 200} | self.gather("items", pages, _object)

    def _answer(self, route: Route, params: types.CallApiInput) -> Any:
        method = params.get("method", "GET")
        if method == "GET" and "body" in params:
            raise InputError("The input has a `body`, which a GET does not send.", "Leave it out.")
        if method != "GET" and "limit" in params:
            raise InputError("The input has a `limit`, which is for a GET.", "Leave it out.")
        reply = self.connection.client.call(method, route, params.get("body"))
        status = {"status": reply.status}
        if isinstance(reply.document, list):
            return status | self.gather("items", [Page(reply.document, reply.next_cursor)], _object)
        body = {} if reply.document is None else {"body": _object(reply.document)}
        return self.fit_output(status | body)


def _object(item: Any) -> dict[str, Any]:
    return item if isinstance(item, dict) else {"value": item}
