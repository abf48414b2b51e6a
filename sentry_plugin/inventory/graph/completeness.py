"""Which types are not complete, and why: nothing may be concluded from what they lack.

Collects nothing.
"""

from __future__ import annotations

import threading
from collections.abc import Collection
from typing import TYPE_CHECKING

from sentry_plugin.logs import logger

if TYPE_CHECKING:
    from sentry_plugin.errors import ApiError


class Gaps:
    """The types that are partial, by organization, with the first reason of each."""

    def __init__(self, types: Collection[str]) -> None:
        """*types* are all that are collected; of others nothing is said."""
        self.first: ApiError | None = None
        self._types = types
        self._reasons: dict[tuple[str, str], str] = {}
        self._lock = threading.Lock()

    def lose(self, organization: str, types: Collection[str], error: ApiError) -> None:
        """Note that an error made types partial."""
        logger.warning("Not everything could be collected: %s", error)
        self.note(organization, types, str(error))
        self.first = self.first or error

    def note(self, organization: str, types: Collection[str], reason: str) -> None:
        """Note that types are partial."""
        with self._lock:
            for each in types:
                if each in self._types:
                    self._reasons.setdefault((each, organization), reason)

    @property
    def partial_types(self) -> list[dict[str, str]]:
        """The partial types, as the action's output has them."""
        return [
            {"type": type_, "organization": organization, "reason": reason}
            for (type_, organization), reason in sorted(self._reasons.items())
        ]
