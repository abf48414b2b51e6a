"""The contract itself: that there is one, and that it finds what is wrong."""

from __future__ import annotations

import copy
from collections import Counter
from types import SimpleNamespace

import pytest

from unit_test.sandbox.contract import KINDS, QUIRKS, Contract, table

PATH = "/api/0/organizations/acme/members/"


@pytest.fixture
def document(shared):
    """Give Sentry's document, which only a development machine and CI have."""
    return Contract(shared / "openapi/sentry-openapi.json", Counter(), Counter())


def answered(body, status=200, path=PATH, kind="application/json"):
    request = SimpleNamespace(method="GET", path_url=path)
    headers = {"Content-Type": kind}
    return SimpleNamespace(
        request=request, status_code=status, headers=headers, json=lambda: copy.deepcopy(body)
    )


def test_an_answer_that_breaks_the_contract_is_found(document, sandbox):
    members = sandbox.get("organizations/acme/members/").json()
    document.check(answered(members))
    for name, value in (("email", None), ("pending", "yes"), ("dateCreated", "yesterday")):
        spoiled = [members[0] | {name: value}]
        with pytest.raises(AssertionError, match=rf"\$\[0\]\.{name}: "):
            document.check(answered(spoiled))
    del members[0]["flags"]
    with pytest.raises(AssertionError, match="'flags' is a required property"):
        document.check(answered(members))
    with pytest.raises(AssertionError):
        document.check(answered([], kind="text/html"))


def test_answers_are_counted_where_the_document_has_the_endpoint(document):
    document.check(answered([]))
    document.check(answered({}, status=404))
    document.check(answered([], path="/api/0/issues/1/"))
    (line, *_) = table(document.answers, document.statuses)
    assert line == "1 endpoints, 2 answers (1 x 200, 1 x 404)"


def test_every_quirk_of_the_document_has_a_reason():
    assert {kind for kind, _, _ in QUIRKS} == set(KINDS)
    assert all(len(reason) > 10 for _, _, reason in QUIRKS)
