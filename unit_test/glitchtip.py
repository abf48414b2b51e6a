"""A GlitchTip that answers as it was recorded: each request by the recording of the same one."""

from __future__ import annotations

from urllib.parse import quote, unquote

from unit_test import recordings
from unit_test.conftest import shared_folder

URL = "http://127.0.0.1:8177/api/0/"
ORGANIZATION = {"url": URL, "organization": "rec-org"}
"""A connection with the organization of the recordings; `rec-second` is another of its user."""


def answers(requests_mock, *names, **of_others):
    """Answer by the recordings *names*; *of_others* maps names to the requests that they answer."""
    for name in names:
        each = recording(name)
        _register(requests_mock, each, each.method, each.url)
    for name, request in of_others.items():
        method, path = request.split(" ", 1)
        _register(requests_mock, recording(name), method, URL + path)


def recording(name):
    """Return one recorded exchange."""
    return recordings.exchange(shared_folder() / "recordings/glitchtip" / f"{name}.http")


def _register(requests_mock, each, method, url):
    place, _, query = url.partition("?")
    url = f"{quote(unquote(place), safe=':/')}?{query}"
    answer = {"status_code": each.status, "headers": each.headers, "text": each.body}
    requests_mock.register_uri(method, url, complete_qs=True, **answer)


def asked(requests_mock):
    """Return what was asked for: methods, and what follows the API's root."""
    return [f"{each.method} {each.url.removeprefix(URL)}" for each in requests_mock.request_history]
