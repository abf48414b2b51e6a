"""Monitors of scheduled jobs: the check-ins that are taken in, and what is shown of them."""

from __future__ import annotations

import json
import uuid

import pytest

from unit_test import outside

LIST = "organizations/acme/monitors/"
INTERVAL = {"schedule": {"type": "interval", "value": 10, "unit": "minute"}, "checkin_margin": 5}
CRONTAB = {"schedule": {"type": "crontab", "value": "0 * * * *"}, "timezone": "UTC"}
NO_SCHEDULES = [
    "0 * * * *",
    {"value": "@daily"},
    {"type": "crontab", "value": 5},
    *({"type": "interval", "value": each, "unit": "hour"} for each in (0, -1, 2.0, True, "2")),
    {"type": "interval", "value": 2, "unit": "hours"},
]
NO_CRONTABS = ["0 0 * * * *", "@reboot", "every hour", "0 0 31 2 *", "0 0 */31 * 0#5", "60 * * * *"]


def cron(sandbox, slug="nightly", key=None, method="GET", **given):
    key = sandbox.key if key is None else key
    address = f"{sandbox.base}/api/{sandbox.project_id}/cron/{slug}/{key}/"
    return sandbox.http.request(method, address, timeout=outside.PATIENCE, **given)


def in_envelope(sandbox, check_in):
    payload = check_in if isinstance(check_in, str) else json.dumps(check_in)
    lines = ("{}", json.dumps({"type": "check_in"}), payload, "")
    return sandbox.send("envelope/", "\n".join(lines))


def made(sandbox, slug="nightly", config=INTERVAL, **check_in):
    body = {"status": "in_progress", "monitor_config": config} | check_in
    response = cron(sandbox, slug, method="POST", json=body)
    assert (response.status_code, response.content) == (202, b"")


def sent(sandbox, slug="nightly", **params):
    return sandbox.get(f"{LIST}{slug}/checkins/", params=params).json()


def test_a_check_in_that_says_what_its_monitor_is_makes_it(sandbox):
    made(sandbox)
    (found,) = sandbox.get(LIST).json()
    assert (found["slug"], found["isUpserting"]) == ("nightly", True)
    assert found["config"]["schedule"] == [10, "minute"]
    assert found["project"]["slug"] == "sandbox"
    (environment,) = found["environments"]
    assert (environment["name"], environment["status"]) == ("production", "ok")
    assert environment["nextCheckIn"] < environment["nextCheckInLatest"]
    assert sandbox.get(f"{LIST}nightly/").json() == found
    assert sandbox.get(f"projects/acme/sandbox/monitors/{found['id']}/").json() == found
    made(sandbox, config=CRONTAB)
    found = sandbox.get(f"{LIST}nightly/").json()
    assert found["config"]["schedule"] == "0 * * * *"
    assert found["environments"][0]["nextCheckIn"].endswith(":00:00.000Z")


def test_a_job_ends_the_check_in_that_it_began(sandbox):
    made(sandbox)
    (running,) = sent(sandbox)
    assert (running["status"], running["duration"]) == ("in_progress", None)
    assert cron(sandbox, params={"status": "ok"}).status_code == 202
    (ended,) = sent(sandbox)
    assert (ended["id"], ended["status"]) == (running["id"], "ok")
    assert ended["duration"] >= 0
    cron(sandbox, params={"status": "error", "duration": "1.5", "environment": "lab"})
    assert [one["status"] for one in sent(sandbox)] == ["error", "ok"]
    (failed,) = sent(sandbox, environment="lab")
    assert (failed["duration"], failed["environment"]) == (1500, "lab")
    assert sandbox.get(LIST, params={"environment": "no"}).json() == []
    assert len(sandbox.get(LIST, params={"project": "sandbox"}).json()) == 1


def test_a_check_in_with_an_id_is_changed_by_that_id(sandbox):
    made(sandbox)
    number = uuid.uuid4()
    check_in = {"monitor_slug": "nightly", "check_in_id": number.hex, "status": "in_progress"}
    assert in_envelope(sandbox, check_in).json() == {}
    in_envelope(sandbox, check_in)
    in_envelope(sandbox, check_in | {"status": "ok", "duration": 2})
    found = {one["id"]: one for one in sent(sandbox)}
    assert len(found) == 2
    assert (found[str(number)]["status"], found[str(number)]["duration"]) == ("ok", 2000)


@pytest.mark.parametrize(
    "check_in",
    [
        "no JSON",
        [],
        {"monitor_slug": "unknown", "status": "ok"},
        {"monitor_slug": "!?", "status": "ok", "monitor_config": INTERVAL},
        {"monitor_slug": "one", "status": "missed", "monitor_config": INTERVAL},
        {"monitor_slug": "one", "status": "ok", "environment": " ", "monitor_config": INTERVAL},
        {"monitor_slug": "one", "status": "ok", "environment": "a/b", "monitor_config": INTERVAL},
        {"monitor_slug": "one", "status": "ok", "duration": 2**31, "monitor_config": INTERVAL},
        {"monitor_slug": "one", "status": "sleepy", "monitor_config": INTERVAL},
        {"monitor_slug": "one", "status": "ok", "duration": -1, "monitor_config": INTERVAL},
        {"monitor_slug": "one", "status": "ok", "check_in_id": "x", "monitor_config": INTERVAL},
        {"monitor_slug": "one", "status": "ok", "monitor_config": {"schedule": {"type": "x"}}},
    ],
)
def test_a_check_in_that_makes_no_sense_is_taken_and_lost(sandbox, check_in):
    assert in_envelope(sandbox, check_in).status_code == 200
    assert sandbox.get(LIST).json() == []


WRONG = [
    *({"schedule": schedule} for schedule in NO_SCHEDULES),
    *({"schedule": {"type": "crontab", "value": text}} for text in NO_CRONTABS),
    CRONTAB | {"timezone": "GMT+2"},
    CRONTAB | {"timezone": 2},
    CRONTAB | {"max_runtime": 0},
    CRONTAB | {"max_runtime": 1.0},
    CRONTAB | {"max_runtime": "1"},
    CRONTAB | {"recovery_threshold": 721},
]


@pytest.mark.parametrize("config", WRONG)
def test_a_configuration_that_sentry_does_not_take_makes_no_monitor(sandbox, config):
    made(sandbox, config=config)
    assert sandbox.get(LIST).json() == []


def test_a_configuration_that_sentry_does_not_take_leaves_a_monitor_as_it_is(sandbox):
    made(sandbox)
    before = sandbox.get(f"{LIST}nightly/").json()["config"]
    made(sandbox, config=CRONTAB | {"timezone": "GMT+2"})
    assert len(sent(sandbox)) == 2
    assert sandbox.get(f"{LIST}nightly/").json()["config"] == before


@pytest.mark.parametrize("slug", ["LUN-1", "\u00dcber  Nacht!", "_a.b/c_", "x" * 49 + " y", "1"])
def test_a_monitor_gets_the_slug_that_the_plugin_says(sandbox, slug, run, start):
    given = {"dsn": sandbox.known["dsn"], "status": "ok", "monitor_config": CRONTAB}
    told = run(start("check_in", monitor_slug=slug, **given))["output"]["monitor_slug"]
    in_envelope(sandbox, {"monitor_slug": slug, "status": "error"})
    (found,) = sandbox.get(LIST).json()
    assert found["slug"] == told
    assert [each["status"] for each in sent(sandbox, told)] == ["error", "ok"]


def test_a_nickname_is_kept_as_the_crontab_that_it_stands_for(sandbox):
    made(sandbox, config={"schedule": {"type": "crontab", "value": "@daily"}, "checkin_margin": 0})
    config = sandbox.get(f"{LIST}nightly/").json()["config"]
    assert (config["schedule"], config["checkin_margin"]) == ("0 0 * * *", 1)


def test_a_check_in_of_another_projects_monitor_is_lost(sandbox):
    made(sandbox)
    keys = sandbox.get("projects/acme/project-00001/keys/").json()
    address = f"{sandbox.base}/api/{keys[0]['projectId']}/cron/nightly/{keys[0]['public']}/"
    assert sandbox.http.get(address, params={"status": "ok"}).status_code == 202
    assert [one["status"] for one in sent(sandbox)] == ["in_progress"]


def test_a_check_in_that_cannot_be_read_is_refused(sandbox):
    assert cron(sandbox).status_code == 400
    assert cron(sandbox, params={"status": "ok", "duration": "long"}).status_code == 400
    assert cron(sandbox, method="POST", json=[]).status_code == 400


def test_a_check_in_wants_a_key(sandbox):
    assert cron(sandbox, key="0" * 32, params={"status": "ok"}).status_code == 403
    address = f"{sandbox.base}/api/{sandbox.project_id}/cron/nightly/"
    assert sandbox.http.get(address, params={"status": "ok"}).status_code == 401
    headers = {"X-Sentry-Auth": sandbox.auth}
    assert sandbox.http.get(address, params={"status": "ok"}, headers=headers).ok


def test_an_unknown_monitor_is_a_404(sandbox):
    made(sandbox)
    for path in (
        f"{LIST}no/",
        f"{LIST}no/checkins/",
        "projects/acme/project-00001/monitors/nightly/",
    ):
        assert sandbox.get(path).status_code == 404


def test_users_of_the_organization_have_their_projects(sandbox):
    found = sandbox.get("organizations/acme/users/").json()
    assert all(one["user"] for one in found)
    mine = {one["user"]["id"]: one["projects"] for one in found}
    assert "sandbox" in mine["900000"]
    some = sandbox.get("organizations/acme/users/", params={"project": "sandbox"}).json()
    assert 0 < len(some) < len(found)
    assert all("sandbox" in one["projects"] for one in some)
