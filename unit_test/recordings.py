"""Recorded requests and answers of real servers, one exchange a file. Judges nothing."""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import parse_qsl, urlsplit


class Exchange(NamedTuple):
    """A request and what a server answered."""

    method: str
    url: str
    status: int
    headers: dict[str, str]
    body: str

    @property
    def path(self):
        return urlsplit(self.url).path

    @property
    def query(self):
        return frozenset(parse_qsl(urlsplit(self.url).query, keep_blank_values=True))


def exchanges(folder):
    """Yield each exchange of a folder."""
    for file in sorted(folder.glob("*.http")):
        yield exchange(file)


def exchange(file):
    """Read one exchange."""
    request, _, response = file.read_text(encoding="utf-8").partition("---- RESPONSE ----\n")
    head, _, body = response.partition("\n\n")
    status, *lines = head.splitlines()
    headers = dict(line.split(": ", 1) for line in lines if ": " in line)
    method, url = request.split()[:2]
    return Exchange(method, url, int(status.split()[0]), headers, uncut(body))


def uncut(body):
    """Leave out the unfinished last item of a long list, which the recording cut off."""
    return body[: body.rindex("\n },")] + "\n }]" if body.endswith("(cut)\n") else body
