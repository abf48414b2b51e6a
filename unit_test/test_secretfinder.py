"""A secret is found in whatever spelling, nothing else is, and the work grows as the text does."""

from __future__ import annotations

import base64
import html
import json
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sentry_plugin import secretfinder
from sentry_plugin.logs import MASK, Log
from unit_test.conftest import URL, unresolved

CHARACTERS = st.characters(exclude_categories=("Cs",), exclude_characters="*")
SECRETS = st.one_of(
    st.text(CHARACTERS, min_size=6, max_size=40),
    st.text("abc/+=-_ %&\\\"'<é€😀", min_size=6, max_size=12),
    st.text("0123456789abcdef", min_size=32, max_size=64),
)
FILLERS = st.text("abc .,:;\"'<>\n", max_size=9)


def percent(text, chance, most):
    """Spell any of the characters, in either case."""
    return "".join(
        "".join(f"%{byte:02{chance.sample('xX')}}" for byte in c.encode())
        if c in most or chance.sample((True, False))
        else c
        for c in text
    )


def entities(text, chance):
    forms = [
        lambda c: f"&#{ord(c)};",
        lambda c: f"&#{'0' * chance.sample(range(9))}{ord(c)};",
        lambda c: f"&#x{ord(c):x};",
        lambda c: f"&#X000{ord(c):X};",
        lambda c: html.escape(c, quote=True),
    ]
    return "".join(chance.sample(forms)(c) if c in "&<>\"'" else c for c in text)


def every_entity(text):
    return "".join(f"&#{ord(c)};" for c in text)


def escapes(text, chance):
    def spelt(c):
        units = c.encode("utf-16-be")
        words = "".join(f"\\u{units[n]:02x}{units[n + 1]:02x}" for n in range(0, len(units), 2))
        forms = [words, words.replace("\\u", "\\U").upper().replace("\\U", "\\u")]
        forms += [f"\\x{ord(c):02x}"] * (ord(c) < 256)
        return chance.sample(forms)

    return "".join(
        "\\\\" if c == "\\" else spelt(c) if chance.sample((True, False)) else c for c in text
    )


def packed(before, encode, *, strip=False):
    def spell(text, chance):
        made = encode((before * chance.sample((0, 1, 2, 3)) + text).encode()).decode()
        return made.rstrip("=") if strip else made

    return spell


def alone(spell):
    return lambda text, _: spell(text)


SPELLINGS = {
    "percent": lambda text, chance: percent(text, chance, "%"),
    "quote": alone(quote),
    "quote all": lambda text, _: quote(text, safe=""),
    "form": alone(quote_plus),
    "entities": entities,
    "html": alone(html.escape),
    "every entity": alone(every_entity),
    "json": alone(json.dumps),
    "json in UTF-8": lambda text, _: json.dumps(text, ensure_ascii=False),
    "slashes": lambda text, _: json.dumps(text).replace("/", "\\/"),
    "escapes": escapes,
    "repr": alone(repr),
    "ascii": alone(ascii),
    "base64": packed("x", base64.b64encode),
    "urlsafe": packed("x", base64.urlsafe_b64encode, strip=True),
    "lines": packed("Bearer ", base64.encodebytes),
    "hex": packed("x", lambda data: data.hex().encode()),
    "HEX": packed("x", lambda data: data.hex().upper().encode()),
}


class Chance:
    """Choices that hypothesis makes."""

    def __init__(self, draw):
        self.sample = lambda choices: draw(st.sampled_from(choices))


def log_of(secret):
    log = Log(0)
    log.hide([secret])
    return log


@settings(max_examples=300, deadline=None)
@given(st.data(), SECRETS, FILLERS, FILLERS)
def test_a_secret_is_found_in_any_spelling_and_in_any_two_on_top_of_each_other(
    data, secret, before, after
):
    chance = Chance(data.draw)
    first, second = (SPELLINGS[data.draw(st.sampled_from(sorted(SPELLINGS)))] for _ in range(2))
    once = first(secret, chance)
    for spelt in (once, second(once, chance)):
        text = f"{before} {spelt} {after}"
        log = log_of(secret)
        assert not log.is_clean(json.dumps({"a": [text]}))
        cleaned = log.mask_values({text: [text]})
        assert MASK in str(cleaned)
        assert log.is_clean(json.dumps(cleaned))
        assert log.mask_values(cleaned) == cleaned


@settings(max_examples=300, deadline=None)
@given(
    st.text("ghijkl +/=%&;\\\n", max_size=80) | st.text("0123456789ABCDEF%&#;x\\u", max_size=80),
    st.text("mnopqrst", min_size=6, max_size=20),
)
def test_what_holds_no_secret_stays_as_it_is(text, secret):
    log = log_of(secret)
    assert log.is_clean(json.dumps([text]))
    assert log.mask_values({text: [text, 1, None]}) == {text: [text, 1, None]}


def test_what_is_around_a_secret_stays():
    packed = base64.b64encode(b"begin of it, the-secret-text, end of it").decode()
    text = f"before &amp; {packed} caf\u00e9 %41 the%2dsecret-text after"
    cleaned = log_of("the-secret-text").mask_text(text)
    assert cleaned.startswith(f"before &amp; {packed[:16]}")
    assert packed[38:] in cleaned
    assert cleaned.endswith(" caf\u00e9 %41 ******** after")


def test_what_looks_like_base64_only_where_its_gaps_are_filled_stays():
    secret = "\0\0\0\0\0\0abcdef"
    packed = base64.b64encode(secret.encode()).decode()
    assert log_of(secret).mask_text(packed) == MASK
    gaps = packed.replace("AA", "  ", 2) + " " + "B" * len(packed)
    assert log_of(secret).mask_text(gaps) == gaps


@pytest.mark.parametrize("number", [123456789, -123456789, 9123456789.5])
def test_a_secret_within_a_number_is_hidden_with_it(number):
    log = log_of("123456789")
    assert not log.is_clean(json.dumps(number))
    assert log.mask_values([number, 12345678, True]) == [MASK, 12345678, True]


@pytest.fixture
def cases(shared):
    lines = (shared / "cases/process/mask_spellings.jsonl").read_text().splitlines()
    return [json.loads(line) for line in lines]


def test_a_spelt_token_is_seen_neither_in_the_output_nor_in_a_refusal(
    cases, start, answer, requests_mock
):
    for case in cases:
        token, spelt = case["token"], case["spelling"]
        told = {"id": "1", "title": f"it is {spelt}.", spelt: {"x": [spelt]}}
        requests_mock.get(f"{URL}issues/1/", json=told)
        _, event, err = answer(start("get_issue", {"token": {"token": token}}, issue_id="1"))
        assert event["body"]["status"] == "ok", case["name"]
        assert spelt not in str(event), case["name"]
        assert event["body"]["output"]["issue"]["title"].startswith("it is "), case["name"]
        refusal = {"status_code": 400, "json": {"detail": f"no {spelt}."}}
        requests_mock.get(f"{URL}issues/1/", **refusal)
        _, event, more = answer(start("get_issue", {"token": {"token": token}}, issue_id="1"))
        assert event["body"]["status"] == "error", case["name"]
        assert "no " in event["body"]["error"], case["name"]
        for text in (str(event), err, more):
            assert spelt not in text, case["name"]
            assert token not in text, case["name"]


def test_a_secret_is_hidden_from_the_log_however_it_is_spelt(start, answer, requests_mock):
    unresolved(requests_mock)
    secret = "hush/hush:hush"
    message = start("get_issue", {"token": {"token": secret}}, issue_id="1")
    message["body"]["input"]["hush%2fhush&#58;hush"] = 1  # a field that is not known is named
    _, event, err = answer(message)
    assert f"field {MASK} is not known" in event["body"]["log"]
    assert "%2f" not in event["body"]["log"] + err


UNITS = ["%25", "&amp;", "\\\\", "QUJD", "41", "%25QUJDQUJDQUJD&amp;41414141414141\\/ ", "abc/123-"]


@pytest.mark.parametrize("unit", UNITS)
def test_twice_the_text_takes_twice_the_work(unit, monkeypatch):
    counted = []

    def counting(work):
        return lambda data: counted.append(len(data)) or work(data)

    for module, name in (("binascii", "a2b_base64"), ("binascii", "unhexlify")):
        work = getattr(getattr(secretfinder, module), name)
        monkeypatch.setattr(getattr(secretfinder, module), name, counting(work))
    works = []
    for size in (1 << 19, 1 << 20):
        counted.clear()
        found = secretfinder.SecretFinder(["a-secret-text"])
        assert found.find(unit.encode() * (size // len(unit))) == []
        works.append(sum(counted) + secretfinder.MOST_ESCAPES - found.left)
    assert 0 < works[0] <= works[1] <= 2.5 * works[0]


def test_a_text_with_too_much_to_look_into_is_hidden_as_a_whole(monkeypatch):
    monkeypatch.setattr(secretfinder, "MOST_ESCAPES", 1000)
    monkeypatch.setattr(secretfinder, "MOST_FOUND", 10)
    log = log_of("a-secret-text")
    assert log.mask_text("%41" * 1001) == MASK
    assert log.mask_text("%41" * 1000) == "%41" * 1000
    assert log.mask_values(["%41" * 600, "%42" * 600, "abcdefg"]) == ["%41" * 600, MASK, "abcdefg"]
    assert log.mask_text("a-secret-tex&#116; " * 10) == MASK


def test_a_secret_across_the_parts_in_which_a_text_is_searched_is_found():
    secret = "a-secret-text"
    for place in (1 << 20, (1 << 20) - 5, (1 << 20) + 64 * len(secret) - 5):
        text = "x " * (place // 2) + "".join(f"%{ord(c):02x}" for c in secret) + " y" * (1 << 20)
        assert log_of(secret).mask_text(text).count(MASK) == 1
        assert "%" not in log_of(secret).mask_text(text)


def test_where_nothing_is_secret_everything_stays():
    log, value = Log(0), {"a": ["text", 1]}
    assert log.mask_text("text") == "text"
    assert log.mask_values(value) == value
