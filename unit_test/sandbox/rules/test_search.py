"""The search language of issues."""

from __future__ import annotations

import pytest

LIST = "projects/acme/sandbox/issues/"
MADE = (
    {"message": "first trouble", "level": "warning", "environment": "lab", "logger": "shop"},
    {
        "exception": {"values": [{"type": "LabError", "value": "100% wrong_here"}]},
        "platform": "python",
        "release": "lab@1.0",
        "tags": {"colour": "red", "shape": "round"},
        "user": {"id": "7"},
    },
    {"message": "third", "tags": {"colour": "dark red"}, "transaction": "/books/"},
)
# What is searched for, and which of the three issues are found.
FOUND = {
    "": "012",
    "is:unresolved": "01",
    "is:resolved": "2",
    "!is:resolved": "01",
    "is:ignored": "",
    "is:archived": "",
    "is:new": "01",
    "is:assigned": "0",
    "is:unassigned": "12",
    "is:for_review": "01",
    "is:linked": "",
    "is:unlinked": "012",
    "assigned:me": "0",
    "assigned:none": "12",
    "!assigned:none": "0",
    "assigned:user00000@acme.example": "0",
    "assigned:nobody@acme.example": "",
    "assigned:my_teams": "",
    "assigned:#team-0000": "",
    "assigned:[me, none]": "012",
    "bookmarks:me": "1",
    "bookmarks:nobody@acme.example": "",
    "subscribed:me": "012",
    "level:warning": "0",
    "level:[warning, error]": "012",
    "!level:warning": "12",
    "level:bogus": "",
    "first": "0",
    "first trouble": "0",
    '"first trouble"': "0",
    "trouble first": "",
    "FIRST": "0",
    "100%": "1",
    "100% wrong_here": "1",
    "wrongXhere": "",
    '"unclosed': "",
    "colour:red": "1",
    'colour:"dark red"': "2",
    "colour:*red": "12",
    "colour:[red, blue]": "1",
    "!colour:red": "02",
    "tags[shape]:round": "1",
    "has:colour": "12",
    "!has:colour": "0",
    "environment:lab": "0",
    "release:lab@1.0": "1",
    "firstRelease:lab@1.0": "1",
    "user:id:7": "1",
    "transaction:/books/": "2",
    "error.type:LabError": "1",
    "error.value:*wrong*": "1",
    "title:LabError*": "1",
    "message:trouble": "0",
    "logger:shop": "0",
    "platform:python": "1",
    "project:sandbox": "012",
    "project:nope": "",
    "issue:SANDBOX-2": "1",
    "issue:nonsense": "",
    "timesSeen:1": "012",
    "timesSeen:>1": "",
    "timesSeen:<=1": "012",
    "lastSeen:-1h": "012",
    "lastSeen:+1h": "",
    "age:-24h": "012",
    "event.timestamp:>=2020-01-01 event.timestamp:<=2099-01-01": "012",
    "event.timestamp:>=2099-01-01": "",
    "event.timestamp:<=2020-01-01": "",
    "firstSeen:>2020-01-01": "012",
    "lastSeen:>2020-01-01T00:00:00": "012",
    "lastSeen:>2099-01-01T00:00:00.123Z": "",
    "!lastSeen:>2099-01-01": "012",
    "!firstSeen:>2020-01-01T00:00:00+02:00": "",
    "is:regressed": "",
    "is:escalating": "",
    "!release:lab@1.0": "02",
    "issue.category:error": "012",
    "issue.category:feedback": "",
    "firstSeen:<2020-01-01T00:00:00Z": "",
    "is:unresolved level:warning first": "0",
    "first level:warning trouble": "0",
}
BAD = {
    "is:bogus": 'Invalid value for "is" search, valid values are [',
    "level:": "Empty string after 'level:'",
    "a OR b": 'Boolean statements containing "OR" or "AND" are not supported in this search',
    "timesSeen:many": "timesSeen: Invalid number: many.",
    "lastSeen:yesterday": "lastSeen: Invalid date: yesterday.",
    "lastSeen:-soon": "lastSeen: Invalid date: -soon.",
}


@pytest.fixture(scope="module")
def searched(contract):
    """Give one sandbox with three issues to all searches."""
    from unit_test.sandbox.running import Running

    running = Running(contract)
    numbers = [running.issue(**event)["id"] for event in MADE]
    running.put(f"issues/{numbers[0]}/", {"assignedTo": "user:900000"})
    running.put(f"issues/{numbers[1]}/", {"isBookmarked": True})
    running.put(f"issues/{numbers[2]}/", {"status": "resolved"})
    yield running, numbers
    running.stop()


@pytest.mark.parametrize(("query", "wanted"), FOUND.items())
def test_a_search_finds_what_it_says(searched, query, wanted):
    sandbox, numbers = searched
    response = sandbox.get(LIST, params={"query": query})
    assert response.status_code == 200, response.text
    found = {issue["id"] for issue in response.json()}
    assert found == {numbers[int(place)] for place in wanted}


@pytest.mark.parametrize(("query", "words"), BAD.items())
def test_a_search_that_cannot_be_read_is_refused(searched, query, words):
    response = searched[0].get(LIST, params={"query": query})
    assert response.status_code == 400
    assert response.json()["detail"].startswith(f"Your search query could not be parsed: {words}")


def test_an_issue_of_a_team_is_found_by_the_team(searched):
    sandbox, numbers = searched
    sandbox.put(f"issues/{numbers[0]}/", {"assignedTo": "team:2000"})
    for query in ("assigned:#team-0000", "assigned:my_teams", "is:assigned"):
        (found,) = sandbox.get(LIST, params={"query": query}).json()
        assert found["assignedTo"] == {"type": "team", "id": "2000", "name": "team-0000"}
    sandbox.put(f"issues/{numbers[0]}/", {"assignedTo": "900000"})
