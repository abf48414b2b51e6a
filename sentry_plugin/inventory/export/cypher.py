"""Writes a graph as statements of Cypher, which can run again: objects are merged by key. Pure.

No text of the graph can end its quotes, also not with a parser that resolves escapes of Unicode
before it looks at quotes, as Neo4j's does.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sentry_plugin.inventory.export.nodes_and_edges import FlatGraph

LABEL = "SentryEntity"
"""The label of all nodes, so that one index finds them."""
BATCH = 500
"""Rows of one statement."""
_SMALLEST, _LARGEST = -(1 << 63), (1 << 63) - 1

Rows = Sequence[Mapping[str, Any]]


def statements(graph: FlatGraph) -> Iterator[str]:
    """Yield the statements, one a line: the constraint, the nodes, the edges."""
    yield (
        f"CREATE CONSTRAINT sentry_entity_key IF NOT EXISTS FOR (n:{LABEL}) "
        "REQUIRE n._key IS UNIQUE;\n"
    )
    nodes: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for node in graph.nodes:
        nodes["".join(f":{_label(label)}" for label in node.labels)].append(
            {"key": node.key, "properties": node.properties}
        )
    for labels, rows in nodes.items():
        merge = f"MERGE (n:{LABEL} {{_key: row.key}}) SET n = row.properties"
        yield from _statements(rows, f"{merge} SET n{labels}" if labels else merge)
    edges: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for edge in graph.edges:
        row = {"source": edge.source, "target": edge.target, "key": edge.key}
        edges[_name(edge.label)].append({**row, "properties": edge.properties})
    for label, rows in edges.items():
        yield from _statements(
            rows,
            f"MATCH (a:{LABEL} {{_key: row.source}}), (b:{LABEL} {{_key: row.target}}) "
            f"MERGE (a)-[r:{label} {{_key: row.key}}]->(b) SET r = row.properties",
        )


def _statements(rows: Rows, clause: str) -> Iterator[str]:
    for start in range(0, len(rows), BATCH):
        yield f"UNWIND {_literal([*rows[start : start + BATCH]])} AS row {clause};\n"


def _literal(value: Any) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case int() if not _SMALLEST <= value <= _LARGEST:
            return _text(str(value))
        case int() | float():
            return repr(value)
        case dict():
            inner = (f"{_name(name)}: {_literal(each)}" for name, each in value.items())
            return f"{{{', '.join(inner)}}}"
        case list():
            return f"[{', '.join(map(_literal, value))}]"
    return _text(value)


_ESCAPED = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
# A "u" after a backslash would begin an escape for parsers that resolve those first.
_ESCAPED |= {"u": "\\u0075", "U": "\\u0055"}
_SPECIAL = re.compile(r"[\\\"\x00-\x1f\x7f-\x9f]|(?<=\\)[uU]")


def _text(text: str) -> str:
    """Quote a text; control characters, which some parsers choke on, are dropped."""
    return f'"{_SPECIAL.sub(lambda found: _ESCAPED.get(found[0], ""), text)}"'


_PLAIN = re.compile(r"[A-Za-z_]\w*", re.ASCII)
_UNUSUAL = re.compile(r"[^\w.-]")


def _name(name: str) -> str:
    """Quote a name; unusual characters, which could end the quotes, become underscores."""
    return f"`{_UNUSUAL.sub('_', name) or '_'}`"


def _label(name: str) -> str:
    """Quote a label only where it has to be: not every parser accepts quotes here."""
    return name if _PLAIN.fullmatch(name) else _name(name)
