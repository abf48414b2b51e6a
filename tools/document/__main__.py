"""Bring the documents up to date: ``python -m tools.document``; --check only tells what is stale.

What stands between markers in a document is written anew. Must not touch a word outside them.
"""

from __future__ import annotations

import argparse
import functools
import re
import sys
from collections.abc import Callable, Sequence

from tools.document import inventory, servers, steps
from tools.generate import KINDS, ROOT, SpecError

MARKED = re.compile(r"(<!-- (\w+) -->\n\n).*?(\n\n<!-- end of \2 -->)", re.DOTALL)

DOCUMENTS: dict[str, dict[str, Callable[[], str]]] = {
    "README.md": {kind: functools.partial(steps.overview, kind) for kind in KINDS.values()},
    "docs/actions.md": {
        "contents": steps.contents,
        "scopes": steps.scopes,
        "steps": steps.sections,
        "types": steps.types,
    },
    "docs/inventory.md": inventory.TABLES,
    "docs/servers.md": {"glitchtip": servers.glitchtip},
}


def document(text: str, parts: dict[str, Callable[[], str]]) -> str:
    """Return *text* with its marked parts written anew; a KeyError names an unknown marker."""
    return MARKED.sub(lambda found: f"{found[1]}{parts[found[2]]()}{found[3]}", text)


def main(argv: Sequence[str] | None = None) -> int:
    """Bring the documents up to date, or only print which are stale."""
    parser = argparse.ArgumentParser(prog="python -m tools.document", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing, fail on a stale part")
    check = parser.parse_args(argv).check
    stale = 0
    for name, parts in DOCUMENTS.items():
        text = (ROOT / name).read_text(encoding="utf-8")
        try:
            wanted = document(text, parts)
        except SpecError as error:
            print(f"plugin.spec.yaml: {error}", file=sys.stderr)
            return 1
        if wanted != text:
            stale += 1
            print(f"{'stale' if check else 'written'}: {name}", file=sys.stderr)
            if not check:
                (ROOT / name).write_text(wanted, encoding="utf-8")
    return int(check and stale > 0)


if __name__ == "__main__":
    raise SystemExit(main())
