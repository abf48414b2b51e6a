"""Packs circles tightly around a centre, none over another, always in the same way. Pure.

The method is that of the front chain: every circle goes to where two neighbours of the outline
leave it closest to the centre (Wang et al., Visualization of Large Hierarchical Data by Circle
Packing, 2006). Knows nothing of what is in a circle.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

_TOUCHING = 1e-6


class Circle(NamedTuple):
    """A circle that has its place."""

    x: float
    y: float
    r: float


class Packed(NamedTuple):
    """Circles in the order they were given, around (0, 0), and the radius of all together."""

    circles: list[Circle]
    r: float


def packed(radii: Sequence[float]) -> Packed:
    """Place circles of these radii, the first in the middle."""
    placed = [Circle(0.0, 0.0, r) for r in radii[:1]]
    placed += [Circle(placed[0].r + r, 0.0, r) for r in radii[1:2]]
    if len(radii) > 2:
        _surround(placed, radii[2:])
    x, y = _middle(placed)
    centred = [Circle(each.x - x, each.y - y, each.r) for each in placed]
    return Packed(centred, max((math.hypot(x, y) + r for x, y, r in centred), default=0.0))


def _surround(placed: list[Circle], radii: Sequence[float]) -> None:
    outline = [0, 1]
    for r in radii:
        at = min(range(len(outline)), key=lambda place: _gap(placed, outline, place))
        outline = outline[at:] + outline[:at]
        outline = _settled(placed, outline, r)


def _gap(placed: list[Circle], outline: list[int], place: int) -> float:
    """Tell how far from the centre two neighbours touch."""
    a, b = placed[outline[place]], placed[outline[(place + 1) % len(outline)]]
    share = a.r / (a.r + b.r)
    return math.hypot(a.x + (b.x - a.x) * share, a.y + (b.y - a.y) * share)


def _settled(placed: list[Circle], outline: list[int], r: float) -> list[int]:
    """Place a circle between the outline's first two, or behind what is in its way there."""
    while True:
        circle = _touching(placed[outline[0]], placed[outline[1]], r)
        blocking = _blocking(placed, outline, circle)
        if blocking is None:
            placed.append(circle)
            return [outline[0], len(placed) - 1, *outline[1:]]
        # What lies between the blocking circle and the nearer of the two is inside from now on.
        near = blocking <= len(outline) // 2
        outline = [outline[0], *outline[blocking:]] if near else _from(outline, blocking)


def _from(outline: list[int], blocking: int) -> list[int]:
    return [outline[blocking], *outline[1:blocking]]


def _blocking(placed: list[Circle], outline: list[int], circle: Circle) -> int | None:
    """Give the place of a circle that is overlapped, the nearest along the outline."""
    places = range(2, len(outline))
    steps = sorted(places, key=lambda place: min(place - 1, len(outline) - place))
    return next((place for place in steps if _overlap(placed[outline[place]], circle)), None)


def _overlap(a: Circle, b: Circle) -> bool:
    return math.hypot(a.x - b.x, a.y - b.y) < a.r + b.r - _TOUCHING


def _touching(a: Circle, b: Circle, r: float) -> Circle:
    """Give the circle that touches both, on the right of the way from *a* to *b*."""
    far = math.hypot(b.x - a.x, b.y - a.y)
    along = (far * far + (a.r + r) ** 2 - (b.r + r) ** 2) / (2 * far)
    aside = math.sqrt(max((a.r + r) ** 2 - along * along, 0.0))
    ux, uy = (b.x - a.x) / far, (b.y - a.y) / far
    return Circle(a.x + ux * along + uy * aside, a.y + uy * along - ux * aside, r)


def _middle(circles: list[Circle]) -> tuple[float, float]:
    """Give the middle of the box around circles."""
    if not circles:
        return 0.0, 0.0
    left, right = min(x - r for x, _, r in circles), max(x + r for x, _, r in circles)
    low, high = min(y - r for _, y, r in circles), max(y + r for _, y, r in circles)
    return (left + right) / 2, (low + high) / 2
