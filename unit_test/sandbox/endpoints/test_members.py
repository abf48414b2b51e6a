"""Members: found, listed page by page, and new ones."""

from __future__ import annotations

import re

import pytest


def test_pages_of_members_follow_the_cursor_to_the_end(sandbox):
    found, cursor, results = [], "", "true"
    while results == "true":
        response = sandbox.get(
            "organizations/acme/members/", params={"per_page": 20, "cursor": cursor}
        )
        found += [member["id"] for member in response.json()]
        link = response.headers["Link"]
        results, cursor = re.search(r'rel="next"; results="(\w+)"; cursor="([^"]+)"', link).groups()
    assert len(found) == len(set(found)) == 50
    assert 'rel="previous"; results="true"' in link
    assert cursor == "20:3:0"


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("email:user00001@acme.example", {"user00001@acme.example"}),
        ("id:100001", {"user00001@acme.example"}),
        ("user.id:900001", {"user00001@acme.example"}),
        ("role:owner", {"user00000@acme.example", "user00001@acme.example"}),
        ("isInvited:true user00007", {"user00007@acme.example"}),
        ("isInvited:false user00007", set()),
        ("unknown:word", set()),
    ],
)
def test_members_can_be_searched_by_what_they_are(sandbox, query, wanted):
    found = sandbox.get("organizations/acme/members/", params={"query": query}).json()
    assert {member["email"] for member in found} == wanted


@pytest.mark.parametrize("has2fa", [True, False])
def test_somebody_joins_when_told_to(has2fa, sandbox):
    before = sandbox.get("organizations/acme/members/").json()
    joined = sandbox.http.post(f"{sandbox.base}/_sandbox/members", json={"has2fa": has2fa})
    assert joined.status_code == 201
    after = sandbox.get("organizations/acme/members/").json()
    (new,) = [each for each in after if each["id"] not in {one["id"] for one in before}]
    assert (new["email"], new["pending"]) == (joined.json()["email"], False)
    assert new["user"]["has2fa"] is has2fa
