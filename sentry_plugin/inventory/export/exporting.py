"""From an action's input to a file with the inventory, in one of the formats, packed by gzip.

Writes nothing to this machine.
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
from sentry_plugin.inventory.export.nodes_and_edges import Flat, flat

if TYPE_CHECKING:
    from sentry_plugin.steps.connection import Connection
    from sentry_plugin.strictjson import JSON

Write = Callable[[GzipFile, Sequence["JSON"], Sequence["JSON"], Collection[str]], None]


def _lines(made: Callable[[Flat], Iterable[str]]) -> Write:
    def write(
        file: GzipFile,
        entities: Sequence[JSON],
        relationships: Sequence[JSON],
        _partial: Collection[str],
    ) -> None:
        file.writelines(line.encode() for line in made(flat(entities, relationships)))

    return write


FORMATS: dict[str, tuple[str, Write]] = {
    "jupiterone": ("j1-integration.tar.gz", j1_folder.write),
    "cypher": ("inventory.cypher.gz", _lines(cypher.statements)),
    "graphml": ("inventory.graphml.gz", _lines(graphml.lines)),
}


def output(connection: Connection, params: Any) -> Any:
    """Write the inventory of the input, or one that is collected now."""
    filename, write = FORMATS[params.get("format", "jupiterone")]
    include = inputs.checked_include(params.get("include", []))
    inventory = source.inventory(connection, params, include)
    # Nobody can look for secrets in the packed form, and each format spells them in its own way.
    entities = logs.masked([*inventory.entities])
    relationships = logs.masked([*inventory.relationships])
    buffer = io.BytesIO()
    with GzipFile(fileobj=buffer, mode="wb", compresslevel=6, mtime=0) as file:
        write(file, entities, relationships, inventory.partial)
    types = Counter(each["_type"] for each in (*entities, *relationships))
    return {
        "file": {"filename": filename, "content": base64.b64encode(buffer.getvalue()).decode()},
        "counts": dict(sorted(types.items())),
        "partial_types": [*inventory.partial_types],
    }
