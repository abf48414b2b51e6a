"""Which types are not complete, and why: what they lack may exist all the same.

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
    """The types that are partial in an organization, each with the first reason."""

    def __init__(self, types: Collection[str]) -> None:
        """*types* are those that are collected; all others are ignored."""
        self.first_error: ApiError | None = None
        self._types = types
        self._reasons: dict[tuple[str, str], str] = {}
        self._lock = threading.Lock()

    def add_error(self, organization: str, types: Collection[str], error: ApiError) -> None:
        """Note that types are partial because of an error, and log it."""
        logger.warning("Not everything could be collected: %s", error)
        self.add(organization, types, str(error))
        self.first_error = self.first_error or error

    def add(self, organization: str, types: Collection[str], reason: str) -> None:
        """Note that types are partial; an empty organization stands for all."""
        with self._lock:
            for each in types:
                if each in self._types:
                    self._reasons.setdefault((each, organization), reason)

    @property
    def partial_types(self) -> list[dict[str, str]]:
        """The partial types, in the form of the action's output."""
        return [
            {"type": type_, "organization": organization, "reason": reason}
            for (type_, organization), reason in sorted(self._reasons.items())
        ]
