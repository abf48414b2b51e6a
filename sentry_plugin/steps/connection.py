"""The connection of the spec: checks what it holds, opens the client, tests itself.

Sends nothing before an action asks for it.
"""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING, Any

from sentry_plugin import settings, strictjson
from sentry_plugin.address import api_root, is_loopback
from sentry_plugin.client import orgtoken
from sentry_plugin.client.routes import ROOT, organization_route
from sentry_plugin.deadline import Deadline
from sentry_plugin.errors import ApiError, Forbidden, InputError, NotFound
from sentry_plugin.logs import logger, printable
from sentry_plugin.steps import schema

if TYPE_CHECKING:
    from sentry_plugin.client.client import SentryClient
    from sentry_plugin.client.jupiterone import JupiterOne
    from sentry_plugin.ingest.ingest import Ingest
    from sentry_plugin.ledger import Ledger
    from sentry_plugin.strictjson import JSON
    from sentry_plugin.transport.transport import Transport


NAME = "connection"
LAST_WORDS = 5.0
"""Seconds to end what a message leaves at a server, when its own time may be over."""
# Set by us on every request, or by HTTP itself.
_OWN_HEADERS = {"authorization", "connection", "content-length", "content-type", "host"}
_OWN_HEADERS |= {"transfer-encoding", "x-sentry-auth"}
_HEADER_NAME = re.compile(r"[!#$%&'*+.^`|~\w-]+", re.ASCII)
_TOKEN = re.compile(r"[!-~]+")
_HEADER_VALUE = re.compile(r"[ -~]*")


class Connection:
    """One Sentry, as a message describes it."""

    def __init__(self, params: Any, ledger: Ledger) -> None:
        self._params = params
        self.ledger = ledger

    def check(self) -> None:
        """Refuse a connection that does not fit the spec or cannot work."""
        given = self._params
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
        self._params = {**defaults, **orgtoken.told(filled), **filled}
        _check_values(self._params)
        orgtoken.check(self._params)
        _ = self.deadline  # the time begins

    @functools.cached_property
    def url(self) -> str:
        """The root of the API, with a final slash."""
        return api_root(self._params["url"])

    @functools.cached_property
    def deadline(self) -> Deadline:
        """The time of this message, from when it is first asked for."""
        return Deadline(settings.timeout(self._params["timeout"]))

    @functools.cached_property
    def transport(self) -> Transport:
        """HTTP as this connection wants it, within the time of this message."""
        from sentry_plugin.transport import tls
        from sentry_plugin.transport.transport import Tls, Transport

        verify = self._params["ssl_verify"]
        authority = self._params.get("ca_certificate", "")
        pem = self._params.get("client_certificate", {}).get("privateKey", "")
        identity = tls.context(authority, verify=verify) if pem else None
        if identity:
            tls.identify(identity, pem)
        if not verify:
            logger.warning("Certificates are not verified (`ssl_verify` is off).")
        return Transport(
            self.deadline,
            self.ledger,
            home=self.url,
            headers=self._params.get("headers", {}),
            tls=Tls(verify, tls.context(authority, verify=verify) if authority else None, identity),
        )

    @functools.cached_property
    def client(self) -> SentryClient:
        """Sentry's web API, asked with the connection's token."""
        from sentry_plugin.client.client import SentryClient

        if self.url.startswith("http:") and not is_loopback(self.url):
            logger.warning(
                "The connection's `url` is plain http: the token can be read on its way."
            )
        token, organization = self._params["token"]["token"], self._params.get("organization", "")
        return SentryClient(self.transport, self.url, token, organization)

    @property
    def jupiterone_account(self) -> str:
        """The ID of the account at JupiterOne, empty where none is given."""
        account: str = self._params.get("jupiterone_account", "")
        return account

    @functools.cached_property
    def jupiterone(self) -> JupiterOne:
        """The account at JupiterOne, asked with the connection's key."""
        from sentry_plugin.client.jupiterone import JupiterOne

        key, account = self._params.get("jupiterone"), self.jupiterone_account
        if not (key and account):
            raise InputError(
                "The connection has no `jupiterone` and `jupiterone_account`.",
                "Give it the API key and the account's ID that JupiterOne shows in its settings.",
            )
        return JupiterOne(
            self._elsewhere(self.deadline), settings.jupiterone_url(), key["secretKey"], account
        )

    def _elsewhere(self, deadline: Deadline) -> Transport:
        """HTTP to what is not Sentry: nothing that is switched off for a Sentry is off there."""
        from sentry_plugin.transport import tls
        from sentry_plugin.transport.transport import Tls, Transport

        authority = self._params.get("ca_certificate", "")
        trusted = tls.context(authority, verify=True) if authority else None
        home, settled = settings.jupiterone_url(), Tls(authority=trusted)
        return Transport(deadline, self.ledger, home=home, headers={}, tls=settled)

    def ingest(self, dsn: str) -> Ingest:
        """Give what takes events for the project of a DSN, by its key and not by the token."""
        from sentry_plugin.ingest.ingest import Ingest

        return Ingest(self.transport, dsn)

    def test(self) -> None:
        """Ask Sentry who the token is: every kind of token may.

        What the token then lacks for the plugin's work is an error or, where only some actions
        need it, a warning.
        """
        from sentry_plugin.client.client import CHECK_URL

        root = self.client.get([ROOT])
        if not isinstance(root, dict) or "version" not in root:
            raise ApiError(f"{self.url} is not the root of a Sentry API.", CHECK_URL)
        scopes = _scopes(root)
        logger.info("Sentry accepts the token; its scopes: %s.", ", ".join(scopes) or "unknown")
        if self.client.organization:
            self._test_organization(scopes)
        if scopes and not _covers(scopes, "event:read"):
            raise Forbidden("The token may not read issues.", "Give it the scope event:read.")
        if scopes and not _covers(scopes, "event:write"):
            logger.warning("The token may not update issues: that needs the scope event:write.")

    def _test_organization(self, scopes: list[str]) -> None:
        organization = self.client.organization
        try:
            self.client.get([organization_route(organization)], "org:read")
        except NotFound as error:
            raise NotFound(
                f"The connection's `organization` does not exist: {printable(organization)}.",
                "Give its slug, as in the address of its pages.",
                error.data,
            ) from error
        except Forbidden:
            if not scopes or _covers(scopes, "org:read"):
                raise
            logger.warning("Whether the organization exists is not known: that needs org:read.")

    def close(self) -> None:
        """Close what was opened; a job at JupiterOne that did not come to its end is aborted."""
        if "jupiterone" in self.__dict__:
            if self.jupiterone.open_job:
                last = self._elsewhere(Deadline(LAST_WORDS))
                self.jupiterone.abort(last)
                last.close()
            self.jupiterone.close()
        if "transport" in self.__dict__:
            self.transport.close()


def _is_empty(value: Any) -> bool:
    """Tell what an orchestrator's form sends for a field that was left empty."""
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


def _scopes(root: JSON) -> list[str]:
    """Read what the token may do; nothing where the server does not tell."""
    told = strictjson.at(root, "auth", "scopes")
    return [scope for scope in told if isinstance(scope, str)] if isinstance(told, list) else []


def _covers(scopes: list[str], wanted: str) -> bool:
    """Tell whether *scopes* allow what *wanted* does: a wider one of its kind does as well."""
    kind, _, right = wanted.partition(":")
    wider = {"read": ("read", "write", "admin"), "write": ("write", "admin")}[right]
    return any(f"{kind}:{each}" in scopes for each in wider)
