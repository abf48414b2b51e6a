"""The alerts, as a table: names for changes of an inventory that deserve attention.

Each has a function that tells whether a change is one. Compares nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from sentry_plugin.inventory.check.checks import WEAK_SETTINGS
from sentry_plugin.inventory.graph import entities, relationships

if TYPE_CHECKING:
    from sentry_plugin.strictjson import JSON

ROLES = ("member", "admin", "manager", "owner")
"""From the fewest rights to the most; any other role ranks below them."""


def _matches(change: JSON, type_: str, what: str) -> bool:
    return bool(change["type"] == type_ and change["change"] == what)


def _member_added(change: JSON) -> bool:
    return _matches(change, entities.MEMBER.type, "added")


def _without_second_factor(change: JSON) -> bool:
    return _member_added(change) and change["new"].get("mfaEnabled") is not True


def _second_factor_off(change: JSON) -> bool:
    is_changed = _matches(change, entities.MEMBER.type, "changed")
    return (
        is_changed
        and change["old"].get("mfaEnabled") is True
        and not _has_second_factor_now(change)
    )


def _has_second_factor_now(change: JSON) -> bool:
    return bool(change["new"].get("mfaEnabled"))


def _role_raised(change: JSON) -> bool:
    before, now = (_rank(change.get(side, {}).get("role")) for side in ("old", "new"))
    return _matches(change, entities.MEMBER.type, "changed") and now > before


def _rank(role: object) -> int:
    return ROLES.index(role) if role in ROLES else -1


def _setting_weakened(change: JSON) -> bool:
    return _matches(change, entities.ORGANIZATION.type, "changed") and any(
        change["new"].get(name) in weak and change["old"].get(name) not in weak
        for name, weak in WEAK_SETTINGS.items()
    )


ALERTS: dict[str, Callable[[JSON], bool]] = {
    "new_member": _member_added,
    "new_member_without_second_factor": _without_second_factor,
    "member_removed": lambda change: _matches(change, entities.MEMBER.type, "removed"),
    "role_raised": _role_raised,
    "second_factor_off": _second_factor_off,
    "team_gained_member": lambda change: _matches(change, relationships.TEAM_MEMBER.type, "added"),
    "team_gained_project": lambda change: _matches(
        change, relationships.TEAM_PROJECT.type, "added"
    ),
    "setting_weakened": _setting_weakened,
    "new_client_key": lambda change: _matches(change, entities.CLIENT_KEY.type, "added"),
}


def alerts_for(change: JSON) -> list[str]:
    """Return the names of the alerts that a change raises."""
    return [name for name, applies in ALERTS.items() if applies(change)]
