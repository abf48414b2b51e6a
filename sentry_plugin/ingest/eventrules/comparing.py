"""What is lost of one field of an event because of another one."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from sentry_plugin.ingest.eventrules.fields import SPAN_ID, TRACE_ID
from sentry_plugin.ingest.eventrules.moments import drift, is_early, moment
from sentry_plugin.ingest.eventrules.place import Place
from sentry_plugin.ingest.eventrules.table import SAME
from sentry_plugin.ingest.eventrules.values import holds_nothing
from sentry_plugin.strictjson import at

if TYPE_CHECKING:
    from sentry_plugin.strictjson import JSON

_ALSO_TAGS = ("environment", "server_name", "site")
"""Fields that Sentry makes a tag of, too."""


def compare(event: JSON, place: Place) -> None:
    """Note what Sentry does not keep of an event that was read field by field."""
    for name, same in SAME.items():
        if same in event and not holds_nothing(event.get(name)):
            place.below(name).loses(f"there is {same}, too")
    _compare_tags(event, place)
    _compare_traces(event, place)
    _judge_times(event, place)
    if event.get("type") == "transaction" and not _is_transaction(event):
        place.below("type").loses_event(
            "is transaction, which needs a start_timestamp, not after the timestamp, and "
            "contexts.trace with trace_id and span_id"
        )


def _compare_tags(event: JSON, place: Place) -> None:
    tags = event.get("tags")
    pairs = tags if isinstance(tags, dict | list) else ()
    names = [pair[0] if isinstance(pair, list) and pair else pair for pair in pairs]
    lost = {loss.path for loss in place.losses}
    for name in _ALSO_TAGS:
        if event.get(name) and (name,) not in lost and name in names:
            place.below("tags").below(name).loses("it is a field of the event, too")


def _compare_traces(event: JSON, place: Place) -> None:
    """Of a single exception, the stack trace is the event's, if that has one."""
    match at(event, "exception", "values"):
        case [dict() as thrown] if isinstance(event.get("stacktrace"), dict):
            if not holds_nothing(thrown.get("stacktrace")):
                here = place.below("exception").below("values").below(0)
                here.below("stacktrace").loses("the event has a stacktrace, too")
            if not (thrown.get("type") or thrown.get("value")):
                place.below("stacktrace").loses("it is that of the exception, which is lost")


def _judge_times(event: JSON, place: Place) -> None:
    """Note what is lost because of a time before 1970."""
    added = drift(event.get("timestamp"))
    if is_early(event.get("start_timestamp"), added):
        place.below("start_timestamp").loses_event("is before 1970")
    crumbs = at(event, "breadcrumbs", "values")
    for number, crumb in enumerate(crumbs if isinstance(crumbs, list) else ()):
        if is_early(at(crumb, "timestamp"), added):
            here = place.below("breadcrumbs").below("values").below(number)
            here.loses("its timestamp is before 1970")


def _is_transaction(event: JSON) -> bool:
    start = moment(event.get("start_timestamp"))
    end = moment(event.get("timestamp")) or dt.datetime.now(dt.UTC)
    faults = Place([])
    trace = at(event, "contexts", "trace")
    for name, kind in (("trace_id", TRACE_ID), ("span_id", SPAN_ID)):
        kind.read(at(trace, name) or "", faults)
    return bool(start and start <= end and not faults.losses)
