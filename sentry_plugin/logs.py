"""Logging: to stderr for people, into the event for the orchestrator.

Every message that is being answered has a log of its own, found by a context variable: copy the
context into a thread (`contextvars.copy_context`) to log from there. Nothing else may write to
stderr, because here is where secrets are hidden.
"""

from __future__ import annotations

import contextlib
import json
import logging
import sys
import unicodedata
from collections.abc import Iterable, Iterator
from contextvars import ContextVar
from typing import Any

from sentry_plugin.spellings import Spellings

logger = logging.getLogger("sentry_plugin")

LIMIT = 1 << 20
MASK = "********"
SHORTEST_SECRET = 6
LONGEST_REMEMBERED, REMEMBERED = 100, 10_000
"""Characters, and number, of texts that are known to hold none: names of fields come often."""

_UNSEEN = {"Cc", "Cf", "Co", "Cs", "Zl", "Zp"}
"""Categories of characters that control, reorder or hide text, or mean nothing to others."""
_BLANK = {0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0}
"""Characters that count as letters or signs, and show nothing."""


class _Shown(dict[int, int | str]):
    """What stands for each character, found out where one is met first."""

    def __missing__(self, code: int) -> int | str:
        unseen = code in _BLANK or unicodedata.category(chr(code)) in _UNSEEN
        self[code] = " " if unseen else code
        return self[code]


_SHOWN = _Shown()


class Log:
    """What is logged while one message is answered, and the secrets to keep out of it."""

    def __init__(self, level: int) -> None:
        self.level = level
        self._lines: list[str] = []
        self._room = LIMIT
        self._secrets: list[str] = []
        self._spellings: Spellings | None = None
        self._plain: set[str] = set()

    @property
    def text(self) -> str:
        """All lines so far."""
        return "".join(self._lines)

    def take(self) -> str:
        """Give all lines so far, and begin anew."""
        text, self._lines, self._room = self.text, [], LIMIT
        return text

    def hide(self, secrets: Iterable[str]) -> None:
        """Keep *secrets*, in all their spellings, out of everything from here on.

        The longest is replaced first.
        """
        long = (secret for secret in secrets if len(secret) >= SHORTEST_SECRET)
        self._secrets = sorted({*self._secrets, *long}, key=len, reverse=True)
        self._spellings = Spellings(self._secrets) if self._secrets else None
        self._plain.clear()

    def is_clean(self, text: str) -> bool:
        """Tell whether surely no secret is in *text*, which is JSON."""
        return self._spellings is None or not self._spellings.may_be_in(text)

    def clean(self, text: str) -> str:
        """Replace every secret in *text*."""
        if self._spellings is None:
            return text
        self._spellings.renew()
        return self._clean(text, self._spellings)

    def cleaned(self, value: Any) -> Any:
        """Replace every secret in every string of *value*, keys included, and every number."""
        if self._spellings is None:
            return value
        self._spellings.renew()
        return self._cleaned(value, self._spellings)

    def _cleaned(self, value: Any, spellings: Spellings) -> Any:
        match value:
            case str():
                return self._clean(value, spellings)
            case list():
                return [self._cleaned(inner, spellings) for inner in value]
            case dict():
                return {
                    self._clean(key, spellings): self._cleaned(inner, spellings)
                    for key, inner in value.items()
                }
            case int() | float() if any(secret in str(value) for secret in self._secrets):
                return MASK
            case _:
                return value

    def _clean(self, text: str, spellings: Spellings) -> str:
        if len(text) < SHORTEST_SECRET or text in self._plain:
            return text
        given = text
        for secret in self._secrets:
            text = text.replace(secret, MASK)
        data = text.encode(errors="surrogatepass")
        if not (found := spellings.find(data)):
            if text is given and len(text) < LONGEST_REMEMBERED and len(self._plain) < REMEMBERED:
                self._plain.add(text)
            return text
        ends = [0, *(last for _, last in found)]
        starts = [*(first for first, _ in found), len(data)]
        kept = (data[end:start] for end, start in zip(ends, starts, strict=True))
        return MASK.encode().join(kept).decode(errors="replace")

    def add(self, line: str) -> None:
        """Keep *line*, as long as there is room."""
        if self._room < 0:
            return
        self._room -= len(line)
        cut = f"The log ends here: it is cut at {LIMIT >> 20} MiB.\n"
        self._lines.append(line if self._room >= 0 else cut)


_current: ContextVar[Log | None] = ContextVar("log", default=None)


def hidden(text: str) -> str:
    """Replace every secret of the message that is being answered in *text*.

    For what is cut or packed before it becomes part of the event, where none would be found.
    """
    log = _current.get()
    return log.clean(text) if log else text


def are_clean(lines: str) -> bool:
    """Tell whether surely no secret of the message is in *lines*, each of them JSON."""
    log = _current.get()
    return log is None or log.is_clean(lines)


def masked(value: Any) -> Any:
    """Replace every secret of the message that is being answered in *value*, which is JSON."""
    log = _current.get()
    return log.cleaned(value) if log and not log.is_clean(json.dumps(value)) else value


def printable(text: str) -> str:
    """Make *text* one line for a terminal and a log: without secrets, and all of it seen."""
    return hidden(text).translate(_SHOWN)


def excerpt(text: str, most: int) -> str:
    """Give the start of *text* as one line, with single spaces.

    Secrets are hidden before anything is cut or squeezed: what is left of one is not found.
    """
    return " ".join(printable(text)[: most * 4].split())[:most]


@contextlib.contextmanager
def capture(*, debug: bool = False) -> Iterator[Log]:
    """Collect what is logged while one message is answered."""
    log = Log(logging.DEBUG if debug else logging.INFO)
    token = _current.set(log)
    try:
        yield log
    finally:
        _current.reset(token)


_DEAF = (AttributeError, OSError, ValueError)
"""That nobody listens, or that there is no standard error, is no reason to fail."""


class _Handler(logging.Handler):
    """Send a record to stderr and to the log of the message that is being answered, if any.

    A traceback goes to stderr alone: an event holds no code.
    """

    def handle(self, record: logging.LogRecord) -> bool:
        """Send it, if it is important enough; one thread at a time, but only to write."""
        log = _current.get()
        if wanted := record.levelno >= (log.level if log else logging.WARNING):
            line = f"{record.levelname} {printable(record.getMessage())}\n"
            if log:
                log.add(line)
            if record.exc_info:
                line += hidden(logging.Formatter().formatException(record.exc_info)) + "\n"
            with self.lock or contextlib.nullcontext(), contextlib.suppress(*_DEAF):
                sys.stderr.write(line)
        return wanted


logger.addHandler(_Handler())
logger.setLevel(logging.DEBUG)
logger.propagate = False
