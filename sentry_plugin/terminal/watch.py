"""`sentry-plugin watch`: runs a trigger without an orchestrator; prints or posts its events.

Builds the start message and writes the events; the runtime does the rest.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from sentry_plugin import settings
from sentry_plugin.errors import InputError, Stopped
from sentry_plugin.steps import step
from sentry_plugin.terminal import progress, stepcommand
from sentry_plugin.terminal.usersettings import FILE

if TYPE_CHECKING:
    from sentry_plugin.runtime.runtime import Event
    from sentry_plugin.strictjson import JSON

Deliver = Callable[[str], None]
Ask = Callable[[bytes, Deliver | None], "Event"]

EPILOG = f"""The connection is that of SENTRY_AUTH_TOKEN, SENTRY_URL and SENTRY_ORG, or of the
nearest {FILE} and the one at home. What was found already is kept: the same command goes on
where it ended. `sentry-plugin watch TRIGGER --help` tells the fields of a trigger."""


def main(given: Sequence[str], ask: Ask, out: TextIO) -> int:
    """Watch until stopped; return 1 if it failed, 2 if the command line is wrong."""
    args, begun = stepcommand.begin(_parser(), given, _about, _message, out)
    if isinstance(begun, int):
        return begun
    if args.state:
        os.environ[settings.STATE] = str(args.state)
    with progress.shown():
        event = ask(begun, None if args.to else _writer(out))
    return 0 if event.ok else stepcommand.fail(json.loads(event.text)["body"]["error"], 1)


def _parser() -> argparse.ArgumentParser:
    parser = stepcommand.parser(
        "watch",
        "trigger",
        "Run one trigger until it is stopped, and print each event as a line of JSON.",
        EPILOG,
    )
    parser.add_argument("--to", metavar="URL", help="post the events there instead, until taken")
    parser.add_argument("--state", type=Path, metavar="FOLDER", help="where to keep the state")
    parser.add_argument("--id", metavar="NAME", help="name of the state; else of all that is given")
    return parser


def _about(name: str) -> JSON:
    triggers: JSON = step.index()["triggers"]
    if name not in triggers:
        words = f"Triggers: {', '.join(triggers)}."
        raise InputError("There is no trigger of this name.", words)
    about: JSON = triggers[name]
    return about


def _message(args: argparse.Namespace) -> bytes:
    meta = {"triggerId": args.id} if args.id else {}
    dispatcher = {"url": args.to, "webhook_url": ""}
    return stepcommand.message("trigger", args, meta=meta, dispatcher=dispatcher)


def _writer(out: TextIO) -> Deliver:
    def write(event: str) -> None:
        try:
            out.write(f"{json.dumps(json.loads(event)['body']['output'])}\n")
            out.flush()
        except OSError as error:  # the reader, such as `head`, has closed the pipe
            _forget(out)
            raise Stopped("Nobody reads the events any more.") from error

    return write


def _forget(out: TextIO) -> None:
    """Discard what *out* still holds, so that flushing it at the end does not fail again."""
    with contextlib.suppress(OSError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, out.fileno())
        os.close(nowhere)
