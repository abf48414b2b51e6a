"""What the commands for people share: the arguments that name a step, and its start message.

Knows no command: what each has besides, it adds itself.
"""

from __future__ import annotations

import argparse
import json
import os
from pathlib import Path
from typing import Any

from sentry_plugin.runtime import protocol
from sentry_plugin.steps import schema
from sentry_plugin.terminal import access, arguments


def parser(command: str, kind: str, description: str, epilog: str) -> argparse.ArgumentParser:
    """Make the parser of a command that runs one step of a kind, which becomes `step`."""
    named = kind.upper()
    made = argparse.ArgumentParser(
        prog=f"sentry-plugin {command}",
        usage=f"%(prog)s {named} [options] field=value ...",
        description=description,
        epilog=epilog,
        add_help=False,
    )
    made.add_argument("step", nargs="?", metavar=named, help=f"name of the {kind}")
    made.add_argument("fields", nargs="*", metavar="field=value", help="its input")
    made.add_argument("-h", "--help", action="store_true", help=f"show the {kind}'s fields")
    made.add_argument(
        "--connection", type=Path, metavar="FILE", help="JSON: a connection or a start message"
    )
    made.add_argument(
        "--set", action="append", default=[], metavar="field=value", help="field of the connection"
    )
    return made


def message(kind: str, args: argparse.Namespace, **more: Any) -> bytes:
    """Write the start message of the step that the arguments name; *more* goes into its body."""
    required = schema.load(args.step, "input").get("required", ())
    known = access.Access(args.connection, args.set)
    given = known.defaults(required) | arguments.fields(args.fields, args.step)
    connection = known.connection(given.get("dsn"))
    # As if the person had set them: this process asks for nobody else.
    os.environ.update(known.proxies())
    body = {kind: args.step, "meta": {}, "connection": connection, "input": given, **more}
    start = {"version": protocol.VERSION, "type": f"{kind}_start", "body": body}
    return json.dumps(start).encode()
