"""What is shown at a terminal is seen as it is: nothing controls, hides or reorders it."""

from __future__ import annotations

import os
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sentry_plugin import logs
from sentry_plugin.terminal import tables

UNSEEN = {"Cc", "Cf", "Co", "Cs", "Zl", "Zp"}
ODD = (
    *("\x00", "\x1b", "\x9b", "\r", "\n", "\x7f"),
    *("\u202a", "\u202e", "\u2066", "\u2069", "\u200e", "\u200f", "\u061c"),
    *("\u200b", "\u200c", "\u200d", "\u2060", "\ufeff", "\u00ad", "\u180e", "\ufff9"),
    *("\U000e0041", "\ue000", "\U0010fffd", "\ud800", "\u2028", "\u2029"),
    *("\u034f", "\u115f", "\u1160", "\u2800", "\u3164", "\uffa0"),
)


def unseen(text):
    return [each for each in text if each in ODD or unicodedata.category(each) in UNSEEN]


@pytest.mark.parametrize("odd", ODD)
def test_a_character_that_is_not_seen_is_a_space_in_a_table_and_in_the_log(odd):
    assert logs.printable(f"ad{odd}min") == "ad min"
    rows = [{"name": f"ad{odd}min", f"x{odd}y": 1}, {"name": "admin", "n": [f"a{odd}"]}]
    text = "".join(tables.lines({"found": rows, "one": {f"a{odd}b": {f"c{odd}": odd}}}, 200))
    assert not unseen(text)
    assert "ad min" in text


@pytest.mark.parametrize("text", ["\u00fcber", "\u5f20\u4f1f", "\U0001f600", "a\u0301", "\u05d0"])
def test_letters_and_signs_of_all_languages_stay(text):
    assert logs.printable(text) == text


texts = st.text(st.characters(exclude_categories=()) | st.sampled_from(ODD), max_size=6)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from(["issues", "next_cursor", "response"]), values))
@settings(max_examples=300, derandomize="CI" in os.environ, database=None, deadline=None)
def test_whatever_a_server_sends_nothing_of_a_table_is_unseen(output):
    for line in tables.lines(output, 80):
        assert not unseen(line)
