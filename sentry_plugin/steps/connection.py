"""The connection of a message: creates clients when a step first needs them, and closes them.

Sends nothing by itself. `connectioncheck` checks its fields, `connectiontest` its token.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from sentry_plugin import settings
from sentry_plugin.address import api_root, is_loopback
from sentry_plugin.deadline import Deadline
from sentry_plugin.errors import InputError
from sentry_plugin.logs import logger
from sentry_plugin.steps import connectioncheck

if TYPE_CHECKING:
    from sentry_plugin.client.client import SentryClient
    from sentry_plugin.client.jupiterone import JupiterOne
    from sentry_plugin.ingest.ingest import Ingest
    from sentry_plugin.ledger import Ledger
    from sentry_plugin.transport.transport import Transport

LAST_WORDS = 5.0
"""Seconds to abort a job at the end of a message, whose own time may be over."""


class Connection:
    """One Sentry, as described by a message. Call `check` before anything else."""

    def __init__(self, params: Any, ledger: Ledger) -> None:
        self._params = params
        self.ledger = ledger

    def check(self) -> None:
        """Raise InputError for a connection that does not fit the spec or cannot work."""
        self._params = connectioncheck.checked(self._params)
        _ = self.deadline  # starts it

    @functools.cached_property
    def url(self) -> str:
        """The URL of the API's root, with a final slash."""
        return api_root(self._params["url"])

    @functools.cached_property
    def deadline(self) -> Deadline:
        """The deadline of this message; it starts when this is first read."""
        return Deadline(settings.timeout(self._params["timeout"]))

    @functools.cached_property
    def transport(self) -> Transport:
        """HTTP with the TLS and headers of this connection, within its deadline."""
        from sentry_plugin.transport import tls
        from sentry_plugin.transport.transport import TlsSettings, Transport

        verify = self._params["ssl_verify"]
        authority = self._params.get("ca_certificate", "")
        pem = self._params.get("client_certificate", {}).get("privateKey", "")
        identity = tls.context(authority, verify=verify) if pem else None
        if identity:
            tls.load_identity(identity, pem)
        if not verify:
            logger.warning("Certificates are not verified (`ssl_verify` is off).")
        trusted = tls.context(authority, verify=verify) if authority else None
        return Transport(
            self.deadline,
            self.ledger,
            home=self.url,
            headers=self._params.get("headers", {}),
            tls=TlsSettings(verify, trusted, identity),
        )

    @functools.cached_property
    def client(self) -> SentryClient:
        """The client of Sentry's web API, with the connection's token."""
        from sentry_plugin.client.client import SentryClient

        if self.url.startswith("http:") and not is_loopback(self.url):
            logger.warning(
                "The connection's `url` is plain http: the token can be read on its way."
            )
        token, organization = self._params["token"]["token"], self._params.get("organization", "")
        return SentryClient(self.transport, self.url, token, organization)

    @property
    def jupiterone_account(self) -> str:
        """The ID of the account at JupiterOne; empty if none is given."""
        account: str = self._params.get("jupiterone_account", "")
        return account

    @functools.cached_property
    def jupiterone(self) -> JupiterOne:
        """The client of JupiterOne, with the connection's key; InputError if there is none."""
        from sentry_plugin.client.jupiterone import JupiterOne

        key, account = self._params.get("jupiterone"), self.jupiterone_account
        if not (key and account):
            raise InputError(
                "The connection has no `jupiterone` and `jupiterone_account`.",
                "Give it the API key and the account's ID that JupiterOne shows in its settings.",
            )
        return JupiterOne(
            self._jupiterone_transport(self.deadline),
            settings.jupiterone_url(),
            key["secretKey"],
            account,
        )

    def _jupiterone_transport(self, deadline: Deadline) -> Transport:
        """HTTP to JupiterOne, where certificates are verified even if `ssl_verify` is off."""
        from sentry_plugin.transport import tls
        from sentry_plugin.transport.transport import TlsSettings, Transport

        authority = self._params.get("ca_certificate", "")
        trusted = tls.context(authority, verify=True) if authority else None
        home, verified = settings.jupiterone_url(), TlsSettings(authority=trusted)
        return Transport(deadline, self.ledger, home=home, headers={}, tls=verified)

    def ingest(self, dsn: str) -> Ingest:
        """Return what sends to the project of a DSN, with its key and not with the token."""
        from sentry_plugin.ingest.ingest import Ingest

        return Ingest(self.transport, dsn)

    def close(self) -> None:
        """Close what was opened, and abort a job at JupiterOne that is still open."""
        if "jupiterone" in self.__dict__:
            if self.jupiterone.open_job:
                last = self._jupiterone_transport(Deadline(LAST_WORDS))
                self.jupiterone.abort(last)
                last.close()
            self.jupiterone.close()
        if "transport" in self.__dict__:
            self.transport.close()
