"""Collect Inventory: JupiterOne's graph, complete under trouble, and honest where it is not."""

from __future__ import annotations

import base64
import collections
import gzip
import json
import threading

import pytest

from sentry_plugin import logs
from sentry_plugin.sandbox.kept.faults import KINDS
from unit_test import outside
from unit_test.conftest import URL
from unit_test.inventory import expected
from unit_test.inventory.conftest import EVERYTHING

EXTRA = {
    "sentry_organization": {"vendor", "createdOn", "regionUrl"},
    "sentry_team": {"createdOn", "memberCount", "idpProvisioned"},
    "sentry_project": {
        *("slug", "platform", "environments", "isPublic", "isInternal", "createdOn"),
        *("firstEventOn", "hasEvents", "latestRelease", "hasRelease"),
    },
    "sentry_role": {"isTeamRolesAllowed", "scopes"},
    "sentry_service": set(),
    "sentry_member": {
        *("orgRole", "roleName", "pending", "expired", "inviteStatus", "inviterName", "userId"),
        *("isSuspended", "hasPasswordAuth", "verifiedEmails", "unverifiedEmails", "ssoLinked"),
        *("ssoInvalid", "idpProvisioned", "idpRoleRestricted", "memberLimitRestricted"),
        "partnershipRestricted",
    },
    "sentry_finding": {
        "_rawData",  # has the form of the organization's list, theirs that of the project's
        *("severity", "substatus", "logger", "isAssigned"),
        *("assigneeType", "assigneeId", "assigneeName"),
    },
}
"""What we add to JupiterOne's properties."""

CODES = {"api_error", "gone", "no_answer", "rate_limited", "server_error"}
"""What is said where nothing at all could be collected."""

JUPITERONE = [name for name in EVERYTHING if name not in ("keys", "settings")]


def by_key(objects):
    found = {each["_key"]: each for each in objects}
    assert len(found) == len(objects)
    return found


def without(each, names):
    return {name: value for name, value in each.items() if name not in names}


def types(output):
    return {each["type"] for each in output["partial_types"]}


@pytest.mark.parametrize("profile", ["small", pytest.param("medium", marks=pytest.mark.slow)])
def test_the_graph_is_the_one_that_jupiterone_makes_by_its_written_rules(
    profile, start_sandbox, collect
):
    running = start_sandbox(profile)
    output = collect(running, include=JUPITERONE, raw_data=True, output_as="lists")
    entities, relationships = expected.graph(running)
    ours = by_key(output["entities"])
    assert ours.keys() == entities.keys()
    for key, wanted in entities.items():
        assert without(ours[key], EXTRA[wanted["_type"]]) == wanted
    edges = by_key(output["relationships"])
    assert {key: without(each, {"teamRole"}) for key, each in edges.items()} == relationships
    assert output["partial_types"] == []
    everything = [*entities.values(), *relationships.values()]
    assert output["counts"] == collections.Counter(each["_type"] for each in everything)


def test_properties_beyond_jupiterones_are_what_the_api_says(sandbox, collect):
    output = collect(sandbox, include=EVERYTHING)
    found = by_key(output["entities"])
    member, pending = found["sentry-user-100002"], found["sentry-user-100007"]
    assert member["orgRole"] == "member"
    assert (member["pending"], member["ssoLinked"], member["idpProvisioned"]) == (
        False,
        True,
        False,
    )
    assert member["verifiedEmails"] == ["user00002@acme.example"]
    assert member["unverifiedEmails"] == []
    assert found["sentry-user-100011"]["unverifiedEmails"] == ["user00011@acme.example"]
    assert pending["pending"] is True
    for unknown in ("mfaEnabled", "active", "lastLogin", "verifiedEmails", "hasPasswordAuth"):
        assert unknown not in pending
    project = found["sentry-project-4500008"]
    assert project["hasEvents"] is False
    assert "firstEventOn" not in project
    assert found["sentry-project-4500001"]["latestRelease"] == "1.1.0"
    assert found["sentry-organization-1"]["require2FA"] is False
    roles = {each.get("teamRole") for each in output["relationships"]}
    assert roles == {None, "admin"}


def test_client_keys_come_without_their_secrets(sandbox, collect):
    output = collect(sandbox, include=["keys"], raw_data=True)
    keys = [each for each in output["entities"] if each["_type"] == "sentry_client_key"]
    assert len(keys) == 10
    assert [each["isRateLimited"] for each in keys].count(True) == 4
    (raw,) = keys[0]["_rawData"]
    assert "secret" not in raw["rawData"]
    assert {"public", "cdn"} < raw["rawData"]["dsn"].keys()
    assert "secret" not in raw["rawData"]["dsn"]


def test_only_what_is_asked_for_is_collected(sandbox, collect):
    output = collect(sandbox)
    assert {each["_type"] for each in output["entities"]} == {
        *("sentry_organization", "sentry_team", "sentry_project", "sentry_member"),
    }
    assert not any("_rawData" in each or "require2FA" in each for each in output["entities"])
    # The organization, its three lists, and the members of five teams.
    assert output["requests"] == 4 + 5
    assert "employee_match" not in output


def test_one_request_in_fifty_that_fails_changes_nothing(start_sandbox, collect):
    running = start_sandbox("medium")
    options = {"include": EVERYTHING, "output_as": "lists"}
    calm = collect(running, **options)
    running.fault("server_error", share=0.02, status=503)
    rough = collect(running, **options)
    fired = running.http.get(f"{running.base}/_sandbox/faults").json()[0]["fired"]
    assert fired > 3
    for part in ("entities", "relationships", "partial_types"):
        assert rough[part] == calm[part]


@pytest.mark.parametrize("share", [0.2, 0.5, 1.0])
@pytest.mark.parametrize("kind", KINDS)
def test_whatever_fault_is_met_what_is_not_partial_is_complete(kind, share, sandbox, ask, collect):
    calm = collect(sandbox, include=EVERYTHING)
    sandbox.fault(kind, share=share, seconds=0.05)
    body = ask("collect_inventory", sandbox, include=EVERYTHING)
    if body["status"] == "error":
        assert body["exception"]["code"] in CODES
        return
    whole = by_key([*calm["entities"], *calm["relationships"]])
    found = by_key([*body["output"]["entities"], *body["output"]["relationships"]])
    partial = types(body["output"])
    assert found.items() <= whole.items()
    missing = {each["_type"] for key, each in whole.items() if key not in found}
    assert missing <= partial


def test_thousands_of_members_are_collected_with_few_requests(start_sandbox, collect):
    output = collect(start_sandbox("medium"))
    assert output["counts"]["sentry_member"] == 2000
    # The organization, pages of teams, projects and members, team members, and few in vain.
    assert output["requests"] <= 1 + 2 + 5 + 20 + 200 + 15


@pytest.mark.parametrize(
    ("missing", "wanted", "kept"),
    [
        ("member:read", {"sentry_member", "sentry_organization_has_member"}, "sentry_team"),
        ("team:read", {"sentry_team_has_member"}, "sentry_team"),
        ("event:read", {"sentry_finding", "sentry_project_has_finding"}, "sentry_member"),
        ("org:read", {"sentry_organization", "sentry_team", "sentry_project"}, "sentry_member"),
    ],
)
def test_a_missing_scope_makes_its_types_partial(missing, wanted, kept, sandbox, collect):
    all_scopes = ("org:read", "project:read", "team:read", "member:read", "event:read")
    scopes = [each for each in all_scopes if each != missing]
    body = {"scopes": scopes}
    made = sandbox.http.post(f"{sandbox.base}/_sandbox/tokens", json=body).json()
    connection = {"token": {"token": made["token"]}}
    output = collect(sandbox, connection, include=["roles", "findings"])
    assert wanted <= types(output)
    assert not types(output) & {kept}
    assert output["counts"][kept] > 0
    for each in output["partial_types"]:
        assert each["organization"] in ("acme", "")
        assert missing in each["reason"] or "ends" in each["reason"]
    known = {each["_key"] for each in output["entities"]}
    for each in output["relationships"]:
        assert {each["_fromEntityKey"], each["_toEntityKey"]} <= known


def test_where_nothing_can_be_collected_the_action_fails(sandbox, ask):
    made = sandbox.http.post(f"{sandbox.base}/_sandbox/tokens", json={"scopes": ["alerts:read"]})
    body = ask("collect_inventory", sandbox, {"token": {"token": made.json()["token"]}})
    assert body["exception"]["code"] == "forbidden"
    assert "org:read" in body["error"]


@pytest.mark.parametrize(
    ("connection", "given", "code"),
    [
        ({"token": {"token": "wrong-token"}}, {}, "unauthorized"),
        ({}, {"organizations": ["nowhere"]}, "not_found"),
        ({}, {"organizations": [".."]}, "bad_input"),
        ({}, {"include": ["everything"]}, "bad_input"),
        ({}, {"tag_account_name": True}, "bad_input"),
        ({}, {"employees_csv": "name\nExample User\n"}, "bad_input"),
        ({}, {"employees_csv": f"email\n{'x' * 200_000}"}, "bad_input"),
    ],
)
def test_what_cannot_work_is_an_error(connection, given, code, sandbox, ask):
    body = ask("collect_inventory", sandbox, connection, **given)
    assert body["exception"]["code"] == code


def test_without_an_organization_all_that_the_token_sees_are_collected(sandbox, collect):
    output = collect(sandbox, {"organization": ""})
    assert output["organizations"] == ["acme"]


@pytest.mark.parametrize("tag", [True, False])
def test_entities_are_tagged_with_the_account_name_if_asked(tag, sandbox, collect):
    names = {"account_name": "Example", "description": "An example"}
    output = collect(sandbox, **names, tag_account_name=tag)
    tags = {each.get("tag.AccountName") for each in output["entities"]}
    assert tags == {"Example" if tag else None}
    assert {name: output[name] for name in names} == names


@pytest.mark.parametrize(
    "given",
    [
        {"employees": [" User00001@ACME.example", "nobody@acme.example", "no address"]},
        {"employees_csv": "Name;E-Mail\nA;user00001@acme.example\nB;nobody@acme.example\nC\n"},
        {"employees_csv": "user00001@acme.example,A\nnobody@acme.example,B\n"},
        {"employees_csv": "email\rnobody@acme.example\ruser00001@acme.example"},
        {"employees": ["nobody@acme.example"], "employees_csv": "mail\nuser00001@acme.example"},
    ],
)
def test_members_are_connected_with_the_employees_that_they_are(given, sandbox, collect):
    output = collect(sandbox, **given)
    (edge,) = [each for each in output["relationships"] if each["_class"] == "IS"]
    email = "user00001@acme.example"
    assert edge == {
        "_key": f"sentry-user-100001|is|FORWARD:_class=Person:email={email}",
        "_type": "sentry_member_is_person",
        "_class": "IS",
        "_mapping": {
            "relationshipDirection": "FORWARD",
            "sourceEntityKey": "sentry-user-100001",
            "targetFilterKeys": [["_class", "email"]],
            "targetEntity": {"_class": "Person", "email": email},
            "skipTargetCreation": True,
        },
        "displayName": "IS",
    }
    match = output["employee_match"]
    assert match["matched"] == 1
    assert len(match["members_without_employee"]) == 49
    assert match["employees_without_member"] == ["nobody@acme.example"]


def test_where_members_are_missing_nothing_is_said_of_employees_without_one(sandbox, collect):
    sandbox.fault("gone", path="/api/0/organizations/acme/members/")
    output = collect(sandbox, employees=["user00001@acme.example"])
    assert "employees_without_member" not in output["employee_match"]
    assert "sentry_member_is_person" in types(output)


@pytest.mark.parametrize(("limit", "wanted"), [(1000, "auto"), (8 << 20, "file")])
def test_a_large_graph_comes_as_a_packed_file(limit, wanted, sandbox, collect, monkeypatch):
    monkeypatch.setattr("sentry_plugin.inventory.output.LARGEST_LISTS", limit)
    lists = collect(sandbox, output_as="lists")
    output = collect(sandbox, output_as=wanted)
    assert not {"entities", "relationships"} & output.keys()
    assert output["file"]["filename"] == "inventory.ndjson.gz"
    data = gzip.decompress(base64.b64decode(output["file"]["content"]))
    assert list(map(json.loads, data.splitlines())) == [*lists["entities"], *lists["relationships"]]
    assert output["counts"] == lists["counts"]


def test_a_secret_is_not_in_the_packed_file_either(sandbox, collect):
    connection = {"headers": {"X-Proxy": "user00001@acme.example"}}
    output = collect(sandbox, connection, output_as="file")
    data = gzip.decompress(base64.b64decode(output["file"]["content"]))
    assert b"user00001@" not in data
    assert logs.MASK.encode() in data
    assert logs.mask_text("outside of a message") == "outside of a message"


@pytest.fixture
def server(requests_mock):
    """Make a small server of one or more organizations, to spoil."""

    def make(*slugs, **answers):
        for number, slug in enumerate(slugs, 1):
            root = f"{URL}organizations/{slug}/"
            source = {"id": str(number), "slug": slug, "name": slug}
            roles = {"availableRoles": [{"id": "owner", "name": "Owner"}]}
            requests_mock.get(root, json=answers.get("organization", source | roles))
            team = {"id": f"{number}1", "slug": "a", "projects": [{"id": f"{number}2"}]}
            project = {"id": f"{number}2", "slug": "p", "name": "P"}
            member = {"id": f"{number}3", "name": "M", "role": "owner", "user": {"emails": "?"}}
            lists = {"teams": [team], "projects": [project], "members": [member], "repos": []}
            for name, items in (lists | answers).items():
                requests_mock.get(f"{root}{name}/", json=items)
            requests_mock.get(f"{URL}teams/{slug}/a/members/", json=[member])
        listed = [{"id": str(n), "slug": slug} for n, slug in enumerate(slugs, 1)]
        requests_mock.get(f"{URL}organizations/", json=listed)

    return make


@pytest.fixture
def output_of(start, run):
    def send(**given):
        body = run(start("collect_inventory", **given))
        assert body["status"] == "ok", body
        return body["output"]

    return send


def test_keys_of_roles_and_service_do_not_collide_between_organizations(server, output_of):
    server("one", "two")
    output = output_of(include=["roles", "service"])
    keys = {each["_key"] for each in output["entities"]}
    assert {"sentry-role:1:owner", "sentry-role:2:owner"} < keys
    assert {"sentry-service:1", "sentry-service:2"} < keys
    edges = {each["_key"] for each in output["relationships"]}
    assert "sentry-user-13|assigned|sentry-role:1:owner" in edges
    assert "sentry-organization-2|has|sentry-service:2" in edges
    alone = output_of(include=["roles", "service"], organizations=["two", "two"])
    keys = {each["_key"] for each in alone["entities"]}
    assert {"sentry-role:owner", "sentry-service"} < keys


@pytest.mark.parametrize("organization", [{"id": "5"}, {"id": "7", "slug": 5}])
def test_an_organization_without_a_slug_is_asked_for_by_its_id(
    organization, server, output_of, requests_mock
):
    server("5")
    requests_mock.get(f"{URL}organizations/", json=[organization])
    assert output_of()["organizations"] == ["5"]


@pytest.mark.parametrize("step", ["collect_inventory", "check_inventory", "export_inventory"])
def test_a_token_that_lists_no_organization_proves_nothing_of_what_there_is(
    step, start, run, requests_mock
):
    requests_mock.get(f"{URL}organizations/", json=[])
    body = run(start(step))
    assert body["exception"]["code"] == "not_found"
    assert "Set the connection's `organization`" in body["error"]
    assert requests_mock.call_count == 1


def test_a_server_that_does_not_tell_its_roles_makes_them_partial(server, output_of):
    server("one", organization={"id": "1", "slug": "one", "name": "One"})
    output = output_of(include=["roles"], raw_data=True)
    assert types(output) == {
        *("sentry_role", "sentry_organization_has_role", "sentry_member_assigned_role"),
    }


@pytest.mark.parametrize("nonsense", [[{"name": "no id"}], ["text"], [None]])
def test_a_list_of_something_else_makes_its_types_partial(nonsense, server, output_of):
    server("one", members=nonsense)
    output = output_of()
    assert "sentry_member" in types(output)
    assert output["counts"]["sentry_team"] == 1


def test_an_organization_that_is_something_else_leaves_the_lists(server, output_of):
    server("one", organization=["nonsense"])
    output = output_of(include=["repositories", "roles", "service"])
    assert {"sentry_organization", "sentry_organization_has_team"} <= types(output)
    assert {each["_type"] for each in output["relationships"]} == {
        *("sentry_team_has_member", "sentry_team_assigned_project"),
    }


def test_a_relationship_to_what_was_not_collected_is_left_out(server, output_of):
    server("one", projects=[])
    output = output_of(include=["findings"])
    assert output["partial_types"] == [
        {
            "type": "sentry_team_assigned_project",
            "organization": "",
            "reason": "An entity at one of its ends was not collected.",
        }
    ]


def test_odd_values_are_unknown_rather_than_passed_on(server, output_of):
    odd = {
        "id": "1",
        "slug": "p",
        "name": {"no": "name"},
        "environments": [1],
        "dateCreated": "yesterday",
        "firstEvent": "2026-01-02T03:04:05.678901",
        "latestRelease": "1.0",
        "status": "inactive",
    }
    server("one", teams=[], projects=[odd])
    (project,) = [each for each in output_of()["entities"] if each["_type"] == "sentry_project"]
    assert project == {
        "_key": "sentry-project-1",
        "_type": "sentry_project",
        "_class": ["Project"],
        "id": "1",
        "slug": "p",
        "status": "inactive",
        "active": False,
        "firstEventOn": 1767323045678,
        "hasEvents": True,
        "latestRelease": "1.0",
        "hasRelease": True,
    }


def test_findings_of_a_server_that_lists_one_project_at_a_time(server, output_of, requests_mock):
    projects = [{"id": "12", "slug": "p", "name": "P"}, {"id": "14", "slug": "q", "name": "Q"}]
    server("one", projects=projects)
    requests_mock.get(f"{URL}organizations/one/issues/", status_code=400, json={"detail": "One"})
    for project in projects:
        issue = {"id": f"9{project['id']}", "status": "unresolved", "project": project}
        requests_mock.get(f"{URL}projects/one/{project['slug']}/issues/", json=[issue])
    output = output_of(include=["findings"])
    edges = {each["_key"] for each in output["relationships"]}
    assert "sentry-project-14|has|sentry-finding:914" in edges
    asked = [each for each in requests_mock.request_history if "/issues/" in each.path]
    assert asked[0].qs["project"] == ["12", "14"]
    assert output["partial_types"] == []


def test_findings_are_partial_where_the_server_fails(server, output_of, requests_mock):
    server("one", projects=[{"id": "12", "slug": "p"}, {"id": "14", "slug": "q"}])
    requests_mock.get(f"{URL}organizations/one/issues/", status_code=500)
    assert types(output_of(include=["findings"])) == {
        *("sentry_finding", "sentry_project_has_finding"),
    }


def test_a_token_that_ends_meanwhile_ends_the_collection(server, start, run, requests_mock):
    server("one")
    requests_mock.get(f"{URL}projects/one/p/issues/", status_code=401)
    body = run(start("collect_inventory", include=["findings"]))
    assert body["exception"]["code"] == "unauthorized"


@pytest.mark.parametrize(("status", "partial"), [(404, False), (403, True)])
def test_keys_of_a_server_that_lists_them_by_project(
    status, partial, server, output_of, requests_mock
):
    server("one")
    requests_mock.get(f"{URL}organizations/one/project-keys/", status_code=status)
    key = {"id": "abc", "name": "Default", "projectId": 12, "rateLimit": None}
    requests_mock.get(f"{URL}projects/one/p/keys/", json=[key])
    output = output_of(include=["keys"], raw_data=True)
    edges = {each["_key"] for each in output["relationships"]}
    assert ("sentry-project-12|has|sentry-client-key-abc" in edges) is not partial
    assert ("sentry_client_key" in types(output)) is partial


def test_the_time_of_the_message_ends_a_collection(sandbox, ask):
    sandbox.fault("latency", path="*/members/", seconds=outside.PATIENCE)
    body = ask("collect_inventory", sandbox, {"timeout": 1})
    assert body["exception"]["code"] == "timed_out"
    assert threading.active_count() < 30
