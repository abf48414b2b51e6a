"""Check Inventory: finds what is wrong, and nothing in what is pending or unknown."""

from __future__ import annotations

import base64
import gzip
import json
import time

import pytest
import sarif_pydantic

from sentry_plugin.deadline import Deadline
from sentry_plugin.errors import TimedOut
from sentry_plugin.inventory.check.checks import CHECKS, WEAK_SETTINGS

NOW = time.time_ns() // 1_000_000
DAY = 86_400_000
KEYS = {
    "organization": "sentry-organization-",
    "team": "sentry-team-",
    "project": "sentry-project-",
    "member": "sentry-user-",
    "finding": "sentry-finding:",
}
ORG, T, P, M, F = KEYS


def node(kind, number=1, **properties):
    key = f"{KEYS[kind]}{number}"
    return {"_key": key, "_type": f"sentry_{kind}", "_class": ["X"], **properties}


def edge(name, source, target):
    return {
        "_key": f"{source}|{target}",
        "_type": f"sentry_{name}",
        "_fromEntityKey": source,
        "_toEntityKey": target,
    }


def has(kind, *numbers):
    ends = [f"{KEYS[kind]}{number}" for number in numbers]
    return [edge(f"organization_has_{kind}", "sentry-organization-1", end) for end in ends]


def in_team(member, team=1):
    return edge("team_has_member", f"sentry-team-{team}", f"sentry-user-{member}")


def of_team(project, team=1):
    return edge("team_assigned_project", f"sentry-team-{team}", f"sentry-project-{project}")


def packed(*objects):
    lines = "".join(json.dumps(each) + "\n" for each in objects)
    content = base64.b64encode(gzip.compress(lines.encode())).decode()
    return {"filename": "inventory.ndjson.gz", "content": content}


SSO = [node(ORG, hasAuthProvider=True), *has(M, 1, 2)]
NO_SSO = [node(ORG, hasAuthProvider=False), *has(M, 1, 2)]
TWO_OWNERS = [node(M, 1, role="owner"), node(M, 2, role="owner")]
PENDING = {"pending": True, "expired": False, "createdOn": NOW}
FIVE = [node(ORG), *has(M, 1), *has(P, *range(5)), *(node(P, n) for n in range(5)), node(T)]
ISSUE = {"open": True, "isAssigned": False, "priority": "high", "lastSeenOn": 5}
OF_PROJECT = [edge("project_has_finding", "sentry-project-1", "sentry-finding:1")]

# A check, what is in the inventory, and the entities that fail.
FAILING = [
    ("no_second_factor", [node(M, mfaEnabled=False)], ["sentry-user-1"]),
    (
        "privileged_without_second_factor",
        [node(M, mfaEnabled=False, role="manager")],
        ["sentry-user-1"],
    ),
    ("owners", [node(ORG), *has(M, 1), node(M, role="owner")], ["sentry-organization-1"]),
    (
        "owners",
        [node(ORG), *has(M, *range(6)), *(node(M, n, role="owner") for n in range(6))],
        ["sentry-organization-1"],
    ),
    ("sso_not_linked", [*SSO, node(M, ssoLinked=False)], ["sentry-user-1"]),
    ("sso_not_linked", [*SSO, node(M, ssoLinked=True, ssoInvalid=True)], ["sentry-user-1"]),
    ("stale_member", [node(M, lastActive=NOW - 91 * DAY, lastLogin=1)], ["sentry-user-1"]),
    ("open_invitation", [node(M, pending=True, createdOn=NOW - 15 * DAY)], ["sentry-user-1"]),
    ("open_invitation", [node(M, **PENDING | {"expired": True})], ["sentry-user-1"]),
    ("foreign_domain", [node(M, email="a@Elsewhere.example")], ["sentry-user-1"]),
    (
        "unverified_email",
        [node(M, email="A@x.example", unverifiedEmails=["a@x.example"])],
        ["sentry-user-1"],
    ),
    ("password_beside_sso", [*SSO, node(M, hasPasswordAuth=True)], ["sentry-user-1"]),
    ("not_provisioned", [*SSO, node(M, idpProvisioned=False)], ["sentry-user-1"]),
    ("orphan_project", [node(P)], ["sentry-project-1"]),
    ("empty_team", [node(T, memberCount=0), of_team(1), node(P)], ["sentry-team-1"]),
    ("empty_team", [node(T), in_team(1), node(M)], ["sentry-team-1"]),
    ("unattended_project", [node(P), of_team(1), node(T)], ["sentry-project-1"]),
    (
        "unattended_project",
        [node(P), of_team(1), node(T), in_team(1), node(M, **PENDING)],
        ["sentry-project-1"],
    ),
    (
        "unattended_project",
        [node(P), of_team(1), node(T), in_team(1), node(M, active=False)],
        ["sentry-project-1"],
    ),
    (
        "wide_reach",
        [*FIVE, node(M), in_team(1), of_team(0), of_team(1), of_team(2)],
        ["sentry-user-1"],
    ),
    ("silent_project", [node(P, hasEvents=False, createdOn=NOW - 31 * DAY)], ["sentry-project-1"]),
    ("weak_settings", [node(ORG, require2FA=False)], ["sentry-organization-1"]),
    (
        "unassigned_findings",
        [node(F, **ISSUE), node(P), node(T), of_team(1), *OF_PROJECT],
        ["sentry-team-1"],
    ),
    (
        "unassigned_findings",
        [node(F, open=True, isAssigned=False), node(P), *OF_PROJECT],
        ["sentry-project-1"],
    ),
    ("leaver", [node(M, email="gone@example.com")], ["sentry-user-1"]),
]
PASSING = [
    (
        "no_second_factor",
        [node(M, mfaEnabled=True), node(M, 2, mfaEnabled=False, **PENDING), node(M, 3)],
    ),
    ("privileged_without_second_factor", [node(M, mfaEnabled=False, role="member"), node(M, 2)]),
    ("owners", [node(ORG), *has(M, 1, 2), *TWO_OWNERS]),
    ("owners", [node(ORG), *has(M, 1, 2), node(M, role="owner", **PENDING), node(M, 2)]),
    ("sso_not_linked", [*SSO, node(M, ssoLinked=True, ssoInvalid=False), node(M, 2)]),
    ("sso_not_linked", [*SSO, node(M, ssoLinked=False, **PENDING), node(M, 3, ssoLinked=False)]),
    ("sso_not_linked", [*NO_SSO, node(M, ssoLinked=False)]),
    (
        "stale_member",
        [node(M, lastActive=1, lastLogin=NOW), node(M, 2), node(M, 3, lastLogin=1, **PENDING)],
    ),
    ("open_invitation", [node(M, **PENDING), node(M, 2, pending=False, createdOn=1)]),
    (
        "foreign_domain",
        [node(M, email="a@example.com"), node(M, 2), node(M, 3, email="a@b.c", **PENDING)],
    ),
    (
        "unverified_email",
        [node(M, email="a@x.example", unverifiedEmails=["b@x.example"]), node(M, 2)],
    ),
    ("password_beside_sso", [*SSO, node(M, hasPasswordAuth=False), node(M, 2)]),
    ("password_beside_sso", [*NO_SSO, node(M, hasPasswordAuth=True)]),
    ("not_provisioned", [*SSO, node(M, idpProvisioned=True), node(M, 2)]),
    ("orphan_project", [node(P), of_team(1), node(T)]),
    ("empty_team", [node(T), in_team(1), node(M), of_team(1), node(P)]),
    ("unattended_project", [node(P), of_team(1), node(T), in_team(1), node(M), node(P, 2)]),
    ("wide_reach", [*FIVE, node(M), in_team(1), of_team(0), of_team(1), node(M, 2)]),
    (
        "wide_reach",
        [node(P), node(ORG), node(T), node(M), *has(P, 1), *has(M, 1), in_team(1), of_team(1)],
    ),
    (
        "silent_project",
        [node(P, hasEvents=False, createdOn=NOW), node(P, 2, hasEvents=True), node(P, 3)],
    ),
    ("weak_settings", [node(ORG, require2FA=True)]),
    (
        "unassigned_findings",
        [node(F, **ISSUE | {"isAssigned": True}), node(F, 2, open=False), node(F, 3)],
    ),
    (
        "leaver",
        [node(M, email="Here@Example.com"), node(M, 2, email="x@y.z", **PENDING), node(M, 3)],
    ),
]
LIMITS = {"allowed_domains": ["@Example.com"], "employees": ["here@example.com"]}


@pytest.fixture
def check(start, run):
    """Check an inventory of entities and relationships, and give the output."""

    def send(objects, *checks, **given):
        edges = [each for each in objects if "_fromEntityKey" in each or "_mapping" in each]
        nodes = [each for each in objects if each not in edges]
        lists = {"entities": nodes, "relationships": edges, "checks": [*checks]}
        body = run(start("check_inventory", **lists | given))
        assert body["status"] == "ok", body["error"]
        return body["output"]

    return send


def outcome(output):
    (result,) = output["checks"]
    return result["status"], result.get("reason")


@pytest.mark.parametrize(("name", "objects", "failing"), FAILING)
def test_a_check_finds_what_is_wrong(name, objects, failing, check):
    output = check(objects, name, **LIMITS)
    assert [each["entity"] for each in output["findings"]] == failing
    assert all(each["evidence"] and each["remedy"] for each in output["findings"])
    assert outcome(output) == ("failed", None)


@pytest.mark.parametrize(("name", "objects"), PASSING)
def test_a_check_finds_nothing_in_what_is_fine_pending_or_unknown(name, objects, check):
    output = check(objects, name, **LIMITS)
    assert output["findings"] == []
    assert outcome(output) == ("passed", None)


def test_every_check_is_seen_to_fail_and_to_pass():
    ids = [each.id for each in CHECKS]
    assert len({*ids}) == len(ids) == 18
    assert {name for name, *_ in FAILING} == {name for name, *_ in PASSING} == {*ids}


@pytest.mark.parametrize("name", [each.id for each in CHECKS])
def test_a_check_has_no_verdict_of_an_inventory_that_tells_nothing(name, check):
    status, reason = outcome(check([], name))
    assert status == "not_judged"
    assert reason


@pytest.mark.parametrize(
    ("name", "objects", "partial", "status"),
    [
        ("no_second_factor", [node(M, mfaEnabled=False)], "sentry_member", "failed"),
        ("no_second_factor", [node(M, mfaEnabled=True)], "sentry_member", "not_judged"),
        ("orphan_project", [node(P)], "sentry_team_assigned_project", "not_judged"),
        ("orphan_project", [node(P)], "sentry_team", "not_judged"),
        ("empty_team", [node(T)], "sentry_team_has_member", "not_judged"),
        ("orphan_project", [node(P)], "sentry_role", "failed"),
        ("owners", [node(ORG), *has(M, 1), node(M, role="owner")], "sentry_member", "not_judged"),
    ],
)
def test_nothing_is_concluded_from_what_a_partial_type_lacks(name, objects, partial, status, check):
    given = [{"type": partial, "organization": "acme", "reason": "It failed."}, {}]
    output = check(objects, name, partial_types=given)
    assert outcome(output)[0] == status
    assert bool(output["findings"]) == (status == "failed")
    assert (outcome(output)[1] is None) == (partial == "sentry_role")
    assert output["partial_types"] == given


def test_evidence_of_unassigned_findings_is_a_summary(check):
    others = [node(F, n, **ISSUE | {"lastSeenOn": n, "level": "error"}) for n in (2, 9)]
    edges = [edge("project_has_finding", "sentry-project-1", each["_key"]) for each in others]
    objects = [node(F, **ISSUE), node(P), *OF_PROJECT, *others, *edges]
    (finding,) = check(objects, "unassigned_findings")["findings"]
    assert finding["evidence"] == {
        "unassigned": 3,
        "priority": {"high": 3},
        "level": {"error": 2},
        "lastSeenOn": 9,
    }


@pytest.mark.parametrize("name", [*WEAK_SETTINGS])
def test_every_weak_setting_is_evidence(name, check):
    (finding,) = check([node(ORG, **{name: WEAK_SETTINGS[name][0]})], "weak_settings")["findings"]
    assert finding["evidence"] == {name: WEAK_SETTINGS[name][0]}


@pytest.mark.parametrize(
    ("limit", "name", "objects"),
    [
        ("stale_days", "stale_member", [node(M, lastActive=NOW - 10 * DAY)]),
        ("invitation_days", "open_invitation", [node(M, pending=True, createdOn=NOW - 10 * DAY)]),
        ("silent_days", "silent_project", [node(P, hasEvents=False, createdOn=NOW - 10 * DAY)]),
        (
            "most_owners",
            "owners",
            [node(ORG), *has(M, *range(10)), *(node(M, n, role="owner") for n in range(10))],
        ),
        ("reach_percent", "wide_reach", [*FIVE, node(M), in_team(1), of_team(0)]),
    ],
)
def test_a_limit_is_what_is_still_fine(limit, name, objects, check):
    bound = 20 if limit == "reach_percent" else 10
    assert check(objects, name, **{limit: bound})["findings"] == []
    assert len(check(objects, name, **{limit: bound - 1})["findings"]) == 1


def test_findings_come_with_the_most_severe_first(check):
    objects = [node(M, mfaEnabled=False, role="owner"), node(P, hasEvents=False, createdOn=1)]
    severities = [each["severity"] for each in check(objects)["findings"]]
    assert severities == ["critical", "high", "medium", "low"]


def test_sarif_has_a_rule_for_each_check_and_a_result_for_each_finding(check):
    objects = [node(M, mfaEnabled=False, displayName="Example"), node(M, 2, mfaEnabled=False)]
    output = check(objects, "no_second_factor", "orphan_project", sarif=True)
    log = output["sarif"]
    sarif_pydantic.Sarif.model_validate(log)  # types, enumerations and what is required
    (run,) = log["runs"]
    assert (log["version"], run["tool"]["driver"]["name"]) == ("2.1.0", "sentry-plugin")
    rules = run["tool"]["driver"]["rules"]
    assert [each["id"] for each in rules] == ["no_second_factor", "orphan_project"]
    assert len(run["results"]) == len(output["findings"]) == 2
    first, second = run["results"]
    assert rules[first["ruleIndex"]]["id"] == first["ruleId"]
    assert first["level"] == rules[0]["defaultConfiguration"]["level"] == "error"
    assert first["locations"] == [
        {
            "logicalLocations": [
                {"name": "Example", "fullyQualifiedName": "sentry-user-1", "kind": "user"}
            ]
        }
    ]
    assert "sentry-user-2" in second["message"]["text"]
    assert first["partialFingerprints"] != second["partialFingerprints"]


@pytest.mark.parametrize(
    "given",
    [
        {"entities": []},
        {"relationships": []},
        {"entities": [{"_key": 1, "_type": "x"}], "relationships": []},
        {"entities": [{"_key": "x"}], "relationships": []},
        {"entities": [node(M, lastActive="now")], "relationships": []},
        {"entities": [], "relationships": [{"_type": "x"}]},
        {"entities": [], "relationships": [{**edge(ORG, "x", "y"), "_toEntityKey": 1}]},
        {"entities": [], "relationships": [{"_key": "x", "_type": "x", "_mapping": "x"}]},
        {"entities": [], "relationships": [{"_key": "x", "_type": "x", "_mapping": {}}]},
        {"entities": [node(M)], "relationships": [], "file": packed(node(M))},
        {"file": {"filename": "x", "content": "!"}},
        {"file": {"filename": "x", "content": base64.b64encode(b"not packed").decode()}},
        {"file": {"filename": "x"}},
        {"file": packed("not an object")},
        {"checks": ["no_such_check"]},
        {"stale_days": -1},
    ],
)
def test_what_collect_inventory_did_not_give_is_refused(given, start, run, requests_mock):
    body = run(start("check_inventory", **given))
    assert body["exception"]["code"] == "bad_input"
    assert requests_mock.call_count == 0


@pytest.mark.parametrize("limit", ["LARGEST_FILE", "LONGEST_LINE", "MOST_VALUES"])
def test_a_file_that_unpacks_to_too_much_is_refused(limit, start, run, monkeypatch):
    monkeypatch.setattr(f"sentry_plugin.inventory.graph.ndjson.{limit}", 5)
    monkeypatch.setattr("sentry_plugin.inventory.graph.ndjson.BYTES_AT_ONCE", 10)
    body = run(start("check_inventory", file=packed(node(M))))
    assert body["exception"]["code"] == "bad_input"
    assert "unpacks to more than" in body["error"]


def test_a_file_is_read_in_portions_that_end_with_a_line(start, run, monkeypatch):
    nodes = [node(ORG), *(node(M, number) for number in range(50))]
    lists = run(start("check_inventory", entities=nodes, relationships=[]))
    for size in (1, 100, 1000):
        monkeypatch.setattr("sentry_plugin.inventory.graph.ndjson.BYTES_AT_ONCE", size)
        file = run(start("check_inventory", file=packed(*nodes)))
        assert file["output"] == lists["output"]


BOMB = b'{"_key":"' + b"x" * (120 << 20) + b'"}'


@pytest.mark.parametrize("wrapped", [gzip.compress, lambda text: gzip.compress(text[:9]) * 9])
def test_a_packed_line_without_end_is_refused_before_it_is_unpacked_whole(
    wrapped, start, run, monkeypatch
):
    read = []

    class Counting(gzip.GzipFile):
        def read(self, size=-1):
            read.append(size)
            return super().read(size)

        def readline(self, size=-1):
            read.append(size)
            return super().readline(size)

    monkeypatch.setattr("sentry_plugin.inventory.graph.ndjson.gzip.GzipFile", Counting)
    content = base64.b64encode(wrapped(BOMB)).decode()
    body = run(start("check_inventory", file={"filename": "x", "content": content}))
    assert body["exception"]["code"] == "bad_input"
    assert 0 < sum(read) <= 30 << 20
    assert min(read) > 0


def test_unpacking_ends_with_the_time_of_the_message(start, run, monkeypatch):
    asked = []

    class Over(Deadline):
        def remaining(self):
            asked.append(1)
            if len(asked) > 3:
                raise TimedOut("It is over.")
            return super().remaining()

    monkeypatch.setattr("sentry_plugin.steps.connection.Deadline", Over)
    monkeypatch.setattr("sentry_plugin.inventory.graph.ndjson.BYTES_AT_ONCE", 10)
    body = run(start("check_inventory", file=packed(*[node(M)] * 100)))
    assert body["exception"]["code"] == "timed_out"
    assert len(asked) == 4


def test_employees_in_too_many_cells_are_refused(start, run, monkeypatch):
    monkeypatch.setattr("sentry_plugin.inventory.graph.employees.MOST_CELLS", 10)
    for text in ("email" + ",x" * 11, "email" + "\nx" * 11):
        body = run(start("collect_inventory", employees_csv=text))
        assert body["exception"]["code"] == "bad_input"
        assert "`employees_csv` has more than 10 cells" in body["error"]


def test_lists_file_and_collecting_first_come_to_the_same(sandbox, ask, collect):
    options = {"include": ["findings", "settings", "repositories"]}
    lists = collect(sandbox, **options, output_as="lists")
    file = collect(sandbox, **options, output_as="file")["file"]
    inventories = [
        {"entities": lists["entities"], "relationships": lists["relationships"]},
        {"file": file},
        {"organizations": ["acme"]},
    ]
    limits = {"allowed_domains": ["acme.example"], "stale_days": 10**5, "silent_days": 10**5}
    first, second, third = (
        ask("check_inventory", sandbox, **each, **limits) for each in inventories
    )
    assert first["output"] == second["output"] == third["output"]
    found = {each["check"]: each["findings"] for each in first["output"]["checks"]}
    assert found == {
        # Of 50 members 13 have no second factor, of whom none is pending.
        "no_second_factor": 13,
        "privileged_without_second_factor": 2,
        "owners": 0,
        "sso_not_linked": 11,
        "stale_member": 0,
        "open_invitation": 3,
        "foreign_domain": 2,
        "unverified_email": 5,
        "password_beside_sso": 31,
        "not_provisioned": 37,
        "orphan_project": 0,
        "empty_team": 1,
        "unattended_project": 0,
        "wide_reach": 10,
        "silent_project": 0,
        "weak_settings": 1,
        "unassigned_findings": 5,
        "leaver": 0,
    }


def test_checks_of_what_could_not_be_collected_have_no_verdict(sandbox, ask):
    sandbox.fault("gone", path="/api/0/organizations/acme/members/")
    output = ask("check_inventory", sandbox)["output"]
    status = {each["check"]: each["status"] for each in output["checks"]}
    assert status["no_second_factor"] == "not_judged"
    assert status["weak_settings"] == "failed"
    assert output["partial_types"]
