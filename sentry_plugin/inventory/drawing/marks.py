"""Reads the changes that a drawing marks, as Compare Inventories returns them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from sentry_plugin.errors import InputError

if TYPE_CHECKING:
    from sentry_plugin.strictjson import JSON

_NEEDED = {
    "entity": ("type", "key", "name"),
    "relationship": ("type", "key", "source", "target"),
}
_CHANGES = ("added", "removed", "changed")


class ChangeMarks(NamedTuple):
    """The changes that are marked; *states* are added, removed or changed, by key."""

    states: Mapping[str, str]
    values: Mapping[str, Mapping[str, Sequence[object]]]
    """Pairs of old and new values, by key and property, of what changed."""
    removed: Sequence[JSON]
    """Entities and relationships that were removed, as they were."""


def read_marks(changes: Iterable[JSON]) -> ChangeMarks:
    """Read changes, or raise an InputError where they do not come from Compare Inventories."""
    found = [_checked(each) for each in changes]
    return ChangeMarks(
        {each["key"]: each["change"] for each in found},
        {each["key"]: dict(_values(each)) for each in found if each["change"] == "changed"},
        [_as_it_was(each) for each in found if each["change"] == "removed"],
    )


def _checked(change: JSON) -> JSON:
    needed = _NEEDED.get(str(change.get("kind")))
    if (
        needed
        and all(isinstance(change.get(name), str) for name in needed)
        and change.get("change") in _CHANGES
        and all(isinstance(change.get(name, {}), dict) for name in ("old", "new"))
    ):
        return change
    raise InputError("The input's `changes` hold something that Compare Inventories did not give.")


def _values(change: JSON) -> Iterator[tuple[str, Sequence[object]]]:
    old, new = change.get("old", {}), change.get("new", {})
    return ((name, (old.get(name), new.get(name))) for name in {**old, **new})


def _as_it_was(change: JSON) -> JSON:
    about = {"_key": change["key"], "_type": change["type"]}
    if change["kind"] == "entity":
        return {**change.get("old", {}), "displayName": change["name"], **about}
    ends = {"_fromEntityKey": change["source"], "_toEntityKey": change["target"]}
    return {**change.get("old", {}), **about, **ends}
