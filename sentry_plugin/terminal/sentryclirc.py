"""Finds and reads `.sentryclirc`, the settings file of Sentry's own tools.

Reads it as sentry-cli does (measured with its version 3.8.2), and also accepts a byte order mark.
Does not know what a setting means.
"""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from sentry_plugin.errors import InputError
from sentry_plugin.logs import printable

NAME = ".sentryclirc"

_SECTION = re.compile(r"\[([^\]]*)\]")
_SETTING = re.compile(r"([^=:]+)[=:](.*)", re.DOTALL)
# Text after the closing quote belongs to the value.
_QUOTED = re.compile(r"""(["'])((?:\\.|(?!\1)[^\\])*)\1(.*)""", re.DOTALL)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


class File(NamedTuple):
    """A file, with its settings by section and key."""

    path: Path
    settings: Mapping[tuple[str, str], str]


def at_home() -> File | None:
    """Read the file in the user's home; None if there is none."""
    with contextlib.suppress(RuntimeError):  # there is no home
        path = Path.home() / NAME
        return _read(path) if _is_there(path) else None
    return None


def nearest() -> File | None:
    """Read the file in the current folder or the nearest one above; None if there is none."""
    with contextlib.suppress(FileNotFoundError):  # the current folder was deleted
        folder = Path.cwd()
        candidates = (each / NAME for each in (folder, *folder.parents))
        path = next(filter(_is_there, candidates), None)
        return _read(path) if path else None
    return None


def _is_there(path: Path) -> bool:
    with contextlib.suppress(OSError):  # in a folder without permission
        return path.is_file()
    return False


def _read(path: Path) -> File:
    _check_owner(path)
    words = f"The file {printable(str(path))} cannot be read as settings"
    try:
        return File(path, _settings(path.read_text(encoding="utf-8-sig")))
    except OSError as error:
        raise InputError(
            f"{words}: {error.strerror}.", "Make it readable, or remove it."
        ) from error
    except UnicodeDecodeError as error:
        raise InputError(f"{words}: it is not text in UTF-8.", "Save it as such.") from error
    except ValueError as error:
        raise InputError(f"{words}: {error}.", "Correct that line.") from error


def _check_owner(path: Path) -> None:
    """Refuse a file of another user, such as one in /tmp: it could redirect tokens."""
    if path.stat().st_uid not in {os.geteuid(), 0}:
        raise InputError(
            f"The file {printable(str(path))} belongs to another user, and could send your token "
            "anywhere.",
            "Work in another folder, or make the file your own.",
        )


def _settings(text: str) -> dict[tuple[str, str], str]:
    """Parse the settings; if one is set twice, the last counts."""
    found, section = {}, ""
    for number, line in enumerate(map(str.strip, text.split("\n")), 1):
        if not line or line[0] in ";#":
            continue
        if header := _SECTION.fullmatch(line):
            section = header[1].strip()
        elif (pair := _SETTING.fullmatch(line)) and (value := _value(pair[2].strip())) is not None:
            found[section, pair[1].strip().lower()] = value
        else:
            raise ValueError(f"line {number} is neither a [section] nor key=value")
    return found


def _value(text: str) -> str | None:
    """Remove quotes and backslashes; None if a closing quote is missing."""
    if text[:1] in {'"', "'"}:
        quoted = _QUOTED.fullmatch(text)
        if not quoted:
            return None
        text = quoted[2] + quoted[3]
    return _ESCAPED.sub(r"\1", text)
