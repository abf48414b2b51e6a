"""Remembers how many objects of each type the last upload to a destination had.

An upload deletes at JupiterOne what it lacks, so a type of which nothing is left, though it is not
partial, is more likely a mistake. Uploads nothing.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import tempfile
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from sentry_plugin import privatefiles, settings, strictjson
from sentry_plugin.errors import StateError
from sentry_plugin.inventory.graph import entities
from sentry_plugin.logs import logger

if TYPE_CHECKING:
    from sentry_plugin.strictjson import JSON

Counts = Mapping[str, int]


def count(objects: Sequence[JSON]) -> dict[str, int]:
    """Count objects by type, and also each organization by its key."""
    organizations = [each for each in objects if each["_type"] == entities.ORGANIZATION.type]
    return Counter(each["_type"] for each in objects) | Counter(e["_key"] for e in organizations)


class LastCounts:
    """The counts of the last upload to one destination, in a file."""

    def __init__(self, destination: Sequence[str]) -> None:
        name = hashlib.sha256(json.dumps([*destination]).encode()).hexdigest()[:32]
        self._path = settings.state_folder() / "jupiterone" / f"{name}.json"
        self.counts = self._read()

    def emptied_types(self, now: Counts, partial: Collection[str]) -> list[str]:
        """Return the types, and the keys of organizations, of which nothing is left *now*."""
        return sorted(
            name
            for name, number in self.counts.items()
            if number and not now.get(name) and not _is_partial(name, partial)
        )

    def save(self, now: Counts, partial: Collection[str]) -> None:
        """Save the counts; of types that are partial, the counts from before stay."""
        before = {name: n for name, n in self.counts.items() if _is_partial(name, partial)}
        self._write({**before, **now})

    def delete(self) -> None:
        """Delete the file, because nothing is left at the destination."""
        with contextlib.suppress(OSError):
            self._path.unlink(missing_ok=True)

    def _read(self) -> dict[str, int]:
        try:
            privatefiles.check_file(self._path)
            found = strictjson.loads(self._path.read_bytes())
        except (FileNotFoundError, NotADirectoryError):
            return {}
        except (OSError, ValueError) as error:
            raise StateError(f"What was uploaded last cannot be read from {self._path}.") from error
        known = found if isinstance(found, dict) else {}
        return {name: number for name, number in known.items() if isinstance(number, int)}

    def _write(self, counts: Counts) -> None:
        try:
            privatefiles.make_folder(self._path.parent)
            # The file is replaced as a whole, and nothing else is left behind.
            with tempfile.TemporaryDirectory(dir=self._path.parent) as folder:
                made = Path(folder, self._path.name)
                made.write_text(strictjson.dumps(counts))
                made.replace(self._path)
        except (OSError, StateError) as error:
            logger.warning(
                "What was uploaded cannot be kept in %s (%s): the next upload is not compared.",
                self._path.parent,
                error.cause if isinstance(error, StateError) else os.strerror(error.errno or 0),
            )


def _is_partial(name: str, partial: Collection[str]) -> bool:
    """Tell whether a type, or the type of an organization's key, is partial."""
    is_key = name.startswith(entities.ORGANIZATION.key(""))
    return (entities.ORGANIZATION.type if is_key else name) in partial
