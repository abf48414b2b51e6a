"""Updates as a real Sentry 21.1.0 answered them by the organization's paths."""

from __future__ import annotations

import json

import pytest

URL = "http://sentry.example/api/0/"
ORGANIZATION = f"{URL}organizations/lab-org/"
ISSUE = f"{ORGANIZATION}issues/136/"


@pytest.fixture
def recorded(shared):
    """Give the status and the JSON of a recorded answer."""

    def read(name):
        text = (shared / f"recordings/sentry21/{name}.http").read_text(encoding="utf-8")
        head, _, body = text.partition("---- RESPONSE ----\n")[2].partition("\n\n")
        return {"status_code": int(head.split()[0]), "json": json.loads(body)}

    return read


@pytest.fixture
def update(recorded, start, run, requests_mock):
    """Replay an update of the recorded issue; *before* tells how it was then."""

    def send(name, before=None, **given):
        look = recorded("b_get_org")
        look["json"] |= before or {}
        requests_mock.get(ISSUE, **look)
        requests_mock.get(
            f"{URL}projects/lab-org/lab-project/members/", **recorded("e_project_members")
        )
        requests_mock.put(ISSUE, **recorded(name))
        connection = {"url": URL, "organization": "lab-org"}
        return run(start("update_issue", connection, issue_id="136", **given))

    return send


@pytest.mark.parametrize(
    ("name", "given", "after"),
    [
        ("d_org_resolved", {"status": "resolved"}, {"status": "resolved"}),
        ("d_org_ignored", {"status": "ignored"}, {"status": "ignored"}),
        ("d_org_ignored", {"archive": "forever"}, {"status": "ignored"}),
        ("d_org_nextrel", {"status": "resolvedInNextRelease"}, {"status": "resolved"}),
        ("d_org_inNextRelease", {"resolve_in_release": "next"}, {"status": "resolved"}),
        (
            "d_org_inRelease_latest",
            {"resolve_in_release": "current"},
            {"statusDetails": {"inRelease": "lab@1.0"}},
        ),
        (
            "d_org_ignoreDuration",
            {"archive_minutes": 30},
            {"statusDetails": {"ignoreUntil": "2026-11-22T08:03:08.004758Z"}},
        ),
        ("d_org_bookmark", {"isBookmarked": True}, {"isBookmarked": True}),
        ("d_org_seen", {"hasSeen": True}, {"hasSeen": True}),
        ("d_org_public", {"isPublic": True}, {"isPublic": True}),
        (
            "d_org_assign_email",
            {"assignedTo": "member1@lab.example"},
            {
                "assignedTo": {
                    "type": "user",
                    "id": "2",
                    "name": "Member 1",
                    "email": "member1@lab.example",
                }
            },
        ),
    ],
)
def test_a_recorded_update_tells_what_changed(name, given, after, update):
    body = update(name, **given)
    assert body["status"] == "ok", body
    changes = body["output"]["changes"]
    assert after.items() <= {each: changes[each]["after"] for each in changes}.items()


@pytest.mark.parametrize(
    ("name", "attribute"),
    [
        ("d_org_unbookmark", "isBookmarked"),
        ("d_org_unseen", "hasSeen"),
        ("d_org_private", "isPublic"),
        ("d_org_unsub", "isSubscribed"),
    ],
)
def test_a_recorded_update_takes_back(name, attribute, update):
    changes = update(name, {attribute: True}, **{attribute: False})["output"]["changes"]
    assert changes[attribute] == {"before": True, "after": False}


def test_a_recorded_update_unassigns(update):
    before = {"assignedTo": {"type": "user", "id": "2"}}
    assert update("d_org_unassign", before, assignedTo="")["output"]["changed"] is True


@pytest.mark.parametrize(
    ("given", "attribute"),
    [
        ({"priority": "high"}, "priority"),
        ({"archive": "until_escalating"}, "substatus"),
        ({"inbox": False}, "inbox"),
    ],
)
def test_what_sentry_21_does_not_know_is_said(given, attribute, update, requests_mock):
    body = update("d_org_resolved", **given)
    assert f"its issues have no `{attribute}`" in body["error"]
    assert requests_mock.call_count == 1


def test_a_recorded_issue_of_another_organization_is_not_found(recorded, start, run, requests_mock):
    requests_mock.get(ISSUE, **recorded("b_unknown_issue"))
    connection = {"url": URL, "organization": "lab-org"}
    body = run(start("update_issue", connection, issue_id="136", status="resolved"))
    assert body["exception"]["code"] == "not_found"
    assert "The issue 136 was deleted, or is not in the organization lab-org" in body["error"]
    assert requests_mock.call_count == 1
