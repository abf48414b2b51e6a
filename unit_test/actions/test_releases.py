"""Releases and deploys: made once, and named as Sentry takes it before anything is sent."""

from __future__ import annotations

import pytest

from sentry_plugin.errors import IN_DOUBT
from unit_test.conftest import URL

RELEASES = f"{URL}organizations/acme/releases/"
DEPLOYS = f"{RELEASES}app%401.0/deploys/"
CONNECTION = {"organization": "acme"}
RELEASE = {"version": "app@1.0", "projects": ["app"]}
DEPLOY = {"version": "app@1.0", "environment": "production"}


@pytest.mark.parametrize(("status", "created"), [(201, True), (208, False)])
def test_a_release_that_is_there_is_given_as_it_is(status, created, start, run, requests_mock):
    requests_mock.post(RELEASES, status_code=status, json={"version": "app@1.0"})
    output = run(start("create_release", CONNECTION, **RELEASE, ref="v1"))["output"]
    assert output == {"release": {"version": "app@1.0"}, "created": created}
    assert requests_mock.last_request.json() == {**RELEASE, "ref": "v1"}


def test_a_release_is_sent_again_and_who_made_it_is_then_not_told(start, run, requests_mock):
    answers = [{"status_code": 502}, {"status_code": 208, "json": {"version": "app@1.0"}}]
    requests_mock.post(RELEASES, answers)
    output = run(start("create_release", CONNECTION, **RELEASE))["output"]
    assert output == {"release": {"version": "app@1.0"}}


@pytest.mark.parametrize(
    "version",
    [".", "..", " 1", "1 ", "a/b", "a\\b", "a\nb", "a\tb", "1\n", "latest", "x" * 201],
)
@pytest.mark.parametrize(
    ("action", "more"), [("create_release", RELEASE), ("create_deploy", DEPLOY)]
)
def test_a_version_that_sentry_does_not_take_is_refused(
    version, action, more, start, run, requests_mock
):
    body = run(start(action, CONNECTION, **more | {"version": version}))
    assert "The input's `version` is not up to 200 characters" in body["error"]
    assert requests_mock.call_count == 0


@pytest.mark.parametrize("version", ["1", "a b", "x" * 200, "latest-1", "a..b", "é", "..."])
def test_a_version_that_sentry_takes_is_sent(version, start, run, requests_mock):
    requests_mock.post(RELEASES, json={"version": version})
    assert run(start("create_release", CONNECTION, **RELEASE | {"version": version}))["output"]


@pytest.mark.parametrize("environment", ["a/b", "x" * 65, "a\nb", "a\r"])
def test_an_environment_that_sentry_does_not_take_is_refused(
    environment, start, run, requests_mock
):
    body = run(start("create_deploy", CONNECTION, **DEPLOY | {"environment": environment}))
    assert "The input's `environment` is " in body["error"]
    assert requests_mock.call_count == 0


@pytest.mark.parametrize("environment", ["Staging EU", "None", "a\\b", "x" * 64, "\u00e9" * 64])
def test_an_environment_that_sentry_takes_is_sent_as_it_is(environment, start, run, requests_mock):
    requests_mock.post(DEPLOYS, json={"id": "1"})
    assert run(start("create_deploy", CONNECTION, **DEPLOY | {"environment": environment}))[
        "output"
    ]
    assert requests_mock.last_request.json()["environment"] == environment


def test_a_release_needs_an_organization(start, run, requests_mock):
    assert "`organization_slug`" in run(start("create_release", **RELEASE))["error"]
    requests_mock.post(RELEASES, json={"version": "app@1.0"})
    assert run(start("create_release", organization_slug="acme", **RELEASE))["output"]


def test_a_deploy_is_recorded_once_and_what_is_not_known_of_it_is_said(start, run, requests_mock):
    requests_mock.post(DEPLOYS, [{"json": {"id": "1"}, "status_code": 201}, {"status_code": 503}])
    message = start("create_deploy", CONNECTION, **DEPLOY, name="build-1", projects=["app"])
    assert run(message)["output"] == {"deploy": {"id": "1"}, "created": True}
    sent = {"environment": "production", "name": "build-1", "projects": ["app"]}
    assert requests_mock.last_request.json() == sent
    assert IN_DOUBT.strip() in run(message)["error"]
    assert requests_mock.call_count == 2


@pytest.mark.parametrize(
    ("listed", "name", "created"),
    [
        ([{"id": "1", "environment": "production", "name": "build-1"}], {"name": "build-1"}, False),
        ([{"id": "1", "environment": "production", "name": None}], {}, False),
        ([{"id": "1", "environment": "production", "name": "build-1"}], {}, True),
        ([{"id": "1", "environment": "staging", "name": "build-1"}, 5], {"name": "build-1"}, True),
        ([], {}, True),
    ],
)
def test_a_deploy_is_not_recorded_again_where_that_is_asked_for(
    listed, name, created, start, run, requests_mock
):
    requests_mock.get(DEPLOYS, json=listed)
    requests_mock.post(DEPLOYS, json={"id": "2"})
    output = run(start("create_deploy", CONNECTION, **DEPLOY, **name, unless_exists=True))["output"]
    assert (output["deploy"]["id"], output["created"]) == ("2" if created else "1", created)
    assert requests_mock.call_count == 1 + created


def test_the_sandbox_makes_a_release_and_its_deploys_once(sandbox, start, run):
    connection = {"token": {"token": sandbox.known["token"]}, "url": sandbox.base}
    connection["organization"] = "acme"

    def done(action, **given):
        return run(start(action, connection, **given))["output"]

    release = {"version": "app@2.0 (1)", "projects": ["sandbox"]}
    assert [done("create_release", **release)["created"] for _ in range(2)] == [True, False]
    deploy = {"version": "app@2.0 (1)", "environment": "production", "name": "build-1"}
    made = done("create_deploy", **deploy)
    again = done("create_deploy", **deploy, unless_exists=True)
    assert (made["created"], again) == (True, {"deploy": made["deploy"], "created": False})
    missing = run(start("create_deploy", connection, **deploy | {"version": "app@3"}))
    assert missing["exception"]["code"] == "not_found"
    assert "Create Release makes it" in missing["error"]
