"""The probes of what a server has: tried with what real servers answered, and with the sandbox."""

from __future__ import annotations

import re

import pytest

from unit_test import outside
from unit_test.live import probing
from unit_test.live.needs import NEEDS, Seen, UnclearError
from unit_test.recordings import exchange

# Not recorded of Sentry: an unknown release, which is told as other unknown things are.
UNKNOWN = {"status_code": 404, "text": '{"detail": "The requested resource does not exist"}'}
RECORDED = {
    "sentry9": {
        "ingest": "a10_store_malformed_json",
        "activity": "c01_issues_get",
        "assignment": "c01_issues_get",
        "flags": "c01_issues_get",
        "statistics": "b04_param_statsPeriod_14d",
        "search": "b03_query_is_bogus",
        "short_ids": "b04_param_shortIdLookup",
        "conditions": "d01_issues_put_status_resolvedInNextRelease",
        "roles": "e_org_detail",
        "sentry_9": "c01_orgissues_get",
    },
    "sentry21": {
        "ingest": "e_store_get",
        "activity": "b_get_org",
        "assignment": "b_get_legacy",
        "flags": "b_get_org",
        "statistics": "b_project_statsPeriod_14d",
        "search": "b_project_q_bogus",
        "short_ids": "b_project_shortId",
        "conditions": "d_org_nextrel",
        "roles": "e_org_detail",
        "sentry_9": "b_get_org",
    },
    "glitchtip": {
        "ingest": "m03_store_malformed_json",
        "activity": "d01_issue_legacy",
        "assignment": "d01_issue_legacy",
        "flags": "d01_issue_legacy",
        "statistics": "b05_statsPeriod_bogus",
        "search": "b07_query_is_bogus",
        "short_ids": "b09_shortIdLookup",
        "conditions": "h01_put_status_resolvedInNextRelease",
        "deploys": "k04_deploys",
        "roles": "l02_organization",
        "sentry_9": "d01_issue_org",
    },
}
# Where events are not taken, no issue is the probes' own, and nothing is changed to learn more.
NOT_TRIED = {"conditions"}
LACKING = {
    "sentry9": set(),
    "sentry21": {"ingest", "sentry_9"},
    "glitchtip": NEEDS.keys() - {"ingest"},
}
NAMES_OF_ALL = {
    "url": "https://sentry.example",
    "token": "not-a-real-token",
    "readonly_token": "not-a-real-token",
    "org": "an-org",
    "project": "a-project",
    "dsn": "https://key@ingest.example/1",
}
SPECIAL = {"statsPeriod", "shortIdLookup"}
SERVERS = pytest.mark.parametrize("server", RECORDED)


@pytest.fixture
def recorded(shared):
    """Read what a server answered to the probe of a need."""

    def read(server, name):
        return exchange(shared / f"recordings/{server}/{RECORDED[server][name]}.http")

    return read


@pytest.fixture
def named(monkeypatch):
    """Let the environment name a server."""

    def name(**values):
        for key, value in values.items():
            monkeypatch.setenv(f"SENTRY_LIVE_{key.upper()}", value)

    probing.server.cache_clear()
    yield name
    probing.server.cache_clear()


def seen(one):
    return Seen(one.status, one.body)


@SERVERS
def test_a_probe_tells_what_a_real_server_has(server, recorded):
    found = {name: NEEDS[name].judge(seen(recorded(server, name))) for name in RECORDED[server]}
    assert found == {name: name not in LACKING[server] for name in RECORDED[server]}


@SERVERS
def test_a_probe_asks_for_what_was_recorded(server, recorded):
    for name in RECORDED[server].keys() - {"ingest"}:
        one, need = recorded(server, name), NEEDS[name]
        assert one.method == need.method
        assert any(fits(path, one.path) for path in need.paths), name
        assert need.query.keys() - {"limit", "query"} <= dict(one.query).keys()


def fits(template, path):
    return re.fullmatch("/api/0/" + re.sub(r"{\w+}", "[^/]+", template), path)


@pytest.mark.parametrize("name", NEEDS)
@pytest.mark.parametrize(
    "answer",
    [
        Seen(500, "<html>"),
        Seen(401, '{"detail": "Invalid token"}'),
        Seen(429, '{"detail": "Too many requests"}'),
        Seen(200, ""),
    ],
)
def test_a_probe_that_is_answered_by_something_else_tells_nothing(name, answer):
    with pytest.raises(UnclearError):
        NEEDS[name].judge(answer)


@SERVERS
def test_what_a_server_lacks_is_told_by_all_probes_together(
    server, recorded, named, requests_mock, monkeypatch
):
    # What becomes of the probes' own event was not recorded.
    monkeypatch.setattr(outside, "answer", lambda _: None)
    lacking = LACKING[server] | (NOT_TRIED if "ingest" in LACKING[server] else set())
    monkeypatch.setenv(probing.LACKS, " ".join(lacking) or "nothing")
    answers = {}
    for name in RECORDED[server]:
        one, need = recorded(server, name), NEEDS[name]
        place = one.path if name != "ingest" else "/api/1/store/"
        told = {"status_code": one.status, "text": one.body}
        answers.setdefault(kind(need.method, place, dict(one.query)), told)

    def answer(request, context):
        known = {"status_code": 200, "text": '[{"id": "1", "shortId": "A-1"}]'}
        if "/deploys/" in request.path:
            known = UNKNOWN
        elif "/issues/1/" in request.path:
            known = {"status_code": 404, "text": ""}
        given = dict(outside.pairs(request.url))
        known = answers.get(kind(request.method, request.path, given), known)
        context.status_code = known["status_code"]
        return known["text"]

    requests_mock.register_uri("GET", re.compile(".*"), text=answer)
    requests_mock.register_uri("PUT", re.compile(".*"), text=answer)
    requests_mock.register_uri("POST", re.compile(".*"), text=answer)
    named(**NAMES_OF_ALL)
    assert set(probing.server().lacking()) == set(probing.known_lacks()) == lacking
    requests_mock.reset_mock()
    assert set(probing.server().lacking()) == lacking
    assert requests_mock.call_count == 0


def kind(method, path, query):
    """Give what tells the recorded requests apart: no names, and of numbers only that they are."""
    place = re.sub(r"(?<=/)([a-z]+-(org|project|app)|\d+)(?=/)", "x", path)
    place = re.sub(r"(?<=/releases/)[^/]+", "x", place)
    return method, place, query.get("query") == "is:bogus", *sorted(query.keys() & SPECIAL)


def test_a_test_that_needs_what_a_server_lacks_is_skipped_and_says_so(sandbox, named):
    known = sandbox.known
    given = NAMES_OF_ALL | {
        "url": sandbox.base,
        "token": known["token"],
        "org": known["organization"],
        "project": known["project"],
        "dsn": known["dsn"],
    }
    named(**given)
    assert probing.server().lacking() == ["sentry_9"]
    probing.require(*NEEDS.keys() - {"sentry_9"})
    with pytest.raises(pytest.skip.Exception, match="a server that has the routes of Sentry 9"):
        probing.require("ingest", "sentry_9")


@pytest.mark.live
def test_the_server_lacks_what_it_is_known_to_lack():
    assert probing.server().lacking() == probing.known_lacks()
