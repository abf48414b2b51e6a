"""Posts the events of a trigger to an orchestrator's dispatcher, or to any other URL.

It gets the event and nothing else: no token, no headers of the connection.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Self

from sentry_plugin.errors import InputError, ServerError
from sentry_plugin.ledger import Ledger
from sentry_plugin.transport import tls
from sentry_plugin.transport.messages import Credentials, Request
from sentry_plugin.transport.retries import Retries
from sentry_plugin.transport.transport import TlsSettings, Transport

if TYPE_CHECKING:
    import ssl

    from sentry_plugin.deadline import Deadline

CERTIFICATES = "SSL_CERT_FILE"
"""Names a file of certificate authorities, which the official runtime uses for its dispatcher."""


class Dispatcher:
    """A URL to which events are posted, one at a time."""

    def __init__(self, url: str, deadline: Deadline) -> None:
        try:
            self._credentials = Credentials({}, url)
        except ValueError as error:
            words = f"The address for events is not one of a server: {error}."
            raise InputError(words) from error
        self._url = url
        tls = TlsSettings(authority=_authority())
        # A ledger of its own: the queue of events says what was delivered.
        self._transport = Transport(deadline, Ledger(), home=url, headers={}, tls=tls)

    def deliver(self, event: str) -> None:
        """Post an event once; any status but 2xx is an error."""
        headers = {"Content-Type": "application/json"}
        request = Request("POST", self._url, self._credentials, headers, event.encode())
        answer = self._transport.send(request, Retries(0))
        if not answer.ok:
            error = ServerError(f"The dispatcher answered with HTTP {answer.status}.")
            error.retry_after = answer.retry_after
            raise error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._transport.close()


def _authority() -> ssl.SSLContext | None:
    file = os.environ.get(CERTIFICATES)
    if not file:
        return None
    try:
        return tls.context(Path(file).read_text(encoding="ascii", errors="replace"), verify=True)
    except (OSError, InputError) as error:
        raise InputError(
            f"The file that {CERTIFICATES} names holds no certificates in PEM form, or cannot be "
            "read.",
            "Whoever runs the plugin has to correct it.",
        ) from error
