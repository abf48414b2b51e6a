"""The command line: the only module that touches argv, stdin, stdout and the exit status."""

from __future__ import annotations

import argparse
import contextlib
import gc
import io
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, BinaryIO, TextIO

from sentry_plugin.errors import PluginError, ProtocolError, Stopped
from sentry_plugin.generated import VERSION
from sentry_plugin.signals import Signals
from sentry_plugin.stderr import Stderr
from sentry_plugin.steps import schema, step

if TYPE_CHECKING:
    from sentry_plugin.runtime.runtime import Event
    from sentry_plugin.runtime.stop import Stop


CHUNK = 1 << 16


def main(argv: Sequence[str] | None = None, signals: Signals | None = None) -> int:
    """Run one command and return its exit status: 1 if the answer is an error, 2 for bad usage.

    *signals* are taken already, and stay so. Without them they are taken while a message is
    answered, and the handlers of before are set again.
    """
    given = list(sys.argv[1:] if argv is None else argv)
    # As in the official runtime: after "--" comes a copy of the message for people to read.
    given = given[: given.index("--")] if "--" in given else given
    if given[:1] and (own := OWN.get(given[0])):
        if signals:
            signals.decline()
        return own(given[1:])
    parser = _parser()
    args = parser.parse_args(given)
    match args.command:
        case "info":
            return _info()
        case "sample":
            return _sample(args.name)
        case "run" | "test":
            return _answer(signals, test=args.command == "test", debug=args.debug)
        case _:
            parser.print_help()
            return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="sentry-plugin", description=step.index()["description"])
    parser.add_argument("--version", action="version", version=VERSION)
    parser.add_argument(
        "--debug",
        action="store_true",
        help="log more; a trigger prints its events, each on a line, and posts nothing",
    )
    commands = parser.add_subparsers(dest="command", metavar="command")
    commands.add_parser("run", help="run the step of the start message on stdin")
    commands.add_parser("test", help="test the connection of the start message on stdin")
    commands.add_parser("info", help="list the actions")
    sample = commands.add_parser("sample", help="print a start message to fill in")
    sample.add_argument("name", help="name of an action")
    commands.add_parser("call", help="run an action from words; see call --help")
    commands.add_parser("watch", help="run a trigger until it is stopped; see watch --help")
    commands.add_parser("completion", help="print what completes words, for a shell to source")
    commands.add_parser("sandbox", help="run a local stand-in for Sentry; see sandbox --help")
    return parser


def _sandbox(given: Sequence[str]) -> int:
    try:
        from sentry_plugin.sandbox import command
    except ModuleNotFoundError:  # as in the image
        print("The sandbox is not part of this installation.", file=sys.stderr)
        return 1
    parser = argparse.ArgumentParser(prog="sentry-plugin sandbox")
    command.configure(parser)
    return command.main(parser.parse_args(given))


def _info() -> int:
    declared = step.index()
    for label in ("title", "vendor", "description"):
        print(f"{label.capitalize() + ':':13}{declared[label]}")
    print(f"{'Version:':13}{VERSION}")
    for kind in ("actions", "triggers", "tasks"):
        print(f"\n{kind.capitalize()} ({len(declared[kind])}):")
        for name, about in declared[kind].items():
            print(f"  {name:21}{about['description']}")
    return 0


def _sample(name: str) -> int:
    declared = step.index()
    known = [each for kind in ("actions", "triggers", "tasks") for each in declared[kind]]
    if name in known:
        print(schema.read(f"{name}.sample.json"), end="")
        return 0
    print(f"There is no action of this name; the names are: {', '.join(known)}.", file=sys.stderr)
    return 1


def _call(given: Sequence[str]) -> int:
    from sentry_plugin.terminal import call

    out = sys.stdout
    return call.main(given, _ask, out)


def _watch(given: Sequence[str]) -> int:
    from sentry_plugin.terminal import watch

    out = sys.stdout
    return watch.main(given, _ask, out)


def _completion(given: Sequence[str]) -> int:
    from sentry_plugin.terminal import completion

    parser = argparse.ArgumentParser(prog="sentry-plugin completion")
    parser.add_argument("shell", choices=completion.SHELLS)
    print(completion.SHELLS[parser.parse_args(given).shell], end="")
    return 0


def _complete(given: Sequence[str]) -> int:
    from sentry_plugin.terminal import completion

    commands = ["run", "test", "info", *OWN.keys() - {"complete"}, "sample"]
    for each in completion.candidates(given, sorted(commands)):
        print(each)
    return 0


OWN: dict[str, Callable[[Sequence[str]], int]] = {
    "call": _call,
    "complete": _complete,
    "completion": _completion,
    "sandbox": _sandbox,
    "watch": _watch,
}
"""Commands that read their arguments themselves."""


def _answer(signals: Signals | None, *, test: bool, debug: bool) -> int:
    from sentry_plugin.runtime import runtime

    wire = sys.stdout
    with _taken(signals) as taken, _redirected() as stderr:
        try:
            message = _message(taken.stop)
        except PluginError as error:
            event = runtime.refuse(error)
        else:
            deliver = _printer(wire) if debug else None
            options = runtime.RunOptions(taken.stop, test, debug, deliver, stderr.unwritten)
            event = runtime.answer(message, options)
        taken.ignore()
        return _write(event, wire)


def _printer(wire: TextIO) -> Callable[[str], None]:
    """Return what prints the events of a trigger in a debug run, as the official runtime does."""

    def write(event: str) -> None:
        try:
            wire.write(f"{event}\n")
            wire.flush()
        except (AttributeError, OSError) as error:
            raise Stopped("Nobody reads the events any more.") from error

    return write


def _ask(message: bytes, deliver: Callable[[str], None] | None = None) -> Event:
    # Imported late: `info` and `sample` do not need it.
    from sentry_plugin.runtime import runtime

    with _taken() as taken, _redirected() as stderr:
        options = runtime.RunOptions(taken.stop, deliver=deliver, unwritten=stderr.unwritten)
        return runtime.answer(message, options)


def _message(stop: Stop) -> bytes:
    """Read all of standard input as the message; a stop ends the reading with an error."""
    from sentry_plugin.exhaustion import exhausted
    from sentry_plugin.runtime import watchdog

    stream = sys.stdin.buffer if sys.stdin else io.BytesIO()
    try:
        return watchdog.unless_stopped(lambda: _read(stream), stop)
    except (MemoryError, OSError, RuntimeError) as error:
        cause = f"Standard input cannot be read: {getattr(error, 'strerror', error)}."
        raise exhausted(error) or ProtocolError(cause) from error


def _read(stream: BinaryIO) -> bytes:
    """Read to the end, or until the message is too large; memory grows with what is read."""
    from sentry_plugin.runtime.protocol import LARGEST

    data = io.BytesIO()
    while data.tell() <= LARGEST and (part := stream.read(CHUNK)):
        data.write(part)
    return data.getvalue()


def _write(event: Event, wire: TextIO) -> int:
    try:
        wire.write(f"{event.text}\n")
        wire.flush()
    except (AttributeError, OSError):  # standard output is closed
        print("The event could not be written to stdout.", file=sys.stderr)
        return 1
    return 0 if event.ok else 1


@contextlib.contextmanager
def _taken(signals: Signals | None = None) -> Iterator[Signals]:
    """Have signals stop the work, also as process 1 of a container, unless they do already."""
    if signals:
        yield signals
        return
    taken = Signals()
    taken.take()
    try:
        yield taken
    finally:
        taken.give_back()


@contextlib.contextmanager
def _redirected() -> Iterator[Stderr]:
    """Send stray prints to standard error, and never wait for who reads that."""
    # Large answers stay in memory: with the default, a tenth of the time went into scanning them.
    gc.set_threshold(100_000)
    stderr = Stderr(sys.stderr)
    with contextlib.redirect_stdout(stderr), contextlib.redirect_stderr(stderr):
        yield stderr
    stderr.end()
