"""Relay's own normaliser, asked what it keeps of an event: what our rules are held against.

A field is lost if Relay notes an error or a cut of it, or if what Relay makes of the event is the
same without it.
"""

from __future__ import annotations

import copy
import json

from sentry_plugin import strictjson
from sentry_plugin.ingest.eventrules.table import SAME
from sentry_plugin.ingest.eventrules.values import U64, holds_nothing
from sentry_plugin.sandbox.ingest import normalizer

DEFAULTS = {
    *(("level", "error"), ("level", "info"), ("type", "default"), ("type", "error")),
    *(
        ("platform", "other"),
        ("status", "unknown"),
        ("function", "?"),
        ("version", "7"),
        ("version", 7),
    ),
}
"""Fields and what Relay gives them itself: without them its result is the same."""
OWN = {"_meta", "errors", "received", "timestamp", "event_id"}
"""What Relay adds to an event."""
PAIRS = {"headers", "cookies", "query_string", "tags"}


def normalized(event):
    """Give what Relay makes of an event; BadJson if it loses it."""
    return normalizer.normalized(json.dumps(event).encode(), 1, "key", "x/1", None)


def plain(event):
    """Give what Relay keeps of an event, in a form that can be compared."""
    return _plain(normalized(event), event)


def losses(event):
    """Give the paths of what Relay does not keep of an event."""
    whole = normalized(event)
    noted = {_ours(path, event, whole) for path in _noted(whole.get("_meta", {}))} - {()}
    kept = _plain(whole, event)
    silent = {
        _by_name(_canonical(path), event)
        for path, value in _leaves(event)
        if (isinstance(value, int) and abs(value) > U64)
        or (not _is_default(path, value) and _is_the_same(_without(event, path), kept))
    }
    return {
        _pair_of(path) for path in noted | silent - _told_twice(event) if not _is_empty(path, event)
    }


def _pair_of(path):
    """Give the path of the pair that a path leads into: its name says nothing without a value."""
    place = next((number for number, name in enumerate(path) if name in PAIRS), None)
    return path if place is None or path[0] == "tags" else path[: place + 2]


def _is_default(path, value):
    """Tell whether Relay gives the field a value itself: a context its name as its type."""
    is_of_name = path[0] == "contexts" and path[-1] in {"os", "runtime", "browser"}
    return is_of_name or (path[-1], value) in DEFAULTS or path[-2:] == (value, "type")


def _is_the_same(event, kept):
    try:
        return plain(event) == kept
    except normalizer.BadJson:
        return False


def told(event, found):
    """Give the paths of what our rules found, in the same form."""
    return {_pair_of(_by_name(_canonical(loss.path), event)) for loss in found}


def covers(first, second):
    """Tell whether two paths name the same field, or one a part of the other."""
    shared = min(len(first), len(second))
    return first[:shared] == second[:shared]


def _told_twice(event):
    """Give what Relay would make itself, or takes from elsewhere."""
    logentry = [strictjson.at(event, "logentry", name) for name in ("message", "formatted")]
    same = {("logentry", "formatted")} if logentry[0] == logentry[1] else set()
    return {("timestamp",), ("event_id",), *same}


def _is_empty(path, event):
    """Tell whether there is nothing to lose; a tag's name says something, and a message has two."""
    if path == ("tags",) and isinstance(event["tags"], list):
        pairs = [isinstance(each, list) and len(each) == 2 for each in event["tags"]]
        return not any(pairs) and holds_nothing(event["tags"])
    if path[0] == "tags" or path == ("logentry", "formatted"):
        return False
    for name in path:
        match event:
            case dict():
                event = event.get(name, event.get("ty", 1) if name == "type" else 1)
            case list():
                event = event[int(name)]
    if path == ("fingerprint",) and isinstance(event, list):
        return all(holds_nothing(each) for each in event if isinstance(each, dict | list))
    return holds_nothing(event)


def _canonical(path):
    path = tuple(map(str, (SAME.get(path[0], path[0]), *path[1:])))
    path = tuple("type" if name == "ty" else name for name in path)
    return ("logentry", "formatted") if path[:2] == ("logentry", "message") else path


def _noted(meta, path=()):
    for key, value in meta.items():
        if key != "":
            yield from _noted(value, (*path, key))
            continue
        errors = {each[0] if isinstance(each, list) else each for each in value.get("err", ())}
        if errors - {"missing_attribute"} or "rem" in value or "len" in value:
            yield path


def _ours(path, event, whole):
    """Give the path in the event of a path in what Relay makes of it; empty if Relay added it."""
    if path[0] == "errors":
        return path if len(path) < 2 or int(path[1]) < _number_of_errors(event) else ()
    if path[0] == "tags" and len(path) > 1:
        name = (whole["tags"][int(path[1])] or [None])[0]
        if name in {"server_name", "site"} and name in event:
            return (name,)
        return ("tags", *[each for each in _tags(event) if _tag(each) == name][:1])
    place = next((number for number, name in enumerate(path) if name in PAIRS), None)
    if place and path[0] in {"request", "contexts"} and len(path) > place + 1:
        before, given = path[: place + 1], strictjson.at(event, *path[: place + 1])
        if isinstance(given, str):
            return before
        if isinstance(given, dict):
            name = (strictjson.at(whole, *before)[int(path[place + 1])] or [None])[0]
            return (*before, *[each for each in given if each.lower() == str(name).lower()][:1])
    is_of_tag = path == ("environment",) and "environment" not in event
    return ("tags", "environment") if is_of_tag else _canonical(path)


def _by_name(path, event):
    """Name a tag by its name, also in a list of pairs."""
    if (
        path[0] == "tags"
        and len(path) > 1
        and isinstance(event["tags"], list)
        and path[1].isdigit()
    ):
        pair = event["tags"][int(path[1])] if int(path[1]) < len(event["tags"]) else None
        if isinstance(pair, list) and len(pair) == 2 and isinstance(pair[0], str):
            return ("tags", pair[0])
    return path


def _tags(event):
    tags = event["tags"]
    return (
        tags
        if isinstance(tags, dict)
        else [pair[0] for pair in tags if isinstance(pair, list) and pair]
    )


def _tag(name):
    return str(name).replace(" ", "-").strip()


def _leaves(value, path=()):
    # The name of a pair says nothing without a value.
    is_pair = isinstance(value, list) and len(value) == 2 and not PAIRS.isdisjoint(path)
    if is_pair and holds_nothing(value[1]):
        return
    if isinstance(value, dict | list):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _leaves(inner, (*path, key))
    elif not holds_nothing(value):
        yield path, value


def _without(event, path):
    event = copy.deepcopy(event)
    holder = event
    for key in path[:-1]:
        holder = holder[key]
    if isinstance(holder, list):
        holder[path[-1]] = None
    else:
        del holder[path[-1]]
    return event


def _number_of_errors(event):
    return len(event["errors"]) if isinstance(event.get("errors"), list) else 0


def _plain(whole, event):
    rest = {name: value for name, value in whole.items() if name not in OWN}
    rest["errors"] = (whole.get("errors") or [])[: _number_of_errors(event)]
    contexts = rest.get("contexts") or {}
    trace = contexts.get("trace") or {}
    for name in ("trace_id", "span_id"):
        ours = str(strictjson.at(event, "contexts", "trace", name)).replace("-", "").lower()
        if trace.get(name) != ours:  # Relay makes what is missing, each time another one.
            trace.pop(name, None)
    rest["tags"] = _pairs(rest.get("tags"))
    for holder in (rest.get("request") or {}, contexts.get("response") or {}):
        holder |= {name: _pairs(holder[name]) for name in PAIRS & holder.keys()}
    return _full(rest)


def _pairs(pairs):
    return [pair for pair in pairs or [] if pair and None not in pair]


def _full(value):
    if isinstance(value, dict):
        read = {key: _full(inner) for key, inner in value.items()}
        return {key: inner for key, inner in read.items() if inner not in (None, "", [], {})}
    return [_full(inner) for inner in value] if isinstance(value, list) else value
