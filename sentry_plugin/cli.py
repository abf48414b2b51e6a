"""The command line: the only module that touches argv, stdin, stdout and the exit status."""

from __future__ import annotations

import argparse
import contextlib
import gc
import io
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from types import FrameType
from typing import TYPE_CHECKING, BinaryIO, TextIO

from sentry_plugin import schema, step
from sentry_plugin.errors import Stopped
from sentry_plugin.generated import VERSION

if TYPE_CHECKING:
    from sentry_plugin.runtime import Event


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and give its exit status: 1 if the answer is an error, 2 for bad usage."""
    given = list(sys.argv[1:] if argv is None else argv)
    # As in the official runtime: what follows "--" is the message for people to see, not for us.
    given = given[: given.index("--")] if "--" in given else given
    if given[:1] and (own := OWN.get(given[0])):
        return own(given[1:])
    parser = _parser()
    args = parser.parse_args(given)
    match args.command:
        case "info":
            return _info()
        case "sample":
            return _sample(args.name)
        case "run" | "test":
            return _answer(test=args.command == "test", debug=args.debug)
        case _:
            parser.print_help()
            return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="sentry-plugin", description=step.index()["description"])
    parser.add_argument("--version", action="version", version=VERSION)
    parser.add_argument("--debug", action="store_true", help="log more")
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
    with _stoppable() as finish:
        return call.main(given, lambda message: _event(io.BytesIO(message), finish), out)


def _watch(given: Sequence[str]) -> int:
    from sentry_plugin.terminal import watch

    out = sys.stdout
    with _stoppable() as finish:
        return watch.main(
            given,
            lambda message, deliver: _event(io.BytesIO(message), finish, deliver=deliver),
            out,
        )


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


def _answer(*, test: bool, debug: bool) -> int:
    wire = sys.stdout
    stdin = sys.stdin.buffer if sys.stdin else io.BytesIO()
    with _stoppable() as finish:
        return _write(_event(stdin, finish, test=test, debug=debug), wire)


def _event(
    stream: BinaryIO,
    finish: Callable[[], None],
    *,
    test: bool = False,
    debug: bool = False,
    deliver: Callable[[str], None] | None = None,
) -> Event:
    # Loads what `info` and `sample` do not need.
    from sentry_plugin import runtime

    # A large answer is kept whole: a tenth of the time went into looking for garbage in it.
    gc.set_threshold(100_000)
    # From here a stray print cannot spoil the wire.
    with contextlib.redirect_stdout(sys.stderr):
        try:
            event = runtime.answer(stream, test=test, debug=debug, deliver=deliver)
            finish()
        except Stopped as error:  # just while the answer was being written
            event = runtime.refuse(error)
    return event


def _write(event: Event, wire: TextIO) -> int:
    try:
        wire.write(f"{event.text}\n")
        wire.flush()
    except (AttributeError, OSError):  # closed before we came, or while we worked
        print("The event could not be written to stdout.", file=sys.stderr)
        return 1
    return 0 if event.ok else 1


@contextlib.contextmanager
def _stoppable() -> Iterator[Callable[[], None]]:
    """Answer SIGTERM and SIGINT with an event, also as process 1 of a container.

    What it gives is called when there is an answer: no signal may cut that off while it is written.
    """

    def finish() -> None:
        for each in signals:
            signal.signal(each, signal.SIG_IGN)

    def stop(number: int, _: FrameType | None) -> None:
        finish()
        raise Stopped(f"The step was stopped by {signal.Signals(number).name}.")

    signals = (signal.SIGTERM, signal.SIGINT)
    before = {each: signal.signal(each, stop) for each in signals}
    try:
        yield finish
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
