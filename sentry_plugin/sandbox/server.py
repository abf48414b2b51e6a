"""Runs the sandbox on a port until it is told to stop.

Prints nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from aiohttp import web

from sentry_plugin.sandbox.app import application

if TYPE_CHECKING:
    from sentry_plugin.sandbox.sandbox import Sandbox

WILDCARDS = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - read, not bound
# A search with many ids makes a long line.
MAX_LINE = 64 * 1024


async def serve(
    sandbox: Sandbox, host: str, port: int, stop: asyncio.Event, ready: Callable[[], None]
) -> None:
    """Serve until *stop* is set; *ready* is called when the address is known and answered."""
    runner = web.AppRunner(
        application(sandbox),
        access_log=None,
        # Relay measures and judges packed bodies itself.
        auto_decompress=False,
        max_line_size=MAX_LINE,
        max_field_size=MAX_LINE,
        shutdown_timeout=1,
    )
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
        sandbox.base_url = _address(host, runner.addresses[0][1])
        ready()
        await stop.wait()
    finally:
        await runner.cleanup()


def _address(host: str, port: int) -> str:
    name = WILDCARDS.get(host, host)
    return f"http://[{name}]:{port}" if ":" in name else f"http://{name}:{port}"
