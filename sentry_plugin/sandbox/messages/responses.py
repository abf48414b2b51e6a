"""What the sandbox answers: a value until the HTTP layer sends it, and a refusal as an exception.

Knows Sentry's error shapes. Does not know the web framework, nor any endpoint.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NoReturn

import orjson

# Content types.
JSON = "application/json"
HTML = "text/html; charset=utf-8"
TEXT = "text/plain; charset=utf-8"


@dataclass(frozen=True)
class Response:
    """A status, a body and the headers that are not the same for every answer."""

    status: int = 200
    body: bytes = b""
    content_type: str = JSON
    headers: dict[str, str] = field(default_factory=dict)


class Refused(Exception):
    """A request is answered with an error."""

    def __init__(self, answer: Response) -> None:
        super().__init__(answer.body.decode())
        self.answer = answer


def as_json(value: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """Give *value* as a JSON answer."""
    return Response(status, orjson.dumps(value), JSON, headers or {})


def without_body(status: int = 204) -> Response:
    """Give an answer without a body."""
    return Response(status, b"", HTML)


def refuse(status: int, detail: Any, headers: dict[str, str] | None = None) -> NoReturn:
    """Answer with the most common of Sentry's error shapes."""
    raise Refused(as_json({"detail": detail}, status, headers))


def refuse_fields(problems: dict[str, Any]) -> NoReturn:
    """Answer with what is wrong with which field."""
    raise Refused(as_json(problems, 400))


def refuse_missing() -> NoReturn:
    """Answer that a thing does not exist, or is somebody else's: Sentry tells them not apart."""
    refuse(404, "The requested resource does not exist")
