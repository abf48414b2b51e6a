"""A program that stores snapshots until it is killed, and what they have to hold."""

from __future__ import annotations

import itertools
import sys
from datetime import UTC, datetime
from types import SimpleNamespace

from sentry_plugin.deadline import Deadline
from sentry_plugin.inventory.collect.collecting import CollectedInventory, CollectOptions
from sentry_plugin.inventory.graph.completeness import Gaps
from sentry_plugin.inventory.graph.graph import Graph
from sentry_plugin.inventory.graph.relationships import HAS_MEMBER, relationship
from sentry_plugin.inventory.store import snapshots

CONNECTION = SimpleNamespace(url="https://sentry.example/api/0/", deadline=Deadline(60))
SIZE = 300
ORGANIZATION = "sentry-organization-1"


def objects(number):
    """Make the entities and relationships of the snapshot with a number: no two are alike."""
    members = [
        {
            "_key": f"sentry-user-{n}",
            "_type": "sentry_member",
            "_class": ["User"],
            "role": f"{number}" if n % 2 else "member",
        }
        for n in range(number % 7, SIZE)
    ]
    first = {"_key": ORGANIZATION, "_type": "sentry_organization", "_class": ["Account"]}
    edges = [relationship(HAS_MEMBER, ORGANIZATION, each["_key"]) for each in members]
    return [first, *members], edges


def expected(number):
    """Return what has to be stored under a number."""
    graph = inventory(number).graph
    return tuple({each["_key"]: each for each in one} for one in graph.by_organization()["acme"])


def stored_ones():
    """Return what every snapshot holds, by its number."""
    known = snapshots.find(CONNECTION, [])
    return {
        each.id: tuple(found)
        for each, found in zip(known, snapshots.contents(CONNECTION, known), strict=True)
    }


def inventory(number):
    graph = Graph()
    graph.part_of("acme").add(*objects(number))
    gaps = Gaps({"sentry_member"})
    return CollectedInventory(graph, gaps, ["acme"], CollectOptions(), 1, datetime.now(UTC), 0.0)


if __name__ == "__main__":
    for following in itertools.count(len(snapshots.find(CONNECTION, [])) + 1):
        sys.stdout.write(f"{snapshots.add(CONNECTION, inventory(following))}\n")
        sys.stdout.flush()
