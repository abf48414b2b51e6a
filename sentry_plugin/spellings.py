"""Where a text holds a secret, in whatever spelling.

Percent, HTML, backslashes, base64, hex, and any two of these on top of each other. The text is
decoded, never the secret spelt: so no list of spellings is ever short of one. Takes a time that
only grows as the text does. Knows neither logs nor events.
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
"""Spellings on top of each other."""
MOST_ESCAPES = 2_000_000
"""Escapes that are read between two calls of `renew`, each as often as it is read."""
MOST_FOUND = 100_000
"""Places in one text. A text that goes beyond either is hidden as a whole."""

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
"""Patterns by what they begin with; compiled where one is needed first."""
_LETTERS = dict(zip("abfnrtv", "\a\b\f\n\r\t\v", strict=True))

_BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_"
_HEX = b"0123456789ABCDEFabcdef"
_BREAKS = b"\r\n"
_TEXT = {*range(0x20, 0x7F), *b"\t\r\n"}
_PLUS_AS_SPACE = bytes.maketrans(b"+", b" ")


class Spellings:
    """Some secrets, to be found in texts."""

    def __init__(self, secrets: Collection[str]) -> None:
        """*secrets* are some, none of them empty."""
        encoded = {each.encode(errors="surrogatepass") for each in secrets}
        self._fold = any(b" " in each for each in encoded)
        self._needles = {self._folded(each) for each in encoded}
        self._in_json = {self._folded(json.dumps(each)[1:-1].encode()) for each in secrets}
        readings = (_decoded,) if all(map(bytes.isascii, encoded)) else (_decoded, _as_characters)
        self._readings: tuple[Reading, ...] = readings
        self._overlap = 64 * max(map(len, encoded))
        least = min(map(len, self._needles))
        self._packings = (_Packing(_BASE64, 6, least), _Packing(_HEX, 4, least))
        # What is spelt once more has as many bytes in a row that are text.
        text = _TEXT | {*b"".join(encoded)}
        self._text = bytes(0x20 if byte in text else 0 for byte in range(256))
        self._least_text = b" " * least
        self.renew()

    def renew(self) -> None:
        """Begin anew to count what is looked into."""
        self.left = MOST_ESCAPES

    def find(self, data: bytes) -> list[Span]:
        """Give where in *data* a secret is, in whatever spelling; parts that touch are one."""
        if self._is_plain(data):
            return []
        found = [*itertools.islice(self._within(data), MOST_FOUND)]
        if self.left < 0 or len(found) == MOST_FOUND:
            return [(0, len(data))]
        return _merged(found)

    def may_be_in(self, text: str) -> bool:
        """Tell whether a secret may be in a text of *text*, which is a JSON document in ASCII."""
        self.renew()
        data = text.encode()
        folded = self._folded(data)
        if any(needle in folded for needle in self._in_json):
            return True
        if any(self._may_be_packed_in(part) for _, part in self._parts(data)):
            return True
        return bool(self.find(b"\0".join({*_marked(data)})))

    def _may_be_packed_in(self, part: bytes) -> bool:
        joined = part.replace(rb"\r", b"").replace(rb"\n", b"") if rb"\n" in part else part
        return any(
            self.find(b"\0".join({*each.runs(joined)}))
            for each in self._packings
            if each.is_in(joined)
        )

    def _is_plain(self, data: bytes) -> bool:
        """Tell fast that nothing can be in *data*."""
        return not (
            any(mark in data for mark in _ESCAPES)
            or any(each.is_in(data) for each in self._packings)
            or any(self._literally(data))
        )

    def _within(self, data: bytes) -> Iterator[Span]:
        for start, part in self._parts(data):
            for first, last in self._spelt(part, DEPTH):
                yield start + first, start + last

    def _parts(self, data: bytes) -> Iterator[tuple[int, bytes]]:
        """Search part by part, for memory's sake; they overlap by what one secret may take."""
        size = max(1 << 20, 4 * self._overlap)
        for start in range(0, max(len(data) - self._overlap, 1), size):
            yield start, data[start : start + size + self._overlap]

    def _spelt(self, data: bytes, depth: int) -> Iterator[Span]:
        yield from self._literally(data)
        if not depth:
            return
        kinds = [kind for mark, kind in _ESCAPES.items() if mark in data]
        # All at once finds what is mixed; one kind alone, what looks like another kind by chance.
        for escapes in dict.fromkeys((b"|".join(kinds), *kinds)) if kinds else ():
            for reading in self._readings:
                yield from self._escaped(data, re.compile(escapes), reading, depth)
        for packing in self._packings:
            if packing.is_in(data):
                yield from packing.find(data, lambda inner: self._unpacked(inner, depth - 1))

    def _literally(self, data: bytes) -> Iterator[Span]:
        folded = self._folded(data)
        for needle in self._needles:
            start = folded.find(needle)
            while start >= 0:
                yield start, start + len(needle)
                start = folded.find(needle, start + len(needle))

    def _folded(self, data: bytes) -> bytes:
        """Take a plus for a space, as forms do, where a secret has one."""
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

    def _unpacked(self, data: bytes, depth: int) -> Iterator[Span]:
        """Search what was packed: most of it is no text, and then only literally."""
        is_text = depth and self._least_text in data.translate(self._text)
        return self._spelt(data, depth if is_text else 0)


class _Packing:
    """Characters that stand for parts of bytes, at any offset, perhaps with line breaks."""

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
        """Give all that is long enough."""
        shape = data.translate(self._shape)
        start = shape.find(self._least)
        while start >= 0:
            end = shape.find(b"\0", start)
            yield data[start:end] if end >= 0 else data[start:]
            start = shape.find(self._least, end) if end >= 0 else end

    def is_in(self, data: bytes) -> bool:
        """Tell fast whether there is enough of it in a row."""
        return len(data) >= len(self._least) and self._least in data.translate(self._shape)

    def find(self, data: bytes, search: Callable[[bytes], Iterator[Span]]) -> Iterator[Span]:
        """Give where in *data* lies what *search* finds in it, unpacked at each offset."""
        joined = data.translate(None, _BREAKS)
        clear = joined.translate(self._clear)
        places = None
        for offset in range(self._group):
            for first, last in search(self._unpack(clear[offset:])):
                start = offset + first * 8 // self._bits
                end = min(offset - (-last * 8 // self._bits), len(joined))
                if places is None:
                    places = _unbroken(data, joined)
                span = places[start], places[end - 1] + 1
                if self._only.fullmatch(data, *span):
                    yield span

    def _unpack(self, text: bytes) -> bytes:
        whole = text + self._zero * (-len(text) % self._group)
        return binascii.a2b_base64(whole) if self._bits == 6 else binascii.unhexlify(whole)


_STRING = re.compile(rb'"(?:[^"\\]|\\.)*+"')


def _marked(document: bytes) -> Iterator[bytes]:
    """Give the texts of a JSON document that hold what an escape begins with."""
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
    """Give where each character of *joined*, which has no line breaks, is in *data*."""
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
    """Give the bytes that one escape stands for."""
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
    r"""Read an escape as Python writes it, where \xe9 is é, and not half of its two bytes."""
    decoded = _decoded(token)
    is_byte = token[:1] == b"%" or token[:2] == rb"\x"
    return decoded.decode("latin-1").encode() if is_byte else decoded


def _places(data: bytes, pattern: re.Pattern[bytes], reading: Reading) -> Callable[[int], Span]:
    """Tell for each byte of decoded *data* from which ones of *data* it comes."""
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
