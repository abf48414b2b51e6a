"""What an input says of time, environment and order, and how it is sent."""

from __future__ import annotations

import pytest

from sentry_plugin.client import parameters
from sentry_plugin.client.routes import project_issue_routes
from sentry_plugin.errors import InputError
from unit_test.conftest import URL

RANGE = {"start": "2026-08-01T00:00:00", "end": "2026-08-02T00:00:00"}


@pytest.mark.parametrize(
    ("given", "sent"),
    [
        ({}, {}),
        ({"statsPeriod": "", "start": "", "end": ""}, {}),
        ({"statsPeriod": "14d"}, {"statsPeriod": "14d"}),
        ({"statsPeriod": "90000s", "start": ""}, {"statsPeriod": "90000s"}),
        (RANGE, RANGE),
        ({"start": "2026-08-01", "end": " 2026-08-02T00:00:00Z\n"}, RANGE),
        ({"start": "2026-08-01T02:00:00+02:00", "end": "20260801T190000-0500"}, RANGE),
        (
            {"start": "2026-07-31T23:59:59.5Z", "end": "2026-08-01"},
            {"start": "2026-07-31T23:59:59.500000", "end": "2026-08-01T00:00:00"},
        ),
    ],
)
def test_a_time_range_is_sent_in_the_form_that_every_server_takes(given, sent):
    assert parameters.time_range(given) == sent


@pytest.mark.parametrize(
    ("given", "word"),
    [
        ({"statsPeriod": "soon"}, "`statsPeriod` is no length"),
        ({"statsPeriod": "0d"}, "`statsPeriod` is no length"),
        ({"statsPeriod": "14 d"}, "`statsPeriod` is no length"),
        ({"statsPeriod": "999999w"}, "`statsPeriod` is no length"),
        ({"statsPeriod": "14d", "start": "2026-08-01"}, "beside `start` or `end`"),
        ({"start": "2026-08-01"}, "no `end`"),
        ({"end": "2026-08-01"}, "no `start`"),
        ({"start": "2026-08-01", "end": "2026-08-01"}, "`start` is not before its `end`"),
        ({"start": "2026-08-02", "end": "2026-08-01"}, "`start` is not before its `end`"),
        ({"start": "yesterday", "end": "2026-08-01"}, "`start` is no time"),
        ({"start": "2026-08-01", "end": "1785542400"}, "`end` is no time"),
        ({"start": "0001-01-01T00:00:00+14:00", "end": "2026-08-01"}, "`start` is no time"),
    ],
)
@pytest.mark.parametrize("action", ["list_issues", "list_issue_events"])
def test_a_time_range_that_is_none_is_refused_before_any_request(
    action, given, word, start, run, requests_mock
):
    connection, named = {"organization": "o"}, {"issue_id": "1"} if "events" in action else {}
    answered = run(start(action, connection, **named, **given))
    assert (answered["exception"]["code"], requests_mock.call_count) == ("bad_input", 0)
    assert word in answered["error"]


@pytest.mark.parametrize("given", [{"start": "2026-08-01"}, {"start": "b", "end": "a"}])
def test_a_projects_time_range_is_checked_too(given, start, run, requests_mock):
    slugs = {"organization_slug": "o", "project_slug": "p"}
    answered = run(start("list_project_issues", **slugs, **given))
    assert (answered["exception"]["code"], requests_mock.call_count) == ("bad_input", 0)


def test_a_flag_is_sent_only_if_it_is_set():
    given = {"full": True, "shortIdLookup": False, "environments": ["a", "b"], "query": ""}
    names = ("full", "shortIdLookup", "query", "sort")
    sent = {"full": "1", "query": "", "environment": ["a", "b"]}
    assert parameters.pick(given, *names, environments="environment") == sent


@pytest.mark.parametrize(
    ("query", "search"),
    [
        ({}, "event.timestamp:>={start} event.timestamp:<={end} is:unresolved"),
        ({"query": ""}, "event.timestamp:>={start} event.timestamp:<={end}"),
        ({"query": "a b"}, "event.timestamp:>={start} event.timestamp:<={end} a b"),
    ],
)
def test_a_projects_time_range_is_part_of_its_search_and_a_parameter_of_its_organizations(
    query, search
):
    given = {**query, "statsPeriod": "24h", "sort": "new", "environment": "lab"}
    of_project, of_organization = project_issue_routes("o", "p", given, RANGE)
    assert of_project.query == {**given, "query": search.format(**RANGE)}
    assert of_organization.query == {
        **query,
        **RANGE,
        "groupStatsPeriod": "24h",
        "sort": "new",
        "environment": "lab",
        "project": "p",
    }


def test_a_project_list_that_is_gone_is_asked_of_the_organization_with_its_names(
    start, run, requests_mock
):
    requests_mock.get(f"{URL}projects/o/p/issues/", status_code=410)
    requests_mock.get(f"{URL}organizations/o/issues/", json=[{"id": "1"}])
    given = {"sort": "freq", "environment": "lab", "statsPeriod": "14d", **RANGE}
    answered = run(start("list_project_issues", organization_slug="o", project_slug="p", **given))
    assert answered["output"] == {"issues": [{"id": "1"}]}
    assert requests_mock.last_request.qs == {
        "project": ["p"],
        "sort": ["freq"],
        "environment": ["lab"],
        "groupstatsperiod": ["14d"],
        "start": [RANGE["start"].lower()],
        "end": [RANGE["end"].lower()],
    }


def test_a_short_id_is_not_looked_up_within_a_time_range(start, run, requests_mock):
    slugs = {"organization_slug": "o", "project_slug": "p", "shortIdLookup": True}
    answered = run(start("list_project_issues", **slugs, **RANGE))
    assert "a time range beside `shortIdLookup`" in answered["error"]
    assert requests_mock.call_count == 0


def test_a_time_that_is_refused_is_not_repeated():
    with pytest.raises(InputError) as refused:
        parameters.time_range({"start": "odd one", "end": "2026-08-01"})
    assert "odd one" not in str(refused.value)
