"""Checks the fields of a connection: whether it fits the spec and can work. Sends nothing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from sentry_plugin import settings
from sentry_plugin.address import api_root
from sentry_plugin.client import orgtoken
from sentry_plugin.client.routes import organization_route
from sentry_plugin.errors import InputError
from sentry_plugin.logs import logger
from sentry_plugin.steps import schema

if TYPE_CHECKING:
    from sentry_plugin.strictjson import JSON

NAME = "connection"
# Set by us on every request, or by HTTP itself.
_OWN_HEADERS = {"authorization", "connection", "content-length", "content-type", "host"}
_OWN_HEADERS |= {"transfer-encoding", "x-sentry-auth"}
_HEADER_NAME = re.compile(r"[!#$%&'*+.^`|~\w-]+", re.ASCII)
_TOKEN = re.compile(r"[!-~]+")
_HEADER_VALUE = re.compile(r"[ -~]*")


def checked(given: Any) -> JSON:
    """Return the fields of the message, its token and the defaults; InputError if one is wrong."""
    if isinstance(given, dict) and "api_key" in given and "token" not in given:
        raise InputError(
            "The connection has the form of version 1.0.2 (`api_key`).",
            "Move the key from `api_key.secretKey` to `token.token`.",
        )
    if words := schema.problem(given, NAME, "input", "The connection"):
        raise InputError(words, "Correct the connection.")
    for field in schema.unknown_fields(given, NAME, "input"):
        logger.warning("The connection's field %s is not known and has no effect.", field)
    properties = schema.load(NAME, "input")["properties"]
    defaults = {name: p["default"] for name, p in properties.items() if "default" in p}
    filled = {name: value for name, value in given.items() if not _is_empty(value)}
    params = {**defaults, **orgtoken.fields(filled), **filled}
    _check_values(params)
    orgtoken.check(params)
    return params


def _is_empty(value: Any) -> bool:
    """Tell whether a field is empty, as an orchestrator's form sends it."""
    return value == "" or (isinstance(value, dict) and all(v == "" for v in value.values()))


def _check_values(params: JSON) -> None:
    """Refuse what fits the schema but cannot work."""
    for field, text in (
        ("token.token", params.get("token", {}).get("token", "")),
        ("jupiterone.secretKey", params.get("jupiterone", {}).get("secretKey", "none")),
        ("jupiterone_account", params.get("jupiterone_account", "none")),
    ):
        if not _TOKEN.fullmatch(text):
            raise InputError(
                f"The connection's `{field}` is empty, or holds a space, a line break or a "
                "character that none has.",
                "Copy it again.",
            )
    if not 1 <= params["timeout"] <= settings.LONGEST_TIMEOUT:
        raise InputError(
            f"The connection's `timeout` is not between 1 and {settings.LONGEST_TIMEOUT}."
        )
    for name, value in params.get("headers", {}).items():
        if not (_HEADER_NAME.fullmatch(name) and name.lower() not in _OWN_HEADERS):
            raise InputError(
                "The connection's `headers` name one that is not valid, or that the plugin sets.",
                f"Leave out {', '.join(sorted(_OWN_HEADERS))}.",
            )
        if not (isinstance(value, str) and _HEADER_VALUE.fullmatch(value)):
            raise InputError("The connection's `headers` hold a value that is not plain text.")
    api_root(params["url"])
    if organization := params.get("organization"):
        organization_route(organization)
