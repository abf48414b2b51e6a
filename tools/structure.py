#!/usr/bin/env python3
"""Print counts of the code's structure, for a folder and each folder in it.

A room of a folder is a folder or a module in it. An arrow leads from one room to another that it
imports, also under TYPE_CHECKING. It runs back up where it leads to a higher layer. Rooms that all
reach each other are a circle.

Must not import what it reads. It does not see a module whose name is made at run time.
"""

from __future__ import annotations

import argparse
import ast
import operator
import pathlib
import sys
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from typing import NamedTuple, TypeVar

# From the highest to the lowest; what is not named is below all of them.
LAYERS = {
    "sentry_plugin": """
        __main__
        cli signals stderr
        terminal server fleet
        sandbox
        runtime
        actions triggers tasks
        issues inventory watching
        steps
        client ingest
        transport
    """,
}

T = TypeVar("T", bound=Hashable)
Parts = tuple[str, ...]
"""The path of a module or a folder: ("sentry_plugin", "client", "__init__")."""


class Import(NamedTuple):
    """A line in which one module imports another."""

    source: Parts
    line: int
    target: Parts

    def __str__(self) -> str:
        """Return a sentence with both files."""
        return f"{file(self.source)}:{self.line} imports {file(self.target)}"


class Folder:
    """The rooms of one folder, and the arrows between them."""

    def __init__(self, folder: Parts, modules: Iterable[Parts], imports: Iterable[Import]) -> None:
        self.name, depth = "/".join(folder), len(folder)
        inside = {each for each in modules if each[:depth] == folder}
        within = [each for each in imports if {each.source, each.target} <= inside]
        self.arrows = defaultdict[tuple[str, str], list[Import]](list)
        for each in within:
            if (source := each.source[depth]) != (target := each.target[depth]):
                self.arrows[source, target].append(each)
        tied = {room for ends in self.arrows for room in ends}
        self.rooms = {each[depth] for each in inside} - ({"__init__"} - tied)
        self.back = [ends for ends in self.arrows if operator.gt(*map(self.layer, ends))]
        self.circles = circles(self.arrows)
        self.module_circles = circles((each.source, each.target) for each in within)

    def layer(self, room: str) -> int:
        """Return the number of a room's layer, counted from the top."""
        layers = LAYERS.get(self.name, "").splitlines()
        places = (place for place, rooms in enumerate(layers) if room in rooms.split())
        return next(places, len(layers))

    def counts(self) -> list[str]:
        """Return a row of the table."""
        counted = (self.rooms, self.arrows, self.back, self.circles, self.module_circles)
        return [self.name, *(str(len(each)) for each in counted)]

    def offences(self) -> Iterator[str]:
        """Say which imports run back up or close a circle."""
        for ends in self.back:
            yield from (f"back up: {each}" for each in self.arrows[ends])
        for circle in sorted(map(sorted, self.circles)):
            yield f"circle in {self.name}: {', '.join(circle)}"
            for ends in self.arrows:
                if {*ends} <= {*circle}:
                    yield from (f"  {each}" for each in self.arrows[ends])


def circles(arrows: Iterable[tuple[T, T]]) -> set[frozenset[T]]:
    """Return the sets in which each member reaches all others (strongly connected components)."""
    after = defaultdict[T, set[T]](set)
    for source, target in arrows:
        after[source].add(target)

    def reached(start: T) -> set[T]:
        found: set[T] = set()
        waiting = [start]
        while waiting:
            new = after.get(waiting.pop(), set()) - found
            found |= new
            waiting += new
        return found

    reach = {each: reached(each) for each in after}
    on_circles = {each for each in reach if each in reach[each]}
    return {frozenset(b for b in on_circles & reach[a] if a in reach[b]) for a in on_circles}


def file(module: Parts) -> str:
    """Return the path of a module's file."""
    return "/".join(module) + ".py"


def modules_below(package: str) -> set[Parts]:
    """Return the modules of a package that lies in the working directory."""
    return {path.with_suffix("").parts for path in pathlib.Path(package).rglob("*.py")}


def imports_of(module: Parts, modules: set[Parts]) -> Iterator[Import]:
    """Yield the imports of a module that are among *modules*."""

    def known(name: Parts) -> Parts | None:
        return next((each for each in (name, (*name, "__init__")) if each in modules), None)

    tree = ast.parse(pathlib.Path(file(module)).read_bytes())
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            targets = [known(tuple(alias.name.split("."))) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            above = module[: -node.level] if node.level else ()
            package = (*above, *(node.module or "").split(".")) if node.module else above
            targets = [known((*package, alias.name)) or known(package) for alias in node.names]
        else:
            continue
        yield from (Import(module, node.lineno, each) for each in targets if each)


def folders_in(folder: str) -> list[Folder]:
    """Return a folder and each folder in it, the outer ones first."""
    start = pathlib.PurePath(folder).parts
    modules = modules_below(start[0])
    imports = sorted({found for each in modules for found in imports_of(each, modules)})
    folders = sorted({each[:end] for each in modules for end in range(1, len(each))})
    return [Folder(each, modules, imports) for each in folders if each[: len(start)] == start]


def main(argv: Sequence[str] | None = None) -> int:
    """Print the counts, or only the imports that break the rules."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", default="sentry_plugin", help="as seen from here")
    parser.add_argument("--check", action="store_true", help="fail on arrows back up and circles")
    options = parser.parse_args(argv)
    if not (found := folders_in(options.folder)):
        parser.error(f"no Python below {options.folder}")
    if options.check:
        offences = [words for each in found for words in each.offences()]
        print(*offences, sep="\n", end="\n" * bool(offences), file=sys.stderr)
        return int(bool(offences))
    head = ["folder", "rooms", "arrows", "back up", "circles", "of modules"]
    rows = [head, *(each.counts() for each in found)]
    width = max(len(row[0]) for row in rows)
    for name, *counts in rows:
        print(f"{name:{width}}", *(f"{count:>10}" for count in counts))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
