"""The JSON that an answer of success holds, or the error for one that holds something else. Pure.

Does not know what was asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from sentry_plugin import strictjson
from sentry_plugin.client import spelling
from sentry_plugin.client.pages import next_cursor
from sentry_plugin.client.routes import is_missing
from sentry_plugin.client.withheld import without_secrets
from sentry_plugin.errors import ApiError, ServerError
from sentry_plugin.transport import refusal

if TYPE_CHECKING:
    from sentry_plugin.transport.messages import Answer

CHECK_URL = (
    "Check that the connection's `url` is the address of a Sentry API, such as "
    "https://sentry.io/api/0/."
)
CHECK_PAGE = f"{CHECK_URL} {refusal.WEB_PAGE}"
ASK_LESS = "Ask for less: set a `limit`, or narrow the query."


class ParsedAnswer(NamedTuple):
    """An answer of success, with its body read as JSON."""

    status: int
    document: Any
    """The body; None if it is empty."""
    next_cursor: str | None
    in_doubt: bool
    """Whether an earlier try may have made the change."""


def after_page(page: tuple[Answer, str, Any], error: ApiError, answer: Answer) -> ApiError:
    """Add to an *error* the web page that answered an earlier route.

    The page is the error itself, unless an API answered: GlitchTip shows its page for a route that
    it lacks, and answers other routes as Sentry does.
    """
    cause = f"{refusal.web_page(*page[:2])}. By another way: {error.cause}"
    if is_missing(answer) or answer.status == 410:
        return ApiError(cause, CHECK_PAGE, error.data)
    error.cause, error.assistance = cause, f"{error.assistance} {CHECK_PAGE}"
    return error


def object_of(answer: Answer, request: str, doubt: str = "") -> dict[str, Any]:
    """Parse the JSON object of an answer; ApiError for other JSON."""
    document = document_of(answer, request, doubt)
    if not isinstance(document, dict):
        words = "was answered with something else than an object."
        raise ApiError(f"{request} {words}{doubt}", CHECK_URL)
    return document


def parsed(answer: Answer, request: str, doubt: str) -> ParsedAnswer:
    """Read any answer of success, with its secrets; the change that it tells of was made."""
    document = (
        document_of(answer, request, doubt, keep_secrets=True) if answer.body.strip() else None
    )
    answer.entry.made = True
    cursor = next_cursor(answer.headers.get("Link", ""))
    return ParsedAnswer(answer.status, document, cursor, answer.in_doubt)


def document_of(
    answer: Answer, request: str, doubt: str = "", *, keep_secrets: bool = False
) -> Any:
    """Parse the JSON of an answer of success; errors end with the words *doubt*."""
    if answer.is_html:
        words = refusal.server_words(answer)
        raise ApiError(f"{refusal.web_page(answer, request)}.{doubt}", CHECK_PAGE, words)
    if not answer.body.strip():
        raise ApiError(
            f"{request} was answered with HTTP {answer.status} and no content.",
            "Look the thing up: nothing is known of it, also not whether a change was made.",
        )
    try:
        document = answer.json()
    except strictjson.TooManyValues as error:
        words = f"The answer to {request} is too large: {error}.{doubt}"
        raise ApiError(words, None if doubt else ASK_LESS) from error
    except ValueError as error:
        raise ServerError(
            f"{request} was answered with HTTP {answer.status}, but not with JSON: {error}.{doubt}"
        ) from error
    return document if keep_secrets else spelling.respelt(without_secrets(document, answer.body))
