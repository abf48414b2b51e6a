"""How long is waited, whatever headers say."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st
from requests.structures import CaseInsensitiveDict

from sentry_plugin.transport import ratelimits
from unit_test.conftest import URL
from unit_test.runtime.test_properties import tried

NUMBERS = st.one_of(
    st.integers().map(str),
    st.integers(min_value=0, max_value=10**12).map(str),
    st.floats().map(str),
    st.integers(min_value=1, max_value=5000).map(lambda digits: "9" * digits),
    st.sampled_from(["", ".", "1.", ".5", "1e400", "inf", "nan", "-1", "\u0663", "\u00b2", "0x9"]),
)
DATES = st.builds(
    "{}, {} {} {:04} {}:{}:{} {}".format,
    st.sampled_from(["Fri", "Xyz", ""]),
    st.integers(min_value=0, max_value=99),
    st.sampled_from(["Dec", "Jan", "Foo"]),
    st.integers(min_value=0, max_value=99_999),
    *[st.integers(min_value=0, max_value=99)] * 3,
    st.sampled_from(["GMT", "-0000", "-2359", "+2359", "+9999", "-99999", "EST", ""]),
)
WORDS = st.text(st.characters(min_codepoint=1, max_codepoint=255))
LIMITS = st.lists(
    st.builds(
        "{}:{}:organization:reason".format, NUMBERS, st.sampled_from(["", "error", "session"])
    )
).map(", ".join)
HEADERS = st.dictionaries(
    st.sampled_from(
        [
            "Date",
            "RateLimit-Remaining",
            "RateLimit-Reset",
            "Retry-After",
            "X-Sentry-Rate-Limit-Remaining",
            "X-Sentry-Rate-Limit-Reset",
            "X-Sentry-Rate-Limits",
        ]
    ),
    st.one_of(NUMBERS, DATES, LIMITS, WORDS, st.just("0")),
).map(CaseInsensitiveDict)


@tried(0.1)
@given(HEADERS, st.integers(min_value=0, max_value=99))
def test_whatever_headers_say_there_is_a_wait_of_an_hour_at_most(headers, others):
    wait = ratelimits.seconds_to_wait(headers, others)
    assert wait is None or 0 <= wait <= ratelimits.LONGEST == 3600
    assert ratelimits.drops(headers, ratelimits.EVENT_CATEGORIES) in {True, False}


def test_a_wait_that_is_cut_is_told_in_the_log(start, run, requests_mock):
    requests_mock.get(f"{URL}issues/1/events/", status_code=429, headers={"Retry-After": "1e9"})
    assert "retry_after" not in run(start("list_issue_events", issue_id="1"))["exception"]
    requests_mock.get(f"{URL}issues/1/events/", status_code=429, headers={"Retry-After": "9" * 9})
    body = run(start("list_issue_events", issue_id="1"))
    assert body["exception"]["retry_after"] == 3600
    assert "WARNING The server names a wait of more than 3600 s: no longer counts." in body["log"]
    assert json.dumps(body, allow_nan=False)
