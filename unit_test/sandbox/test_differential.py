"""One script of requests goes to the sandbox and to a real Sentry: where do the answers differ?

Every difference is in a table, with its reason; a difference that is not there fails the test,
and so does a line of the table that nothing differs in. The table is for Sentry 9.1.2.
"""

from __future__ import annotations

import collections
import json
import pathlib

import pytest

from unit_test import outside
from unit_test.sandbox.differential import Server, described, differences

SAMPLES = pathlib.Path(__file__).parent / "samples"
NAMES = ("url", "token", "readonly_token", "org", "project", "dsn")


def listed(name):
    return json.loads((SAMPLES / name).read_text(encoding="utf-8"))


@pytest.fixture
def real():
    values = outside.named(*(f"SENTRY_LIVE_{name.upper()}" for name in NAMES))
    given = dict(zip(NAMES, values, strict=True))
    return Server(given.pop("url").partition("/api/0")[0], given.pop("dsn"), **given)


@pytest.fixture
def ours(sandbox):
    known = sandbox.known
    tokens = {"token": known["token"], "readonly_token": known["readonly_token"]}
    names = {"org": known["organization"], "project": known["project"]}
    return Server(sandbox.base, known["dsn"], **tokens, **names)


@pytest.mark.live
def test_the_sandbox_answers_as_sentry_except_where_a_reason_is_listed(ours, real):
    for server in (ours, real):
        server.prepare(outside.eventually)
    found = []
    for step in listed("differential.json"):
        answers = [server.ask(step) for server in (ours, real)]
        found += differences(step, *(described(step, answer) for answer in answers), answers)
    known = {line for group in listed("differences.json") for line in group["differences"]}
    unlisted, idle = sorted(set(found) - known), sorted(known - set(found))
    assert (unlisted, idle) == ([], []), "\n".join(["not listed:", *unlisted, "idle:", *idle])


def test_every_listed_difference_has_a_reason_and_is_listed_once():
    groups = listed("differences.json")
    counts = collections.Counter(line for group in groups for line in group["differences"])
    assert max(counts.values()) == 1
    assert all(len(group["reason"]) > 10 for group in groups)


def test_steps_have_names_of_their_own():
    names = [step["name"] for step in listed("differential.json")]
    assert len(names) == len(set(names))
