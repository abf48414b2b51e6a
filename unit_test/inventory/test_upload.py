"""Upload Inventory: what arrives at JupiterOne, what is refused, and what a failure leaves."""

from __future__ import annotations

import json
import signal
import ssl
import subprocess
import sys

import pytest
import requests
import trustme

from sentry_plugin import privatefiles, settings
from sentry_plugin.errors import IN_DOUBT, StateError
from unit_test import outside
from unit_test.inventory.jupiterone import StandIn

KEY = "not-a-real-key"
ACCOUNT = "not-a-real-account"
ACCESS = {"jupiterone": {"secretKey": KEY}, "jupiterone_account": ACCOUNT}
ORGANIZATION = {
    "_key": "sentry-organization-1",
    "_type": "sentry_organization",
    "_class": ["Account"],
}
TEAM = {"_key": "sentry-team-2", "_type": "sentry_team", "_class": ["UserGroup"], "name": "Two"}
HAS = {
    "_key": "sentry-organization-1|has|sentry-team-2",
    "_type": "sentry_organization_has_team",
    "_class": "HAS",
    "_fromEntityKey": "sentry-organization-1",
    "_toEntityKey": "sentry-team-2",
}
MAPPED = {
    "_key": "sentry-organization-1|has|FORWARD:webLink=https://git.example/a:_class=CodeRepo",
    "_type": "sentry_organization_has_repository",
    "_class": "HAS",
    "_mapping": {
        "relationshipDirection": "FORWARD",
        "sourceEntityKey": "sentry-organization-1",
        "targetFilterKeys": [["webLink", "_class"]],
        "targetEntity": {"_class": "CodeRepo", "webLink": "https://git.example/a"},
    },
}
ENTITIES, RELATIONSHIPS = [ORGANIZATION, TEAM], [HAS, MAPPED]
SCOPE = "sentry-acme"


@pytest.fixture
def jupiterone(monkeypatch):
    """A stand-in for JupiterOne, where the operator's address leads."""
    stand_in = StandIn()
    monkeypatch.setenv(settings.JUPITERONE_URL, stand_in.url)
    yield stand_in
    stand_in.stop()


@pytest.fixture
def upload(start, run, state):
    """Upload something small, or what is given, and give the body of the event."""
    assert not state.exists()

    def send(connection=None, **given):
        inventory = {"entities": ENTITIES, "relationships": RELATIONSHIPS}
        place = {} if "integration_instance_id" in given else {"scope": SCOPE}
        whole = ACCESS | (connection or {})
        return run(start("upload_inventory", whole, **{**inventory, **place, **given}))

    return send


def ok(body):
    assert body["status"] == "ok", body["error"]
    return body["output"]


def failed(body, code="api_error"):
    assert body["status"] == "error"
    assert body["exception"]["code"] == code
    return body["error"]


def stored(jupiterone, kind, place=SCOPE):
    return list(jupiterone.stored[place, kind].values())


def test_what_was_collected_arrives_as_it_is(jupiterone, sandbox, ask, collect):
    whole = ["roles", "service", "findings", "repositories", "keys", "settings"]
    graph = collect(sandbox, include=whole, raw_data=True, output_as="lists")
    given = {"entities": graph["entities"], "relationships": graph["relationships"]}
    output = ok(ask("upload_inventory", sandbox, ACCESS, scope=SCOPE, **given))
    assert stored(jupiterone, "entities") == graph["entities"]
    assert stored(jupiterone, "relationships") == graph["relationships"]
    assert output["counts"] == graph["counts"]
    number = len(graph["entities"])
    assert output["entities"] == {"uploaded": number, "created": number, "updated": 0, "deleted": 0}
    assert output["relationships"]["created"] == len(graph["relationships"])
    assert output["job_id"] == jupiterone.job["id"]
    assert (output["skipped"], output["cut"], output["partial_types"]) == ([], [], [])


def test_without_an_inventory_one_is_collected_and_tagged(jupiterone, sandbox, ask, collect):
    tags = {"account_name": "mine", "tag_account_name": True}
    graph = collect(sandbox, include=["roles"], output_as="lists", **tags)
    ok(ask("upload_inventory", sandbox, ACCESS, scope=SCOPE, include=["roles"], **tags))
    assert stored(jupiterone, "entities") == graph["entities"]
    assert {each["tag.AccountName"] for each in stored(jupiterone, "entities")} == {"mine"}


def test_the_file_of_a_collection_is_uploaded(jupiterone, sandbox, ask, collect):
    file = collect(sandbox, output_as="file")["file"]
    ok(ask("upload_inventory", sandbox, ACCESS, scope=SCOPE, file=file))
    graph = collect(sandbox, output_as="lists")
    assert stored(jupiterone, "entities") == graph["entities"]


def test_a_job_is_started_filled_finalized_and_waited_for(jupiterone, upload, waits):
    jupiterone.progress = ["FINALIZE_PENDING", "FINALIZING_ENTITIES", "FINISHED"]
    ok(upload())
    asked = jupiterone.paths()
    assert asked[0] == "POST job"
    assert sorted(asked[1:3]) == ["POST entities", "POST relationships"]
    assert asked[3:] == ["POST finalize", "GET job", "GET job", "GET job"]
    assert jupiterone.bodies("/jobs") == [{"source": "api", "scope": SCOPE, "syncMode": "DIFF"}]
    assert waits == [2.0, 2.0]
    for each in jupiterone.requests:
        assert each.headers["Authorization"] == f"Bearer {KEY}"
        assert each.headers["JupiterOne-Account"] == ACCOUNT


def test_an_integration_instance_is_a_destination_too(jupiterone, upload):
    instance = "9de5069c-5afe-602b-2ea0-a04b66beb2c0"
    ok(upload(integration_instance_id=instance))
    wanted = {"source": "integration-external", "integrationInstanceId": instance}
    assert jupiterone.bodies("/jobs") == [wanted]
    assert stored(jupiterone, "entities", instance) == ENTITIES


@pytest.mark.parametrize("given", [{"scope": ""}, {"scope": SCOPE, "integration_instance_id": "9"}])
def test_an_upload_has_exactly_one_destination(given, jupiterone, upload):
    assert "needs one of `scope` and" in failed(upload(**given), "bad_input")
    assert jupiterone.requests == []


@pytest.mark.parametrize("lacks", [{"jupiterone": {"secretKey": ""}}, {"jupiterone_account": ""}])
def test_an_upload_needs_key_and_account_before_anything_is_collected(
    lacks, jupiterone, upload, requests_mock
):
    error = failed(upload(lacks), "bad_input")
    assert "The connection has no `jupiterone` and `jupiterone_account`." in error
    assert requests_mock.call_count == 0


def test_what_is_there_no_more_is_deleted_but_for_partial_types(jupiterone, upload):
    more = {**TEAM, "_key": "sentry-team-3"}
    member = {"_key": "sentry-user-4", "_type": "sentry_member", "_class": ["User"]}
    ok(upload(entities=[*ENTITIES, more, member]))
    partial = [{"type": "sentry_member", "organization": "acme", "reason": "No scope."}]
    output = ok(upload(entities=[ORGANIZATION, {**TEAM, "name": "2"}], partial_types=partial))
    assert output["entities"] == {"uploaded": 2, "created": 0, "updated": 1, "deleted": 1}
    assert output["partial_types"] == partial
    assert output["emptied_types"] == []
    assert jupiterone.bodies("finalize")[-1] == {"partialDatasets": {"types": ["sentry_member"]}}
    assert jupiterone.stored[SCOPE, "entities"].keys() == {
        "sentry-organization-1",
        "sentry-team-2",
        "sentry-user-4",
    }


def test_a_type_that_turned_empty_is_refused_until_that_is_meant(jupiterone, upload):
    ok(upload())
    for _ in range(2):
        error = failed(upload(entities=[ORGANIZATION], relationships=[]), "bad_input")
        types = "sentry_organization_has_repository, sentry_organization_has_team, sentry_team"
        assert f"nothing is left of: {types}. It would be deleted. Nothing was uploaded." in error
    assert jupiterone.paths().count("POST job") == 1
    output = ok(upload(entities=[ORGANIZATION], relationships=[], allow_empty=True))
    assert output["emptied_types"] == types.split(", ")
    assert output["entities"]["deleted"] == 1
    again = ok(upload(entities=[ORGANIZATION], relationships=[]))
    assert again["emptied_types"] == []


def test_an_organization_that_is_gone_is_refused_as_a_type_is(jupiterone, upload):
    other = {**ORGANIZATION, "_key": "sentry-organization-7"}
    ok(upload(entities=[other, *ENTITIES]))
    assert "nothing is left of: sentry-organization-7." in failed(upload(), "bad_input")
    partial = [{"type": "sentry_organization", "organization": "x", "reason": "No scope."}]
    ok(upload(partial_types=partial))
    # It is there still, so it is missed the next time too.
    assert "nothing is left of: sentry-organization-7." in failed(upload(), "bad_input")
    assert len(stored(jupiterone, "entities")) == 3


def test_a_partial_type_is_not_empty_and_is_remembered(jupiterone, upload):
    ok(upload())
    partial = [{"type": "sentry_team", "organization": "acme", "reason": "No scope."}]
    ok(upload(entities=[ORGANIZATION], partial_types=partial))
    error = failed(upload(entities=[ORGANIZATION]), "bad_input")
    assert "nothing is left of: sentry_team." in error
    assert len(stored(jupiterone, "entities")) == 2


def test_an_upload_to_another_destination_is_not_compared(jupiterone, upload):
    ok(upload())
    ok(upload(scope="another", entities=[ORGANIZATION], relationships=[]))
    ok(upload({"jupiterone_account": "another"}, entities=[ORGANIZATION], relationships=[]))
    assert jupiterone.paths().count("POST finalize") == 3


def test_an_inventory_of_nothing_is_refused_also_the_first_time(jupiterone, upload):
    error = failed(upload(entities=[], relationships=[]), "bad_input")
    assert "The inventory has no entity." in error
    assert jupiterone.requests == []


def test_counts_that_cannot_be_read_are_an_error_before_anything_is_sent(jupiterone, upload, state):
    ok(upload())
    (file,) = state.glob("jupiterone/*.json")
    file.write_text("nonsense")
    error = failed(upload(), "bad_state")
    assert f"What was uploaded last cannot be read from {file}." in error
    file.write_text("[]")
    ok(upload())
    assert jupiterone.paths().count("POST job") == 2


def test_counts_that_cannot_be_kept_are_warned_of(jupiterone, upload, state):
    state.parent.mkdir(exist_ok=True)
    state.write_text("no folder")
    body = upload()
    ok(body)
    assert "the next upload is not compared" in body["log"]


def test_a_dry_run_asks_nothing_and_tells_what_would_be_sent(jupiterone, upload):
    output = ok(upload({"jupiterone": {"secretKey": ""}}, dry_run=True))
    assert jupiterone.requests == []
    expected = {
        "dry_run": True,
        "counts": {
            "sentry_organization": 1,
            "sentry_organization_has_repository": 1,
            "sentry_organization_has_team": 1,
            "sentry_team": 1,
        },
        "requests": 2,
    }
    assert {name: output[name] for name in expected} == expected
    assert "job_id" not in output
    sent = ok(upload())
    assert sent["bytes"] == output["bytes"]
    assert (
        sum(each.size for each in jupiterone.requests if "ies" in each.path[-13:]) <= sent["bytes"]
    )
    dry = ok(upload(entities=[ORGANIZATION], relationships=[], dry_run=True))
    assert "sentry_team" in dry["emptied_types"]


def test_uploads_are_packed_where_that_is_asked_for(jupiterone, upload):
    ok(upload(compress=True))
    packed = [each.headers.get("Content-Encoding") for each in jupiterone.requests]
    assert packed.count("gzip") == 2
    assert stored(jupiterone, "entities") == ENTITIES


def test_batches_are_no_larger_than_jupiterone_takes(jupiterone, upload):
    many = [{**TEAM, "_key": f"sentry-team-{n}", "notes": ["x" * 4000] * 50} for n in range(60)]
    output = ok(upload(entities=[ORGANIZATION, *many]))
    sizes = [each.size for each in jupiterone.requests if each.path.endswith("/entities")]
    assert max(sizes) <= 5_000_000
    assert len(sizes) == 3
    assert output["bytes"] == sum(sizes) + len(
        json.dumps({"relationships": RELATIONSHIPS}, separators=(",", ":"))
    )
    assert stored(jupiterone, "entities") == sorted(
        [ORGANIZATION, *many],
        key=lambda each: [*jupiterone.stored[SCOPE, "entities"]].index(each["_key"]),
    )


def raw(size):
    return [{"name": "default", "rawData": {"text": "x" * size}}]


def test_raw_data_too_large_for_an_upload_is_left_out_and_named(jupiterone, upload):
    output = ok(upload(entities=[ORGANIZATION, {**TEAM, "_rawData": raw(5_000_000)}]))
    reason = "The object is too large with it."
    assert output["cut"] == [{"key": TEAM["_key"], "property": "_rawData", "reason": reason}]
    assert stored(jupiterone, "entities") == ENTITIES


def test_what_is_too_large_without_raw_data_is_skipped_and_not_deleted(jupiterone, upload):
    ok(upload())
    huge = {**TEAM, "notes": ["x" * 4000] * 1300, "_rawData": raw(10)}
    body = upload(entities=[ORGANIZATION, huge])
    output = ok(body)
    reason = "The object is too large, also without raw data."
    assert output["skipped"] == [{"key": TEAM["_key"], "property": "", "reason": reason}]
    incomplete = {"type": "sentry_team", "reason": "Something of it is too large."}
    assert output["partial_types"] == [incomplete]
    assert f"1 times something was not uploaded as it is: {reason}" in body["log"]
    assert stored(jupiterone, "entities") == [TEAM, ORGANIZATION]


def test_what_jupiterone_finds_too_large_is_sent_in_smaller_parts(jupiterone, upload):
    jupiterone.largest = 3000
    teams = [{**TEAM, "_key": f"sentry-team-{n}", "_rawData": raw(1000)} for n in range(6)]
    large = {**TEAM, "_key": "sentry-team-7", "_rawData": raw(3000)}
    huge = {**TEAM, "_key": "sentry-team-8", "summary": "x" * 3500, "_rawData": raw(10)}
    output = ok(upload(entities=[*teams, large, huge]))
    assert [(each["key"], each["property"]) for each in output["cut"]] == [
        ("sentry-team-7", "_rawData"),
        ("sentry-team-8", "_rawData"),
    ]
    assert [each["key"] for each in output["skipped"]] == ["sentry-team-8"]
    lean = {name: value for name, value in large.items() if name != "_rawData"}
    assert sorted(stored(jupiterone, "entities"), key=lambda each: each["_key"]) == [*teams, lean]
    assert jupiterone.bodies("finalize") == [{"partialDatasets": {"types": ["sentry_team"]}}]


def test_the_other_word_for_too_large_is_known_too(jupiterone, upload):
    error = {"error": {"code": "RequestEntityTooLargeException", "message": "no"}}
    jupiterone.faults["entities"] = [(400, error, {})]
    ok(upload())
    assert stored(jupiterone, "entities") == ENTITIES
    assert jupiterone.paths().count("POST entities") == 3


def test_properties_that_jupiterone_does_not_take_are_left_out_and_named(jupiterone, upload):
    good = {
        "n": 5,
        "half": 0.5,
        "is": True,
        "none": None,
        "texts": ["a", "b"],
        "numbers": [1, 0.5],
        "nothing": [],
        "tag.AccountName": "x",
        "_rawData": raw(3),
    }
    bad = {"_mine": 1, "nested": {"a": 1}, "mixed": [1, "a"], "deep": [{}], "nulls": [None]}
    long = {"title": "y" * 5000, "names": ["z" * 5000, "z"]}
    output = ok(upload(entities=[ORGANIZATION, {**TEAM, **good, **bad, **long}]))
    cut = {"title": "y" * 4096, "names": ["z" * 4096, "z"]}
    assert stored(jupiterone, "entities") == [ORGANIZATION, {**TEAM, **good, **cut}]
    assert {each["property"]: each["reason"].split(" ")[-1] for each in output["cut"]} == {
        "_mine": "underscore.",
        "nested": "object.",
        "mixed": "values.",
        "deep": "values.",
        "nulls": "values.",
        "title": "characters.",
        "names": "characters.",
    }


def test_a_key_that_comes_twice_is_sent_once(jupiterone, upload):
    output = ok(upload(entities=[TEAM, ORGANIZATION, {**TEAM, "name": "Last"}]))
    assert output["entities"]["uploaded"] == 2
    assert jupiterone.stored[SCOPE, "entities"]["sentry-team-2"]["name"] == "Last"


PASSING = [(503, {"error": {"code": "X", "message": "later"}}, {})] * 2


@pytest.mark.parametrize("what", ["POST", "entities", "relationships", "finalize", "GET"])
def test_a_passing_failure_is_tried_again(what, jupiterone, upload):
    jupiterone.faults[what] = [*PASSING]
    ok(upload())
    assert stored(jupiterone, "entities") == ENTITIES
    assert "POST abort" not in jupiterone.paths()


@pytest.mark.parametrize(
    "headers",
    [
        {"Retry-After": "7"},
        {"RateLimit-Limit": "9", "RateLimit-Remaining": "0", "RateLimit-Reset": "7"},
    ],
)
def test_a_rate_limit_is_waited_for(headers, jupiterone, upload, waits):
    jupiterone.faults["POST"] = [(429, {"error": {"code": "RATE", "message": "slow"}}, headers)]
    ok(upload())
    assert any(wait >= 6 for wait in waits)


def test_what_remains_of_a_limit_is_not_waited_for(jupiterone, upload, waits):
    headers = {"RateLimit-Remaining": "50", "RateLimit-Reset": "7"}
    jupiterone.faults["entities"] = [(503, {}, headers)]
    ok(upload())
    assert all(wait < 6 for wait in waits)


ENDED = (400, {"error": {"code": "JOB_NOT_AWAITING_UPLOADS", "message": "no more"}}, {})


@pytest.mark.parametrize("what", ["entities", "relationships", "finalize"])
def test_any_error_aborts_the_job_with_its_reason(what, jupiterone, upload):
    jupiterone.faults[what] = [(400, {"error": {"code": "BAD", "message": "not this"}}, {})]
    error = failed(upload())
    assert "at JupiterOne was answered with HTTP 400: code: BAD; not this." in error
    assert jupiterone.job["status"] == "ABORTED"
    (reason,) = jupiterone.bodies("abort")
    assert "was answered with HTTP 400: code: BAD; not this." in reason["reason"]
    assert stored(jupiterone, "entities") == []


def test_a_job_that_somebody_else_ended_says_so(jupiterone, upload):
    jupiterone.faults["entities"] = [ENDED]
    assert "Another upload, or somebody, ended the job" in failed(upload())


def test_a_job_that_cannot_be_aborted_is_named_in_the_log(jupiterone, upload):
    jupiterone.faults["finalize"] = [ENDED]
    jupiterone.faults["abort"] = [(400, {"error": {"code": "NO"}}, {})]
    body = upload()
    failed(body)
    job = jupiterone.job["id"]
    assert f"The job {job} could not be aborted; it changes nothing by itself." in body["log"]


def test_a_finalization_whose_answer_was_lost_is_no_error(jupiterone, upload):
    jupiterone.faults["finalize"] = [(502, {}, {}), ENDED]
    output = ok(upload())
    assert output["job_id"]
    assert "POST abort" not in jupiterone.paths()


@pytest.mark.parametrize(
    ("status", "code", "words"),
    [
        (401, "unauthorized", "Check the connection's `jupiterone` key"),
        (403, "forbidden", "what its `jupiterone` key may do"),
        (404, "not_found", "that of the account's region"),
    ],
)
def test_a_refusal_names_what_of_jupiterone_to_check(status, code, words, jupiterone, upload):
    jupiterone.faults["POST"] = [(status, {"error": {"code": "NO", "message": "no"}}, {})]
    assert words in failed(upload(), code)
    assert jupiterone.paths() == ["POST job"]


@pytest.mark.parametrize(
    "document", [{}, {"job": []}, {"job": {"id": 5}}, {"job": {"id": ".."}}, []]
)
def test_what_is_no_job_is_an_error(document, jupiterone, upload):
    jupiterone.faults["POST"] = [(200, document, {})]
    assert "was answered with something else than a job." in failed(upload())


def test_what_is_no_json_is_an_error(jupiterone, upload, requests_mock):
    requests_mock.post(f"{jupiterone.url}/persister/synchronization/jobs", text="<html>")
    assert "was answered with something else than a job." in failed(upload())


@pytest.mark.parametrize("ending", ["ABORTED", "ERROR_BAD_DATA", "ERROR_UNKNOWN"])
def test_a_job_that_ends_badly_says_why(ending, jupiterone, upload, state):
    jupiterone.progress = ["FINALIZING_ENTITIES", ending]
    jupiterone.says = {"errors": [{"message": "Duplicate key"}]}
    error = failed(upload())
    assert f"JupiterOne ended the job with {ending}: " in error
    assert "Duplicate key" in error
    assert "POST abort" not in jupiterone.paths()
    assert not state.exists()


def test_a_job_that_ends_badly_without_a_word_is_an_error_too(jupiterone, upload):
    jupiterone.progress = ["ABORTED"]
    assert "JupiterOne ended the job with ABORTED. Nothing or not all" in failed(upload())


def test_a_job_that_does_not_end_in_time_is_named_and_not_aborted(jupiterone, upload):
    jupiterone.progress = ["FINALIZING_RELATIONSHIPS"]
    error = failed(upload({"timeout": 30}), "timed_out")
    assert f"JupiterOne was told to finalize the job {jupiterone.job['id']}." in error
    assert "POST abort" not in jupiterone.paths()


def test_time_that_is_over_aborts_the_job(jupiterone, upload):
    jupiterone.faults["entities"] = [(429, {}, {"Retry-After": "500"})]
    failed(upload({"timeout": 30}), "rate_limited")
    assert jupiterone.job["status"] == "ABORTED"


def test_no_credentials_go_to_the_other_host(jupiterone, sandbox, ask):
    headers = {"X-Proxy-Token": "not-a-real-proxy-token"}
    body = ask("upload_inventory", sandbox, {**ACCESS, "headers": headers}, scope=SCOPE)
    ok(body)
    token = sandbox.known["token"]
    theirs = json.dumps([each._asdict() for each in jupiterone.requests])
    assert token not in theirs
    assert "not-a-real-proxy-token" not in theirs
    ours = json.dumps(sandbox.asked())
    assert KEY not in ours
    assert "organizations" in ours


def test_secrets_in_the_inventory_are_not_uploaded(jupiterone, upload):
    body = upload(entities=[ORGANIZATION, {**TEAM, "name": "not-a-real-token and " + KEY}])
    assert ok(body)
    assert jupiterone.stored[SCOPE, "entities"]["sentry-team-2"]["name"] == "******** and ********"
    assert KEY not in json.dumps(body)


def test_a_redirect_of_jupiterone_is_not_followed(jupiterone, upload, requests_mock):
    there = requests_mock.post("https://elsewhere.example/", json={})
    requests_mock.post(
        f"{jupiterone.url}/persister/synchronization/jobs",
        status_code=307,
        headers={"Location": "https://elsewhere.example/"},
    )
    assert "no credentials are sent there" in failed(upload())
    assert there.call_count == 0


@pytest.mark.parametrize(
    ("url", "fault"),
    [
        ("http://jupiterone.example", "it does not begin with https://"),
        ("http://127.evil.example", "it does not begin with https://"),
        ("http://localhost.", "it does not begin with https://"),
        ("https://user:pass@j1.example", "it holds an @"),
        ("https://j1.example\\@evil.example", "it holds a backslash"),
        ("https://j1.example?x", "what follows its host"),
        ("nonsense", "it does not begin with http:// or https://"),
        ("ftp://x", "it does not begin with http:// or https://"),
    ],
)
def test_an_address_of_jupiterone_that_is_not_private_is_refused(url, fault, upload, monkeypatch):
    monkeypatch.setenv(settings.JUPITERONE_URL, url)
    error = failed(upload(), "bad_input")
    assert f"{settings.JUPITERONE_URL} is no https:// address: {fault}" in error


def test_jupiterone_is_asked_in_its_first_region_unless_told_otherwise(monkeypatch):
    monkeypatch.delenv(settings.JUPITERONE_URL, raising=False)
    assert settings.jupiterone_url() == "https://api.us.jupiterone.io"
    monkeypatch.setenv(settings.JUPITERONE_URL, "https://api.eu.jupiterone.example/")
    assert settings.jupiterone_url() == "https://api.eu.jupiterone.example"


def test_jupiterone_is_verified_also_where_sentry_is_not(upload, monkeypatch):
    authority, context = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    jupiterone = StandIn(context)
    monkeypatch.setenv(settings.JUPITERONE_URL, jupiterone.url)
    try:
        error = failed(upload({"ssl_verify": False}), "no_answer")
        assert "its certificate is not trusted" in error
        assert jupiterone.requests == []
        pem = authority.cert_pem.bytes().decode()
        ok(upload({"ssl_verify": False, "ca_certificate": pem}))
        assert stored(jupiterone, "entities") == ENTITIES
    finally:
        jupiterone.stop()


def test_counts_that_another_one_could_have_planted_are_refused_before_anything_is_uploaded(
    upload, state, jupiterone
):
    folder = state / "jupiterone"
    folder.mkdir(parents=True)
    folder.chmod(0o777)
    body = upload()
    assert body["exception"]["code"] == "bad_state"
    assert "may be written by everybody" in body["error"]
    assert jupiterone.paths() == []


def test_counts_that_cannot_be_kept_any_more_are_warned_of(upload, state, jupiterone, monkeypatch):
    def planted(_):
        raise StateError("It may be written by everybody.")

    monkeypatch.setattr(privatefiles, "make_folder", planted)
    body = upload()
    assert body["status"] == "ok"
    assert "(It may be written by everybody.): the next upload is not compared." in body["log"]


def message(start, **given):
    inventory = {"entities": ENTITIES, "relationships": RELATIONSHIPS, "scope": SCOPE}
    return start("upload_inventory", ACCESS, **{**inventory, **given})


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_aborts_the_job(number, jupiterone, start):
    jupiterone.faults["entities"] = [(429, {}, {"Retry-After": "50"})]
    event = stopped(jupiterone, start, "POST entities", number)
    assert event["body"]["exception"]["code"] == "stopped"
    assert IN_DOUBT not in event["body"]["error"]
    assert jupiterone.job["status"] == "ABORTED"
    assert jupiterone.bodies("abort") == [{"reason": "The upload was cut off."}]
    assert stored(jupiterone, "entities") == []


def stopped(jupiterone, start, at, number):
    """Stop an upload at a request, and give its event."""
    process = subprocess.Popen(
        (*outside.PLUGIN, "run"), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    process.stdin.write(json.dumps(message(start)))
    process.stdin.close()
    outside.eventually(lambda: at in jupiterone.paths())
    process.send_signal(number)
    event = json.loads(process.stdout.read())
    process.stdout.close()
    process.wait()
    return event


@pytest.mark.parametrize(("status", "in_doubt"), [(503, True), (429, False)])
def test_a_signal_while_the_job_is_finalized_leaves_a_doubt(status, in_doubt, jupiterone, start):
    jupiterone.faults["finalize"] = [(status, {}, {"Retry-After": "50"})]
    event = stopped(jupiterone, start, "POST finalize", signal.SIGTERM)
    assert (IN_DOUBT in event["body"]["error"]) is in_doubt


@pytest.fixture
def recorded(shared, tmp_path, monkeypatch):
    """The stub that JupiterOne's own client was measured with; every fifth answer is a 503."""
    port = outside.free_port()
    record = tmp_path / "record.jsonl"
    stub = shared / "bench/jupiterone_stub.py"
    process = subprocess.Popen([sys.executable, stub, str(port), record, "5"])
    base = f"http://127.0.0.1:{port}"
    monkeypatch.setenv(settings.JUPITERONE_URL, base)

    def is_there():
        try:
            return requests.get(
                f"{base}/persister/synchronization/jobs/none", timeout=outside.PATIENCE
            ).status_code
        except requests.ConnectionError as error:
            return "aborted" in str(error)

    outside.eventually(is_there)
    yield lambda: [json.loads(line) for line in record.read_text().splitlines()]
    process.terminate()
    process.wait()


def test_all_arrives_at_the_recorded_stub_though_every_fifth_answer_is_a_failure(recorded, upload):
    many = [{**TEAM, "_key": f"sentry-team-{n}", "notes": ["x" * 4000] * 50} for n in range(200)]
    output = ok(upload(entities=[ORGANIZATION, *many], timeout=600))
    assert output["entities"]["uploaded"] == 201
    assert output["relationships"]["uploaded"] == 2
    posts = [each for each in recorded() if each["m"] == "POST"]
    assert {each["auth"] for each in posts} == {"Bearer "}
    assert max(each["len"] for each in posts) <= 5_000_000
    assert sum(each["p"].endswith("finalize") for each in posts) in {1, 2}


@pytest.fixture
def delete(start, run):
    """Delete what was uploaded, and give the body of the event."""

    def send(connection=None, **given):
        return run(start("delete_inventory", ACCESS | (connection or {}), **given))

    return send


def test_what_was_uploaded_is_removed_by_a_job_without_anything(jupiterone, upload, delete, state):
    ok(upload())
    ok(upload(scope="another"))
    output = ok(delete(scope=SCOPE))
    removed = output["jupiterone"]
    assert removed["entities"] == {"uploaded": 0, "created": 0, "updated": 0, "deleted": 2}
    assert removed["relationships"]["deleted"] == 2
    assert removed["job_id"] == jupiterone.job["id"]
    assert removed["last"]["sentry_team"] == 1
    assert output["removed"] == []
    assert stored(jupiterone, "entities") == []
    assert stored(jupiterone, "entities", "another") == ENTITIES
    assert jupiterone.paths()[-3:] == ["POST job", "POST finalize", "GET job"]
    assert len([*state.glob("jupiterone/*")]) == 1  # of the other scope
    ok(upload(entities=[ORGANIZATION], relationships=[]))


def test_nothing_is_removed_where_it_is_not_asked_for(jupiterone, upload, delete):
    ok(upload())
    output = ok(delete(organizations=["acme"]))
    assert "jupiterone" not in output
    output = ok(delete({"jupiterone_account": ACCOUNT}, scope=SCOPE, dry_run=True))
    assert output["jupiterone"] == {
        "last": {
            "sentry-organization-1": 1,
            "sentry_organization": 1,
            "sentry_organization_has_repository": 1,
            "sentry_organization_has_team": 1,
            "sentry_team": 1,
        }
    }
    assert stored(jupiterone, "entities") == ENTITIES
    assert jupiterone.paths().count("POST job") == 1


def test_a_removal_that_fails_is_aborted(jupiterone, upload, delete):
    ok(upload())
    jupiterone.faults["finalize"] = [(400, {"error": {"code": "BAD", "message": "no"}}, {})]
    failed(delete(scope=SCOPE))
    assert jupiterone.job["status"] == "ABORTED"
    assert stored(jupiterone, "entities") == ENTITIES
    assert "sentry_team" in failed(upload(entities=[ORGANIZATION]), "bad_input")


def test_a_deletion_names_an_organization_or_what_was_uploaded(jupiterone, delete):
    assert "names an organization" in failed(delete(), "bad_input")
    both = {"scope": SCOPE, "integration_instance_id": "9"}
    assert "needs one of `scope` and" in failed(delete(**both), "bad_input")
    assert jupiterone.requests == []
