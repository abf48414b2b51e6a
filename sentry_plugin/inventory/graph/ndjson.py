"""Writes and reads a graph as NDJSON: a line for each entity or relationship, packed by gzip.

The same graph gives the same bytes. Knows no type.
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
from sentry_plugin.inventory.graph.graph import is_relationship

if TYPE_CHECKING:
    from sentry_plugin.deadline import Deadline
    from sentry_plugin.strictjson import JSON

FILENAME = "inventory.ndjson.gz"
LARGEST_FILE = 256 << 20
"""Bytes of a file when it is unpacked."""
LONGEST_LINE = 8 << 20
"""Bytes of a line."""
MOST_VALUES = 6_000_000
"""Values of all lines together: the same limit as for a message that holds lists."""

LINES_AT_ONCE = 1000
"""Lines that are packed at a time."""
BYTES_AT_ONCE = 1 << 20
"""Bytes that are read at a time, and then the rest of the last line."""

_ENCODER = json.JSONEncoder(separators=(",", ":"))


class PackedLines(NamedTuple):
    """Lines packed by gzip, in base64, and their size in bytes before that."""

    size: int
    content: str


def pack(objects: Iterable[JSON]) -> PackedLines:
    """Pack objects, without secrets: those could not be found in the packed form any more."""
    buffer, size = io.BytesIO(), 0
    left = iter(objects)
    with gzip.GzipFile(fileobj=buffer, mode="wb", compresslevel=3, mtime=0) as file:
        while block := [*itertools.islice(left, LINES_AT_ONCE)]:
            text = _lines(block)
            size += file.write(
                (text if logs.are_clean(text) else _lines(logs.mask_values(block))).encode()
            )
    return PackedLines(size, base64.b64encode(buffer.getvalue()).decode())


def _lines(objects: Iterable[JSON]) -> str:
    return "".join(f"{_ENCODER.encode(each)}\n" for each in objects)


def unpack(content: str, deadline: Deadline) -> tuple[list[JSON], list[JSON]]:
    """Return the entities and the relationships of a packed file, or raise an InputError."""
    objects = list(_objects(content, deadline))
    if not objects or not all(isinstance(each, dict) for each in objects):
        raise InputError(_FOREIGN)
    edges = [each for each in objects if is_relationship(each)]
    return [each for each in objects if not is_relationship(each)], edges


_FOREIGN = "The input's `file` is not one that Collect Inventory wrote."
_TOO_LARGE = (
    f"The input's `file` unpacks to more than {LARGEST_FILE >> 20} MiB, to more than "
    f"{MOST_VALUES:,} values, or to a line of more than {LONGEST_LINE >> 20} MiB."
)


def _objects(content: str, deadline: Deadline) -> Iterator[Any]:
    size = values = 0
    try:
        packed = io.BytesIO(base64.b64decode(content, validate=True))
        with gzip.GzipFile(fileobj=packed) as file:
            while portion := _whole_lines(file):
                deadline.remaining()
                size, values = size + len(portion), values + strictjson.size(portion)
                if size > LARGEST_FILE or values > MOST_VALUES:
                    raise InputError(_TOO_LARGE)
                yield from strictjson.loads(
                    b"[" + b",".join(portion.splitlines()) + b"]", MOST_VALUES
                )
    except (OSError, EOFError, zlib.error, ValueError) as error:
        raise InputError(_FOREIGN) from error


def _whole_lines(file: gzip.GzipFile) -> bytes:
    """Read some whole lines, and refuse one that is too long."""
    portion = file.read(BYTES_AT_ONCE)
    end = file.readline(LONGEST_LINE)
    if len(end) == LONGEST_LINE and not end.endswith(b"\n"):
        raise InputError(_TOO_LARGE)
    return portion + end
