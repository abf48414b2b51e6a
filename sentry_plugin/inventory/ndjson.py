"""A graph as lines of JSON, one entity or relationship each, packed by gzip; and back.

Knows no type. The same graph gives the same bytes.
"""

from __future__ import annotations

import base64
import gzip
import io
import itertools
import json
import zlib
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from sentry_plugin import logs, strictjson
from sentry_plugin.errors import InputError

if TYPE_CHECKING:
    from sentry_plugin.inventory.properties import JSON

FILENAME = "inventory.ndjson.gz"
LARGEST = 256 << 20
"""Bytes that a packed file may unpack to."""


BLOCK = 1000
"""Lines that are packed, or read, at a time."""

_ENCODER = json.JSONEncoder(separators=(",", ":"))


class Packed(NamedTuple):
    """Lines in their packed form, and their size before."""

    size: int
    content: str


def pack(objects: Iterable[JSON]) -> Packed:
    """Write *objects* as lines, without secrets: nobody can look for them in the packed form."""
    buffer, size = io.BytesIO(), 0
    lines = map(_ENCODER.encode, objects)
    with gzip.GzipFile(fileobj=buffer, mode="wb", compresslevel=3, mtime=0) as file:
        while block := "\n".join(itertools.islice(lines, BLOCK)):
            size += file.write(logs.hidden(block + "\n").encode())
    return Packed(size, base64.b64encode(buffer.getvalue()).decode())


def unpack(content: str) -> tuple[list[JSON], list[JSON]]:
    """Read the entities and the relationships of a packed file."""
    objects = list(_objects(content))
    if not objects or not all(isinstance(each, dict) for each in objects):
        raise InputError(_FOREIGN)
    edges = [each for each in objects if _EDGE & each.keys()]
    return [each for each in objects if not _EDGE & each.keys()], edges


_FOREIGN = "The input's `file` is not one that Collect Inventory wrote."
_EDGE = {"_fromEntityKey", "_mapping"}


def _objects(content: str) -> Iterator[Any]:
    try:
        data = gzip.GzipFile(fileobj=io.BytesIO(base64.b64decode(content, validate=True)))
        text = data.read(LARGEST + 1)
        if len(text) > LARGEST:
            raise InputError(f"The input's `file` unpacks to more than {LARGEST >> 20} MiB.")
        lines = iter(text.splitlines())
        while block := b",".join(itertools.islice(lines, BLOCK)):
            yield from strictjson.loads(b"[" + block + b"]")
    except (OSError, EOFError, zlib.error, ValueError) as error:
        raise InputError(_FOREIGN) from error
