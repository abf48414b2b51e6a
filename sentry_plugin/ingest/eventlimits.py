"""Warnings of what Sentry will drop or cut of an event. Only logs.

Refuses nothing: a self-hosted server may accept more.
https://develop.sentry.dev/sdk/foundations/transport/event-payloads/
https://docs.sentry.io/concepts/data-management/size-limits/
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from sentry_plugin import strictjson, times
from sentry_plugin.ingest import envelope, namerules
from sentry_plugin.logs import excerpt, logger, printable

if TYPE_CHECKING:
    from sentry_plugin.strictjson import JSON

LONGEST_MESSAGE = 8192
LONGEST_TAG = 200
LARGEST_EXTRA, LARGEST_EXTRAS = 16 << 10, 256 << 10
LARGEST_CONTEXT = 8 << 10
MOST_FRAMES = 50
LONGEST_NAME = 50
"""Characters of a name that are logged."""
OLDEST, NEWEST = dt.timedelta(days=30), dt.timedelta(minutes=1)


def warn(event: JSON, size: int) -> None:
    """Log what Sentry will not keep of a completed *event*, whose JSON has *size* bytes."""
    if size > envelope.LARGEST:
        words = "The event has %d bytes; Sentry drops one of over %d."
        logger.warning(words, size, envelope.LARGEST)
    for what in _losses(event):
        logger.warning("Sentry will not keep the event's %s.", printable(what))


def _losses(event: JSON) -> Iterator[str]:
    if len(message := event.get("message", "")) > LONGEST_MESSAGE:
        yield f"message whole: it has {len(message)} characters, and {LONGEST_MESSAGE} are kept"
    for key, value in event.get("tags", {}).items():
        if max(len(key), len(str(value))) > LONGEST_TAG:
            yield f"tag {_name(key)}: a key or a value has over {LONGEST_TAG} characters"
    yield from _too_large("extra", event.get("extra", {}), LARGEST_EXTRA)
    yield from _too_large("contexts", event.get("contexts", {}), LARGEST_CONTEXT)
    if (size := _size(event.get("extra", {}))) > LARGEST_EXTRAS:
        yield f"extra: it has {size} bytes as a whole, and {LARGEST_EXTRAS} are kept"
    for number in _frames(event):
        if number > MOST_FRAMES:
            yield f"stack trace whole: it has {number} frames, and {MOST_FRAMES} are kept"
    if (release := event.get("release")) and not namerules.RELEASE.pattern.fullmatch(release):
        yield "release: it is too long, or holds a line break, a tab or a slash"
    if (environment := event.get("environment")) and not namerules.EVENT_ENVIRONMENT.fits(
        environment
    ):
        yield f"environment: it is not {namerules.EVENT_ENVIRONMENT.words}"
    yield from _time(event["timestamp"])


def _too_large(name: str, parts: JSON, limit: int) -> Iterator[str]:
    for key, value in parts.items():
        if (size := _size(value)) > limit:
            yield f"{name}.{_name(key)}: it has {size} bytes, and {limit} are kept"


def _name(key: str) -> str:
    return excerpt(key, LONGEST_NAME)


def _size(value: Any) -> int:
    return len(strictjson.encoded(value))


def _frames(event: JSON) -> Iterator[int]:
    """Yield the number of frames of each stack trace."""
    holders: list[Any] = [event]
    for interface in ("exception", "threads"):
        values = event.get(interface, {}).get("values")
        holders += values if isinstance(values, list) else []
    for holder in holders:
        frames = strictjson.at(holder, "stacktrace", "frames")
        yield len(frames) if isinstance(frames, list) else 0


def _time(timestamp: str) -> Iterator[str]:
    try:
        age = dt.datetime.now(dt.UTC) - times.read(timestamp)
    except ValueError:
        yield "timestamp: it is not one of RFC 3339, so the time of arrival is taken"
        return
    if not -NEWEST <= age <= OLDEST:
        yield "timestamp: it is over 30 days ago or a minute ahead, so the time of arrival is taken"
