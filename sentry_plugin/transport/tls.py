"""TLS contexts: trust in a private certificate authority, and a client certificate.

Reads and writes no file: a private key stays in memory. Knows nothing of HTTP.
"""

from __future__ import annotations

import os
import ssl

from urllib3.util import create_urllib3_context

from sentry_plugin.errors import InputError


def context(authority: str, *, verify: bool) -> ssl.SSLContext:
    """Build a context that trusts *authority* (PEM) beside those that requests will load."""
    made = create_urllib3_context(cert_reqs=ssl.CERT_REQUIRED if verify else ssl.CERT_NONE)
    if authority:
        try:
            made.load_verify_locations(cadata=authority)
        except (ssl.SSLError, TypeError, ValueError) as error:
            raise InputError(
                "The connection's `ca_certificate` is not a certificate in PEM form.",
                "Paste it whole, with its BEGIN and END lines.",
            ) from error
    return made


def load_identity(context: ssl.SSLContext, pem: str) -> None:
    """Load a client certificate and its unencrypted private key from *pem* into *context*."""
    # OpenSSL takes these from a file only; this one is in memory and has no name (Linux).
    memory = os.memfd_create("client certificate")
    try:
        os.write(memory, pem.encode())
        # Without a password OpenSSL would ask for one on the terminal, and wait.
        context.load_cert_chain(f"/proc/self/fd/{memory}", password="")
    except (ssl.SSLError, ValueError) as error:
        raise InputError(
            "The connection's `client_certificate` is not a certificate with its private key, "
            "unencrypted, in PEM form.",
            "Paste both, one after the other, with their BEGIN and END lines.",
        ) from error
    finally:
        os.close(memory)
