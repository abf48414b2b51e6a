"""What is told of issues, and what is not."""

from __future__ import annotations

import json
import uuid
from datetime import UTC, datetime, timedelta

import pytest

from sentry_plugin import cli
from sentry_plugin.watching import occurrences
from unit_test.conftest import URL

from .conftest import during, soon


def submitted(sandbox, words=None, **more):
    words = words or uuid.uuid4().hex
    return sandbox.issue(logentry={"formatted": words}, fingerprint=[words], **more)


def resolve(sandbox, issue):
    assert sandbox.put(f"issues/{issue['id']}/", {"status": "resolved"}).ok


def looks(sandbox):
    return [each for each in sandbox.asked() if "/organizations/acme/issues/" in each["path"]]


def looked(sandbox, times):
    """Tell whether the sandbox was asked for its issues so often."""
    return len(looks(sandbox)) >= times


def looked_again(sandbox, times):
    """Wait until the sandbox was asked for its issues so often from now on; it forgets old ones."""
    sandbox.http.delete(f"{sandbox.base}/_sandbox/requests")
    soon(lambda: looked(sandbox, times))


def three_more(sandbox, dispatcher, watch, message):
    """Submit three issues while a trigger watches, until all arrived; give its end, and them."""
    new = []

    def story():
        soon(lambda: looked(sandbox, 2))
        new.extend(submitted(sandbox) for _ in range(3))
        soon(lambda: len(dispatcher.events) >= 3)

    return watch(message, story), new


def test_issues_are_told_once_each_from_the_start_on(sandbox, trigger, watch, dispatcher):
    submitted(sandbox)
    done, new = three_more(sandbox, dispatcher, watch, trigger("new_issue", kinds=["new"]))
    assert (done.status, done.type, done.body["status"]) == (0, "trigger_event", "ok")
    assert done.body["output"] is None
    assert dispatcher.told() == [("new", each["id"]) for each in new]
    for event in dispatcher.events:
        assert (event["version"], event["type"]) == ("v1", "trigger_event")
        assert event["body"]["meta"] == {"step": 7}


def test_a_regression_is_told_each_time(sandbox, trigger, watch, dispatcher):
    words = uuid.uuid4().hex

    def story():
        soon(lambda: looked(sandbox, 2))
        issue = submitted(sandbox, words)
        for times in (1, 2, 3):
            resolve(sandbox, issue)
            submitted(sandbox, words)
            soon(lambda times=times: dispatcher.told().count(("regressed", issue["id"])) >= times)

    watch(trigger("new_issue", kinds=["regressed"]), story)
    assert [kind for kind, _ in dispatcher.told()] == ["regressed"] * 3
    assert len({each["occurrence"] for each in dispatcher.outputs()}) == 3


def told_while(sandbox, dispatcher, issue, *acts):
    """Tell a story in which something is done to an issue and told, one after the other."""

    def story():
        soon(lambda: looked(sandbox, 2))
        for kind, act in acts:
            act()
            if kind:
                soon(lambda kind=kind: (kind, issue["id"]) in dispatcher.told())

    return story


def test_what_people_do_with_an_issue_is_told(sandbox, trigger, watch, dispatcher):
    issue = submitted(sandbox)
    place = f"issues/{issue['id']}/"
    members = sandbox.get("projects/acme/sandbox/members/").json()
    user = next(each["user"]["id"] for each in members if each["user"])
    acts = [
        ("assigned", lambda: sandbox.put(place, {"assignedTo": f"user:{user}"})),
        ("resolved", lambda: sandbox.put(place, {"status": "resolved"})),
        (None, lambda: sandbox.put(place, {"status": "ignored"})),
        ("unignored", lambda: sandbox.put(place, {"status": "unresolved"})),
        (None, lambda: sandbox.put(place, {"status": "ignored"})),
        (
            "escalating",
            lambda: sandbox.http.post(f"{sandbox.base}/_sandbox/issues/{issue['id']}/escalate"),
        ),
    ]
    watch(trigger("new_issue"), told_while(sandbox, dispatcher, issue, *acts))
    outputs = dispatcher.outputs()
    assert len({each["occurrence"] for each in outputs}) == len(outputs)
    assert all(each["activity"]["type"] for each in outputs)
    assert "new" not in {each["kind"] for each in outputs}


def test_an_issue_that_arrives_days_late_is_told(sandbox, trigger, watch, dispatcher):
    late = datetime.now(UTC) - timedelta(days=2)

    def story():
        soon(lambda: looked(sandbox, 2))
        sandbox.event(logentry={"formatted": "late"}, timestamp=late.timestamp())
        soon(lambda: dispatcher.events)

    watch(trigger("new_issue", level="error", environments=[]), story)
    (output,) = dispatcher.outputs()
    assert (output["kind"], output["issue"]["title"]) == ("new", "late")


def test_each_project_named_has_a_list_of_its_own(sandbox, trigger, watch, dispatcher):
    projects = [each["slug"] for each in sandbox.get("projects/").json()][:3]
    message = trigger("new_issue", projects=projects, since="2020-01-01T00:00:00Z", kinds=["new"])
    wanted = {
        issue["id"]
        for slug in projects
        for issue in sandbox.get(f"projects/acme/{slug}/issues/", params={"query": ""}).json()
    }
    watch(message, lambda: soon(lambda: len(dispatcher.events) >= len(wanted)))
    assert {issue for _, issue in dispatcher.told()} == wanted
    assert len(dispatcher.events) == len(wanted)


def test_an_issue_whose_details_fail_holds_nothing_up_and_is_told_later(
    sandbox, trigger, watch, dispatcher
):
    issue = submitted(sandbox)

    def story():
        soon(lambda: looked(sandbox, 2))
        sandbox.fault("server_error", path=f"*/issues/{issue['id']}/", method="GET", status=500)
        resolve(sandbox, issue)
        other = submitted(sandbox)
        soon(lambda: ("new", other["id"]) in dispatcher.told())
        assert ("resolved", issue["id"]) not in dispatcher.told()
        sandbox.http.delete(f"{sandbox.base}/_sandbox/faults")
        soon(lambda: ("resolved", issue["id"]) in dispatcher.told())

    watch(trigger("new_issue"), story)


@pytest.fixture
def watch_list(requests_mock, monkeypatch, capsys, tmp_path):
    """Watch a list of issues that has been made up; the last of *lists* stays."""

    def run(*lists):
        monkeypatch.chdir(tmp_path)
        monkeypatch.setenv("SENTRY_AUTH_TOKEN", "not-a-real-token")
        monkeypatch.setenv("SENTRY_URL", URL)
        monkeypatch.setenv("SENTRY_ORG", "o")
        place = f"{URL}organizations/o/issues/"
        listed = requests_mock.get(place, [{"json": each} for each in lists])
        with during(lambda: soon(lambda: listed.call_count >= len(lists) + 4)):
            assert cli.main(["watch", "new_issue"]) == 0
        return [json.loads(line) for line in capsys.readouterr().out.splitlines()]

    return run


def made(number="1", **more):
    now = datetime.now(UTC).isoformat()
    issue = {"id": number, "status": "unresolved", "firstSeen": now, "lastSeen": now, "count": "5"}
    return issue | {"substatus": "ongoing"} | more


def test_an_issue_that_is_deleted_before_its_details_are_asked_for_is_left_out(
    watch_list, requests_mock
):
    requests_mock.get(f"{URL}organizations/o/issues/1/", status_code=404, json={"detail": "no"})
    requests_mock.get(f"{URL}organizations/o/issues/2/", json=["odd"])
    told = watch_list([], [made("1"), made("2")])
    assert [each["kind"] for each in told] == ["new", "new"]


def test_an_issue_that_an_old_server_unignores_by_itself_is_told(watch_list, requests_mock):
    old = {name: value for name, value in made().items() if name != "substatus"}
    ignored, now = old | {"status": "ignored"}, old | {"lastSeen": datetime.now(UTC).isoformat()}
    detail = now | {"activity": [entry(1, "set_ignored")]}
    requests_mock.get(f"{URL}organizations/o/issues/1/", json=detail)
    told = watch_list([], [ignored], [now])
    assert [each["kind"] for each in told] == ["new", "unignored"]
    assert told[1]["occurrence"] == "1:unignored:after-1"


def test_only_issues_of_the_environments_and_level_are_told(sandbox, trigger, watch, dispatcher):
    for environment, level in (("a", "error"), ("b", "error"), ("a", "info")):
        words = f"{environment} {level}"
        submitted(sandbox, words, environment=environment, level=level)
    given = {"environments": ["a"], "level": "error", "since": "2026-01-01T00:00:00Z"}
    watch(trigger("new_issue", kinds=["new"], **given), lambda: soon(lambda: dispatcher.events))
    assert [each["issue"]["title"] for each in dispatcher.outputs()] == ["a error"]


def test_another_search_and_a_longer_look_back_make_nothing_new(
    sandbox, trigger, watch, dispatcher
):
    days = [datetime.now(UTC) - timedelta(days=each) for each in (20, 5)]
    for at in days:
        sandbox.event(logentry={"formatted": str(at)}, timestamp=at.timestamp(), level="info")
    for given in ({"look_back_days": 10}, {"look_back_days": 25}, {"level": "info"}):
        message = trigger("new_issue", meta={"triggerId": "one"}, **given)
        watch(message, lambda: looked_again(sandbox, 5))
    assert dispatcher.events == []


# --- servers that write no entry, or have no substatus


def entry(number, kind, seconds=0):
    at = datetime(2026, 8, 16, 12, 0, seconds, tzinfo=UTC).isoformat()
    return {"id": str(number), "type": kind, "dateCreated": at}


def kinds(*entries, **issue):
    given = {"id": "7", "status": "unresolved", "activity": [*entries], **issue}
    return [each.kind for each in occurrences.of_activity(given)]


@pytest.mark.parametrize(
    ("entries", "told"),
    [
        ([], []),
        ([entry(1, "note"), "odd", {}], []),
        (
            [entry(2, "set_regression", 2), entry(1, "set_resolved_by_age", 1)],
            ["resolved", "regressed"],
        ),
        ([entry(1, "set_resolved"), entry(2, "set_unresolved")], ["resolved"]),
        ([entry(1, "set_ignored"), entry(2, "set_unresolved", 1)], ["unignored"]),
        ([entry(1, "set_ignored"), entry(2, "set_escalating", 1)], ["escalating", "unignored"]),
        ([entry(1, "assigned"), entry(2, "assigned", 1)], ["assigned", "assigned"]),
    ],
)
def test_the_activity_tells_what_happened(entries, told):
    assert kinds(*entries) == told
    assert kinds(activity=None) == []


def test_an_old_server_that_unignores_without_an_entry_is_understood():
    ignored = {"id": "7", "status": "unresolved", "activity": [entry(1, "set_ignored")]}
    (found,) = occurrences.unignored_silently(ignored, 5.0)
    assert (found.kind, found.key, found.at) == ("unignored", "7:unignored:after-1", 5.0)
    for other in ({"status": "ignored"}, {"activity": [entry(1, "set_resolved")]}):
        assert not [*occurrences.unignored_silently(ignored | other, 5.0)]
