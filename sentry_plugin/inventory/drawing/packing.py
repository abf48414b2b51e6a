"""Packs circles tightly around a centre, without overlap, always in the same way. Pure.

The method is the front chain: each circle touches those two neighbours of the outline that are
closest to the centre (Wang et al., Visualization of Large Hierarchical Data by Circle Packing,
2006). Knows nothing of what is in a circle.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

_TOUCHING = 1e-6


class Circle(NamedTuple):
    """A circle around (x, y), with radius r."""

    x: float
    y: float
    r: float


class PackedCircles(NamedTuple):
    """Circles in the order of their radii's list, and the radius of the circle around them all."""

    circles: list[Circle]
    r: float


def pack(radii: Sequence[float]) -> PackedCircles:
    """Place circles of these radii around (0, 0), the first in the middle."""
    placed = [Circle(0.0, 0.0, r) for r in radii[:1]]
    placed += [Circle(placed[0].r + r, 0.0, r) for r in radii[1:2]]
    if len(radii) > 2:
        _surround(placed, radii[2:])
    x, y = _middle(placed)
    centred = [Circle(each.x - x, each.y - y, each.r) for each in placed]
    return PackedCircles(centred, max((math.hypot(x, y) + r for x, y, r in centred), default=0.0))


def _surround(placed: list[Circle], radii: Sequence[float]) -> None:
    outline = [0, 1]
    for r in radii:
        at = min(range(len(outline)), key=lambda place: _gap(placed, outline, place))
        outline = outline[at:] + outline[:at]
        outline = _settled(placed, outline, r)


def _gap(placed: list[Circle], outline: list[int], place: int) -> float:
    """Return how far from the centre two neighbours touch."""
    a, b = placed[outline[place]], placed[outline[(place + 1) % len(outline)]]
    share = a.r / (a.r + b.r)
    return math.hypot(a.x + (b.x - a.x) * share, a.y + (b.y - a.y) * share)


def _settled(placed: list[Circle], outline: list[int], r: float) -> list[int]:
    """Place a circle at the outline's first two, or beyond circles that it would overlap there."""
    while True:
        circle = _touching(placed[outline[0]], placed[outline[1]], r)
        blocking = _blocking(placed, outline, circle)
        if blocking is None:
            placed.append(circle)
            return [outline[0], len(placed) - 1, *outline[1:]]
        # Circles between the blocking one and the nearer of the two leave the outline.
        near = blocking <= len(outline) // 2
        outline = [outline[0], *outline[blocking:]] if near else _from(outline, blocking)


def _from(outline: list[int], blocking: int) -> list[int]:
    return [outline[blocking], *outline[1:blocking]]


def _blocking(placed: list[Circle], outline: list[int], circle: Circle) -> int | None:
    """Return the place in the outline of the nearest circle that would be overlapped."""
    places = range(2, len(outline))
    steps = sorted(places, key=lambda place: min(place - 1, len(outline) - place))
    return next((place for place in steps if _overlap(placed[outline[place]], circle)), None)


def _overlap(a: Circle, b: Circle) -> bool:
    return math.hypot(a.x - b.x, a.y - b.y) < a.r + b.r - _TOUCHING


def _touching(a: Circle, b: Circle, r: float) -> Circle:
    """Return the circle that touches both, on the right of the way from *a* to *b*."""
    far = math.hypot(b.x - a.x, b.y - a.y)
    along = (far * far + (a.r + r) ** 2 - (b.r + r) ** 2) / (2 * far)
    aside = math.sqrt(max((a.r + r) ** 2 - along * along, 0.0))
    ux, uy = (b.x - a.x) / far, (b.y - a.y) / far
    return Circle(a.x + ux * along + uy * aside, a.y + uy * along - ux * aside, r)


def _middle(circles: list[Circle]) -> tuple[float, float]:
    """Return the middle of the box around circles."""
    if not circles:
        return 0.0, 0.0
    left, right = min(x - r for x, _, r in circles), max(x + r for x, _, r in circles)
    low, high = min(y - r for _, y, r in circles), max(y + r for _, y, r in circles)
    return (left + right) / 2, (low + high) / 2
