"""What a user may call an issue, and that none of it leads to another host."""

from __future__ import annotations

import os
from types import SimpleNamespace
from urllib.parse import urlsplit

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sentry_plugin.client import issueids
from sentry_plugin.client.issueids import Reference
from sentry_plugin.client.routes import issue_routes
from sentry_plugin.errors import InputError
from unit_test.conftest import URL

SAAS = "https://sentry.io/api/0/"
PREFIXED = "http://sentry.example:9000/tools/api/0/"


@pytest.mark.parametrize(
    ("text", "issue"),
    [
        ("612424900", "612424900"),
        (" 1\n", "1"),
        ("<1>", "1"),
        ("BACKEND-1A", "BACKEND-1A"),
        ("backend-1a", "BACKEND-1A"),
        ("`my-back_end-2Z`", "MY-BACK_END-2Z"),
    ],
)
def test_an_issue_is_named_by_its_number_or_its_short_id(text, issue):
    assert issueids.parse(text, URL) == (issue, "")


@pytest.mark.parametrize(
    "url", [SAAS, "https://us.sentry.io/api/0/", "https://acme.sentry.io/api/0/"]
)
@pytest.mark.parametrize(
    ("link", "found"),
    [
        ("https://acme.sentry.io/issues/12/", ("12", "acme")),
        ("https://acme.sentry.io/issues/12/events/1f/?project=3&query=a%2Fb#x", ("12", "acme")),
        ("https://acme.sentry.io/issues/backend-1a", ("BACKEND-1A", "acme")),
        ("https://sentry.io/organizations/acme/issues/12/?referrer=slack", ("12", "acme")),
        ("https://us.sentry.io/organizations/acme/issues/12/", ("12", "acme")),
        ("https://other.sentry.io/organizations/acme/issues/12/", ("12", "acme")),
        ("https://de.sentry.io/issues/12/", ("12", "")),
        ("https://sentry.io/issues/12/", ("12", "")),
        ("https://sentry.io/acme/backend/issues/12/", ("12", "acme")),
        ("https://sentry.io/api/0/organizations/acme/issues/12/", ("12", "acme")),
        ("https://sentry.io/api/0/issues/12/", ("12", "")),
        ("HTTPS://Sentry.IO:443/organizations/acme/issues/12/", ("12", "acme")),
        ("  <https://acme.sentry.io/issues/12/|BACKEND-1A>\n", ("12", "acme")),
        ("acme.sentry.io/issues/12", ("12", "acme")),
        ("http://acme.sentry.io/issues/12/", ("12", "acme")),
        ("https://acme.sentry.io/feedback/?feedbackSlug=web%3A12&project=1", ("12", "acme")),
        ("https://acme.sentry.io/issues/feedback/?feedbackSlug=web:12", ("12", "acme")),
    ],
)
def test_all_addresses_of_sentry_io_are_of_one_sentry(link, found, url):
    assert issueids.parse(link, url) == found


@pytest.mark.parametrize(
    ("link", "found"),
    [
        ("http://sentry.example:9000/tools/organizations/acme/issues/12/events/1/", ("12", "acme")),
        ("http://sentry.example:9000/tools/acme/backend/issues/12/", ("12", "acme")),
        ("http://sentry.example:9000/tools/issues/B-1?x", ("B-1", "")),
        ("http://SENTRY.example:9000/tools/organizations/a%20b/issues/12", ("12", "a b")),
        ("http://sentry.example:9000/tools/backend/issues/12", ("12", "")),
    ],
)
def test_a_sentry_of_ones_own_may_have_a_port_and_a_prefix(link, found):
    assert issueids.parse(link, PREFIXED) == found


@pytest.mark.parametrize("prefix", ["", "issues/"])
@pytest.mark.parametrize(
    "query",
    ["?feedbackSlug=web%3A3&project=1", "?project=1&feedbackSlug=web:3#x", "?feedbackSlug=3"],
)
def test_the_address_that_sentry_gives_a_feedback_names_its_issue(query, prefix):
    link = f"https://sentry.example/organizations/acme/{prefix}feedback/{query}"
    assert issueids.parse(link, URL) == ("3", "acme")


@pytest.mark.parametrize(
    ("link", "url"),
    [
        ("http://sentry.example/organizations/o/issues/1/", "https://sentry.example/api/0/"),
        ("https://sentry.example/organizations/o/issues/1/", "http://sentry.example/api/0/"),
        ("http://sentry.example:80/organizations/o/issues/1/", "https://sentry.example/api/0/"),
        (
            "https://sentry.example:9000/organizations/o/issues/1/",
            "http://sentry.example:9000/api/0/",
        ),
    ],
)
def test_an_address_of_the_same_sentry_with_tls_or_without_names_its_issue(link, url):
    assert issueids.parse(link, url) == ("1", "o")


@pytest.mark.parametrize(
    ("permalink", "known"),
    [
        ("https://sentry.example/organizations/acme/issues/1/", "acme"),
        ("https://sentry.example/acme/web/issues/1/", "acme"),
        ("https://sentry.example/organizations/acme/feedback/?feedbackSlug=web%3A1", "acme"),
        ("https://sentry.example/organizations/acme/issues/feedback/?feedbackSlug=web%3A1", "acme"),
        ("https://acme.sentry.io/issues/1/", "acme"),
        ("https://acme.sentry.io/feedback/?feedbackSlug=web%3A1", "acme"),
        ("https://evil.example\\@acme.sentry.io/issues/1/", ""),
        ("https://sentry.example/web/issues/1", ""),
        ("https://[/issues/1", ""),
        ("", ""),
        (None, ""),
    ],
)
def test_whose_an_issue_is_can_be_in_the_address_that_sentry_gives_it(permalink, known):
    client = SimpleNamespace(url=URL, organization="")
    assert issueids.organization_of_issue(client, "1", permalink) == known


@pytest.mark.parametrize(
    ("link", "url"),
    [
        ("https://evil.example/organizations/o/issues/1/", URL),
        ("https://sentry.example.evil.example/organizations/o/issues/1/", URL),
        ("https://sentry.example./organizations/o/issues/1/", URL),
        ("https://sentry.example:8443/organizations/o/issues/1/", URL),
        ("https://acme.sentry.io/issues/1/", URL),
        ("https://notsentry.io/organizations/o/issues/1/", SAAS),
        ("https://a.b.sentry.io/organizations/o/issues/1/", SAAS),
        ("https://sentry.io:8443/organizations/o/issues/1/", SAAS),
        ("http://sentry.example:9000/organizations/o/issues/1/", PREFIXED),
        ("http://sentry.example:9000/other/organizations/o/issues/1/", PREFIXED),
        ("o/p", URL),
    ],
)
def test_a_link_to_another_sentry_is_refused(link, url, start, run, requests_mock):
    body = run(start("list_issue_events", {"url": url}, issue_id=link))
    assert body["exception"]["code"] == "bad_input"
    assert "which is not the connection's Sentry" in body["exception"]["cause"]
    assert requests_mock.call_count == 0


@pytest.mark.parametrize(
    "below",
    [
        "",
        "organizations/o/projects/p/",
        "organizations/o/issues/",
        "organizations/o/issues/?query=1",
        "organizations/o/issues/feedback/",
        "o/p/events/1/",
        "settings/o/",
        "organizations//issues/1/",
        "organizations/o/feedback/",
        "organizations/o/feedback/?feedbackSlug=web",
        "organizations/o/feedback/?project=1",
    ],
)
def test_a_link_to_something_else_than_an_issue_is_refused(below, start, run, requests_mock):
    body = run(start("update_issue", issue_id=f"https://sentry.example/{below}", status="resolved"))
    assert body["exception"]["code"] == "bad_input"
    assert "not that of an issue" in body["exception"]["cause"]
    assert requests_mock.call_count == 0


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("not an issue", "names no issue"),
        ("12a", "names no issue"),
        ("..", "names no issue"),
        ("\u0661", "names no issue"),
        ("9" * 20, "names no issue"),
        ("ftp://sentry.example/issues/1/", "is no valid address"),
        ("https://[/issues/1/", "is no valid address"),
        ("https://sentry.example:x/issues/1/", "is no valid address"),
        ("https://sentry.example@evil.example/issues/1/", "it holds an @"),
        ("https://evil.example\\@sentry.example/issues/1/", "it holds a backslash"),
        ("https://sentry\u3002example/issues/1/", "a letter beyond a to z"),
        ("https://sentry.example/organizations/%2e%2e/issues/1/", "cannot be part of an address"),
    ],
)
def test_what_names_no_issue_is_refused(text, words, start, run, requests_mock):
    body = run(start("list_issue_events", issue_id=text))
    assert (body["exception"]["code"], words in body["error"]) == ("bad_input", True)
    assert requests_mock.call_count == 0


def test_the_organization_of_a_link_goes_before_that_of_the_connection(start, run, requests_mock):
    requests_mock.get(f"{URL}organizations/theirs/issues/1/events/", json=[])
    link = "https://sentry.example/organizations/theirs/issues/1/"
    assert run(start("list_issue_events", {"organization": "ours"}, issue_id=link))["output"] == {
        "events": []
    }


def test_a_short_id_is_looked_up_in_the_organization(sandbox, start, run):
    issue = sandbox.issue(message="to be found")
    assert run(message(start, sandbox, issue["shortId"].lower()))["output"]["events"]
    link = f"{sandbox.base}/organizations/acme/issues/{issue['shortId']}/"
    assert run(message(start, sandbox, link, organization=""))["output"]["events"]


def message(start, sandbox, issue_id, **more):
    connection = {"token": {"token": sandbox.known["token"]}, "url": sandbox.base}
    connection |= {"organization": "acme", **more}
    return start("list_issue_events", connection, issue_id=issue_id)


def test_a_number_is_had_without_asking():
    client = SimpleNamespace(url=URL, organization="o")
    assert issueids.number(client, "https://sentry.example/organizations/p/issues/12/") == "12"


def test_a_short_id_without_an_organization_says_what_it_needs(start, run, requests_mock):
    body = run(start("list_issue_events", issue_id="BACKEND-1A"))
    assert "The short ID BACKEND-1A needs an organization" in body["error"]
    assert requests_mock.call_count == 0


@pytest.mark.parametrize("name", ["SANDBOX-ZZZ", "123456789"])
def test_an_issue_that_is_not_there_is_named(name, sandbox, start, run):
    body = run(message(start, sandbox, name))
    assert body["exception"]["code"] == "not_found"
    assert f"The issue {name} was deleted, or is not in the organization acme" in body["error"]


@pytest.mark.parametrize("odd", [{}, {"groupId": 5}, {"groupId": "../1"}, []])
def test_an_answer_that_names_no_issue_leads_nowhere(odd, start, run, requests_mock):
    requests_mock.get(f"{URL}organizations/o/shortids/B-1/", json=odd)
    body = run(start("list_issue_events", {"organization": "o"}, issue_id="B-1"))
    assert "The answer for the short ID B-1 names no issue" in body["error"]
    assert requests_mock.call_count == 1


HOSTS = st.sampled_from(
    ["sentry.io", "us.sentry.io", "acme.sentry.io", "sentry.example", "evil.example", "[::1]", ""]
)
PARTS = st.sampled_from(
    ["organizations", "acme", "issues", "1", "B-1", "..", "%2e", "%2f", "@", ":", "?", "#", "api/0"]
)
LINKS = st.builds(
    lambda scheme, before, host, port, parts: f"{scheme}{before}{host}{port}/{'/'.join(parts)}",
    st.sampled_from(["https://", "http://", "", "//", "ftp://", "HTTPS://"]),
    st.sampled_from(["", "evil.example@", "sentry.io@", "a:b@"]),
    HOSTS,
    st.sampled_from(["", ":443", ":80", ":x", ":99999"]),
    st.lists(PARTS | st.text(max_size=4), max_size=6)
    | st.tuples(st.just("organizations"), PARTS, st.just("issues"), PARTS, PARTS),
)
FAMILY = {"sentry.io", "us.sentry.io", "acme.sentry.io"}


@settings(derandomize="CI" in os.environ, database=None, deadline=None, max_examples=500)
@given(st.text() | LINKS, st.sampled_from([SAAS, URL, PREFIXED]))
@example("https://us.sentry.io/organizations/acme/issues/1/", SAAS)
@example("evil.example", SAAS)
def test_whatever_is_given_is_an_issue_of_the_connections_host_or_refused(text, url):
    try:
        found = issueids.parse(text, url)
        routes = issue_routes(found.organization, found.issue)
    except InputError:
        return
    assert isinstance(found, Reference)
    assert found.issue == found.issue.upper()
    assert all(".." not in route.path and "?" not in route.path for route in routes)
    assert ("/" in text) or not found.organization
    named, ours = urlsplit(text.strip().strip("<>\"'` \t\r\n")).hostname, urlsplit(url).hostname
    assert named in {None, ours} or {named, ours} <= FAMILY
