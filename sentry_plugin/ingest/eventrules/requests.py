"""Web requests, some parts of which are texts that Sentry takes apart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from sentry_plugin import strictjson
from sentry_plugin.ingest.eventrules.containers import Object, Pairs
from sentry_plugin.ingest.eventrules.fields import TEXT, TEXTS
from sentry_plugin.ingest.eventrules.kinds import Kind, Text

if TYPE_CHECKING:
    from sentry_plugin.ingest.eventrules.place import Place


class Request(Object):
    """A web request, whose query and cookies may be said twice."""

    def read_given(self, value: Any, place: Place) -> Any:
        """Compare the two."""
        read = super().read_given(value, place)
        if (
            strictjson.at(read, "query_string")
            and "?" in str(strictjson.at(read, "url")).partition("#")[0]
        ):
            place.below("url").cuts("there is a query_string, too")
        if strictjson.at(read, "cookies"):
            headers = strictjson.at(read, "headers")
            for name in headers if isinstance(headers, dict) else ():
                if name.lower() == "cookie":
                    place.below("headers").below(name).loses("there are cookies, too")
        return read


class Body(Kind):
    """The body of a request, of which Sentry keeps what a text of JSON says."""

    def measured(self, value: Any) -> Any:
        """Parse it."""
        try:
            parsed = strictjson.loads(value.encode()) if isinstance(value, str) else value
        except ValueError:
            return value
        return parsed if isinstance(parsed, dict | list) else value


class Query(Text):
    """The query of a request as a text."""

    def measured(self, value: Any) -> Any:
        """Take it apart."""
        pairs = parse_qsl(value.removeprefix("?"), keep_blank_values=True)
        return [list(pair) for pair in pairs]


class HeaderValue(Kind):
    """The value of a header: a text, or a list of texts that are joined."""

    def read_given(self, value: Any, place: Place) -> Any:
        """Read each text."""
        return (TEXTS if isinstance(value, list) else TEXT).read(value, place)

    def measured(self, value: Any) -> Any:
        """Join them."""
        return ",".join(map(str, value)) if isinstance(value, list) else value


def _is_of_cookies(text: str) -> bool:
    parts = [part.partition("=") for part in text.split(";") if part.strip()]
    return all(name.strip() and sign for name, sign, _ in parts)


HEADERS = Pairs(TEXT, HeaderValue())
COOKIES = Pairs(
    TEXT, TEXT, Text(fits=_is_of_cookies, otherwise="it holds something else than name=value")
)
QUERY = Pairs(TEXT, Text(is_json=True), Query())
