"""Sends answers; faults may delay, slow or cut them.

Uses only the public interface of the web framework. Decides no answer.
"""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Callable
from typing import TYPE_CHECKING

from aiohttp import web

from sentry_plugin.sandbox.serving.faultyresponses import CHANGED, INSTEAD

if TYPE_CHECKING:
    from sentry_plugin.sandbox.kept.faults import Fault
    from sentry_plugin.sandbox.messages.responses import Response

# Headers of every answer; `Server` shows whoever looks at the traffic that this is not Sentry.
COMMON = {
    "Server": "sentry-plugin-sandbox",
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": (
        "X-Sentry-Error, X-Sentry-Direct-Hit, X-Hits, X-Max-Hits, Retry-After, Link,"
        " X-Sentry-Rate-Limits"
    ),
    "X-Frame-Options": "deny",
    "X-Content-Type-Options": "nosniff",
}
DROPS = 100


async def send(
    request: web.Request, faults: list[Fault], answer: Callable[[], Response]
) -> web.StreamResponse:
    """Send an answer with what the faults change; *answer* is called unless a fault replaces it."""
    kinds = {fault.kind: fault for fault in faults}
    if "latency" in kinds:
        await asyncio.sleep(kinds["latency"].seconds)
    if "reset_before" in kinds:
        return _reset(request)
    instead = [make(kinds[kind]) for kind, make in INSTEAD.items() if kind in kinds]
    given = instead[0] if instead else answer()
    for kind, change in CHANGED.items():
        if kind in kinds:
            given = change(given)
    if "reset_after" in kinds:
        return _reset(request)
    if "truncated" in kinds:
        return await _truncated(request, given)
    if "slow_bytes" in kinds:
        return await _slow(request, given, kinds["slow_bytes"].seconds)
    return web.Response(status=given.status, body=given.body, headers=_headers(given))


def _headers(given: Response) -> dict[str, str]:
    kind = {} if given.status == 204 else {"Content-Type": given.content_type}
    return COMMON | kind | given.headers


def _reset(request: web.Request) -> web.StreamResponse:
    # With a linger time of 0, the system resets the connection instead of closing it.
    linger = struct.pack("ii", 1, 0)
    for transport in _open(request):
        transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        transport.abort()
    return web.Response()


def _open(request: web.Request) -> list[asyncio.Transport]:
    """Return the connection, unless the client has closed it."""
    return [request.transport] if request.transport else []


async def _begun(request: web.Request, given: Response) -> web.StreamResponse:
    response = web.StreamResponse(status=given.status, headers=_headers(given))
    response.content_length = len(given.body)
    await response.prepare(request)
    return response


async def _truncated(request: web.Request, given: Response) -> web.StreamResponse:
    response = await _begun(request, given)
    await response.write(given.body[: len(given.body) // 2])
    for transport in _open(request):
        transport.close()
    return response


async def _slow(request: web.Request, given: Response, seconds: float) -> web.StreamResponse:
    response = await _begun(request, given)
    size = -(-len(given.body) // DROPS) or 1
    starts = range(0, len(given.body), size)
    for start in starts:
        await asyncio.sleep(seconds / len(starts))
        await response.write(given.body[start : start + size])
    return response
