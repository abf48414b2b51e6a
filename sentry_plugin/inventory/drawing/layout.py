"""Places entities: a team in the middle, its people at the left, its projects at the right.

The same graph always gives the same places, and nothing overlaps. Pure.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from sentry_plugin.inventory.drawing import clusters, packing

if TYPE_CHECKING:
    from sentry_plugin.inventory.drawing.clusters import Cluster, Ends, Island
    from sentry_plugin.strictjson import JSON

SPACING = 10.0
"""Distance of the centres of two neighbours on a ring; the page draws nothing wider there."""
CORE = 26.0
"""Radius of the first ring around a team: room for the team and its name."""
MARGIN = 6.0
HALF = math.radians(152)
"""The angle that each side (people, projects) takes of the circle."""
HEAD = 60.0
"""Height above an organization's clusters, for its name and its shelf."""
RIGHT, LEFT = 0.0, math.pi

Point = tuple[float, float]


class Disc(NamedTuple):
    """The ground of a cluster or an island: a circle around (x, y), with radius r."""

    key: str | None
    x: float
    y: float
    r: float


class Layout(NamedTuple):
    """The place of each entity by its key, and the grounds of teams and organizations."""

    points: dict[str, Point]
    teams: list[Disc]
    organizations: list[Disc]


def place(nodes: Iterable[JSON], ends: Ends) -> Layout:
    """Place all entities."""
    made = Layout({}, [], [])
    islands = clusters.islands(nodes, ends)
    drawn = [_placed(island) for island in islands]
    grounds = packing.pack([each.organizations[0].r for each in drawn])
    for each, (x, y, _) in zip(drawn, grounds.circles, strict=True):
        made.points.update((key, (x + px, y + py)) for key, (px, py) in each.points.items())
        made.teams.extend(disc._replace(x=x + disc.x, y=y + disc.y) for disc in each.teams)
        made.organizations.extend(
            disc._replace(x=x + disc.x, y=y + disc.y) for disc in each.organizations
        )
    return made


def _placed(island: Island) -> Layout:
    """Place one island around (0, 0)."""
    seats = [_seats(cluster) for cluster in island.clusters]
    radii = [_radius(each) for each in seats]
    ground = packing.pack(radii)
    made = Layout({}, [], [])
    for cluster, seat, (x, y, r) in zip(island.clusters, seats, ground.circles, strict=True):
        made.points.update((key, (x + px, y + py)) for key, (px, py) in seat)
        made.teams.append(Disc(cluster.team, x, y, r))
    top = min((y - r for _, y, r in ground.circles), default=0.0) - HEAD / 2
    shelf = list(_shelf(island.shelf, top))
    made.points.update(shelf)
    furthest = max((math.hypot(*point) for _, point in shelf), default=0.0)
    r = max(furthest, ground.r) + HEAD
    made.organizations.append(Disc(island.organization, 0.0, 0.0, r))
    return made


def _shelf(keys: Sequence[str], y: float) -> Iterator[tuple[str, Point]]:
    """Place keys side by side, the first in the middle."""
    for place, key in enumerate(keys):
        side = (place + 1) // 2 * (1 if place % 2 else -1)
        yield key, (side * SPACING * 2.6, y)


def _seats(cluster: Cluster) -> list[tuple[str, Point]]:
    own = [(cluster.team, (0.0, 0.0))] if cluster.team else []
    people = list(zip(cluster.people, _fan(len(cluster.people), CORE, LEFT), strict=True))
    things = list(zip(cluster.projects, _fan(len(cluster.projects), CORE, RIGHT), strict=True))
    beyond = max((math.hypot(*point) for _, point in things), default=CORE - SPACING) + SPACING
    fan = _fan(len(cluster.details), beyond, RIGHT)
    return [*own, *people, *things, *zip(cluster.details, fan, strict=True)]


def _radius(seats: list[tuple[str, Point]]) -> float:
    furthest = max((math.hypot(*point) for _, point in seats), default=0.0)
    return max(furthest, CORE) + SPACING / 2 + MARGIN


def _fan(count: int, first: float, towards: float) -> Iterator[Point]:
    """Yield places on half rings, the inner ones first, evenly on each."""
    r = first
    while count > 0:
        # SPACING is the straight distance of two seats, not that along the ring.
        room = int(HALF / (2 * math.asin(SPACING / (2 * r)))) + 1
        here, step = min(room, count), HALF / (room - 1)
        for seat in range(here):
            angle = towards + (seat - (here - 1) / 2) * step
            yield r * math.cos(angle), r * math.sin(angle)
        count -= here
        r += SPACING
