"""`sentry-plugin call`: one action for a person, from words to a table.

Runs nothing by itself: it makes the start message, and shows the event that answers it.
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
from sentry_plugin.terminal import access, commands, manual, progress, tables

if TYPE_CHECKING:
    from sentry_plugin.runtime.runtime import Event
    from sentry_plugin.strictjson import JSON

Ask = Callable[[bytes], "Event"]

EPILOG = f"""The connection is that of SENTRY_AUTH_TOKEN, SENTRY_URL and SENTRY_ORG, or of the
nearest {access.FILE} and the one at home; SENTRY_DSN and SENTRY_PROJECT fill in what an action
requires of them. `sentry-plugin call ACTION --help` tells the fields of an action."""


def main(given: Sequence[str], ask: Ask, out: TextIO) -> int:
    """Call an action; 1 if it failed, 2 if the command line is wrong."""
    parser = _parser()
    args = parser.parse_intermixed_args(given)
    if args.step is None:
        parser.print_help(out)
        return 0
    try:
        about = _about(args.step)
        if args.help:
            _write(manual.lines(args.step, about), out)
            return 0
        message = commands.message("action", args)
    except InputError as error:
        _write([f"error: {printable(str(error))}"], sys.stderr)
        return 2
    with progress.shown():
        event = ask(message)
    return _shown(json.loads(event.text)["body"], args, out)


def _parser() -> argparse.ArgumentParser:
    parser = commands.parser(
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
    """Show an output; tell whether its files were saved, where that is wanted."""
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
    """Put every file of the output beside the output, whose place in it then names it.

    What only looks like a file is data of a server, which names no file here.
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
    """Make a file for this user alone, there or, where that is taken, beside it.

    Nothing is overwritten, and no link is followed, also none that leads nowhere.
    """
    numbered = (path.with_name(f"{n}-{path.name}") for n in itertools.count(2))
    names = itertools.chain([path], numbered)
    while True:
        with contextlib.suppress(FileExistsError):
            return open(next(names), "xb", opener=_private)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
