"""Short ids of issues, such as PUMP-STATION-1A: a project's slug and a number in base 32.

Reads the database, changes nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sentry_plugin.sandbox.kept.store import Store

# Without the letters I, L, O and U, which could be misread.
DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def write(slug: str, number: int) -> str:
    """Build the short id of the issue that has *number* in its project."""
    text = ""
    while number:
        number, digit = divmod(number, 32)
        text = DIGITS[digit] + text
    return f"{slug.upper()}-{text}"


def find(store: Store, text: str) -> int | None:
    """Return the id of the issue that a short id names, or None."""
    slug, _, digits = text.upper().rpartition("-")
    if not slug or not digits or set(digits) - set(DIGITS) or len(digits) > 12:
        return None
    number = 0
    for digit in digits:
        number = number * 32 + DIGITS.index(digit)
    found: int | None = store.value(
        "SELECT issue.id FROM issue JOIN project ON project.id = project_id"
        " WHERE slug = ? AND number = ?",
        slug.lower(),
        number,
    )
    return found
