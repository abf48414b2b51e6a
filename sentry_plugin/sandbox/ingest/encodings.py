"""Decompresses the bodies of requests, at most up to a limit.

Knows no event.
"""

from __future__ import annotations

import importlib
import zlib
from collections.abc import Callable

from sentry_plugin.sandbox.ingest.rejections import reject_text

# Names that clients send for a body that is not compressed.
PLAIN = ("", "utf-8", "identity")


def decoded(body: bytes, encoding: str, limit: int) -> bytes:
    """Decompress *body*; refuse one that is longer than *limit* bytes then."""
    name = encoding.strip().lower()
    if name not in PLAIN:
        unpack = UNPACKERS.get(name) or reject_text(415, "")
        try:
            body = unpack(body, limit + 1)
        except (zlib.error, ValueError, EOFError):
            reject_text(400, "Failed to buffer the request body")
    if len(body) > limit:
        reject_text(413, "length limit exceeded")
    return body


def _zlib(window: int) -> Callable[[bytes, int], bytes]:
    def unpack(body: bytes, most: int) -> bytes:
        unpacker = zlib.decompressobj(window)
        text = unpacker.decompress(body, most)
        if len(text) < most and not unpacker.eof:
            raise EOFError
        return text

    return unpack


def _brotli(body: bytes, most: int) -> bytes:
    library = importlib.import_module("brotli")
    unpacker = library.Decompressor()
    try:
        text: bytes = unpacker.process(body, output_buffer_limit=most)
    except library.error as error:
        raise ValueError(str(error)) from None
    if len(text) < most and not unpacker.is_finished():
        raise EOFError
    return text


inflated = _zlib(zlib.MAX_WBITS)
UNPACKERS = {"gzip": _zlib(zlib.MAX_WBITS | 16), "deflate": inflated, "br": _brotli}
