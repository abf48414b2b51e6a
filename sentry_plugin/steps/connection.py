"""The connection of a message: opens what its step asks, when it is first asked, and closes it.

Sends nothing before a step asks for it. What a message may hold is said by `connectioncheck`, and
what a token has to be good for by `connectiontest`.
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
"""Seconds to end what a message leaves at a server, when its own time may be over."""


class Connection:
    """One Sentry, as a message describes it."""

    def __init__(self, params: Any, ledger: Ledger) -> None:
        self._params = params
        self.ledger = ledger

    def check(self) -> None:
        """Refuse a connection that does not fit the spec or cannot work."""
        self._params = connectioncheck.checked(self._params)
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
        from sentry_plugin.transport.transport import TlsSettings, Transport

        authority = self._params.get("ca_certificate", "")
        trusted = tls.context(authority, verify=True) if authority else None
        home, settled = settings.jupiterone_url(), TlsSettings(authority=trusted)
        return Transport(deadline, self.ledger, home=home, headers={}, tls=settled)

    def ingest(self, dsn: str) -> Ingest:
        """Give what takes events for the project of a DSN, by its key and not by the token."""
        from sentry_plugin.ingest.ingest import Ingest

        return Ingest(self.transport, dsn)

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
