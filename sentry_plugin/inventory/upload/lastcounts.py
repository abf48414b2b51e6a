"""How many objects of each type were uploaded last, by destination: what guards against deletion.

An upload deletes what it lacks. So a type of which nothing is left, though it is not partial, is
more likely a mistake than the truth. Uploads nothing.
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

from sentry_plugin import private, settings, strictjson
from sentry_plugin.errors import StateError
from sentry_plugin.inventory.graph import entities
from sentry_plugin.logs import logger

if TYPE_CHECKING:
    from sentry_plugin.strictjson import JSON

Counts = Mapping[str, int]


def counted(objects: Sequence[JSON]) -> dict[str, int]:
    """Count objects by type, and each organization by its key."""
    organizations = [each for each in objects if each["_type"] == entities.ORGANIZATION.type]
    return Counter(each["_type"] for each in objects) | Counter(e["_key"] for e in organizations)


class LastCounts:
    """What was uploaded last to one destination."""

    def __init__(self, destination: Sequence[str]) -> None:
        name = hashlib.sha256(json.dumps([*destination]).encode()).hexdigest()[:32]
        self._path = settings.state_folder() / "jupiterone" / f"{name}.json"
        self.counts = self._read()

    def emptied(self, now: Counts, partial: Collection[str]) -> list[str]:
        """Give the types, and the organizations, of which there was something and is nothing."""
        return sorted(
            name
            for name, number in self.counts.items()
            if number and not now.get(name) and not _is_unknown(name, partial)
        )

    def keep(self, now: Counts, partial: Collection[str]) -> None:
        """Keep counts for the next time; of types that are partial, what was there before stays."""
        before = {name: n for name, n in self.counts.items() if _is_unknown(name, partial)}
        self._write({**before, **now})

    def forget(self) -> None:
        """Keep nothing: nothing is there any more."""
        with contextlib.suppress(OSError):
            self._path.unlink(missing_ok=True)

    def _read(self) -> dict[str, int]:
        try:
            private.see(self._path)
            found = strictjson.loads(self._path.read_bytes())
        except (FileNotFoundError, NotADirectoryError):
            return {}
        except (OSError, ValueError) as error:
            raise StateError(f"What was uploaded last cannot be read from {self._path}.") from error
        known = found if isinstance(found, dict) else {}
        return {name: number for name, number in known.items() if isinstance(number, int)}

    def _write(self, counts: Counts) -> None:
        try:
            private.make_folder(self._path.parent)
            # Whole or not at all, and nothing else left behind.
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


def _is_unknown(name: str, partial: Collection[str]) -> bool:
    """Tell whether nothing follows from it that a type, or an organization, is not there."""
    is_key = name.startswith(entities.ORGANIZATION.key(""))
    return (entities.ORGANIZATION.type if is_key else name) in partial
