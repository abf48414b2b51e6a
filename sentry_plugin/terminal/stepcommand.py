"""Shared by the commands that run one step: their arguments, and the start message.

Knows no command: each adds its own arguments.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from sentry_plugin.errors import InputError
from sentry_plugin.logs import printable
from sentry_plugin.runtime import protocol
from sentry_plugin.steps import schema
from sentry_plugin.terminal import arguments, manual, usersettings

if TYPE_CHECKING:
    from sentry_plugin.strictjson import JSON


def parser(command: str, kind: str, description: str, epilog: str) -> argparse.ArgumentParser:
    """Build the parser of a command that runs one step of a kind, the argument `step`."""
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


def begin(
    parser: argparse.ArgumentParser,
    given: Sequence[str],
    about: Callable[[str], JSON],
    message: Callable[[argparse.Namespace], bytes],
    out: TextIO,
) -> tuple[argparse.Namespace, bytes | int]:
    """Parse the words of a command; return them with its start message, or with an exit status.

    *about* returns the spec of a step, *message* builds its start message.
    """
    args = parser.parse_intermixed_args(given)
    if args.step is None:
        parser.print_help(out)
        return args, 0
    try:
        spec = about(args.step)
        if args.help:
            lines = manual.lines(args.step, spec, parser.prog.split()[-1])
            out.writelines(f"{line}\n" for line in lines)
            return args, 0
        return args, message(args)
    except InputError as error:
        return args, fail(str(error), 2)


def fail(words: str, status: int) -> int:
    """Write an error to standard error, and return *status*."""
    sys.stderr.write(f"error: {printable(words)}\n")
    return status


def message(kind: str, args: argparse.Namespace, **more: Any) -> bytes:
    """Build the start message of the step that the arguments name; *more* goes into its body."""
    required = schema.load(args.step, "input").get("required", ())
    known = usersettings.UserSettings(args.connection, args.set)
    given = known.defaults(required) | arguments.fields(args.fields, args.step)
    connection = known.connection(given.get("dsn"))
    # As if the user had set them: this process works for nobody else.
    os.environ.update(known.proxies())
    body = {kind: args.step, "meta": {}, "connection": connection, "input": given, **more}
    start = {"version": protocol.VERSION, "type": f"{kind}_start", "body": body}
    return json.dumps(start).encode()
