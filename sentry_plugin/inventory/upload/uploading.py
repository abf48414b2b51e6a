"""Uploads a graph to JupiterOne, or removes what was uploaded.

It is all or nothing: a job that is not finalized changes nothing. Knows no HTTP.
"""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from sentry_plugin import settings
from sentry_plugin.errors import InputError, PluginError
from sentry_plugin.inventory import inputs, source
from sentry_plugin.inventory.threads import ThreadPool
from sentry_plugin.inventory.upload.batches import Packer
from sentry_plugin.inventory.upload.lastcounts import LastCounts, count
from sentry_plugin.logs import logger

if TYPE_CHECKING:
    from sentry_plugin.client.jupiterone import JupiterOne
    from sentry_plugin.inventory.source import Inventory
    from sentry_plugin.inventory.upload.batches import Batch, Omission
    from sentry_plugin.steps.connection import Connection
    from sentry_plugin.strictjson import JSON

UPLOADS_AT_ONCE = 6
"""As many as JupiterOne's own client sends at once."""
DESTINATIONS = ("scope", "integration_instance_id")
"""Inputs that name the destination at JupiterOne."""
MOST_LISTED = 1000
"""Entries of the output's lists `skipped` and `cut`."""

ObjectLists = Mapping[str, Sequence["JSON"]]
Send = Callable[[str, str], bool]
"""Sends the body for a kind of objects; returns False where it is too large."""


def output(connection: Connection, params: Any) -> Any:
    """Return the output of Upload Inventory."""
    began, where = time.monotonic(), destination(params)
    tags, include = inputs.tags(params), inputs.checked_include(params.get("include", []))
    dry, compress = params.get("dry_run", False), params.get("compress", False)
    jupiterone = None if dry else connection.jupiterone
    last = _last(connection, where)
    inventory = source.inventory(connection, params, include)
    objects = _distinct(inventory, tags)
    counts = count([*objects["entities"], *objects["relationships"]])
    emptied = last.emptied_types(counts, inventory.partial)
    if jupiterone is None:
        sending = _Sending(objects, lambda _kind, _text: True)
        sending.run()
        made: JSON = {}
    else:
        _refuse_emptying(objects, emptied, allowed=params.get("allow_empty", False))
        sending = _Sending(objects, partial(jupiterone.upload, compress=compress))
        made = _synchronized(jupiterone, where, sending, inventory.partial)
        last.save(counts, inventory.partial)
    types = {each["_type"] for each in itertools.chain(*objects.values())}
    return {
        **made,
        "dry_run": dry,
        "counts": {name: counts[name] for name in sorted(types)},
        "requests": sending.requests,
        "bytes": sending.size,
        "partial_types": [*inventory.partial_types, *sending.incomplete],
        "emptied_types": emptied,
        "skipped": _listed(sending.packer.skipped),
        "cut": _listed(sending.packer.cut),
        "seconds": round(time.monotonic() - began, 3),
    }


def remove(connection: Connection, params: Any) -> JSON:
    """Remove all that was uploaded to the input's destination, by a job without objects."""
    where = destination(params)
    last = _last(connection, where)
    if params.get("dry_run"):
        return {"last": last.counts}
    jupiterone = connection.jupiterone
    made = _synchronized(jupiterone, where, _Sending({}, jupiterone.upload), ())
    last.delete()
    return {**made, "last": last.counts}


def destination(params: Any) -> dict[str, str]:
    """Return the input's destination as JupiterOne's API names it, or raise an InputError."""
    scope, instance = (params.get(name, "") for name in DESTINATIONS)
    if bool(scope) == bool(instance):
        raise InputError(
            "The input needs one of `scope` and `integration_instance_id`.",
            "Give a `scope` of your own, always the same for the same organizations: what was "
            "uploaded with it before, and is not there now, is deleted.",
        )
    if scope:
        return {"source": "api", "scope": scope, "syncMode": "DIFF"}
    return {"source": "integration-external", "integrationInstanceId": instance}


def _last(connection: Connection, where: Mapping[str, str]) -> LastCounts:
    account = connection.jupiterone_account
    return LastCounts([settings.jupiterone_url(), account, *where.values()])


def _distinct(inventory: Inventory, tags: Mapping[str, str]) -> dict[str, list[JSON]]:
    """Return the objects with each key only once: JupiterOne refuses a second one."""
    nodes = {each["_key"]: {**each, **tags} if tags else each for each in inventory.entities}
    edges = {each["_key"]: each for each in inventory.relationships}
    return {"entities": [*nodes.values()], "relationships": [*edges.values()]}


def _refuse_emptying(objects: ObjectLists, emptied: Sequence[str], *, allowed: bool) -> None:
    """Raise an InputError where all of a type would be deleted, unless that is *allowed*."""
    if allowed or (objects["entities"] and not emptied):
        return
    cause = (
        f"Since the last upload nothing is left of: {', '.join(emptied)}. It would be deleted."
        if emptied
        else "The inventory has no entity. All that was uploaded would be deleted."
    )
    raise InputError(
        f"{cause} Nothing was uploaded.",
        "Check `include`, `organizations` and what the token may read; if it is meant, "
        "set `allow_empty`.",
    )


def _synchronized(
    jupiterone: JupiterOne, where: Mapping[str, str], sending: _Sending, incomplete: Iterable[str]
) -> JSON:
    try:
        job = jupiterone.start(where)
        sending.run()
        omitted = {each["type"] for each in sending.incomplete}
        ended = jupiterone.finalize(sorted({*incomplete, *omitted}))
    except PluginError as error:
        jupiterone.reason = str(error)
        raise
    done = {
        name: {
            each: ended[f"num{name.title()}{each.title()}"]
            for each in ("uploaded", "created", "updated", "deleted")
            if isinstance(ended.get(f"num{name.title()}{each.title()}"), int)
        }
        for name in ("entities", "relationships")
    }
    return {"job_id": job, **done}


class _Sending:
    """Sends objects, a few batches at once; *size* counts bytes."""

    def __init__(self, objects: ObjectLists, send: Send) -> None:
        self.size = self.requests = 0
        self.packer = Packer()
        self._send = send
        self._lock = threading.Lock()
        self._batches: Iterator[Batch] = itertools.chain.from_iterable(
            self.packer.batches(kind, these) for kind, these in objects.items()
        )

    @property
    def incomplete(self) -> list[JSON]:
        """The types of which objects were skipped: an older one at JupiterOne is not deleted."""
        types = sorted({each.object["_type"] for each in self.packer.skipped})
        return [{"type": each, "reason": "Something of it is too large."} for each in types]

    def run(self) -> None:
        """Send all batches."""
        with ThreadPool(UPLOADS_AT_ONCE) as pool:
            for _ in range(UPLOADS_AT_ONCE):
                pool.add(partial(self._next, pool))
            pool.wait()

    def _next(self, pool: ThreadPool) -> None:
        # A batch is made only when it is sent, so that few are in memory.
        with self._lock:
            batch = next(self._batches, None)
        if batch:
            self._deliver(batch)
            pool.add(partial(self._next, pool))

    def _deliver(self, batch: Batch) -> None:
        text = batch.text
        with self._lock:
            self.size += len(text)
            self.requests += 1
        if not self._send(batch.kind, text):
            logger.info("%d objects were too large for one upload.", len(batch.objects))
            for smaller in self.packer.smaller(batch):
                self._deliver(smaller)


def _listed(omissions: Sequence[Omission]) -> list[JSON]:
    if omissions:
        first = omissions[0].reason
        logger.warning("%d times something was not uploaded as it is: %s", len(omissions), first)
    return [
        {"key": each.object["_key"], "property": each.property, "reason": each.reason}
        for each in omissions[:MOST_LISTED]
    ]
