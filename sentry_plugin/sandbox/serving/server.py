"""Serves the sandbox on a port until it is told to stop.

Prints nothing.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

from sentry_plugin.sandbox.serving.app import application

if TYPE_CHECKING:
    from sentry_plugin.sandbox.sandbox import Sandbox

# The address to use when the server is bound to all addresses.
LOOPBACK = {4: "127.0.0.1", 6: "::1"}
# In bytes: a search with many ids makes a long line.
MAX_LINE = 64 * 1024


async def serve(
    sandbox: Sandbox, host: str, port: int, stop: asyncio.Event, ready: Callable[[], None]
) -> None:
    """Serve until *stop* is set; *ready* is called once requests are answered."""
    runner = web.AppRunner(
        application(sandbox),
        access_log=None,
        logger=_logger(),
        # `encodings` decompresses bodies, up to a limit.
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


def _logger() -> logging.Logger:
    logger = logging.getLogger("sentry_plugin.sandbox.http")
    # The framework logs a traceback when a client sends something that is not HTTP.
    logger.addFilter(lambda record: not _is_no_http(record.exc_info))
    return logger


def _is_no_http(found: Any) -> bool:
    return bool(found) and isinstance(found[1], HttpProcessingError)


def _address(host: str, port: int) -> str:
    with suppress(ValueError):
        address = ip_address(host)
        host = LOOPBACK[address.version] if address.is_unspecified else host
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
