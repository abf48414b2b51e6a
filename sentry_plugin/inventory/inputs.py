"""Reads the inputs that several steps on inventories have: what to collect, and which tags."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sentry_plugin.errors import InputError
from sentry_plugin.inventory.collect.collecting import CollectOptions
from sentry_plugin.inventory.graph import api_sources, employees, entities


def collect_options(params: Any) -> CollectOptions:
    """Read the input of Collect Inventory."""
    return CollectOptions(
        organizations=params.get("organizations", []),
        include=checked_include(params.get("include", [])),
        raw=params.get("raw_data", False),
        tags=tags(params),
        employees=employees.from_input(params),
    )


def checked_include(names: Sequence[str]) -> Sequence[str]:
    """Return an input's `include`, or raise an InputError where it names something unknown."""
    if {*names} <= api_sources.INCLUDED.keys():
        return names
    raise InputError(
        "The input's `include` names something that cannot be included.",
        f"It can be: {', '.join(api_sources.INCLUDED)}.",
    )


def tags(params: Any) -> dict[str, str]:
    """Return the tags for all entities, as properties."""
    if not params.get("tag_account_name"):
        return {}
    if not params.get("account_name"):
        raise InputError("The input has `tag_account_name`, but no `account_name`.")
    return {entities.ACCOUNT_TAG: params["account_name"]}
