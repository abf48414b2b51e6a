"""Times as text, read and written."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from sentry_plugin import times

NOON = datetime(2026, 8, 16, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    "text", ["2026-08-16T12:00:00Z", "2026-08-16T12:00:00", "2026-08-16 14:00+02:00", "20260816T12"]
)
def test_a_time_is_read_as_utc_where_it_names_no_zone(text):
    assert times.read(text) == NOON
    assert times.read(text).tzinfo


@pytest.mark.parametrize("wrong", ["", "yesterday", "2026-13-01", None, 5, ["2026-08-16"]])
def test_what_is_no_time_is_said_to_be_none(wrong):
    with pytest.raises(ValueError, match=r"isoformat|month|no text"):
        times.read(wrong)


@pytest.mark.parametrize("seconds", [0, 0.5, 1_786_881_600, -1.25])
def test_what_is_written_is_read_again(seconds):
    text = times.write(seconds)
    assert text.endswith("Z")
    assert times.read(text).timestamp() == seconds
