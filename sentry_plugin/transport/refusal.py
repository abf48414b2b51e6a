"""What an answer without success means: turns status and body into an error. Pure.

Error bodies of Sentry and of servers like it have many shapes: `detail` as text or object, one list
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
    from sentry_plugin.transport.messages import Answer

WEB_PAGE = (
    "An API answers with JSON. The page comes from what stands before it, such as a gateway, a "
    "firewall, a login (SSO, VPN) or the portal of a network, or the address is not that of an "
    "API: open it in a browser from the same network, and have requests to it let through."
)
LONGEST_WORDS = 1000
LONGEST_QUOTE = 300

_BY_STATUS = {
    401: errors.Unauthorized,
    403: errors.Forbidden,
    404: errors.NotFound,
    408: errors.ServerError,
    410: errors.Gone,
    429: errors.RateLimited,
}
_CONCERN_ALL = (
    errors.Gone,
    errors.RateLimited,
    errors.ServerError,
    errors.TransportError,
    errors.Unauthorized,
    errors.Unsupported,
)
# Linear time, whatever a server sends.
_TITLE = re.compile(rb"<title[^<>]*>([^<]*)</title", re.IGNORECASE)
_PAGE = "a web page"
_UNNAMED = {"detail", "message", "msg", "error", "causes"}


def error_for(
    answer: Answer,
    request: str,
    assistance: str | None = None,
    kind: type[errors.ApiError] | None = None,
) -> errors.ApiError:
    """Build the error for an *answer* without success to *request*, such as "GET https://...".

    *kind* is its class where its status does not tell.
    """
    kind = (
        kind
        or _BY_STATUS.get(answer.status)
        or (errors.ServerError if answer.status >= 500 else errors.ApiError)
    )
    if is_gateway_page(answer):
        kind, assistance = errors.ApiError, WEB_PAGE
    said = server_words(answer)
    quote = f": {said[:LONGEST_QUOTE]}" if said else ""
    end = "" if quote.endswith((".", "!", "?")) else "."
    doubt = errors.IN_DOUBT if answer.in_doubt else ""
    cause = f"{request} was answered with HTTP {answer.status}{quote}{end}{doubt}"
    error = kind(cause, assistance, said)
    if error.retryable:
        error.retry_after = answer.retry_after
    return error


def concerns_one(error: errors.PluginError) -> bool:
    """Tell whether a request was refused for its own object only, and certainly not carried out.

    The same request for another object may then succeed. Refused tokens, servers in trouble and
    rate limits concern all requests.
    """
    is_refusal = isinstance(error, errors.ApiError) and not isinstance(error, _CONCERN_ALL)
    is_from_gateway = error.assistance == WEB_PAGE
    return is_refusal and not is_from_gateway and errors.IN_DOUBT not in error.cause


def is_gateway_page(answer: Answer) -> bool:
    """Tell whether a refusal is a web page: it comes from a gateway, not from Sentry."""
    return answer.is_html and answer.status in {401, 403, 511}


def web_page(answer: Answer, request: str) -> str:
    """Return the words for a web page that came instead of JSON."""
    title = server_words(answer).removeprefix(_PAGE).removeprefix(", ")
    named = f' ("{title[:LONGEST_QUOTE]}")' if title else ""
    return f"{request} was answered with a web page{named} instead of JSON"


def server_words(answer: Answer) -> str:
    """Return what the server said, on one line of at most LONGEST_WORDS characters."""
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
    return f"a web page, {html.unescape(title[1].decode(errors='replace'))}" if title else _PAGE


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
