"""Finds secrets in a text, in whatever encoding, in linear time.

Percent encoding, HTML entities, backslash escapes, base64, hex, and any two of these nested. The
text is decoded, instead of encoding the secret in all possible ways. Knows neither logs nor events.
"""

from __future__ import annotations

import binascii
import functools
import html
import itertools
import json
import re
from bisect import bisect_right
from collections.abc import Callable, Collection, Iterable, Iterator

DEPTH = 2
"""Levels of nested encodings that are decoded."""
MOST_ESCAPES = 2_000_000
"""Escapes that are decoded between two calls of `renew`, counted each time."""
MOST_FOUND = 100_000
"""Matches in one text. A text that exceeds either limit is masked as a whole."""

Span = tuple[int, int]
Reading = Callable[[bytes], bytes]

_PERCENT = rb"%[0-9A-Fa-f]{2}"
_ENTITY = rb"&(?:#0*[0-9]{1,7}|#[xX]0*[0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});?"
_HEX4 = rb"[0-9A-Fa-f]{4}"
_BACKSLASH = (
    rb"\\(?:u[dD][89ABab][0-9A-Fa-f]{2}\\u[dD][C-Fc-f][0-9A-Fa-f]{2}|u" + _HEX4 + rb"|U" + _HEX4 * 2
    + rb"|x[0-9A-Fa-f]{2}|[abfnrtv]|[!-/:-@\[-`{-~])"
)  # fmt: skip
_ESCAPES = {b"%": _PERCENT, b"&": _ENTITY, b"\\": _BACKSLASH}
"""Patterns of escapes, by their first character; compiled when first needed."""
_LETTERS = dict(zip("abfnrtv", "\a\b\f\n\r\t\v", strict=True))

_BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_"
_HEX = b"0123456789ABCDEFabcdef"
_BREAKS = b"\r\n"
_TEXT = {*range(0x20, 0x7F), *b"\t\r\n"}
_PLUS_AS_SPACE = bytes.maketrans(b"+", b" ")


class SecretFinder:
    """Finds some secrets in texts."""

    def __init__(self, secrets: Collection[str]) -> None:
        """*secrets*: at least one, none of them empty."""
        encoded = {each.encode(errors="surrogatepass") for each in secrets}
        self._fold = any(b" " in each for each in encoded)
        self._needles = {self._folded(each) for each in encoded}
        self._in_json = {self._folded(json.dumps(each)[1:-1].encode()) for each in secrets}
        readings = (_decoded,) if all(map(bytes.isascii, encoded)) else (_decoded, _as_characters)
        self._readings: tuple[Reading, ...] = readings
        self._overlap = 64 * max(map(len, encoded))
        least = min(map(len, self._needles))
        self._binary_encodings = (
            _BinaryEncoding(_BASE64, 6, least),
            _BinaryEncoding(_HEX, 4, least),
        )
        # An encoded secret that is encoded again shows as many bytes of text in a row.
        text = _TEXT | {*b"".join(encoded)}
        self._text = bytes(0x20 if byte in text else 0 for byte in range(256))
        self._least_text = b" " * least
        self.renew()

    def renew(self) -> None:
        """Reset the count of decoded escapes."""
        self.left = MOST_ESCAPES

    def find(self, data: bytes) -> list[Span]:
        """List where in *data* secrets are, as (start, end); those that touch are merged."""
        if self._is_plain(data):
            return []
        found = [*itertools.islice(self._within(data), MOST_FOUND)]
        if self.left < 0 or len(found) == MOST_FOUND:
            return [(0, len(data))]
        return _merged(found)

    def may_be_in(self, text: str) -> bool:
        """Tell whether a string in *text*, a JSON document in ASCII, may hold a secret."""
        self.renew()
        data = text.encode()
        folded = self._folded(data)
        if any(needle in folded for needle in self._in_json):
            return True
        if any(self._may_be_encoded_in(part) for _, part in self._parts(data)):
            return True
        return bool(self.find(b"\0".join({*_marked(data)})))

    def _may_be_encoded_in(self, part: bytes) -> bool:
        joined = part.replace(rb"\r", b"").replace(rb"\n", b"") if rb"\n" in part else part
        return any(
            self.find(b"\0".join({*each.runs(joined)}))
            for each in self._binary_encodings
            if each.is_in(joined)
        )

    def _is_plain(self, data: bytes) -> bool:
        """Tell fast whether *data* certainly holds no secret."""
        return not (
            any(mark in data for mark in _ESCAPES)
            or any(each.is_in(data) for each in self._binary_encodings)
            or any(self._literally(data))
        )

    def _within(self, data: bytes) -> Iterator[Span]:
        for start, part in self._parts(data):
            for first, last in self._spelt(part, DEPTH):
                yield start + first, start + last

    def _parts(self, data: bytes) -> Iterator[tuple[int, bytes]]:
        """Split *data* to save memory; the parts overlap by the length that one secret may have."""
        size = max(1 << 20, 4 * self._overlap)
        for start in range(0, max(len(data) - self._overlap, 1), size):
            yield start, data[start : start + size + self._overlap]

    def _spelt(self, data: bytes, depth: int) -> Iterator[Span]:
        yield from self._literally(data)
        if not depth:
            return
        kinds = [kind for mark, kind in _ESCAPES.items() if mark in data]
        # All kinds together find mixed escapes; each alone, what looks like another kind by chance.
        for escapes in dict.fromkeys((b"|".join(kinds), *kinds)) if kinds else ():
            for reading in self._readings:
                yield from self._escaped(data, re.compile(escapes), reading, depth)
        for encoding in self._binary_encodings:
            if encoding.is_in(data):
                yield from encoding.find(data, lambda inner: self._in_decoded(inner, depth - 1))

    def _literally(self, data: bytes) -> Iterator[Span]:
        folded = self._folded(data)
        for needle in self._needles:
            start = folded.find(needle)
            while start >= 0:
                yield start, start + len(needle)
                start = folded.find(needle, start + len(needle))

    def _folded(self, data: bytes) -> bytes:
        """Read a plus as a space, as forms do, if a secret has a space."""
        return data.translate(_PLUS_AS_SPACE) if self._fold else data

    def _escaped(
        self, data: bytes, pattern: re.Pattern[bytes], reading: Reading, depth: int
    ) -> Iterator[Span]:
        self.left -= sum(map(data.count, _ESCAPES))
        if self.left < 0:
            return
        decoded = pattern.sub(lambda found: reading(found[0]), data)
        if found := list(self._spelt(decoded, depth - 1)) if decoded != data else []:
            place = _places(data, pattern, reading)
            for first, last in found:
                yield place(first)[0], place(last - 1)[1]

    def _in_decoded(self, data: bytes, depth: int) -> Iterator[Span]:
        """Search decoded bytes; if they hold no text, only for the plain secret."""
        is_text = depth and self._least_text in data.translate(self._text)
        return self._spelt(data, depth if is_text else 0)


class _BinaryEncoding:
    """Base64 or hex: each character of an alphabet stands for some bits; may have line breaks."""

    def __init__(self, alphabet: bytes, bits: int, least: int) -> None:
        self._bits = bits
        self._group = 4 if bits == 6 else 2
        most = -(-least * 8 // bits)
        inside = b"[" + re.escape(alphabet + _BREAKS) + b"]"
        self._only = re.compile(inside + b"*")
        self._clear = bytes(byte if byte in alphabet else alphabet[0] for byte in range(256))
        self._clear = self._clear.replace(b"-", b"+").replace(b"_", b"/")
        self._shape = bytes(0x20 if byte in alphabet + _BREAKS else 0 for byte in range(256))
        self._least = b" " * most
        self._zero = alphabet[:1]

    def runs(self, data: bytes) -> Iterator[bytes]:
        """Yield the runs of the alphabet that are long enough for a secret."""
        shape = data.translate(self._shape)
        start = shape.find(self._least)
        while start >= 0:
            end = shape.find(b"\0", start)
            yield data[start:end] if end >= 0 else data[start:]
            start = shape.find(self._least, end) if end >= 0 else end

    def is_in(self, data: bytes) -> bool:
        """Tell fast whether *data* holds such a run."""
        return len(data) >= len(self._least) and self._least in data.translate(self._shape)

    def find(self, data: bytes, search: Callable[[bytes], Iterator[Span]]) -> Iterator[Span]:
        """Decode *data* from each offset, and yield where in *data* lies what *search* finds."""
        joined = data.translate(None, _BREAKS)
        clear = joined.translate(self._clear)
        places = None
        for offset in range(self._group):
            for first, last in search(self._decode(clear[offset:])):
                start = offset + first * 8 // self._bits
                end = min(offset - (-last * 8 // self._bits), len(joined))
                if places is None:
                    places = _unbroken(data, joined)
                span = places[start], places[end - 1] + 1
                if self._only.fullmatch(data, *span):
                    yield span

    def _decode(self, text: bytes) -> bytes:
        whole = text + self._zero * (-len(text) % self._group)
        return binascii.a2b_base64(whole) if self._bits == 6 else binascii.unhexlify(whole)


_STRING = re.compile(rb'"(?:[^"\\]|\\.)*+"')


def _marked(document: bytes) -> Iterator[bytes]:
    """Yield the strings of a JSON document that hold a character with which escapes begin."""
    for mark in (b"%", b"&", rb"\\"):
        place = document.find(mark)
        while place >= 0:
            start = document.rindex(b'"', 0, place)
            while document[start - 1 : start] == b"\\":  # a quote within the text
                start = document.rindex(b'"', 0, start)
            end = _STRING.match(document, start).end()  # type: ignore[union-attr]  # it is JSON
            yield json.loads(document[start:end]).encode(errors="surrogatepass")
            place = document.find(mark, end)


def _unbroken(data: bytes, joined: bytes) -> range | list[int]:
    """Map each index of *joined*, which is *data* without line breaks, to its index in *data*."""
    if len(data) == len(joined):
        return range(len(data))
    return [place for place, byte in enumerate(data) if byte not in _BREAKS]


def _merged(spans: Iterable[Span]) -> list[Span]:
    merged: list[Span] = []
    for first, last in sorted(spans):
        if merged and first <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(last, merged[-1][1])
        else:
            merged.append((first, last))
    return merged


@functools.lru_cache(maxsize=1 << 12)
def _decoded(token: bytes) -> bytes:
    """Decode one escape."""
    text = token.decode()
    match text[:2]:
        case "\\u" if len(text) > 6:
            pair = bytes.fromhex(text[2:6] + text[8:])
            return pair.decode("utf-16-be").encode()
        case "\\u" | "\\U":
            return _character(text[2:], 16)
        case "&#":
            digits = text.strip("&#;").lower()
            return _character(digits.lstrip("x"), 16 if digits[0] == "x" else 10)
    if text[0] == "&":
        return html.unescape(text).encode()
    if text[0] == "%" or text[:2] == "\\x":
        return bytes.fromhex(text.lstrip("%\\x"))
    return _LETTERS.get(text[1], text[1]).encode()


def _character(digits: str, base: int) -> bytes:
    number = int(digits, base)
    return chr(number).encode(errors="surrogatepass") if number < 0x110000 else b""


@functools.lru_cache(maxsize=1 << 12)
def _as_characters(token: bytes) -> bytes:
    r"""Decode an escape as Python writes it, where \xe9 is é and not one byte of UTF-8."""
    decoded = _decoded(token)
    is_byte = token[:1] == b"%" or token[:2] == rb"\x"
    return decoded.decode("latin-1").encode() if is_byte else decoded


def _places(data: bytes, pattern: re.Pattern[bytes], reading: Reading) -> Callable[[int], Span]:
    """Return a function that maps an index of the decoded *data* to a span of *data*."""
    tokens = [(0, 0), *(found.span() for found in pattern.finditer(data))]
    starts, ends = [0], [0]
    for (_, before), (first, last) in itertools.pairwise(tokens):
        starts.append(ends[-1] + first - before)
        ends.append(starts[-1] + len(reading(data[first:last])))

    def place(byte: int) -> Span:
        number = bisect_right(starts, byte) - 1
        if byte < ends[number]:
            return tokens[number]
        source = tokens[number][1] + byte - ends[number]
        return source, source + 1

    return place
