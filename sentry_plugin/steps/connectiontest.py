"""Tests a connection: asks Sentry what its token may do. Changes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sentry_plugin import strictjson
from sentry_plugin.client.documents import CHECK_URL
from sentry_plugin.client.routes import ROOT, organization_route
from sentry_plugin.errors import ApiError, Forbidden, NotFound, Unauthorized
from sentry_plugin.logs import logger, printable

if TYPE_CHECKING:
    from sentry_plugin.client.client import SentryClient
    from sentry_plugin.strictjson import JSON


def test(client: SentryClient) -> None:
    """Ask for the root of the API, which every kind of token may read.

    A scope that the token lacks is an error, or a warning if only some actions need it.
    """
    root = client.get([ROOT])
    if not isinstance(root, dict) or "version" not in root:
        raise ApiError(f"{client.url} is not the root of a Sentry API.", CHECK_URL)
    # To any token, and to none, some servers answer with 200.
    if root.get("auth", {}) is None:
        raise Unauthorized(f"{client.url} does not accept the token: it answers as to nobody.")
    scopes = _scopes(root)
    words = "unknown" if scopes is None else ", ".join(scopes) or "none"
    logger.info("The server accepts the token; its scopes: %s.", words)
    if client.organization:
        _test_organization(client, scopes)
    if scopes is not None and not _covers(scopes, "event:read"):
        raise Forbidden("The token may not read issues.", "Give it the scope event:read.")
    if scopes is not None and not _covers(scopes, "event:write"):
        logger.warning("The token may not update issues: that needs the scope event:write.")


def _test_organization(client: SentryClient, scopes: list[str] | None) -> None:
    organization = client.organization
    try:
        client.get([organization_route(organization)], "org:read")
    except NotFound as error:
        raise NotFound(
            f"The connection's `organization` does not exist: {printable(organization)}.",
            "Give its slug, as in the address of its pages.",
            error.data,
        ) from error
    except Forbidden:
        if scopes is None or _covers(scopes, "org:read"):
            raise
        logger.warning("Whether the organization exists is not known: that needs org:read.")


def _scopes(root: JSON) -> list[str] | None:
    """List the scopes of the token; None if the server does not say."""
    told = strictjson.at(root, "auth", "scopes")
    scopes = [scope for scope in told if isinstance(scope, str)] if isinstance(told, list) else None
    return scopes if scopes or told == [] else None


def _covers(scopes: list[str], wanted: str) -> bool:
    """Tell whether *scopes* hold *wanted* or a wider scope of the same kind."""
    kind, _, right = wanted.partition(":")
    wider = {"read": ("read", "write", "admin"), "write": ("write", "admin")}[right]
    return any(f"{kind}:{each}" in scopes for each in wider)
