"""Several requests at a time: what remains of a server's window is not spent twice."""

from __future__ import annotations

import pytest

from sentry_plugin.deadline import Deadline
from sentry_plugin.ledger import Ledger
from sentry_plugin.transport.messages import Credentials, Request
from sentry_plugin.transport.transport import TlsSettings, Transport
from unit_test.conftest import URL

HOUR = 3600
DATE = "Sun, 22 Nov 2026 12:00:00 GMT"
RESET = 1795348800 + HOUR


@pytest.fixture
def transport():
    made = Transport(Deadline(2 * HOUR), Ledger(), home=URL, headers={}, tls=TlsSettings())
    yield made
    made.close()


def headers(remaining):
    told = {"X-Sentry-Rate-Limit-Remaining": remaining, "X-Sentry-Rate-Limit-Reset": str(RESET)}
    return {"Date": DATE, **told}


def ask(transport, path):
    return transport.send(Request("GET", f"{URL}{path}", Credentials({}, URL)))


@pytest.mark.parametrize(
    ("remaining", "alone", "waited"),
    [("1", True, 0), ("1", False, 1), ("2", False, 0), ("0", True, 1), ("none", False, 0)],
)
def test_the_last_of_a_window_is_left_to_the_requests_on_their_way(
    remaining, alone, waited, transport, requests_mock, waits
):
    def while_asked(request, context):
        ask(transport, "inner/")
        return "{}"

    requests_mock.get(f"{URL}inner/", text="{}", headers=headers(remaining))
    requests_mock.get(f"{URL}outer/", text=while_asked)
    ask(transport, "inner/" if alone else "outer/")
    requests_mock.get(f"{URL}next/", text="{}")
    ask(transport, "next/")
    assert len(waits) == waited
    assert waits == pytest.approx([HOUR] * waited, abs=600)
