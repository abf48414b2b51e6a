"""Sentry's web API: pages by cursor, routes that exist or not, and errors in words."""

from __future__ import annotations

import time

import pytest
from requests_mock import ANY

from sentry_plugin.client.pages import LARGEST, next_cursor
from sentry_plugin.issues.issue import normalised
from sentry_plugin.steps import step
from sentry_plugin.transport.messages import Answer
from sentry_plugin.transport.refusal import server_words
from unit_test.conftest import TOKEN, URL, unresolved

pytestmark = pytest.mark.versions

PROJECT = f"{URL}projects/o/p/issues/"
ORGANIZATION = f"{URL}organizations/o/issues/"
EVENTS = f"{URL}issues/1/events/"
GONE = {"status_code": 410, "json": {"message": "This API no longer exists."}}
NO_ROUTE = [
    {"status_code": 404, "text": ""},
    {"status_code": 404, "text": "<h1>Not Found</h1>"},
    {"status_code": 405, "json": {"detail": "Method not allowed"}},
    {"text": "\n<!DOCTYPE html><title>Sign in"},
]


def link(cursor, results="true", rel="next", host="sentry.example"):
    return (
        f'<https://{host}/x/?&cursor={cursor}>; rel="{rel}"; results="{results}"; cursor="{cursor}"'
    )


def both(cursor, results="true"):
    return {"Link": f"{link('0:0:1', 'false', 'previous')}, {link(cursor, results)}"}


def pages(requests_mock, url, *sizes):
    """Serve lists of these sizes, one page after the other."""
    numbers = iter(range(sum(sizes)))
    answers = [
        {
            "json": [{"id": str(next(numbers))} for _ in range(size)],
            "headers": both(f"0:{page}:0", "false" if page == len(sizes) else "true"),
        }
        for page, size in enumerate(sizes, start=1)
    ]
    requests_mock.get(url, answers)


def project(start, **more):
    return start("list_project_issues", organization_slug="o", project_slug="p", **more)


def queries(requests_mock):
    return [request.qs for request in requests_mock.request_history]


def test_a_list_that_is_too_large_ends_with_what_came_and_where_to_go_on(
    start, run, requests_mock, monkeypatch
):
    monkeypatch.setattr(step, "LARGEST_LIST", 40)
    pages(requests_mock, PROJECT, 2, 2, 2, 2)
    body = run(project(start))
    assert body["exception"]["code"] == "api_error"
    assert "The list is larger than" in body["error"]
    assert [each["id"] for each in body["partial"]["output"]["issues"]] == ["0", "1", "2", "3"]
    assert body["partial"]["next_cursor"] == "0:2:0"
    assert requests_mock.call_count == 2
    pages(requests_mock, PROJECT, 2, 2)
    assert len(run(project(start))["output"]["issues"]) == 4  # it ends there anyway


def test_all_pages_are_fetched_by_cursor_until_the_last(start, run, requests_mock):
    pages(requests_mock, PROJECT, 2, 2, 1)
    body = run(project(start, query="is:ignored"))
    assert [issue["id"] for issue in body["output"]["issues"]] == ["0", "1", "2", "3", "4"]
    assert "next_cursor" not in body["output"]
    assert queries(requests_mock) == [
        {"query": ["is:ignored"]},
        {"query": ["is:ignored"], "cursor": ["0:1:0"]},
        {"query": ["is:ignored"], "cursor": ["0:2:0"]},
    ]


def test_a_limit_stops_early_and_tells_where_to_go_on(start, run, requests_mock):
    pages(requests_mock, PROJECT, LARGEST, 20, 5)
    body = run(project(start, limit=120))
    assert len(body["output"]["issues"]) == 120
    assert body["output"]["next_cursor"] == "0:2:0"
    assert queries(requests_mock) == [{"limit": ["100"]}, {"limit": ["20"], "cursor": ["0:1:0"]}]


def test_a_limit_that_the_list_just_fills_leaves_no_cursor(start, run, requests_mock):
    pages(requests_mock, PROJECT, 3)
    assert run(project(start, limit=3))["output"].keys() == {"issues"}


def test_a_cursor_given_is_where_the_list_begins(start, run, requests_mock):
    pages(requests_mock, EVENTS, 1)
    run(start("list_issue_events", issue_id="1", cursor="0:7:0", limit=5))
    assert queries(requests_mock) == [{"cursor": ["0:7:0"], "per_page": ["5"], "limit": ["5"]}]


@pytest.mark.parametrize(("cursor", "next_cursor"), [(None, None), ("0:7:0", "0:7:0")])
def test_a_page_larger_than_asked_for_is_cut_and_can_be_had_again(
    cursor, next_cursor, start, run, requests_mock
):
    pages(requests_mock, EVENTS, 5, 1)
    given = {"cursor": cursor} if cursor else {}
    body = run(start("list_issue_events", issue_id="1", limit=2, **given))
    assert [event["id"] for event in body["output"]["events"]] == ["0", "1"]
    assert body["output"].get("next_cursor") == next_cursor
    assert "WARNING The server's pages are larger than asked for" in body["log"]


@pytest.mark.parametrize("limit", [0, -1])
def test_a_limit_below_one_is_refused(limit, start, run, requests_mock):
    assert "`limit` is less than 1" in run(project(start, limit=limit))["error"]
    assert requests_mock.call_count == 0


def test_a_list_that_repeats_a_cursor_is_not_followed_for_ever(start, run, requests_mock):
    requests_mock.get(PROJECT, json=[{"id": "1"}], headers=both("0:0:0"))
    assert "does not end: its pages repeat" in run(project(start))["error"]
    assert requests_mock.call_count == 2


@pytest.mark.parametrize("items", [[], [{"id": "1"}], ["odd"]])
def test_pages_that_bring_nothing_new_are_not_followed_for_ever(items, start, run, requests_mock):
    numbers = iter(range(1000))
    requests_mock.get(PROJECT, json=lambda _, context: endless(context, numbers, items))
    assert "does not end: its pages repeat" in run(project(start))["error"]
    assert requests_mock.call_count in {4, 5}


def endless(context, numbers, items):
    context.headers["Link"] = link(f"0:{next(numbers)}:0")
    return items


def test_a_next_page_link_to_another_host_is_not_followed(start, run, requests_mock):
    elsewhere = link("0:1:0", host="evil.example")
    requests_mock.get(
        PROJECT, [{"json": [{"id": "1"}], "headers": {"Link": elsewhere}}, {"json": [{"id": "2"}]}]
    )
    assert len(run(project(start))["output"]["issues"]) == 2
    assert {request.hostname for request in requests_mock.request_history} == {"sentry.example"}
    assert {r.headers["Authorization"] for r in requests_mock.request_history} == {
        f"Bearer {TOKEN}"
    }


@pytest.mark.parametrize(
    ("header", "cursor"),
    [
        ("", None),
        (link("0:1:0"), "0:1:0"),
        (link("0:1:0", "false"), None),
        (link("0:1:0", rel="previous"), None),
        (f"{link('0:0:1', 'true', 'previous')}, {link('0:2:0')}", "0:2:0"),
        ('<https://x/?cursor=a%3D%3D&query=a,b>; rel="next"; results="true"', "a=="),
        ('<https://x/?query=a,b>; rel="next"; results="true"; cursor="c"', "c"),
        ('<https://x/>; rel="next"; results="true"', None),
        ('<https://x/>; rel="next"; cursor="c"', None),
        ('{\'<https://x/?cursor=z>; rel="next"; results="true"\'}', "z"),
        ('<http://[?cursor=c>; rel="next"; results="true"', "c"),
        ("nonsense", None),
    ],
)
def test_only_a_next_link_with_results_says_that_there_is_more(header, cursor):
    assert next_cursor(header) == cursor


@pytest.mark.parametrize(("value", "flag"), [(True, "&shortIdLookup=1"), (False, "")])
def test_what_is_present_in_the_input_is_sent_and_what_is_absent_is_not(
    value, flag, start, run, requests_mock
):
    requests_mock.get(PROJECT, json=[])
    run(project(start, query="", statsPeriod="", shortIdLookup=value))
    run(project(start))
    sent = [request.url.partition("?")[2] for request in requests_mock.request_history]
    assert sent == [f"query=&statsPeriod={flag}", ""]


def test_a_query_is_quoted_whatever_is_in_it(start, run, requests_mock):
    requests_mock.get(PROJECT, json=[])
    query = 'user.email:a+b@example.com "x & y" #1 \u00fc'
    run(project(start, query=query))
    assert "%2B" in requests_mock.last_request.url
    assert "%20" in requests_mock.last_request.url
    assert requests_mock.last_request.qs["query"] == [query.lower()]


@pytest.mark.parametrize("data", ["a", "a b", "a&b=1", "a.b", "\u00fc", "{x}"])
def test_slugs_stay_one_segment_of_the_path(data, start, run, requests_mock):
    requests_mock.get(ANY, json=[])
    run(start("list_project_issues", organization_slug=data, project_slug=data))
    run(start("list_issue_events", {"organization": data}, issue_id="1"))
    paths = [request.path_url for request in requests_mock.request_history]
    assert [path.count("/") for path in paths] == [7, 8]
    assert not [path for path in paths if "?" in path or "#" in path or ".." in path]


@pytest.mark.parametrize("data", [".", "..", "a\nb", "\x00", "\ud800"])
@pytest.mark.parametrize("field", ["organization_slug", "project_slug"])
def test_what_cannot_be_part_of_a_path_is_refused(field, data, start, run, requests_mock):
    slugs = {"organization_slug": "o", "project_slug": "p", field: data}
    body = run(start("list_project_issues", **slugs))
    assert f"`{field}` is empty, or holds what cannot be part of an address" in body["error"]
    assert requests_mock.call_count == 0


@pytest.mark.parametrize("missing", [GONE, *NO_ROUTE])
def test_a_project_list_that_is_gone_is_asked_of_the_organization(
    missing, start, run, requests_mock
):
    requests_mock.get(PROJECT, **missing)
    pages(requests_mock, ORGANIZATION, 2, 1)
    body = run(project(start, query="", statsPeriod="14d"))
    assert len(body["output"]["issues"]) == 3
    asked = [request.url for request in requests_mock.request_history]
    wanted = f"{ORGANIZATION}?query=&groupStatsPeriod=14d&project=p"
    assert asked == [f"{PROJECT}?query=&statsPeriod=14d", wanted, f"{wanted}&cursor=0%3A1%3A0"]


@pytest.mark.parametrize("missing", NO_ROUTE[:-1])
def test_an_issue_is_asked_of_its_organization_and_else_the_old_way(
    missing, start, run, requests_mock
):
    issue = {"id": "1", "status": "ignored"}
    unresolved(requests_mock, permalink="https://sentry.example/o/p/issues/1/")
    for ask in (requests_mock.get, requests_mock.put):
        ask(f"{ORGANIZATION}1/", **missing)
    requests_mock.put(f"{URL}issues/1/", json=issue)
    body = run(start("update_issue", {"organization": "o"}, issue_id="1", status="ignored"))
    assert body["output"]["issue"] == issue
    asked = [(request.method, request.url) for request in requests_mock.request_history]
    both = [f"{ORGANIZATION}1/", f"{URL}issues/1/"]
    expected = [(method, url) for method in ("GET", "PUT") for url in both]
    # Sentry 9, which answers so, is then known, and not asked for the same in vain.
    assert asked == [each for each in expected if missing is not NO_ROUTE[0] or each != expected[2]]


def test_an_issue_that_the_organization_does_not_have_is_not_asked_for_elsewhere(
    start, run, requests_mock
):
    no_issue = {"status_code": 404, "json": {"detail": "The requested resource does not exist"}}
    requests_mock.get(f"{ORGANIZATION}1/", **no_issue)
    body = run(start("update_issue", {"organization": "o"}, issue_id="1", status="ignored"))
    assert (body["exception"]["code"], requests_mock.call_count) == ("not_found", 1)


def test_an_endpoint_that_is_gone_names_the_organization_as_the_remedy(start, run, requests_mock):
    requests_mock.get(EVENTS, **GONE)
    body = run(start("list_issue_events", issue_id="1"))
    assert body["exception"]["code"] == "gone"
    assert "This API no longer exists." in body["exception"]["cause"]
    assert "Set the connection's `organization`" in body["exception"]["assistance"]


@pytest.mark.parametrize(
    ("status", "code", "retryable", "assistance"),
    [
        (400, "api_error", False, "Correct what the server's words name"),
        (401, "unauthorized", False, "Check the connection's token"),
        (403, "forbidden", False, "Give the token the scope event:read"),
        (404, "not_found", False, "The issue 1 was deleted"),
        (409, "api_error", False, "Correct"),
        (410, "gone", False, "organization"),
        (429, "rate_limited", True, "Wait"),
        (500, "server_error", True, "Try again later"),
        (502, "server_error", True, "Try again later"),
    ],
)
def test_an_error_says_what_to_do(status, code, retryable, assistance, start, run, requests_mock):
    requests_mock.get(EVENTS, status_code=status, json={"detail": "Sentry's own words"})
    body = run(start("list_issue_events", issue_id="1"))
    exception = body["exception"]
    assert (exception["code"], exception["retryable"]) == (code, retryable)
    assert assistance in exception["assistance"]
    assert exception["data"] == "Sentry's own words"
    assert exception["cause"] == (
        f"GET {EVENTS} was answered with HTTP {status}: Sentry's own words."
    )


@pytest.mark.parametrize(
    ("answered", "words"),
    [
        ({"json": {"detail": "no"}}, "no"),
        ({"json": {"detail": {"code": "sso-required", "message": "Sign in"}}}, "sso-required"),
        (
            {"json": {"status": ['"bogus" is not a valid choice.']}},
            'status: "bogus" is not a valid',
        ),
        (
            {"json": {"statusDetails": {"ignoreDuration": ["Too long."]}}},
            "ignoreDuration: Too long.",
        ),
        ({"json": {"statusDetails": [{"inRelease": ["None."]}]}}, "inRelease: None."),
        (
            {"json": {"error": "Bad", "error_name": "x"}, "headers": {"X-Sentry-Error": "Bad"}},
            "Bad;",
        ),
        ({"json": {"detail": "bad", "causes": ["a", "b"]}}, "bad; a; b"),
        ({"json": {"detail": [{"type": "t", "loc": ["query", "x"], "msg": "m"}]}}, "loc: query"),
        ({"json": {"message": "later"}}, "later"),
        ({"text": "plain\n text"}, "plain text"),
        ({"text": "<html><title>A &amp; B</title>"}, "a web page, A & B"),
        ({"text": "<html>"}, "a web page"),
        ({"text": "", "headers": {"X-Sentry-Error": "in the header"}}, "in the header"),
        ({"json": {"detail": None}}, ""),
        ({"text": "x" * 5000}, "x" * 1000),
        ({"content": b"\xff\xfe"}, "\ufffd\ufffd"),
    ],
)
def test_the_servers_words_are_read_from_every_shape(answered, words, start, run, requests_mock):
    unresolved(requests_mock)
    requests_mock.put(f"{URL}issues/1/", status_code=400, **answered)
    body = run(start("update_issue", issue_id="1", status="resolved"))
    assert words in body["exception"]["data"]
    assert len(body["exception"]["data"]) <= 1000
    assert len(body["exception"]["cause"]) < 420


@pytest.mark.parametrize(
    ("answered", "code", "complaint"),
    [
        ({"text": "<html>"}, "api_error", "a web page instead of JSON"),
        ({"status_code": 204}, "api_error", "HTTP 204 and no content"),
        ({"text": '[{"id": "1"'}, "server_error", "but not with JSON"),
        ({"text": "[NaN]"}, "server_error", "holds NaN"),
        ({"text": "[" * 9999}, "server_error", "levels deep"),
        ({"json": {"id": "1"}}, "api_error", "something else than a list"),
    ],
)
def test_an_answer_that_only_looks_good_is_an_error(
    answered, code, complaint, start, run, requests_mock
):
    requests_mock.get(EVENTS, **answered)
    body = run(start("list_issue_events", issue_id="1"))
    assert body["exception"]["code"] == code
    assert complaint in body["error"]


def test_an_update_whose_answer_cannot_be_read_says_that_the_change_is_not_known(
    start, run, requests_mock
):
    unresolved(requests_mock)
    requests_mock.put(f"{URL}issues/1/", status_code=204)
    body = run(start("update_issue", issue_id="1", status="resolved"))
    assert "not whether a change was made" in body["error"]


@pytest.mark.parametrize(
    ("text", "code"), [('{"id": "1"', "server_error"), ("[]", "api_error"), ("null", "api_error")]
)
def test_an_update_that_is_answered_with_no_issue_is_in_doubt(
    text, code, start, run, requests_mock
):
    unresolved(requests_mock)
    requests_mock.put(f"{URL}issues/1/", text=text)
    body = run(start("update_issue", issue_id="1", status="resolved"))
    assert body["exception"]["code"] == code
    assert "It is unknown whether the server carried it out." in body["error"]


# A regular expression cannot be left behind at the deadline.
@pytest.mark.parametrize(
    ("read", "text"),
    [
        (next_cursor, "<"),
        (next_cursor, '<>;a="'),
        (lambda text: server_words(Answer(500, {}, text.encode())), "<title"),
        (lambda text: server_words(Answer(500, {}, text.encode())), "<title>"),
        (lambda text: normalised({"annotations": [text]}), "<a "),
        (lambda text: normalised({"annotations": [text]}), "<a href='' "),
        (lambda text: normalised({"annotations": [text]}), "<a href=''>"),
        (lambda text: normalised({"annotations": [f"<a {text}"]}), " href='"),
    ],
)
def test_a_text_that_is_made_to_be_slow_is_read_at_once(read, text):
    started = time.process_time()
    read(text * (1 << 17))
    assert time.process_time() - started < 20
