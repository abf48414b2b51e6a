"""Writes a graph as GraphML. Pure.

http://graphml.graphdrawing.org/specification.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape, quoteattr

if TYPE_CHECKING:
    from sentry_plugin.inventory.export.nodes_and_edges import FlatGraph
    from sentry_plugin.strictjson import JSON

_NAMESPACE = "http://graphml.graphdrawing.org/xmlns"
_LARGEST = 1 << 63
# Characters that XML 1.0 cannot hold, not even as references.
_INVALID = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def lines(graph: FlatGraph) -> Iterator[str]:
    """Yield the lines of the document."""
    nodes = [{"labels": ":".join(each.labels), **each.properties} for each in graph.nodes]
    edges = [{"label": each.label, **each.properties} for each in graph.edges]
    of_nodes, of_edges = _keys("n", nodes), _keys("e", edges)
    yield f'<?xml version="1.0" encoding="UTF-8"?>\n<graphml xmlns="{_NAMESPACE}">\n'
    for kind, keys in (("node", of_nodes), ("edge", of_edges)):
        for name, (key, type_) in keys.items():
            named = quoteattr(_valid(name))
            yield f'<key id="{key}" for="{kind}" attr.name={named} attr.type="{type_}"/>\n'
    yield '<graph edgedefault="directed">\n'
    # Keys have characters that an id of XML may not have.
    ids = {each.key: f"v{number}" for number, each in enumerate(graph.nodes)}
    for node, data in zip(graph.nodes, nodes, strict=True):
        yield f'<node id="{ids[node.key]}">{_data(data, of_nodes)}</node>\n'
    for edge, data in zip(graph.edges, edges, strict=True):
        ends = f'source="{ids[edge.source]}" target="{ids[edge.target]}"'
        yield f"<edge {ends}>{_data(data, of_edges)}</edge>\n"
    yield "</graph>\n</graphml>\n"


Keys = Mapping[str, tuple[str, str]]
"""Properties by their names: the id of each in the document, and its type."""


def _keys(prefix: str, things: Iterable[JSON]) -> Keys:
    types: dict[str, set[str]] = {}
    for each in things:
        for name, value in each.items():
            types.setdefault(name, set()).add(_type(value))
    return {
        name: (f"{prefix}{number}", found.pop() if len(found) == 1 else "string")
        for number, (name, found) in enumerate(types.items())
    }


def _type(value: Any) -> str:
    match value:
        case bool():
            return "boolean"
        case int() if -_LARGEST <= value < _LARGEST:
            return "long"
        case float():
            return "double"
    return "string"


def _data(properties: JSON, keys: Keys) -> str:
    return "".join(
        f'<data key="{keys[name][0]}">{_text(value)}</data>' for name, value in properties.items()
    )


def _text(value: Any) -> str:
    written = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return escape(_valid(written), {"\r": "&#13;"})


def _valid(text: str) -> str:
    return _INVALID.sub("", text)
