"""One script of requests goes to the sandbox and to a real Sentry: where do the answers differ?

Every difference is in a table, with its reason; a difference that is not there fails the test,
and so does a line of the table that nothing differs in. The table is for Sentry 9.1.2.
"""

from __future__ import annotations

import collections
import json
import pathlib
from types import SimpleNamespace

import pytest

from unit_test import outside
from unit_test.live import probing
from unit_test.sandbox.differential import Server, described, differences, unlike

SAMPLES = pathlib.Path(__file__).parent / "samples"


def listed(name):
    return json.loads((SAMPLES / name).read_text(encoding="utf-8"))


@pytest.fixture
def real():
    known = probing.settings()
    tokens = {"token": known.token, "readonly_token": known.readonly_token}
    base = known.api.removesuffix("/api/0/")
    return Server(base, known.dsn, **tokens, org=known.org, project=known.project)


def stand_in(sandbox):
    known = sandbox.known
    tokens = {"token": known["token"], "readonly_token": known["readonly_token"]}
    names = {"org": known["organization"], "project": known["project"]}
    return Server(sandbox.base, known["dsn"], **tokens, **names)


def compared(*servers):
    """Give all differences between the answers of two servers."""
    for server in servers:
        server.prepare(outside.eventually)
    found = set()
    for step in listed("differential.json"):
        answers = [server.ask(step) for server in servers]
        found.update(differences(step, *(described(step, one) for one in answers), answers))
    return found


@pytest.mark.live
@pytest.mark.needs("ingest", "sentry_9")
def test_the_sandbox_answers_as_sentry_except_where_a_reason_is_listed(sandbox, real):
    found = compared(stand_in(sandbox), real)
    known = {line for group in listed("differences.json") for line in group["differences"]}
    unlisted, idle = sorted(found - known), sorted(known - found)
    assert (unlisted, idle) == ([], []), "\n".join(["not listed:", *unlisted, "idle:", *idle])


def test_two_sandboxes_answer_alike(start_sandbox):
    assert compared(stand_in(start_sandbox()), stand_in(start_sandbox())) == set()


def test_a_field_of_another_type_is_a_difference_and_null_is_none():
    one = {"a": 1, "b": None, "c": [{"d": "x"}], "e": [], "only here": 1}
    other = {"a": 1.5, "b": "x", "c": [{"d": True}], "e": [1]}
    assert list(unlike(one, other)) == ["$.c[].d is text | boolean"]
    answers = [answer(one), answer(other)]
    found = differences({"name": "a step"}, {}, {}, answers)
    assert list(found) == ["a step: field: $.c[].d is text | boolean"]


def answer(body):
    kind = {"Content-Type": "application/json"}
    return SimpleNamespace(ok=True, headers=kind, json=lambda: body)


def test_another_status_is_a_difference():
    found = differences({"name": "a step"}, {"status": 200}, {"status": 404}, [])
    assert list(found) == ["a step: status: 200 | 404"]


def test_every_listed_difference_has_a_reason_and_is_listed_once():
    groups = listed("differences.json")
    counts = collections.Counter(line for group in groups for line in group["differences"])
    assert max(counts.values()) == 1
    assert all(len(group["reason"]) > 10 for group in groups)


def test_steps_have_names_of_their_own():
    names = [step["name"] for step in listed("differential.json")]
    assert len(names) == len(set(names))
