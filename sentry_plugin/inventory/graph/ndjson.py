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
    from sentry_plugin.deadline import Deadline
    from sentry_plugin.strictjson import JSON

FILENAME = "inventory.ndjson.gz"
LARGEST = 256 << 20
"""Bytes that a packed file may unpack to."""
LONGEST = 8 << 20
"""Bytes of a line."""
MOST = 6_000_000
"""Values of all lines together, as of a message that holds an inventory as lists."""

BLOCK = 1000
"""Lines that are packed at a time."""
PORTION = 1 << 20
"""Bytes that are read at a time, to the end of their last line."""

_ENCODER = json.JSONEncoder(separators=(",", ":"))


class Packed(NamedTuple):
    """Lines in their packed form, and their size before."""

    size: int
    content: str


def pack(objects: Iterable[JSON]) -> Packed:
    """Write *objects* as lines, without secrets: nobody can look for them in the packed form."""
    buffer, size = io.BytesIO(), 0
    left = iter(objects)
    with gzip.GzipFile(fileobj=buffer, mode="wb", compresslevel=3, mtime=0) as file:
        while block := [*itertools.islice(left, BLOCK)]:
            text = _lines(block)
            size += file.write(
                (text if logs.are_clean(text) else _lines(logs.masked(block))).encode()
            )
    return Packed(size, base64.b64encode(buffer.getvalue()).decode())


def _lines(objects: Iterable[JSON]) -> str:
    return "".join(f"{_ENCODER.encode(each)}\n" for each in objects)


def unpack(content: str, deadline: Deadline) -> tuple[list[JSON], list[JSON]]:
    """Read the entities and the relationships of a packed file, as long as there is time."""
    objects = list(_objects(content, deadline))
    if not objects or not all(isinstance(each, dict) for each in objects):
        raise InputError(_FOREIGN)
    edges = [each for each in objects if _EDGE & each.keys()]
    return [each for each in objects if not _EDGE & each.keys()], edges


_FOREIGN = "The input's `file` is not one that Collect Inventory wrote."
_TOO_LARGE = (
    f"The input's `file` unpacks to more than {LARGEST >> 20} MiB, to more than {MOST:,} values, "
    f"or to a line of more than {LONGEST >> 20} MiB."
)
_EDGE = {"_fromEntityKey", "_mapping"}


def _objects(content: str, deadline: Deadline) -> Iterator[Any]:
    size = values = 0
    try:
        packed = io.BytesIO(base64.b64decode(content, validate=True))
        with gzip.GzipFile(fileobj=packed) as file:
            while portion := _portion(file):
                deadline.remaining()
                size, values = size + len(portion), values + strictjson.size(portion)
                if size > LARGEST or values > MOST:
                    raise InputError(_TOO_LARGE)
                yield from strictjson.loads(b"[" + b",".join(portion.splitlines()) + b"]", MOST)
    except (OSError, EOFError, zlib.error, ValueError) as error:
        raise InputError(_FOREIGN) from error


def _portion(file: gzip.GzipFile) -> bytes:
    """Read some lines; a line that is too long is none of an inventory."""
    portion = file.read(PORTION)
    end = file.readline(LONGEST)
    if len(end) == LONGEST and not end.endswith(b"\n"):
        raise InputError(_TOO_LARGE)
    return portion + end
