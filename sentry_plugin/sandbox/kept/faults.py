"""The faults that the sandbox can be told to have.

Reads the description of a fault and decides which requests it hits. What a fault does to an answer
is in `faultyresponses` and `wire`.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from fnmatch import fnmatchcase
from typing import Any

KINDS = {
    "latency": "answers after `seconds`",
    "rate_limit": "429 of the web API: X-Sentry-Rate-Limit-*, no Retry-After",
    "ingest_rate_limit": "429 of the ingest: Retry-After and X-Sentry-Rate-Limits for `seconds`",
    "server_error": "`status` 500, 502 or 503 with HTML",
    "reset_before": "connection reset before the request is processed",
    "reset_after": "connection reset after the request was processed",
    "slow_bytes": "the body comes in drops over `seconds`",
    "truncated": "the connection ends in the middle of the body",
    "html": "HTML with status 200",
    "gone": "410, as in a brown-out of a deprecated endpoint",
    "empty": "204 without a body",
    "foreign_next": "the Link header's next page is on another host",
    "endless_next": "there is always a next page, and it is this one again",
    "content_type": "the right body with the wrong Content-Type",
}
# The paths that a kind hits if no path is given; all other kinds hit every path.
PATHS = {"rate_limit": "/api/0/*", "ingest_rate_limit": "/api/[1-9]*"}
STATUSES = (500, 502, 503)


class BadFault(ValueError):
    """The description of a fault is wrong; the text says how."""


@dataclass
class Fault:
    """One fault: its kind and which requests it hits, the next *times* or a *share* (0 to 1)."""

    kind: str
    path: str = "*"
    method: str = "*"
    times: int | None = None
    share: float = 1.0
    seconds: float = 1.0
    status: int = 503
    fired: int = 0
    met: int = 0

    def __post_init__(self) -> None:
        problems = {
            f"kind must be one of {', '.join(KINDS)}": self.kind not in KINDS,
            "times must be at least 1": self.times is not None and self.times < 1,
            "share must be above 0 and at most 1": not 0 < self.share <= 1,
            "seconds must be between 0 and 600": not 0 <= self.seconds <= 600,
            "status must be 500, 502 or 503": self.status not in STATUSES,
        }
        for problem, applies in problems.items():
            if applies:
                raise BadFault(problem)

    def hits(self, method: str, path: str) -> bool:
        """Tell whether this request is hit; a share is spread evenly, not at random."""
        if self.times is not None and self.fired >= self.times:
            return False
        if not (fnmatchcase(path, self.path) and fnmatchcase(method, self.method.upper())):
            return False
        self.met += 1
        hit = int(self.met * self.share) > int((self.met - 1) * self.share)
        self.fired += hit
        return hit


class Faults:
    """The faults that are switched on."""

    def __init__(self) -> None:
        self.active: list[Fault] = []

    def add(self, description: Any) -> Fault:
        """Switch a fault on, from JSON or `kind,name=value,...`; BadFault if that is wrong."""
        if isinstance(description, str):
            description = _parsed(description)
        if not isinstance(description, dict):
            raise BadFault("a fault is an object with a kind")
        given = {name: _typed(name, value) for name, value in description.items()}
        kind = given.get("kind", "")
        fault = Fault(**{"kind": kind, "path": PATHS.get(kind, "*"), **given})
        self.active.append(fault)
        return fault

    def hitting(self, method: str, path: str) -> list[Fault]:
        """Return the faults that hit this request, and count it in each."""
        return [fault for fault in self.active if fault.hits(method, path)]

    def clear(self) -> None:
        """Switch all faults off."""
        self.active.clear()


_TYPES: dict[str, Any] = {
    field.name: {"str": str, "float": float}.get(str(field.type), int)
    for field in fields(Fault)
    if field.name not in ("fired", "met")
}


def _parsed(text: str) -> dict[str, Any]:
    kind, *options = text.split(",")
    pairs = [option.partition("=") for option in options]
    return {"kind": kind, **{name: value for name, _, value in pairs}}


def _typed(name: str, value: Any) -> Any:
    if name not in _TYPES:
        raise BadFault(f"there is no {name!r}; known are {', '.join(_TYPES)}")
    try:
        return _TYPES[name](value)
    except (TypeError, ValueError):
        raise BadFault(f"{name} cannot be {value!r}") from None
