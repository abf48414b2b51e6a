"""The answer to a request, as a value, and a refusal, as an exception.

Knows the forms of Sentry's errors. Does not know the web framework, nor any endpoint.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NoReturn

import orjson

JSON = "application/json"
HTML = "text/html; charset=utf-8"
TEXT = "text/plain; charset=utf-8"


@dataclass(frozen=True)
class Response:
    """Status, body, and the headers that not every answer has."""

    status: int = 200
    body: bytes = b""
    content_type: str = JSON
    headers: dict[str, str] = field(default_factory=dict)


class Refused(Exception):
    """The request is answered with an error."""

    def __init__(self, answer: Response) -> None:
        super().__init__(answer.body.decode())
        self.answer = answer


def as_json(value: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """Build an answer that has *value* as JSON."""
    return Response(status, orjson.dumps(value), JSON, headers or {})


def without_body(status: int = 204) -> Response:
    """Build an answer without a body."""
    return Response(status, b"", HTML)


def refuse(status: int, detail: Any, headers: dict[str, str] | None = None) -> NoReturn:
    """Refuse a request in the form that most of Sentry's errors have."""
    raise Refused(as_json({"detail": detail}, status, headers))


def refuse_fields(problems: dict[str, Any]) -> NoReturn:
    """Refuse a request with what is wrong, by the name of the field."""
    raise Refused(as_json(problems, 400))


def refuse_missing() -> NoReturn:
    """Refuse with 404, which Sentry also answers for what the token cannot see."""
    refuse(404, "The requested resource does not exist")
