"""Updates of issues: every attribute, one issue and many."""

from __future__ import annotations

import pytest

from sentry_plugin.sandbox import times

LIST = "projects/acme/sandbox/issues/"
ORGANIZATION = "organizations/acme/issues/"
NO_RELEASE = "No release data present in the system to form a basis for 'Next Release'"
ME = {"type": "user", "id": "900000", "name": "User 00000", "email": "user00000@acme.example"}
NAMED = {
    "type": "user",
    "id": "900017",
    "name": "User 00017",
    "email": "user00017@acme.example",
}
TEAM = {"type": "team", "id": "2000", "name": "team-0000"}

# What is sent, and what the issue then has.
CHANGES = (
    ({"status": "resolved"}, {"status": "resolved", "statusDetails": {}, "substatus": None}),
    # An issue that has the status already keeps its substatus, whatever is sent.
    ({"status": "unresolved"}, {"status": "unresolved", "substatus": "new"}),
    ({"status": "unresolved", "substatus": "escalating"}, {"substatus": "new"}),
    # Without a status, a substatus is passed over.
    ({"substatus": "archived_forever"}, {"status": "unresolved", "substatus": "new"}),
    (
        {"status": "ignored", "substatus": "escalating"},
        {"status": "ignored", "substatus": "archived_forever"},
    ),
    (
        {"status": "ignored", "statusDetails": {"ignoreUntilEscalating": True}},
        {"substatus": "archived_forever", "statusDetails": {}},
    ),
    # Conditions beside the status count only where there are no details.
    (
        {"status": "ignored", "statusDetails": {}, "ignoreCount": 5},
        {"substatus": "archived_forever", "statusDetails": {}},
    ),
    ({"status": "ignored"}, {"status": "ignored", "substatus": "archived_forever"}),
    ({"status": "muted"}, {"status": "ignored", "statusDetails": {}}),
    (
        {"status": "ignored", "substatus": "archived_until_escalating"},
        {"status": "ignored", "substatus": "archived_until_escalating"},
    ),
    ({"status": "resolved", "substatus": None}, {"substatus": None}),
    ({"assignedTo": "user:900000"}, {"assignedTo": ME}),
    ({"assignedTo": "900000"}, {"assignedTo": ME}),
    ({"assignedTo": "user00000@acme.example"}, {"assignedTo": ME}),
    # A user name that is no address.
    ({"assignedTo": "user-00017"}, {"assignedTo": NAMED}),
    ({"assignedTo": "user00017@acme.example"}, {"assignedTo": NAMED}),
    ({"assignedTo": "team:2000"}, {"assignedTo": TEAM}),
    ({"assignedTo": ""}, {"assignedTo": None}),
    ({"hasSeen": True}, {"hasSeen": True}),
    ({"hasSeen": "false"}, {"hasSeen": False}),
    ({"isBookmarked": 1}, {"isBookmarked": True}),
    ({"isSubscribed": True}, {"isSubscribed": True, "subscriptionDetails": {"reason": "unknown"}}),
    ({"isSubscribed": "no"}, {"isSubscribed": False, "subscriptionDetails": None}),
    ({"priority": "low"}, {"priority": "low"}),
    ({"inbox": False}, {}),
    ({"isPublic": False}, {"isPublic": False, "shareId": None}),
    ({"nonsense": 1}, {"status": "unresolved"}),
    ({}, {"status": "unresolved"}),
)
# What is sent, and what is said against it.
REFUSED = (
    ({"status": "bogus"}, {"status": ['"bogus" is not a valid choice.']}),
    ({"status": None}, {"status": ["This field may not be null."]}),
    ({"status": ["resolved"]}, {"status": ["\"['resolved']\" is not a valid choice."]}),
    ({"hasSeen": "perhaps"}, {"hasSeen": ["Must be a valid boolean."]}),
    ({"hasSeen": []}, {"hasSeen": ["Must be a valid boolean."]}),
    ({"priority": "urgent"}, {"priority": ['"urgent" is not a valid choice.']}),
    ({"substatus": "sleepy"}, {"substatus": ['"sleepy" is not a valid choice.']}),
    ({"assignedTo": None}, {"assignedTo": ["This field may not be null."]}),
    ({"assignedTo": {}}, {"assignedTo": ["Not a valid string."]}),
    ({"assignedTo": "nobody@acme.example"}, {"assignedTo": ["Unknown actor input"]}),
    ({"assignedTo": "#team-0000"}, {"assignedTo": ["Unknown actor input"]}),
    ({"assignedTo": "team:team-0000"}, {"assignedTo": ["Unknown actor input"]}),
    # An invitation that nobody has accepted.
    ({"assignedTo": "user00007@acme.example"}, {"assignedTo": ["Unknown actor input"]}),
    ({"assignedTo": "user:1"}, {"assignedTo": ["Cannot assign to non-team member"]}),
    (
        {"assignedTo": "user00039@acme.example"},
        {"assignedTo": ["Cannot assign to a deactivated member"]},
    ),
    (
        {"status": "resolved", "statusDetails": {"inUpcomingRelease": True}},
        {
            "statusDetails": {
                "inUpcomingRelease": ["Your organization does not have access to this feature."]
            }
        },
    ),
    (
        {"assignedTo": "team:2001"},
        {"assignedTo": ["Cannot assign to a team without access to the project"]},
    ),
    (
        {"status": "ignored", "statusDetails": {"ignoreDuration": "x"}},
        {"statusDetails": {"ignoreDuration": ["A valid integer is required."]}},
    ),
    (
        {"status": "ignored", "statusDetails": {"ignoreWindow": 10081}},
        {"statusDetails": {"ignoreWindow": ["Ensure this value is less than or equal to 10080."]}},
    ),
    (
        {"statusDetails": 1},
        {
            "statusDetails": {
                "non_field_errors": ["Invalid data. Expected a dictionary, but got int."]
            }
        },
    ),
    (
        {"status": "ignored", "ignoreDuration": 10**30},
        {"ignoreDuration": ["Ensure this value is less than or equal to 2147483647."]},
    ),
    (
        {"status": "ignored", "ignoreDuration": -5},
        {"ignoreDuration": ["Ensure this value is greater than or equal to 0."]},
    ),
    ({"ignoreDuration": "abc"}, {"ignoreDuration": ["A valid integer is required."]}),
    (
        {"status": "resolved", "statusDetails": {"inNextRelease": True}},
        {"statusDetails": {"inNextRelease": [NO_RELEASE]}},
    ),
    ({"status": "resolvedInNextRelease"}, {"statusDetails": {"inNextRelease": [NO_RELEASE]}}),
    (
        {"status": "resolved", "statusDetails": {"inRelease": "latest"}},
        {"statusDetails": {"inRelease": [NO_RELEASE]}},
    ),
    (
        {"status": "resolved", "statusDetails": {"inRelease": "nope"}},
        {"statusDetails": {"inRelease": ["Unable to find a release with the given version."]}},
    ),
    (
        {"status": "resolved", "statusDetails": {"inCommit": {"commit": "abc"}}},
        {"statusDetails": {"inCommit": {"repository": ["This field is required."]}}},
    ),
    (
        {
            "status": "resolved",
            "statusDetails": {"inCommit": {"commit": "abc", "repository": "nope"}},
        },
        {"statusDetails": {"inCommit": {"repository": ["Unable to find the given repository."]}}},
    ),
    (
        {"discard": True, "status": "resolved"},
        {"non_field_errors": ["Other attributes cannot be updated when discarding"]},
    ),
    ({"discard": True}, {"detail": ["You do not have that feature enabled"]}),
    ([1], {"non_field_errors": ["Invalid data. Expected a dictionary, but got list."]}),
)


@pytest.fixture(params=["issues/", ORGANIZATION])
def issue(request, sandbox):
    """Give the path of a new issue: the legacy one, and the organization's."""
    return f"{request.param}{sandbox.issue(message='one')['id']}/"


@pytest.mark.parametrize(("sent", "wanted"), CHANGES)
def test_an_attribute_is_changed_and_shown(sandbox, issue, sent, wanted):
    before = sandbox.get(issue).json()
    response = sandbox.put(issue, sent)
    assert response.status_code == 200, response.text
    assert response.json() | wanted == response.json()
    after = sandbox.get(issue).json()
    assert after | wanted == after
    touched = {"status", "assignedTo", "isBookmarked", "isSubscribed"} & set(sent)
    untouched = set(before) - set(wanted) - {"activity", "priorityLockedAt", "seenBy"}
    untouched -= {"isSubscribed", "subscriptionDetails", "participants"} if touched else set()
    untouched -= {"status", "statusDetails", "substatus"} if "status" in sent else set()
    assert {name: after[name] for name in untouched} == {name: before[name] for name in untouched}


@pytest.mark.parametrize(("sent", "words"), REFUSED)
def test_a_wrong_attribute_is_refused_and_changes_nothing(sandbox, sent, words):
    path = f"issues/{sandbox.issue(message='one')['id']}/"
    before = sandbox.get(path).json()
    response = sandbox.put(path, sent)
    assert (response.status_code, response.json()) == (400, words)
    assert sandbox.get(path).json() == before


@pytest.mark.parametrize(
    ("kind", "body", "status", "words"),
    [
        (
            "application/json",
            '{"status":',
            400,
            "JSON parse error - Expecting value: line 1 column 11 (char 10)",
        ),
        ("text/plain", "status=resolved", 415, 'Unsupported media type "text/plain" in request.'),
    ],
)
def test_a_body_that_is_no_json_is_refused(sandbox, issue, kind, body, status, words):
    response = sandbox.ask("PUT", f"/api/0/{issue}", data=body, headers={"Content-Type": kind})
    assert (response.status_code, response.json()) == (status, {"detail": words})


def test_details_of_a_resolution_name_the_release_or_the_commit_and_who_did_it(sandbox):
    path = f"issues/{sandbox.issue(message='one', release='lab@1.0')['id']}/"
    details = {
        "inNextRelease": (True, True),
        "inRelease": ("latest", "lab@1.0"),
        "inCommit": ({"commit": "abc", "repository": "acme/repo-0001"}, "abc"),
    }
    for name, (sent, wanted) in details.items():
        body = {"status": "resolved", "statusDetails": {name: sent}}
        found = sandbox.put(path, body).json()["statusDetails"]
        assert found[name] == wanted
        assert found["actor"]["id"] == "900000"
    found = sandbox.put(path, {"status": "resolvedInNextRelease"}).json()
    assert (found["status"], found["statusDetails"]["inNextRelease"]) == ("resolved", True)


def test_details_of_an_ignored_issue_say_until_when(sandbox):
    path = f"issues/{sandbox.issue(message='one')['id']}/"
    body = {"status": "ignored", "statusDetails": {"ignoreDuration": 30}}
    found = sandbox.put(path, body).json()
    assert found["substatus"] == "archived_until_condition_met"
    assert found["statusDetails"]["ignoreUntil"].endswith("Z")
    found = sandbox.put(path, {"status": "ignored", "ignoreCount": 5}).json()
    assert found["statusDetails"]["ignoreCount"] == 5
    assert found["statusDetails"]["ignoreUntil"] is None


def test_sharing_an_issue_gives_it_an_id_to_share(sandbox, issue):
    found = sandbox.put(issue, {"isPublic": True}).json()
    assert found["isPublic"]
    assert len(found["shareId"]) == 32


def test_who_changes_an_issue_hears_of_it_unless_they_do_not_want_to(sandbox):
    for sent, reason in (
        ({"status": "resolved"}, "changed_status"),
        ({"assignedTo": "900000"}, "assigned"),
        ({"isBookmarked": True}, "bookmarked"),
    ):
        path = f"issues/{sandbox.issue(message=reason)['id']}/"
        assert sandbox.put(path, sent).json()["subscriptionDetails"] == {"reason": reason}
        assert not sandbox.put(path, {"isSubscribed": False}).json()["isSubscribed"]
        assert not sandbox.put(path, {"status": "unresolved"}).json()["isSubscribed"]


def test_changes_are_remembered(sandbox, issue):
    for sent in (
        {"status": "resolved"},
        {"assignedTo": "team:2000"},
        {"assignedTo": ""},
        {"priority": "low"},
        {"priority": "low"},
        {"isPublic": True},
        {"hasSeen": True},
    ):
        sandbox.put(issue, sent)
    found = sandbox.get(issue).json()
    kinds = [one["type"] for one in found["activity"]]
    assert kinds == [
        *("set_public", "set_priority", "unassigned", "assigned", "set_resolved"),
        "first_seen",
    ]
    assert found["activity"][3]["data"] == {
        "assignee": "2000",
        "assigneeEmail": None,
        "assigneeName": "team-0000",
        "assigneeType": "team",
    }
    assert found["seenBy"][0]["id"] == "900000"
    assert found["participants"][0]["id"] == "900000"


@pytest.mark.parametrize("path", [LIST, ORGANIZATION])
def test_many_issues_are_changed_by_their_numbers(sandbox, path):
    numbers = [sandbox.issue(message=f"issue {place}")["id"] for place in range(3)]
    body = {"status": "ignored", "substatus": "archived_forever", "hasSeen": True}
    response = sandbox.put(path, body, params={"id": numbers[:2]})
    assert response.json() == body | {"statusDetails": {}, "inbox": None}
    states = {one["id"]: one["status"] for one in sandbox.get(LIST, params={"query": ""}).json()}
    assert [states[number] for number in numbers] == ["ignored", "ignored", "unresolved"]


def test_a_bulk_update_answers_only_what_changed(sandbox):
    number = sandbox.issue(message="one")["id"]
    given = {"assignedTo": "900000", "isSubscribed": False, "priority": "high", "isPublic": True}
    found = sandbox.put(LIST, given, params={"id": number}).json()
    assert found["assignedTo"] == ME
    assert (found["isSubscribed"], found["subscriptionDetails"]) == (False, {"disabled": True})
    assert (found["priority"], len(found["shareId"])) == ("high", 32)
    assert sandbox.put(LIST, {}, params={"id": number}).json() == {}


def test_many_issues_are_changed_by_a_search(sandbox):
    numbers = [sandbox.issue(message=f"issue {place}")["id"] for place in range(3)]
    sandbox.put(LIST, {"status": "resolved"}, params={"query": "issue 1"})
    assert sandbox.get(f"issues/{numbers[1]}/").json()["status"] == "resolved"
    assert sandbox.get(f"issues/{numbers[0]}/").json()["status"] == "unresolved"


@pytest.mark.parametrize("path", [LIST, ORGANIZATION])
def test_a_bulk_update_that_matches_nothing_is_an_empty_204(sandbox, path):
    number = sandbox.issue(message="one")["id"]
    given = {"id": "99999", "query": "no-such-word"}
    response = sandbox.put(path, {"status": "bogus"}, params=given)
    assert (response.status_code, response.content) == (204, b"")
    assert "Content-Type" not in response.headers
    assert sandbox.get(f"issues/{number}/").json()["status"] == "unresolved"


@pytest.mark.parametrize("path", [LIST, ORGANIZATION])
def test_a_bulk_update_of_ids_that_there_are_not_hits_all_unresolved_issues(sandbox, path):
    numbers = [sandbox.issue(message=f"issue {place}")["id"] for place in range(2)]
    response = sandbox.put(path, {"priority": "low"}, params={"id": "99999"})
    assert (response.status_code, response.json()) == (200, {"priority": "low"})
    for number in numbers:
        assert sandbox.get(f"issues/{number}/").json()["priority"] == "low"


@pytest.mark.parametrize("path", [LIST, ORGANIZATION])
def test_a_bulk_deletion_of_ids_that_there_are_not_hits_nothing(sandbox, path):
    number = sandbox.issue(message="one")["id"]
    gone = sandbox.ask("DELETE", f"/api/0/{path}", params={"id": "99999"})
    assert (gone.status_code, gone.content) == (204, b"")
    assert sandbox.get(f"issues/{number}/").ok


@pytest.mark.parametrize(
    ("details", "words"),
    [
        ({"inNextRelease": True}, "next release"),
        ({"inUpcomingRelease": True}, "upcoming release"),
        ({"inRelease": "latest"}, "release"),
        ({"inCommit": {"commit": "a", "repository": "acme/repo-0001"}}, "commit"),
    ],
)
def test_issues_of_many_projects_are_resolved_in_nothing(sandbox, details, words):
    given = {"query": "is:unresolved", "project": ["project-00001", "project-00002"]}
    body = {"status": "resolved", "statusDetails": details}
    response = sandbox.put(ORGANIZATION, body, params=given)
    said = f"Cannot set resolved in {words} for multiple projects."
    assert (response.status_code, response.json()) == (400, {"detail": said})


def test_an_issue_out_of_the_archive_is_new_for_a_week_and_out_of_the_solved_regressed(sandbox):
    fresh = f"issues/{sandbox.issue(message='one')['id']}/"
    past = (times.now() - 8 * times.DAY) / times.SECOND
    old = f"issues/{sandbox.issue(message='two', timestamp=past)['id']}/"
    for path, substatus in ((fresh, "new"), (old, "ongoing")):
        assert sandbox.put(path, {"status": "ignored"}).json()["substatus"] == "archived_forever"
        assert sandbox.put(path, {"status": "unresolved"}).json()["substatus"] == substatus
    sandbox.put(fresh, {"status": "resolved"})
    assert sandbox.put(fresh, {"status": "unresolved"}).json()["substatus"] == "regressed"


def test_the_answer_alone_says_that_an_issue_is_archived_until_it_escalates(sandbox):
    number = sandbox.issue(message="one")["id"]
    body = {"status": "ignored", "substatus": "archived_until_escalating"}
    found = sandbox.put(LIST, body, params={"id": number}).json()
    assert found["statusDetails"] == {"ignoreUntilEscalating": True}
    assert sandbox.get(f"issues/{number}/").json()["statusDetails"] == {}


def test_a_bookmark_taken_away_ends_the_subscription(sandbox, issue):
    assert sandbox.put(issue, {"isBookmarked": True}).json()["isSubscribed"]
    assert not sandbox.put(issue, {"isBookmarked": False}).json()["isSubscribed"]


def test_a_bulk_update_takes_only_numbers(sandbox):
    response = sandbox.put(LIST, {"status": "resolved"}, params={"id": "abc"})
    assert response.status_code == 400


def test_issues_are_merged_into_the_one_with_most_events(sandbox):
    numbers = [sandbox.issue(message=f"issue {place}")["id"] for place in range(3)]
    sandbox.event(message="issue 1")
    merged = sandbox.put(LIST, {"merge": True}, params={"id": numbers}).json()
    children = [numbers[0], numbers[2]]
    assert merged == {"merge": {"parent": numbers[1], "children": children}}
    (left,) = sandbox.get(LIST).json()
    assert (left["id"], left["count"]) == (numbers[1], "4")
    assert len(sandbox.get(f"issues/{numbers[1]}/events/").json()) == 4


def test_issues_are_not_merged_alone_or_across_projects(sandbox):
    number = sandbox.issue(message="one")["id"]
    other = sandbox.get("projects/acme/project-00001/issues/").json()[0]["id"]
    across = sandbox.put(ORGANIZATION, {"merge": True}, params={"id": [number, other]})
    words = "Merging across multiple projects is not supported"
    assert (across.status_code, across.json()) == (200, {"detail": words})
    # One alone is answered as if all were well, which the document does not tell.
    sandbox.checked = False
    alone = sandbox.put(ORGANIZATION, {"merge": True}, params={"id": number})
    assert (alone.status_code, alone.json()) == (200, {"merge": True})


def test_a_merged_issue_has_the_users_the_hours_and_the_comments_of_all(sandbox):
    numbers = [
        sandbox.issue(message=f"issue {place}", user={"id": str(place % 2)})["id"]
        for place in range(3)
    ]
    comment = {"json": {"text": "see TICKET-1"}}
    sandbox.ask("POST", f"/api/0/issues/{numbers[2]}/comments/", **comment)
    sandbox.put(LIST, {"merge": True}, params={"id": numbers})
    found = sandbox.get(f"issues/{numbers[0]}/").json()
    assert (found["userCount"], found["numComments"]) == (2, 1)
    assert sum(count for _, count in found["stats"]["30d"]) == 3
