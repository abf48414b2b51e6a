"""Files and folders that outlive a message, owned by this user and closed to all others.

A file that another user could have written is refused; none is written that another user could
read. The parent folder may be anybody's, such as a volume or an orchestrator's cache. Knows nothing
of what the files hold.
"""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Callable
from pathlib import Path

from sentry_plugin import settings
from sentry_plugin.errors import StateError

_BESIDE = ("", "-wal", "-shm", "-journal")
"""Endings of the files that SQLite keeps beside a database."""
_SET = f"Have {settings.STATE} name a folder that the plugin's user may write."
_AWAY = f"move it away, or have {settings.STATE} name another folder."


def make_file(file: Path) -> None:
    """Create an SQLite file and its folder for this user only, or check existing ones.

    An existing file is not opened: closing it would release the locks that this process has on it.
    """
    try:
        make_folder(file.parent)
        for end in _BESIDE:
            with contextlib.suppress(FileNotFoundError):
                _check(file.with_name(file.name + end), stat.S_ISREG, "file")
        with contextlib.suppress(FileExistsError):
            os.close(os.open(file, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    except OSError as error:
        raise StateError(f"{file} cannot be made or written: {error.strerror}.", _SET) from error


def check_file(file: Path) -> None:
    """Check that a file and its folder, if they exist, belong to this user only."""
    for path, is_kind, kind in (
        (file.parent, stat.S_ISDIR, "folder"),
        (file, stat.S_ISREG, "file"),
    ):
        with contextlib.suppress(FileNotFoundError):
            _check(path, is_kind, kind)


def make_folder(folder: Path) -> None:
    """Create a folder for this user only, or check an existing one."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with contextlib.suppress(FileExistsError):
        folder.mkdir(mode=0o700)
    _check(folder, stat.S_ISDIR, "folder")


def _check(path: Path, is_kind: Callable[[int], bool], kind: str) -> None:
    """Refuse a path of another user or writable by all; take other permissions of others away."""
    found = path.lstat()
    if not is_kind(found.st_mode):
        raise StateError(f"{path} is no {kind}, or is a link.", f"See what it is, and {_AWAY}")
    if found.st_uid != os.geteuid():
        raise StateError(
            f"{path} belongs to another user: what it holds is not trusted.",
            f"Run the plugin as that user, give it to the plugin's user by `chown`, or {_AWAY}",
        )
    if found.st_mode & stat.S_IWOTH:
        raise StateError(
            f"{path} may be written by everybody: what it holds is not trusted.",
            f"See what is in it, and then use `chmod -R go= {path}`; or {_AWAY}",
        )
    if found.st_mode & 0o077:
        path.chmod(stat.S_IMODE(found.st_mode) & ~0o077)
