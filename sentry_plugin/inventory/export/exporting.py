"""Exports the inventory of an action's input in one of the formats, packed by gzip.

The file goes into the output; none is written to this machine.
"""

from __future__ import annotations

import base64
import io
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from gzip import GzipFile
from typing import TYPE_CHECKING, Any

from sentry_plugin import logs
from sentry_plugin.inventory import inputs, source
from sentry_plugin.inventory.export import cypher, graphml, j1_folder
from sentry_plugin.inventory.export.nodes_and_edges import FlatGraph, flatten

if TYPE_CHECKING:
    from sentry_plugin.steps.connection import Connection
    from sentry_plugin.strictjson import JSON

Write = Callable[[GzipFile, Sequence["JSON"], Sequence["JSON"], Collection[str]], None]


def _line_writer(lines: Callable[[FlatGraph], Iterable[str]]) -> Write:
    def write(
        file: GzipFile,
        entities: Sequence[JSON],
        relationships: Sequence[JSON],
        _partial: Collection[str],
    ) -> None:
        file.writelines(line.encode() for line in lines(flatten(entities, relationships)))

    return write


FORMATS: dict[str, tuple[str, Write]] = {
    "jupiterone": ("j1-integration.tar.gz", j1_folder.write),
    "cypher": ("inventory.cypher.gz", _line_writer(cypher.statements)),
    "graphml": ("inventory.graphml.gz", _line_writer(graphml.lines)),
}


def output(connection: Connection, params: Any) -> Any:
    """Return the output of Export Inventory."""
    filename, write = FORMATS[params.get("format", "jupiterone")]
    include = inputs.checked_include(params.get("include", []))
    inventory = source.inventory(connection, params, include)
    # Secrets could not be found in the packed form, and each format spells them differently.
    entities = logs.mask_values([*inventory.entities])
    relationships = logs.mask_values([*inventory.relationships])
    buffer = io.BytesIO()
    with GzipFile(fileobj=buffer, mode="wb", compresslevel=6, mtime=0) as file:
        write(file, entities, relationships, inventory.partial)
    types = Counter(each["_type"] for each in (*entities, *relationships))
    return {
        "file": {"filename": filename, "content": base64.b64encode(buffer.getvalue()).decode()},
        "counts": dict(sorted(types.items())),
        "partial_types": [*inventory.partial_types],
    }
