"""A message that is no valid JSON: who sent it is told back, and where it is wrong."""

from __future__ import annotations

import json
import os

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from sentry_plugin.runtime import brokenjson, protocol, runtime
from sentry_plugin.runtime.stop import Stop
from unit_test.conftest import TOKEN

META = {"jobId": "j", "steps": [1, {"a": None}], "name": "\u00fcber"}
DSN = "https://public-key@sentry.example/1"
PLACE = "@@PLACE@@"


def message(value, meta=META):
    """Write a message with *value*, which is text, as an input."""
    connection = {"token": {"token": TOKEN}, "url": "https://sentry.example/"}
    given = {"dsn": DSN, "n": PLACE}
    body = {"meta": meta, "connection": connection, "action": "submit_event", "input": given}
    whole = {"version": "v1", "type": "action_start", "body": body}
    return json.dumps(whole).replace(f'"{PLACE}"', value)


def answered(data):
    event = runtime.answer(data, runtime.RunOptions(Stop()))
    return json.loads(event.text, parse_constant=pytest.fail)


WRONG = {
    "NaN": (message("NaN").encode(), "`body.input.n`"),
    "infinite": (message('{"a b": [1, -Infinity], "c": 1}').encode(), "`body.input.n.?[1]`"),
    "too large": (message("[0, 1e999, -1e999]").encode(), "`body.input.n[1]`, `body.input.n[2]`"),
    "too long": (message("9" * 5000).encode(), "`body.input.n`"),
    "too deep": (message("[" * 300 + "]" * 300).encode(), "`body.input.n[0][0]...`"),
    "far too deep": (message("[" * 100_000).encode(), "`body.input.n[0][0]...`"),
    "Python": (message("None").encode(), "`body.input.n`"),
    "JavaScript": (message("{a: undefined}").encode(), "`body.input.n.?`"),
    "trailing comma": (message('{"a": [1,],}').encode(), "line 1 column"),
    "no quotes": (message("'x'").encode(), "`body.input.n`"),
    "line break in a text": (message('"a\nb"').encode(), "line 1 column"),
    "cut off": (message("[1")[:-3].encode(), "line 1 column"),
    "cut off in a text": (message('"abc')[:-3].encode(), "line 1 column"),
    "twice": (message("1").encode() * 2, "line 1 column"),
    "too many ends": (message("1").encode() + b"}", "line 1 column"),
    "not UTF-8": (message('"PLACE"').encode().replace(b"PLACE", b"\xff\xfe"), "not UTF-8"),
    "Latin-1": (message('"\u00fc"').encode("latin-1"), "not UTF-8"),
    "byte order mark": (message("1").encode("utf-8-sig"), "BOM"),
    "UTF-16": (message("1").encode("utf-16"), "not UTF-8"),
    "UTF-16 without a mark": (message("1").encode("utf-16-le"), "line 1 column"),
    "UTF-32": (message("1").encode("utf-32"), "not UTF-8"),
}


@pytest.mark.parametrize("kind", WRONG)
def test_a_broken_message_is_answered_with_its_type_and_meta_and_where_it_is_wrong(kind):
    data, where = WRONG[kind]
    event = answered(data)
    body = event["body"]
    assert (event["type"], body["meta"]) == ("action_event", META)
    assert body["exception"]["code"] == "bad_message"
    assert not body["exception"]["retryable"]
    assert where in body["exception"]["cause"]


def test_a_message_that_is_too_large_keeps_its_meta(monkeypatch):
    data = message("1").encode()
    monkeypatch.setattr(protocol, "LARGEST", len(data) - 1)
    event = answered(data)
    assert (event["type"], event["body"]["meta"]) == ("action_event", META)
    assert "larger than" in event["body"]["exception"]["cause"]


@pytest.mark.parametrize(
    ("meta", "told"),
    [
        ('{"n": NaN, "m": [Infinity, -1e999, 1.5, 2], "j": "j"}', None),
        ('{"j": "j",}', {"j": "j"}),
        ('{"j": ",]", "k": [1, ] , }', {"j": ",]", "k": [1]}),
        (f'{{"n": {"9" * 5000}, "j": "j"}}', {"n": None, "j": "j"}),
        ('{"half": "\\ud800"}', {"half": "\ufffd"}),
        ('{"half": "a\nb"}', {"half": "a\nb"}),
        ('{"j": "j"}, "meta": {"k": "k"}', {"k": "k"}),
        ("null", None),
        ("[]", {}),
        ('"text"', {}),
        ("{'j': 'j'}", {}),
        ('{"j" "j"}', {}),
        ('{"a": ' * 300 + "1" + "}" * 300, {}),
        (json.dumps({"j": "x" * (1 << 20)}), {}),
    ],
)
def test_of_a_meta_that_is_wrong_itself_is_told_what_can_be(meta, told):
    if told is None and meta != "null":
        told = {"n": None, "m": [None, None, 1.5, 2], "j": "j"}
    data = message("NaN", PLACE).replace('"meta": NaN', f'"meta": {meta}').encode()
    event = answered(data)
    assert (event["type"], event["body"]["meta"]) == ("action_event", told)


def test_at_most_five_places_are_named_each_once():
    cause = answered(message(f"[{'NaN,' * 9}1]").encode())["body"]["exception"]["cause"]
    assert cause.endswith("`body.input.n[3]`, `body.input.n[4]`.")
    assert cause.count("`body.input") == 5


@pytest.mark.parametrize("broken", ["", "x", ",", '"'])
@pytest.mark.parametrize("first", [True, False])
def test_a_secret_of_a_broken_message_is_masked_in_its_meta(broken, first):
    meta = json.dumps({"of": [TOKEN, DSN, f"a {TOKEN}"]})
    connection = f'{{"token": {{"token": "{TOKEN}"}}{broken}}}'
    parts = [f'"meta": {meta}', f'"connection": {connection}']
    inside = ", ".join(parts if first else parts[::-1])
    whole = (
        f'{{"type": "action_start", "body": {{"input": {{"dsn": "{DSN}"}}, {inside}, "n": NaN}}}}'
    )
    if first and broken == '"':
        whole = whole.partition(broken + "}")[0]
    event = answered(whole.encode())
    assert TOKEN not in json.dumps(event)
    assert "public-key" not in json.dumps(event)
    if broken != '"':
        assert event["body"]["meta"] == {"of": ["********", "********", "a ********"]}


TRIED = settings(max_examples=300, derandomize="CI" in os.environ, database=None, deadline=None)
WHOLE = message('[{"a": "\\"}{"}, 1.5e3, null]')


@given(st.integers(0, len(WHOLE) - 1))
@TRIED
def test_wherever_a_message_is_cut_off_what_came_before_is_read(end):
    event = answered(WHOLE[:end].encode())
    kind = WHOLE.index('"action_start"') + len('"action_start"')
    meta = WHOLE.index(', "connection"')
    assert event["type"] == ("action_event" if end >= kind else None)
    assert event["body"]["meta"] == (META if end >= meta else {})


KEYS = st.text("abcXYZ_-$09", min_size=1, max_size=8)


@given(st.lists(KEYS | st.integers(0, 3), max_size=2), st.sampled_from(["NaN", "-Infinity", "nil"]))
@TRIED
def test_the_place_that_is_named_leads_to_what_is_wrong(path, wrong):
    value = wrong
    for part in reversed(path):
        value = (
            f'{{"x y": 1, "{part}": {value}}}'
            if isinstance(part, str)
            else f"[{'0, ' * part}{value}]"
        )
    name = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    assert f"Look at `body.input.n{name}`." in answered(message(value).encode())["body"]["error"]


@pytest.mark.parametrize(
    ("connection", "meta"), [(f'"connection": {{"token": "{TOKEN}" x}}, ', {}), ("", {"of": TOKEN})]
)
def test_where_the_secrets_of_a_large_broken_message_cannot_be_read_its_meta_is_left_out(
    connection, meta
):
    large = json.dumps("x" * (1 << 17))
    body = f'{{"meta": {{"of": "{TOKEN}"}}, {connection} "input": {large}, "n": NaN}}'
    event = answered(f'{{"type": "action_start", "body": {body}}}'.encode())
    assert (event["type"], event["body"]["meta"]) == ("action_event", meta)


SECRET_META = {"of": f"a {TOKEN}!", "jobId": "j"}
SECRETIVE = message('{"a": [{"b": "c"}]}', SECRET_META)


@st.composite
def edits(draw):
    """Give a message that is spoilt somewhere, but neither in its meta nor in its token."""
    first = draw(st.booleans())
    whole = SECRETIVE
    if first:  # the meta comes last
        meta = f'"meta": {json.dumps(SECRET_META)}'
        whole = whole.replace(f"{meta}, ", "").replace('"action":', f'{meta}, "action":')
    place = draw(st.integers(0, len(whole)))
    cut = draw(st.integers(0, 12))
    put = draw(st.sampled_from(["", *'{}[],:"\\ x']) | st.text(max_size=4))
    spoilt = whole[:place] + put + whole[place + cut :]
    assume(f'"meta": {json.dumps(SECRET_META)}' in spoilt and f'"{TOKEN}"' in spoilt)
    return spoilt


@given(edits())
@TRIED
def test_a_token_that_a_broken_message_holds_is_not_in_its_answer(text):
    event = answered(text.encode())
    assume(event["body"]["exception"]["code"] == "bad_message")
    assert TOKEN not in json.dumps(event)


@given(st.binary(max_size=60), st.integers(0, len(WHOLE)), st.integers(0, 40))
@TRIED
def test_bytes_put_anywhere_into_a_message_are_answered_with_an_event(data, place, cut):
    broken = WHOLE[:place].encode() + data + WHOLE[place + cut :].encode()
    body = answered(broken)["body"]
    assert body["status"] == "error"
    assert body["exception"]["code"] != "bug"


def test_no_more_is_looked_at_than_takes_a_moment(monkeypatch):
    looked = []
    monkeypatch.setattr(brokenjson, "MOST", 100)
    monkeypatch.setattr(
        brokenjson, "_string", lambda token: looked.append(token) or token[0].rstrip(":").strip('"')
    )
    many = '{"a": 1},' * 1000
    event = answered(message(f"[{many}NaN]").encode())
    assert event["body"]["meta"] == META
    assert len(looked) < 300


def test_nothing_but_brackets_takes_a_moment_and_not_minutes():
    assert answered(b"[" * 200_000)["body"]["exception"]["code"] == "bad_message"
