"""The web application: one handler for all requests, which records them and asks for faults.

Knows the web framework. What is answered is decided by endpoints and faults.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from sentry_plugin.sandbox.endpoints import ingest
from sentry_plugin.sandbox.messages.call import Call
from sentry_plugin.sandbox.messages.responses import TEXT, Response
from sentry_plugin.sandbox.serving import dispatch, wire

if TYPE_CHECKING:
    from sentry_plugin.sandbox.sandbox import Sandbox

CONTROL_PATHS = "/_sandbox/"
TOO_LARGE = Response(413, b"length limit exceeded", TEXT)


def application(sandbox: Sandbox) -> web.Application:
    """Build the web application that serves *sandbox*."""

    async def handle(request: web.Request) -> web.StreamResponse:
        try:
            return await _served(sandbox, request)
        except ConnectionResetError:  # the client has closed the connection
            return web.Response()

    app = web.Application(client_max_size=ingest.MAX_ENVELOPE)
    app.router.add_route("*", "/{anything:.*}", handle)
    return app


async def _served(sandbox: Sandbox, request: web.Request) -> web.StreamResponse:
    try:
        body = await request.read()
    except web.HTTPRequestEntityTooLarge:
        return await wire.send(request, [], lambda: TOO_LARGE)
    path = request.rel_url.raw_path
    call = Call(
        sandbox=sandbox,
        method=request.method,
        path=path,
        query_string=request.rel_url.raw_query_string,
        headers=request.headers,
        body=body,
        params={},
        remote=request.remote,
    )
    if path.startswith(CONTROL_PATHS):
        return await wire.send(request, [], lambda: dispatch.answer(call))
    entry = sandbox.journal.add(request.method, path, call.query_string, request.headers, body)
    faults = sandbox.faults.hitting(request.method, path)
    entry.fault = ", ".join(fault.kind for fault in faults) or None

    def answer() -> Response:
        given = dispatch.answer(call)
        entry.status = given.status
        return given

    return await wire.send(request, faults, answer)
