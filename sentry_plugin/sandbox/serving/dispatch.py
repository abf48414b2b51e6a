"""Finds the endpoint of a request, checks the token, and returns the endpoint's answer.

Does not know the web framework. An exception of an endpoint is answered as Sentry answers its own:
with status 500.
"""

from __future__ import annotations

import logging
import uuid
from dataclasses import replace
from typing import TYPE_CHECKING

from sentry_plugin.sandbox.kept import tokens
from sentry_plugin.sandbox.messages.responses import (
    Refused,
    Response,
    as_json,
    refuse,
    without_body,
)
from sentry_plugin.sandbox.serving import permissions, routes

if TYPE_CHECKING:
    from sentry_plugin.sandbox.kept.tokens import Token
    from sentry_plugin.sandbox.messages.call import Call
    from sentry_plugin.sandbox.serving.routes import Endpoint

logger = logging.getLogger("sentry_plugin.sandbox")

WEB_API = "/api/0/"
# Methods that Sentry's permissions know; it answers any other with 403, not 405.
KNOWN = ("GET", "POST", "PUT", "DELETE")


def answer(call: Call) -> Response:
    """Answer a request; raises nothing."""
    methods, call.params = routes.match(call.path)
    if not methods:
        return without_body(404)
    given = _guarded(call, methods)
    if not call.path.startswith(WEB_API):
        return given
    return replace(given, headers={"Allow": _allowed(methods), **given.headers})


def _allowed(methods: dict[str, Endpoint]) -> str:
    return ", ".join([*(name for name in KNOWN if name in methods), "HEAD", "OPTIONS"])


def _guarded(call: Call, methods: dict[str, Endpoint]) -> Response:
    try:
        return _answered(call, methods)
    except Refused as refusal:
        return refusal.answer
    except Exception:
        number = uuid.uuid4().hex
        logger.exception("%s %s failed: %s", call.method, call.path, number)
        return as_json({"detail": "Internal Error", "errorId": number}, 500)


def _answered(call: Call, methods: dict[str, Endpoint]) -> Response:
    endpoint = methods.get("GET" if call.method == "HEAD" else call.method)
    if endpoint is None:
        return _other_method(call, methods)
    if call.path.startswith(WEB_API):
        call.token = _token(call)
    if endpoint.scopes:
        permissions.check(call.token, endpoint.scopes)
    return endpoint.answering(call)


def _other_method(call: Call, methods: dict[str, Endpoint]) -> Response:
    if call.method == "OPTIONS":
        return without_body(200)
    scopes = next(iter(methods.values())).scopes
    if scopes:
        permissions.check(_token(call), tokens.ALL)
    if scopes and call.method not in KNOWN:
        refuse(403, "You do not have permission to perform this action.")
    return refuse(405, f'Method "{call.method}" not allowed.')


def _token(call: Call) -> Token | None:
    return permissions.token_of(call.sandbox.store, call.headers.get("Authorization", ""))
