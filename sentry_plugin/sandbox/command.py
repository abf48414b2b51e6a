"""The sandbox's command line.

Prints what a person needs to use the sandbox, and that it is not Sentry. Loads the server only to
start it, because that needs the extra `sandbox`.
"""

from __future__ import annotations

import argparse
import asyncio
import ipaddress
import json
import signal
import sys
from typing import TYPE_CHECKING

from sentry_plugin.sandbox.kept import faults
from sentry_plugin.sandbox.made_up import sizes

if TYPE_CHECKING:
    from sentry_plugin.sandbox.sandbox import Sandbox

PORT = 9100
WARNING = "This is NOT Sentry. It is a sandbox with made-up data, for tests on this machine only."
OPEN = "It is reachable from other machines, and whoever reaches it may read and change all of it."
NOT_INSTALLED = "The sandbox needs packages that are missing ({}): pip install '.[sandbox]'"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the sandbox's options to *parser*."""
    parser.description = "Run a local stand-in for Sentry. It is no Sentry."
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    kinds = "\n".join(f"  {kind:18} {words}" for kind, words in faults.KINDS.items())
    parser.epilog = (
        "A fault is KIND[,name=value...]; names: path and method (patterns), times (the next N\n"
        "requests) or share (0 to 1), seconds, status. POST /_sandbox/faults takes the same as\n"
        f"JSON. Kinds:\n{kinds}"
    )
    parser.add_argument("--port", type=int, default=PORT, help=f"0: a free one (default {PORT})")
    parser.add_argument("--host", default="127.0.0.1", help="address to bind (default: loopback)")
    parser.add_argument("--data", metavar="FILE", help="keep everything there (default: nowhere)")
    parser.add_argument("--profile", choices=sizes.PROFILES, default="small", help="made-up data")
    parser.add_argument("--fault", action="append", default=[], metavar="SPEC", help="see below")
    parser.add_argument("--json", action="store_true", help="print one JSON object, not lines")


def main(args: argparse.Namespace) -> int:
    """Run the sandbox until it is interrupted; return the exit status."""
    try:
        from sentry_plugin.sandbox.sandbox import Sandbox
        from sentry_plugin.sandbox.serving.server import serve
    except ImportError as error:
        return _failed(NOT_INSTALLED.format(error.name))
    try:
        sandbox = Sandbox(args.data, args.profile)
    except ValueError as error:
        return _failed(str(error))

    async def run() -> None:
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, stop.set)
        await serve(sandbox, args.host, args.port, stop, lambda: _announce(sandbox, args))

    try:
        for fault in args.fault:
            sandbox.faults.add(fault)
        asyncio.run(run())
    except faults.BadFault as error:
        return _failed(f"--fault: {error}")
    except OSError as error:
        words = f"Cannot listen on {args.host}:{args.port} ({error.strerror})."
        return _failed(f"{words} Choose another --port, or --port 0 for a free one.")
    finally:
        sandbox.close()
    return 0


def _failed(words: str) -> int:
    sys.stderr.write(f"{words}\n")
    return 1


def _announce(sandbox: Sandbox, args: argparse.Namespace) -> None:
    known = sandbox.connection_details()
    warnings = [WARNING] if _is_loopback(args.host) else [WARNING, OPEN]
    if args.json:
        sys.stdout.write(json.dumps(known | {"warning": " ".join(warnings)}) + "\n")
    else:
        bar = "=" * len(WARNING)
        lines = [bar, *warnings, bar, *(f"{name:15} {value}" for name, value in known.items())]
        sys.stdout.write("\n".join([*lines, "", "Stop it with Ctrl-C.", ""]))
    sys.stdout.flush()
    sys.stderr.write("".join(f"{words}\n" for words in warnings) if args.json else "")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
