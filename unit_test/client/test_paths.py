"""Paths: what a user names stays below the place that is meant, whoever reads the address."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import unquote

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from requests_mock import ANY

from sentry_plugin.client import routes
from sentry_plugin.errors import InputError

HOSTILE = [
    *("a/../b", "a/b", "../b", "..", ".", "a\\..\\b", "a%2f..%2fb", "a%2Fb", "%2e%2e", "a%252fb"),
    *("..;", "..;x", ";", "a;b", "a?b", "a#b", "\uff0e\uff0e", "a\uff0fb", "\u2025", " ..", ".. "),
    *("a\nb", "\x00", "\ud800", "a%5cb", "a\uff05b", "a\uff3cb"),
]
PIECES = [*"./\\%;?#& a", "..", "%2f", "%2F", "%5c", "%2e", "%25", "\uff0e", "\uff0f", "\u2025"]
texts = st.lists(st.sampled_from(PIECES) | st.characters(), max_size=8).map("".join)


def read(path, times):
    """Read a path as a server does that decodes it too often, and then walks it."""
    for _ in range(times):
        path = unquote(path)
    path = re.split(r"[?#]", unicodedata.normalize("NFKC", path).replace("\\", "/"))[0]
    walked = []
    for part in path.split("/"):
        step = part.partition(";")[0].strip()
        if step == "..":
            walked = walked[:-1]
        elif step not in {"", "."}:
            walked.append(part)
    return walked


@pytest.mark.parametrize(
    "path", ["x/a%2F..%2F../b", "x/..;y/b", "x/%252e%252e/b", "x/\u2025/./b?c"]
)
def test_such_a_server_is_led_upwards_by_what_is_quoted_once(path):
    assert read(path, 2) == ["b"]


def refused(make):
    try:
        return make(), False
    except InputError:
        return None, True


@settings(database=None, deadline=None)
@given(texts, st.integers(1, 3))
@example("a/../b", 2)
@example("a%2f..%2fb", 2)
def test_a_segment_stays_one_however_often_it_is_decoded(text, times):
    path, is_refused = refused(lambda: routes.path("projects/{a}/x/{b}/", a=text, b="b"))
    if not is_refused:
        walked = read(path, times)
        assert (len(walked), walked[0], walked[2:]) == (4, "projects", ["x", "b"])


@settings(database=None, deadline=None)
@given(texts, st.integers(1, 3))
@example("1/../../../projects", 1)
@example("%2e%2e%2f%2e%2e%2fx", 2)
@example("..?", 1)
@example("..%23x", 2)
def test_a_release_stays_below_the_releases_however_often_it_is_decoded(text, times):
    path, is_refused = refused(lambda: routes.release_route("acme", text or "x", "deploys/").path)
    if not is_refused:
        assert read(path, times)[:3] == ["organizations", "acme", "releases"]


@pytest.mark.parametrize("version", ["app@1.0 (2)", "100%", "a;b", "a?b#c", "a..b", "...", "v/1"])
def test_a_release_may_hold_what_leads_nowhere_else(version):
    path = routes.release_route("acme", version).path
    assert unquote(path) == f"organizations/acme/releases/{version}/"
    assert path.count("/") == 4


@pytest.mark.parametrize("name", ["acme", "4507", "my-team_1", "a b", "\u00fc", "a.b", "{x}"])
def test_names_that_sentry_gives_are_one_segment(name):
    assert unquote(routes.path("x/{a}/", a=name)) == f"x/{name}/"


INPUTS = [
    ("list_project_issues", {"organization_slug": "o"}, "project_slug"),
    ("list_project_issues", {"project_slug": "p"}, "organization_slug"),
    ("list_issues", {}, "organization_slug"),
    ("list_issues", {"projects": ["p"]}, "projects"),
    ("get_event", {"project_slug": "p"}, "event_id"),
    ("get_event", {"issue_id": "1"}, "event_id"),
    ("get_event", {"event_id": "a"}, "project_slug"),
    ("list_tag_values", {"issue_id": "1"}, "key"),
    ("list_members", {}, "organization_slug"),
    ("create_deploy", {"version": "1", "environment": "e"}, "organization_slug"),
]


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize(("action", "given", "field"), INPUTS)
def test_what_could_leave_its_segment_is_refused_before_any_request(
    action, given, field, text, start, run, requests_mock
):
    requests_mock.register_uri(ANY, ANY, json=[])
    hostile = [*given.get(field, ()), text] if field == "projects" else text
    body = run(start(action, {"organization": "o"}, **given | {field: hostile}))
    assert body["exception"]["code"] == "bad_input"
    assert requests_mock.call_count == 0


@pytest.mark.parametrize("text", HOSTILE)
def test_an_organization_of_the_connection_that_is_none_is_refused(text, start, run, requests_mock):
    message = start("get_issue", {"organization": text}, issue_id="1")
    body = run(message)
    assert "`organization` is empty, or holds what cannot be part of an address" in body["error"]
    assert "Give the name alone" in body["error"]
    assert requests_mock.call_count == 0
