"""docs/errors.md: it tells of every code, and an event looks as it shows."""

from __future__ import annotations

import json
import re

from sentry_plugin.errors import PluginError
from sentry_plugin.runtime import runtime
from tools import generate
from unit_test.conftest import URL

PAGE = (generate.ROOT / "docs/errors.md").read_text(encoding="utf-8")
CODES = {
    code: (retryable, happened, advice)
    for code, happened, retryable, advice in re.findall(
        r"^\| `(\w+)` \| (.*?) \| (yes|no) \| (.*?) \|$", PAGE, re.MULTILINE
    )
}


def errors(kind):
    """Give every error below a class."""
    for below in kind.__subclasses__():
        yield below
        yield from errors(below)


def test_every_error_code_is_in_the_page_and_as_retryable_as_it_says():
    assert runtime.__name__ in {kind.__module__ for kind in errors(PluginError)}
    told = {code: retryable for code, (retryable, *_) in CODES.items()}
    assert told == {kind.code: "yes" if kind.retryable else "no" for kind in errors(PluginError)}


def test_a_workflow_waits_for_what_is_retryable_and_for_nothing_else():
    for code, (retryable, _, advice) in CODES.items():
        again = ("message again", "wait for `retry_after`")
        assert any(words in advice for words in again) is (retryable == "yes"), code


def test_an_event_says_what_the_page_shows(start, run, requests_mock):
    shown = json.loads(re.search(r"^```json\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)[1])
    path = "organizations/my-organization/issues/"
    requests_mock.get(f"{URL}{path}", status_code=403, json={"detail": shown["data"]})
    told = run(start("list_issues", organization_slug="my-organization"))["exception"]
    assert told == shown | {"cause": shown["cause"].replace("https://sentry.io/api/0/", URL)}


def test_every_field_of_an_error_is_explained(start, run):
    shown = run(start("get_issue"))["exception"]
    fields = {*re.findall(r"^\| `(\w+)` \| ", PAGE.partition("## The codes")[0], re.MULTILINE)}
    assert fields == {*shown, "retry_after"}
