"""Finds what was added, removed and changed between two states of one organization.

What an incomplete type lacks is not taken for removed or new. Knows no store and no message.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import TYPE_CHECKING, NamedTuple

from sentry_plugin.inventory.graph import entities
from sentry_plugin.inventory.graph.graph import ends, is_relationship

if TYPE_CHECKING:
    from sentry_plugin.strictjson import JSON

VOLATILE: Mapping[str, tuple[str, ...]] = {
    entities.PROJECT.type: ("latestRelease",),
    entities.MEMBER.type: ("lastActive", "lastLogin"),
    entities.FINDING.type: (
        *("count", "userCount", "numComments", "lastSeenOn"),
        *("hasSeen", "isBookmarked", "isSubscribed"),
    ),
}
"""Properties that change all the time, or with the user who asks: compared only on demand."""

_SETTINGS = entities.SETTINGS.keys()


class State(NamedTuple):
    """One organization at one time; what is the same in both states may be left out.

    Objects are by their keys; *complete* are the types of which nothing is missing; *names* returns
    the names of entities by their keys.
    """

    entities: Mapping[str, JSON]
    relationships: Mapping[str, JSON]
    complete: Collection[str]
    names: Callable[[set[str]], Mapping[str, str]]


def between(
    organization: str, before: State, after: State, *, volatile: bool = False
) -> list[JSON]:
    """Return the changes from one state to another, those of entities first."""
    kinds = {
        "entity": (before.entities, after.entities),
        "relationship": (before.relationships, after.relationships),
    }
    found = [
        {"organization": organization, "kind": kind, **change}
        for kind, (olds, news) in kinds.items()
        for key in sorted({*olds, *news})
        if (change := _change(olds.get(key), news.get(key), (before, after), volatile=volatile))
    ]
    keys = {key for each in found if "source" in each for key in (each["source"], each["target"])}
    names = {**before.names(keys), **after.names(keys)}
    for each in found:
        for end in ("source", "target"):
            if end in each:
                each[f"{end}_name"] = names.get(each[end], each[end])
    return found


def counts(changes: Iterable[JSON]) -> JSON:
    """Count changes, in total and by type."""
    of_type: dict[str, Counter[str]] = {}
    for each in changes:
        of_type.setdefault(each["type"], Counter())[each["change"]] += 1
    total = sum(of_type.values(), Counter())
    kinds = ("added", "removed", "changed")
    return {kind: total[kind] for kind in kinds} | {
        "types": {type_: dict(count) for type_, count in sorted(of_type.items())}
    }


def _change(
    old: JSON | None, new: JSON | None, states: tuple[State, State], *, volatile: bool
) -> JSON | None:
    before, after = states
    if old and new:
        names = _differing(old, new, volatile=volatile)
        olds, news = ({n: each[n] for n in names if n in each} for each in (old, new))
        return {"change": "changed", **_about(new), "old": olds, "new": news} if names else None
    if new and new["_type"] in before.complete:
        return {"change": "added", **_about(new), "new": _shown(new)}
    if old and old["_type"] in after.complete:
        return {"change": "removed", **_about(old), "old": _shown(old)}
    return None


def _about(each: JSON) -> JSON:
    about = {"type": each["_type"], "key": each["_key"]}
    if not is_relationship(each):
        return about | {"name": str(each.get("displayName", each["_key"]))}
    source, *target = ends(each)
    return about | {"source": source, "target": (*target, each["_key"].rpartition("|")[2])[0]}


def _shown(each: JSON) -> JSON:
    skipped = {"displayName"} if is_relationship(each) else set()
    return {
        name: value for name, value in each.items() if _is_from_sentry(name) and name not in skipped
    }


def _is_from_sentry(name: str) -> bool:
    return not name.startswith(("_", "tag."))


def _differing(old: JSON, new: JSON, *, volatile: bool) -> list[str]:
    """Return the names of the properties that differ."""
    skipped: set[str] = set() if volatile else {*VOLATILE.get(new["_type"], ())}
    if not (old.keys() & _SETTINGS and new.keys() & _SETTINGS):
        skipped |= _SETTINGS  # not collected both times
    names = (name for name in {**old, **new} if name not in skipped and _is_from_sentry(name))
    return [name for name in names if old.get(name) != new.get(name)]
