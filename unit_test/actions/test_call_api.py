"""call_api: what it gives, what it sends once, and that no path leads out of the API."""

from __future__ import annotations

import pytest

from sentry_plugin.errors import IN_DOUBT
from unit_test.conftest import URL

THINGS = f"{URL}organizations/acme/things/"
LINK = f'<{THINGS}?&cursor=0:2:0>; rel="next"; results="true"; cursor="0:2:0"'


@pytest.fixture
def call(start, run):
    """Call the API and give the body of the answer."""

    def send(path="organizations/acme/things/", **given):
        return run(start("call_api", path=path, **given))

    return send


@pytest.mark.parametrize(
    ("path", "asked"),
    [
        ("organizations/acme/things/", "/api/0/organizations/acme/things/"),
        ("organizations/acme/things", "/api/0/organizations/acme/things/"),
        ("/api/0/organizations/acme/things/", "/api/0/organizations/acme/things/"),
        ("/api/0/", "/api/0/"),
        ("/", "/api/0/"),
        (" /projects/ ", "/api/0/projects/"),
        ("organizations/acme/releases/a%401.0/", "/api/0/organizations/acme/releases/a%401.0/"),
        ("organizations/acme/releases/a@1:2~b/", "/api/0/organizations/acme/releases/a@1:2~b/"),
    ],
)
def test_a_path_lies_below_the_root_of_the_api(path, asked, call, requests_mock):
    requests_mock.get(url := URL + asked.removeprefix("/api/0/"), json={"id": "7"})
    assert call(path)["output"] == {"status": 200, "body": {"id": "7"}}
    assert requests_mock.last_request.url == url


@pytest.mark.parametrize(
    "path",
    [
        *("..", "../../admin/", "organizations/../../../", "organizations/./acme/", "."),
        *("organizations//acme/", "//evil.example/", "///"),
        *("http://evil.example/", "https:evil.example", "HTTP:/evil.example", "file:/x"),
        *("%2e%2e/", "%2E%2e/x/", "organizations/%2e/x", "a/%252e%252e/b/", "a%2fb/", "a%5cb/"),
        *(
            "..;/",
            "a/..;x/b/",
            "a/%2e%2e%3b/",
            "a%252fb/",
            "a/b%00/",
            "a/b%0d%0aX:1/",
            "a\\..\\b",
            "a\tb/",
            "a/\x00/",
        ),
        *("organizations/acme/?x=1", "organizations/acme/#x", "a/b%3fx=1/", "a%23b/", "%", "%zz/"),
        *("a b/", "é/", "%c3%28/%2f"),
        *("/api/0//evil.example/", "/api/0/../", "/api/1/%2e%2e/0/"),
    ],
)
def test_a_path_that_could_lead_out_is_refused(path, call, requests_mock):
    body = call(path)
    assert body["exception"]["code"] == "bad_input"
    assert "no path below the root" in body["error"]
    assert path not in body["error"] or len(path) < 3
    assert requests_mock.call_count == 0


@pytest.mark.parametrize(
    ("query", "sent"),
    [
        ({"query": "is:unresolved a&b"}, "query=is%3Aunresolved%20a%26b"),
        ({"project": ["1", 2]}, "project=1&project=2"),
        ({"full": True, "per_page": 5, "x": 1.5}, "full=true&per_page=5&x=1.5"),
    ],
)
def test_a_query_is_sent_as_given(query, sent, call, requests_mock):
    requests_mock.get(THINGS, json=[])
    assert call(query=query)["output"] == {"status": 200, "items": []}
    assert requests_mock.last_request.url == f"{THINGS}?{sent}"


@pytest.mark.parametrize("value", [None, {"a": 1}, [["a"]]])
def test_a_query_that_cannot_be_one_is_refused(value, call, requests_mock):
    assert "`query` holds what is neither" in call(query={"x": value})["error"]
    assert requests_mock.call_count == 0


def test_one_page_tells_where_the_next_one_is(call, requests_mock):
    requests_mock.get(THINGS, json=[{"id": "1"}, "two"], headers={"Link": LINK})
    output = call(cursor="0:0:0")["output"]
    assert output["items"] == [{"id": "1"}, {"value": "two"}]
    assert (output["next_cursor"], requests_mock.last_request.qs["cursor"]) == ("0:2:0", ["0:0:0"])


def test_pages_are_fetched_up_to_a_limit(call, requests_mock):
    pages = [
        {"json": [{"id": "1"}, {"id": "2"}], "headers": {"Link": LINK}},
        {"json": [{"id": "3"}]},
    ]
    requests_mock.get(THINGS, pages)
    output = call(limit=10)["output"]
    assert [item["id"] for item in output["items"]] == ["1", "2", "3"]
    assert requests_mock.last_request.qs["cursor"] == ["0:2:0"]


def test_what_was_got_before_a_failure_is_given(call, requests_mock):
    pages = [{"json": [{"id": "1"}], "headers": {"Link": LINK}}, {"status_code": 500}]
    requests_mock.get(THINGS, pages)
    partial = call(limit=10)["partial"]
    assert partial == {"output": {"items": [{"id": "1"}]}, "next_cursor": "0:2:0"}


@pytest.mark.parametrize(
    ("answered", "output"),
    [
        ({"json": {"id": "7"}, "status_code": 201}, {"status": 201, "body": {"id": "7"}}),
        ({"status_code": 204}, {"status": 204}),
        ({"json": "done"}, {"status": 200, "body": {"value": "done"}}),
    ],
)
def test_a_change_is_sent_with_its_body(answered, output, call, requests_mock):
    requests_mock.post(THINGS, **answered)
    assert call(method="POST", body={"name": "x"})["output"] == output
    assert requests_mock.last_request.json() == {"name": "x"}


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
@pytest.mark.parametrize("answered", [{"status_code": 503}, {"text": "<html>"}, {"text": "{"}])
def test_a_change_is_sent_once_and_what_is_not_known_of_it_is_said(
    method, answered, call, requests_mock
):
    requests_mock.register_uri(method, THINGS, **answered)
    assert IN_DOUBT.strip() in call(method=method)["error"]
    assert requests_mock.call_count == 1


def test_a_question_is_asked_again_and_leaves_no_doubt(call, requests_mock):
    requests_mock.get(THINGS, status_code=503)
    assert IN_DOUBT.strip() not in call()["error"]
    assert requests_mock.call_count == 6


@pytest.mark.parametrize(
    ("given", "words"),
    [({"body": {"a": 1}}, "a `body`"), ({"method": "PUT", "limit": 1}, "a `limit`")],
)
def test_what_a_method_does_not_know_is_refused(given, words, call, requests_mock):
    assert words in call(**given)["error"]
    assert requests_mock.call_count == 0


def test_the_sandbox_is_asked_for_its_projects(sandbox, start, run):
    connection = {"token": {"token": sandbox.known["token"]}, "url": sandbox.base}
    message = start("call_api", connection, path="organizations/acme/projects/", limit=1)
    output = run(message)["output"]
    assert (output["status"], len(output["items"])) == (200, 1)
    gone = start("call_api", connection, path="organizations/acme/issues/999999/", method="DELETE")
    assert run(gone)["exception"]["code"] == "not_found"
