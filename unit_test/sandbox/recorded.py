"""Compares answers with those that were recorded of real servers: the names and types of both.

Knows nothing of Sentry's document, and not which differences are right.
"""

from __future__ import annotations

import collections
import json
import re

from unit_test import recordings
from unit_test.sandbox.differential import KINDS

# What has a name in a path, so that the paths of all servers are the same; an issue's path is the
# same with its organization and without.
NAMES = (
    (r"(?<=/organizations/)[^/]+", "{org}"),
    (r"(?<=/0/projects)/[^/]+/[^/]+", "/{org}/{project}"),
    (r"(?<=/0/teams)/[^/]+/[^/]+", "/{org}/{team}"),
    (r"(?<=/0)/organizations/{org}(?=/issues/[^/])", ""),
    (r"(?<=/issues/)[^/]+", "{issue}"),
    (r"(?<=/members/)[^/]+", "{member}"),
    (r"(?<=/events/)[^/]+|(?<=/eventids/)[^/]+", "{event}"),
)


class Shape:
    """What there is at one place of one server's answers: types, and how often each name."""

    def __init__(self):
        self.kinds, self.names, self.objects = set(), collections.Counter(), 0

    @property
    def always(self):
        """The names that each object has."""
        return {name for name, count in self.names.items() if count == self.objects}


def shapes(value, found, path="$"):
    """Collect what there is at each place of a value; a null is of any type."""
    if value is None:
        return
    shape = found[path]
    shape.kinds.add(KINDS[type(value)])
    if isinstance(value, dict):
        shape.objects += 1
        shape.names.update(value.keys())
        for name, one in value.items():
            shapes(one, found, f"{path}.{name}")
    if isinstance(value, list):
        for one in value:
            kind = one["type"] if path.endswith(".entries") else ""
            shapes(one, found, f"{path}[{kind}]")


def endpoint(path):
    """Name an endpoint, whatever the names in its path are."""
    for pattern, name in NAMES:
        path = re.sub(pattern, name, path)
    return path


def recorded(folder):
    """Give what a server answered to reads, by endpoint and place."""
    found = collections.defaultdict(lambda: collections.defaultdict(Shape))
    for each in recordings.exchanges(folder):
        if (each.method, each.status) == ("GET", 200) and each.path.startswith("/api/0/"):
            shapes(json.loads(each.body), found[endpoint(each.path)])
    return found


def differences(place, ours, servers):
    """Yield where our answers lack a name that all servers have, or have it in another type."""
    known = [server[place] for server in servers if place in server]
    for path, shape in ours.items():
        there = [one[path] for one in known if path in one]
        kinds = set().union(*(one.kinds for one in there))
        if there and not shape.kinds & kinds:
            yield f"{place} {path} is {', '.join(shape.kinds)}, there {', '.join(kinds)}"
        names = set.intersection(*(one.always for one in there)) if there else set()
        yield from (f"{place} {path}.{name} is missing" for name in names - shape.always)
