"""`sentry-plugin call`: runs one action for a person, from words to tables.

Builds the start message and shows the event that answers it; the runtime does the rest.
"""

from __future__ import annotations

import argparse
import base64
import contextlib
import difflib
import itertools
import json
import os
import shutil
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING, TextIO

from sentry_plugin.errors import InputError
from sentry_plugin.logs import printable
from sentry_plugin.steps import schema, step
from sentry_plugin.terminal import progress, stepcommand, tables
from sentry_plugin.terminal.usersettings import FILE

if TYPE_CHECKING:
    from sentry_plugin.runtime.runtime import Event
    from sentry_plugin.strictjson import JSON

Ask = Callable[[bytes], "Event"]

EPILOG = f"""The connection is that of SENTRY_AUTH_TOKEN, SENTRY_URL and SENTRY_ORG, or of the
nearest {FILE} and the one at home; SENTRY_DSN and SENTRY_PROJECT fill in what an action
requires of them. `sentry-plugin call ACTION --help` tells the fields of an action."""


def main(given: Sequence[str], ask: Ask, out: TextIO) -> int:
    """Call an action; return 1 if it failed, 2 if the command line is wrong."""
    args, begun = stepcommand.begin(_parser(), given, _about, _message, out)
    if isinstance(begun, int):
        return begun
    with progress.shown():
        event = ask(begun)
    return _shown(json.loads(event.text)["body"], args, out)


def _parser() -> argparse.ArgumentParser:
    parser = stepcommand.parser(
        "call",
        "action",
        "Call one action and show its answer: as tables on a terminal, else as JSON.",
        EPILOG,
    )
    parser.add_argument("--json", action="store_true", help="show JSON also on a terminal")
    parser.add_argument(
        "--save", type=Path, metavar="FOLDER", help="where to put files; here, on a terminal"
    )
    return parser


def _about(name: str) -> JSON:
    actions: JSON = step.index()["actions"]
    if name in actions:
        about: JSON = actions[name]
        return about
    near = difflib.get_close_matches(name, actions, 3) or actions
    raise InputError("There is no action of this name.", f"Actions: {', '.join(near)}.")


def _message(args: argparse.Namespace) -> bytes:
    return stepcommand.message("action", args)


def _shown(body: JSON, args: argparse.Namespace, out: TextIO) -> int:
    failed = body["status"] == "error"
    if failed:
        said = body["exception"]["data"]
        words = [f"error: {body['error']}", *([f"the server's words: {said}"] if said else [])]
        _write(map(printable, words), sys.stderr)
    output = body.get("partial", {}).get("output") if failed else body["output"]
    if output is not None:
        failed |= not _show(output, args, out)
    return int(failed)


def _show(output: JSON, args: argparse.Namespace, out: TextIO) -> bool:
    """Show an output; return False if a file of it could not be saved."""
    is_terminal, saved = out.isatty(), True
    if args.save or is_terminal:
        try:
            _save_files(output, args.step, args.save or Path())
        except OSError as error:
            _write([f"error: The file was not saved: {error.strerror}."], sys.stderr)
            saved = False
    if args.json or not is_terminal:
        _write([json.dumps(output, indent=2)], out)
    else:
        _write(tables.lines(output, shutil.get_terminal_size().columns), out)
    return saved


def _write(lines: Iterable[str], stream: TextIO) -> None:
    stream.writelines(f"{line}\n" for line in lines)


def _save_files(output: JSON, action: str, folder: Path) -> None:
    """Save every file of the output, and replace it in the output by its path.

    Only fields that the schema calls files: other data, from a server, must not name files here.
    """
    whole = schema.load(action, "output")
    for field, value in output.items():
        about = schema.resolved(whole["properties"].get(field, {}), whole.get("definitions", {}))
        if about.get("id") == "file":
            folder.mkdir(parents=True, exist_ok=True)
            with _new(folder / Path(value["filename"]).name) as file:
                file.write(base64.b64decode(value["content"]))
            output[field] = str(file.name)


def _new(path: Path) -> IO[bytes]:
    """Create a file for this user only, with a number before its name if the path is taken.

    Overwrites nothing and follows no link, not even a broken one.
    """
    numbered = (path.with_name(f"{n}-{path.name}") for n in itertools.count(2))
    names = itertools.chain([path], numbered)
    while True:
        with contextlib.suppress(FileExistsError):
            return open(next(names), "xb", opener=_private)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
