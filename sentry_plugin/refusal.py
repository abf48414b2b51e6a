"""What an answer that is no success means: from status and body to an error. Pure.

Error bodies of Sentry and its relatives have many shapes: `detail` as text or object, one list
of complaints per field, `error`, `message`, `causes`, plain text, web pages, nothing.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from sentry_plugin import errors
from sentry_plugin.logs import excerpt

if TYPE_CHECKING:
    from sentry_plugin.exchange import Answer

LONGEST_WORDS = 1000
LONGEST_QUOTE = 300

_BY_STATUS = {
    401: errors.Unauthorized,
    403: errors.Forbidden,
    404: errors.NotFound,
    410: errors.Gone,
    429: errors.RateLimited,
}
_OF_ALL = (
    errors.Gone,
    errors.RateLimited,
    errors.ServerError,
    errors.TransportError,
    errors.Unauthorized,
    errors.Unsupported,
)
# In a time that only grows as the text does, whatever a server sends.
_TITLE = re.compile(rb"<title[^<>]*>([^<]*)</title", re.IGNORECASE)
_UNNAMED = {"detail", "message", "msg", "error", "causes"}


def error_for(answer: Answer, request: str, assistance: str | None = None) -> errors.ApiError:
    """Make the error that says that *request* got *answer*, and what to do."""
    kind = _BY_STATUS.get(answer.status) or (
        errors.ServerError if answer.status >= 500 else errors.ApiError
    )
    said = words(answer)
    quote = f": {said[:LONGEST_QUOTE]}" if said else ""
    end = "" if quote.endswith((".", "!", "?")) else "."
    doubt = errors.IN_DOUBT if answer.in_doubt else ""
    cause = f"{request} was answered with HTTP {answer.status}{quote}{end}{doubt}"
    error = kind(cause, assistance, said)
    if error.retryable:
        error.retry_after = answer.retry_after
    return error


def concerns_one(error: errors.PluginError) -> bool:
    """Tell whether only what a request was about was refused, and certainly not carried out.

    What is asked for another thing may then succeed; a token, a server or a limit is of all.
    """
    is_refusal = isinstance(error, errors.ApiError) and not isinstance(error, _OF_ALL)
    return is_refusal and errors.IN_DOUBT not in error.cause


def words(answer: Answer) -> str:
    """Give the server's own words, on one line, cut."""
    try:
        text = "; ".join(_complaints(answer.json()))
    except ValueError:
        text = _plain(answer)
    header = answer.headers.get("X-Sentry-Error", "")
    text = f"{header}; {text}" if header not in text else text
    return excerpt(text, LONGEST_WORDS).strip("; ")


def _plain(answer: Answer) -> str:
    if not answer.is_html:
        return answer.body.decode(errors="replace")
    title = _TITLE.search(answer.body)
    return (
        f"a web page, {html.unescape(title[1].decode(errors='replace'))}"
        if title
        else ("a web page")
    )


def _complaints(value: Any, field: str = "") -> Iterator[str]:
    match value:
        case dict():
            for key, inner in value.items():
                yield from _complaints(inner, field if key in _UNNAMED else key)
        case list():
            for inner in value:
                yield from _complaints(inner, field)
        case None | "":
            return
        case _:
            yield f"{field}: {value}" if field else str(value)
