"""What differs between two states of one organization: added, removed, changed.

Concludes nothing from what an incomplete type lacks. Knows no store and no message.
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
"""What changes all the time, or with who asks: not compared unless asked for."""

_SETTINGS = entities.SETTINGS.keys()


class State(NamedTuple):
    """An organization as it was: at least all that is not the same in the other state.

    *complete* are the types of which all is known; *names* finds the names of entities.
    """

    entities: Mapping[str, JSON]
    relationships: Mapping[str, JSON]
    complete: Collection[str]
    names: Callable[[set[str]], Mapping[str, str]]


def between(
    organization: str, before: State, after: State, *, volatile: bool = False
) -> list[JSON]:
    """Give the changes from one state to another, entities first."""
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
    """Count changes: in all, and of each type."""
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
        return {"change": "added", **_about(new), "new": _told(new)}
    if old and old["_type"] in after.complete:
        return {"change": "removed", **_about(old), "old": _told(old)}
    return None


def _about(each: JSON) -> JSON:
    told = {"type": each["_type"], "key": each["_key"]}
    if not is_relationship(each):
        return told | {"name": str(each.get("displayName", each["_key"]))}
    source, *target = ends(each)
    return told | {"source": source, "target": (*target, each["_key"].rpartition("|")[2])[0]}


def _told(each: JSON) -> JSON:
    skipped = {"displayName"} if is_relationship(each) else set()
    return {
        name: value for name, value in each.items() if _is_sentrys(name) and name not in skipped
    }


def _is_sentrys(name: str) -> bool:
    return not name.startswith(("_", "tag."))


def _differing(old: JSON, new: JSON, *, volatile: bool) -> list[str]:
    """Name the properties that are not as they were."""
    skipped: set[str] = set() if volatile else {*VOLATILE.get(new["_type"], ())}
    if not (old.keys() & _SETTINGS and new.keys() & _SETTINGS):
        skipped |= _SETTINGS  # they were not asked for
    names = (name for name in {**old, **new} if name not in skipped and _is_sentrys(name))
    return [name for name in names if old.get(name) != new.get(name)]
