"""The rules for names, held against Relay's own."""

from __future__ import annotations

import datetime as dt
import os

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sentry_relay.processing import StoreNormalizer

from sentry_plugin.ingest import namerules

LETTERS = st.sampled_from("aXnoNE. -_/\\\t\n\r\f\0\x1c\x7f\x85\u00e4\u6f22\u00a0\u2028")
RESERVED = st.sampled_from(["none", "None", "NONE", ".", "..", "...", "\u00e4" * 32, "x" * 64])
NAMES = st.builds("{}{}{}".format, st.text(LETTERS, max_size=3), RESERVED, st.text(LETTERS))


@pytest.fixture(scope="module")
def kept():
    """Give what Relay keeps of an environment."""
    relay = StoreNormalizer(project_id=1, received_at=dt.datetime.now(dt.UTC).isoformat())

    def normalized(environment):
        return relay.normalize_event({"environment": environment}).get("environment")

    return normalized


@settings(max_examples=500, derandomize="CI" in os.environ, database=None, deadline=None)
@given(st.text(LETTERS, min_size=1) | NAMES)
@example("x" * 62 + "   ")
@example(" none\n")
def test_an_environment_fits_exactly_if_relay_keeps_it(kept, name):
    assert namerules.EVENT_ENVIRONMENT.fits(name) is bool(kept(name))
