"""The inputs that steps on inventories share: what is collected, and with which tags."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sentry_plugin.errors import InputError
from sentry_plugin.inventory.collect.collecting import Wanted
from sentry_plugin.inventory.graph import api_sources, employees, entities


def wanted(params: Any) -> Wanted:
    """Tell what Collect Inventory is to collect."""
    return Wanted(
        organizations=params.get("organizations", []),
        include=included(params.get("include", [])),
        raw=params.get("raw_data", False),
        tags=tags(params),
        employees=employees.from_input(params),
    )


def included(names: Sequence[str]) -> Sequence[str]:
    """Refuse what cannot be included."""
    if {*names} <= api_sources.INCLUDED.keys():
        return names
    raise InputError(
        "The input's `include` names something that cannot be included.",
        f"It can be: {', '.join(api_sources.INCLUDED)}.",
    )


def tags(params: Any) -> dict[str, str]:
    """Give the tags that all entities are to have."""
    if not params.get("tag_account_name"):
        return {}
    if not params.get("account_name"):
        raise InputError("The input has `tag_account_name`, but no `account_name`.")
    return {entities.ACCOUNT_TAG: params["account_name"]}
