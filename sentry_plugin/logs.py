"""Logging: to stderr for people, and into the event for the orchestrator.

Every message that is being answered has its own log, found by a context variable: copy the context
into a thread (`contextvars.copy_context`) to log from there. Nothing else may write to stderr,
because secrets are masked here.
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

from sentry_plugin.secretfinder import SecretFinder

logger = logging.getLogger("sentry_plugin")

LIMIT = 1 << 20
MASK = "********"
SHORTEST_SECRET = 6
LONGEST_REMEMBERED, REMEMBERED = 100, 10_000
"""Length and number of texts remembered as free of secrets: names of fields come often."""

_UNSEEN = {"Cc", "Cf", "Co", "Cs", "Zl", "Zp"}
"""Unicode categories of control, format, private and separator characters."""
_BLANK = {0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0}
"""Characters of other categories that show nothing."""


class _Shown(dict[int, int | str]):
    """A translation table that is filled when a character is first met."""

    def __missing__(self, code: int) -> int | str:
        unseen = code in _BLANK or unicodedata.category(chr(code)) in _UNSEEN
        self[code] = " " if unseen else code
        return self[code]


_SHOWN = _Shown()


class Log:
    """The log of one message, and the secrets to mask in it."""

    def __init__(self, level: int) -> None:
        self.level = level
        self._lines: list[str] = []
        self._room = LIMIT
        self._secrets: list[str] = []
        self._finder: SecretFinder | None = None
        self._plain: set[str] = set()

    @property
    def text(self) -> str:
        """All lines so far."""
        return "".join(self._lines)

    def take(self) -> str:
        """Return all lines so far, and empty the log."""
        text, self._lines, self._room = self.text, [], LIMIT
        return text

    def hide(self, secrets: Iterable[str]) -> None:
        """Mask *secrets* of six characters and more from now on, in whatever encoding."""
        long = (secret for secret in secrets if len(secret) >= SHORTEST_SECRET)
        # The longest first: it may hold a shorter one.
        self._secrets = sorted({*self._secrets, *long}, key=len, reverse=True)
        self._finder = SecretFinder(self._secrets) if self._secrets else None
        self._plain.clear()

    def is_clean(self, text: str) -> bool:
        """Tell whether *text*, which is JSON, certainly holds no secret; False means maybe."""
        return self._finder is None or not self._finder.may_be_in(text)

    def mask_text(self, text: str) -> str:
        """Replace every secret in *text* by a mask."""
        if self._finder is None:
            return text
        self._finder.renew()
        return self._mask_text(text, self._finder)

    def mask_values(self, value: Any) -> Any:
        """Replace every secret in every string of *value*, keys included, and every number."""
        if self._finder is None:
            return value
        self._finder.renew()
        return self._mask_values(value, self._finder)

    def _mask_values(self, value: Any, finder: SecretFinder) -> Any:
        match value:
            case str():
                return self._mask_text(value, finder)
            case list():
                return [self._mask_values(inner, finder) for inner in value]
            case dict():
                return {
                    self._mask_text(key, finder): self._mask_values(inner, finder)
                    for key, inner in value.items()
                }
            case int() | float() if any(secret in str(value) for secret in self._secrets):
                return MASK
            case _:
                return value

    def _mask_text(self, text: str, finder: SecretFinder) -> str:
        if len(text) < SHORTEST_SECRET or text in self._plain:
            return text
        given = text
        for secret in self._secrets:
            text = text.replace(secret, MASK)
        data = text.encode(errors="surrogatepass")
        if not (found := finder.find(data)):
            if text is given and len(text) < LONGEST_REMEMBERED and len(self._plain) < REMEMBERED:
                self._plain.add(text)
            return text
        ends = [0, *(last for _, last in found)]
        starts = [*(first for first, _ in found), len(data)]
        kept = (data[end:start] for end, start in zip(ends, starts, strict=True))
        return MASK.encode().join(kept).decode(errors="replace")

    def add(self, line: str) -> None:
        """Append *line*, as long as there is room."""
        if self._room < 0:
            return
        self._room -= len(line)
        cut = f"The log ends here: it is cut at {LIMIT >> 20} MiB.\n"
        self._lines.append(line if self._room >= 0 else cut)


_current: ContextVar[Log | None] = ContextVar("log", default=None)


def mask_text(text: str) -> str:
    """Mask the secrets of the current message in *text*.

    Needed before a text is cut or compressed: in the event they would not be found any more.
    """
    log = _current.get()
    return log.mask_text(text) if log else text


def are_clean(lines: str) -> bool:
    """Tell whether *lines*, each of them JSON, certainly hold no secret of the current message."""
    log = _current.get()
    return log is None or log.is_clean(lines)


def mask_values(value: Any) -> Any:
    """Mask the secrets of the current message in every string and number of a JSON *value*."""
    log = _current.get()
    return log.mask_values(value) if log and not log.is_clean(json.dumps(value)) else value


def printable(text: str) -> str:
    """Make *text* one line that is safe for a terminal: no secrets, no invisible characters."""
    return mask_text(text).translate(_SHOWN)


def excerpt(text: str, most: int) -> str:
    """Return the first *most* characters of *text* as one line with single spaces.

    Secrets are masked before it is cut, because a part of one would not be found.
    """
    return " ".join(printable(text)[: most * 4].split())[:most]


@contextlib.contextmanager
def capture(*, debug: bool = False) -> Iterator[Log]:
    """Collect the log of one message, until the end of the block."""
    log = Log(logging.DEBUG if debug else logging.INFO)
    token = _current.set(log)
    try:
        yield log
    finally:
        _current.reset(token)


_DEAF = (AttributeError, OSError, ValueError)
"""Raised if standard error is closed or missing, which is no reason to fail."""


class _Handler(logging.Handler):
    """Write a record to stderr, and to the log of the current message if there is one.

    A traceback goes to stderr only: an event shows no code.
    """

    def handle(self, record: logging.LogRecord) -> bool:
        """Write a record of sufficient level; the lock is held only while writing."""
        log = _current.get()
        if wanted := record.levelno >= (log.level if log else logging.WARNING):
            line = f"{record.levelname} {printable(record.getMessage())}\n"
            if log:
                log.add(line)
            if record.exc_info:
                line += mask_text(logging.Formatter().formatException(record.exc_info)) + "\n"
            with self.lock or contextlib.nullcontext(), contextlib.suppress(*_DEAF):
                sys.stderr.write(line)
        return wanted


logger.addHandler(_Handler())
logger.setLevel(logging.DEBUG)
logger.propagate = False
