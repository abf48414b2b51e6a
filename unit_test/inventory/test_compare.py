"""Compare Inventories: what changed, by property, and nothing concluded from what is missing."""

from __future__ import annotations

import pytest

from sentry_plugin import settings
from unit_test.inventory.conftest import EVERYTHING


@pytest.fixture
def compare(ask_world):
    """Compare and give the output."""

    def send(**given):
        body = ask_world("compare_inventories", **given)
        assert body["status"] == "ok", body["error"]
        return body["output"]

    return send


def changes_of(output):
    return sorted((each["change"], each["key"]) for each in output["changes"])


def project(number, **more):
    return {"id": str(number), "slug": f"project-{number}", "name": f"Project {number}", **more}


def team(number, *projects):
    owned = [{"id": str(each)} for each in projects]
    return {"id": str(number), "slug": f"team-{number}", "name": "Backend", "projects": owned}


def test_a_first_comparison_says_that_there_is_nothing_to_compare_with(compare, ask_world):
    output = compare()
    assert output["changes"] == output["before"] == output["organizations"] == []
    assert output["not_compared"] == ["acme"]
    assert [each["id"] for each in output["after"]] == ["1"]
    assert output["counts"] == {"added": 0, "removed": 0, "changed": 0, "types": {}}
    log = ask_world("compare_inventories", snapshot="1")["log"]
    assert "This is the first snapshot of acme" in log


def test_what_was_added_removed_and_changed_is_told_with_old_and_new(world, compare, collected):
    world.members += [world.member(1, role="member", user={"has2fa": True}), world.member(2)]
    world.of_team.append({"id": "1", "teamRole": "contributor"})
    world.projects.append(project(5))
    world.teams.append(team(7))
    collected()
    world.members[:] = [world.member(1, role="owner", user={"has2fa": False}), world.member(3)]
    world.of_team[:] = [{"id": "1", "teamRole": "admin"}]
    world.teams[:] = [team(7, 5)]
    output = compare()
    about = {"organization": "acme"}
    member = {**about, "kind": "entity", "type": "sentry_member"}
    changes = {each["key"]: each for each in output["changes"]}
    assert changes.pop("sentry-user-1") == {
        **member,
        "change": "changed",
        "key": "sentry-user-1",
        "name": "User",
        "old": {"role": "member", "mfaEnabled": True},
        "new": {"role": "owner", "mfaEnabled": False},
    }
    assert changes.pop("sentry-user-2")["old"]["email"] == "user2@example.com"
    assert changes.pop("sentry-user-3")["new"]["email"] == "user3@example.com"
    edge = {**about, "kind": "relationship", "source": "sentry-team-7", "source_name": "Backend"}
    assert changes.pop("sentry-team-7|assigned|sentry-project-5") == {
        **edge,
        "change": "added",
        "type": "sentry_team_assigned_project",
        "key": "sentry-team-7|assigned|sentry-project-5",
        "target": "sentry-project-5",
        "target_name": "Project 5",
        "new": {},
    }
    assert changes.pop("sentry-team-7|has|sentry-user-1") == {
        **edge,
        "change": "changed",
        "type": "sentry_team_has_member",
        "key": "sentry-team-7|has|sentry-user-1",
        "target": "sentry-user-1",
        "target_name": "User",
        "old": {"teamRole": "contributor"},
        "new": {"teamRole": "admin"},
    }
    assert {key: each["change"] for key, each in changes.items()} == {
        "sentry-organization-1|has|sentry-user-2": "removed",
        "sentry-organization-1|has|sentry-user-3": "added",
    }
    assert output["counts"]["types"]["sentry_member"] == {"changed": 1, "removed": 1, "added": 1}
    assert [output["counts"][kind] for kind in ("added", "removed", "changed")] == [3, 2, 2]
    assert output["partial_types"] == output["not_compared"] == []
    assert (output["before"][0]["id"], output["after"][0]["id"]) == ("1", "2")
    assert output["after"][0]["complete"] is True


def test_any_two_snapshots_are_compared_by_id_time_or_as_the_latest(world, compare, collected):
    for number in (1, 2, 3):
        world.members.append(world.member(number))
        collected()
    times = [compare(snapshot=str(number))["after"][0]["at"] for number in (1, 2, 3)]
    for given, added in (
        ({"before_snapshot": "1", "snapshot": "3"}, {2, 3}),
        ({"before_snapshot": times[0], "snapshot": "latest"}, {2, 3}),
        ({"before_snapshot": times[0], "snapshot": times[1]}, {2}),
        ({"before_snapshot": "1", "snapshot": "2"}, {2}),
        ({"snapshot": "latest"}, {3}),
        ({"snapshot": "2"}, {2}),
        ({"before_snapshot": "3", "snapshot": "3"}, set()),
    ):
        found = {each["key"] for each in compare(**given)["changes"] if each["kind"] == "entity"}
        assert found == {f"sentry-user-{number}" for number in added}
    world.members.clear()
    output = compare(before_snapshot="2")
    assert output["counts"]["types"]["sentry_member"] == {"removed": 2}
    assert output["after"][0]["id"] == "4"


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"snapshot": "the last"}, "neither an id nor a time"),
        ({"snapshot": "0001-01-01T00:00:00+12:00"}, "neither an id nor a time"),
        ({"limit": 0}, "`limit` is less than 1"),
        ({"include": ["everything"]}, "It can be: roles"),
        ({"snapshot": "1", "file": {"content": ""}}, "more than one inventory"),
    ],
)
def test_what_cannot_be_compared_is_refused(given, words, collected, ask_world, requests_mock):
    collected()
    collected()
    asked = requests_mock.call_count
    body = ask_world("compare_inventories", **given)
    assert body["exception"]["code"] == "bad_input"
    assert words in body["error"]
    assert requests_mock.call_count == asked


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"snapshot": "9"}, "There are 1 to 2."),
        ({"snapshot": "2000-01-01"}, "There are 1 to 2."),
        ({"snapshot": "latest", "organizations": ["other"]}, "Nothing is stored yet of what"),
        ({"snapshot": "1", "before_snapshot": "2"}, "Swap them."),
    ],
)
def test_what_is_not_there_cannot_be_compared(given, words, collected, ask_world):
    collected()
    collected()
    body = ask_world("compare_inventories", **given)
    assert body["exception"]["code"] == "bad_input"
    assert words in body["error"]


def test_where_nothing_is_stored_no_snapshot_is_found(ask_world):
    body = ask_world("check_inventory", snapshot="latest")
    assert "Nothing is stored yet" in body["error"]


def test_nothing_is_removed_that_was_not_collected_completely(world, compare, collected):
    world.members.append(world.member(1))
    collected(include=["roles"])
    world.broken.add("members")
    output = compare(include=[])
    assert output["changes"] == []
    assert {each["type"] for each in output["partial_types"]} >= {"sentry_member", "sentry_role"}


def test_nothing_is_added_that_was_never_collected_completely(world, compare, collected):
    world.members.append(world.member(1))
    world.broken.add("members")
    collected()
    world.broken.clear()
    assert compare()["changes"] == []
    world.broken.add("members")
    compare()
    world.broken.clear()
    world.members.append(world.member(2))
    assert ("added", "sentry-user-2") in changes_of(compare())


def test_a_snapshot_that_is_dropped_meanwhile_is_not_compared(collected, ask_world, monkeypatch):
    monkeypatch.setenv(settings.SNAPSHOTS, "2")
    collected()
    collected()
    body = ask_world("compare_inventories", before_snapshot="1")
    assert body["exception"]["code"] == "store_failed"
    assert "was dropped" in body["error"]


def test_what_is_volatile_is_compared_only_if_asked_for(world, compare, collected):
    world.members.append(world.member(1, user={"lastActive": "2026-01-01T00:00:00Z"}))
    collected()
    world.members[:] = [world.member(1, user={"lastActive": "2026-02-01T00:00:00Z"})]
    assert compare()["changes"] == []
    (change,) = compare(before_snapshot="1", snapshot="2", volatile=True)["changes"]
    assert change["old"].keys() == change["new"].keys() == {"lastActive"}


def test_settings_are_compared_where_both_have_them(world, compare, collected):
    collected()
    world.organization["require2FA"] = True
    assert compare(include=["settings"])["changes"] == []
    world.organization["require2FA"] = False
    (change,) = compare()["changes"]  # includes what the last one did
    assert (change["old"], change["new"]) == ({"require2FA": True}, {"require2FA": False})


def test_changes_are_cut_at_the_limit_and_all_counted(world, compare, collected):
    collected()
    world.members += [world.member(number) for number in range(5)]
    output = compare(limit=2)
    assert len(output["changes"]) == 2
    assert output["counts"]["added"] == 10


def test_each_organization_is_compared_with_its_own_past(world, compare, collected):
    collected(organizations=["other"])
    world.members.append(world.member(1))
    collected(organizations=["acme"])
    world.members.clear()
    output = compare(organizations=["acme", "other"])
    assert [(each["id"], each["organization"]) for each in output["before"]] == [
        ("2", "acme"),
        ("1", "other"),
    ]
    assert output["organizations"] == ["acme", "other"]
    assert changes_of(output) == [
        ("removed", "sentry-organization-1|has|sentry-user-1"),
        ("removed", "sentry-user-1"),
    ]


def lists(output, prefix=""):
    names = ("entities", "relationships", "partial_types")
    return {f"{prefix}{name}": output[name] for name in names}


def test_two_inventories_given_as_lists_or_files_are_compared_without_a_store(
    world, compare, collected, state
):
    def both(**given):
        form = {"organizations": ["acme", "other"], "store": False, **given}
        return collected(output_as="lists", **form), collected(output_as="file", **form)["file"]

    world.members += [world.member(1, role="member"), world.member(2)]
    world.projects.append(project(5))
    world.teams.append(team(7, 5))
    before, before_file = both(tag_account_name=True, account_name="mine")
    world.members[:] = [world.member(1, role="owner")]
    after, after_file = both()
    output = compare(**lists(before, "before_"), **lists(after))
    assert output == compare(before_file=before_file, file=after_file)
    assert output == compare(before_file=before_file, organizations=["acme", "other"])
    assert output["organizations"] == ["acme", "other"]
    assert changes_of(output) == [
        ("changed", "sentry-user-1"),
        ("removed", "sentry-organization-1|has|sentry-user-2"),
        ("removed", "sentry-user-2"),
    ]
    names = {each.get("target_name") for each in output["changes"]}
    assert names == {None, "User"}
    assert not state.exists()


def test_of_a_partial_list_nothing_is_concluded(world, compare, collected):
    world.members.append(world.member(1))
    before = collected(include=["roles"])
    world.broken.add("members")
    after = collected(organizations=["acme", "other"])
    output = compare(**lists(before, "before_"), **lists(after))
    assert output["changes"] == []
    assert output["not_compared"] == ["other"]
    assert {each["type"] for each in output["partial_types"]} >= {"sentry_member"}


def test_an_inventory_without_its_organization_is_compared_too(compare):
    nodes = [{"_key": f"sentry-user-{n}", "_type": "sentry_member"} for n in (1, 2)]
    edges = [
        {"_key": f"x|is|{n}", "_type": "x", "_class": "IS", "_mapping": {"sourceEntityKey": "x"}}
        for n in ("one:of", "two:of")
    ]
    given = {"entities": nodes, "relationships": edges}
    before = {"before_entities": nodes[:1], "before_relationships": edges[:1]}
    output = compare(**given, **before)
    assert changes_of(output) == [("added", "sentry-user-2"), ("added", "x|is|two:of")]
    partial = [{"type": "sentry_member", "organization": "acme"}]
    assert changes_of(compare(**given, **before, before_partial_types=partial)) == [
        ("added", "x|is|two:of")
    ]


def test_a_list_is_compared_with_the_last_snapshot(world, compare, collected):
    world.members.append(world.member(1))
    collected()
    world.members.append(world.member(2))
    after = collected(store=False)
    assert ("added", "sentry-user-2") in changes_of(compare(**lists(after)))


@pytest.mark.parametrize("include", [[], EVERYTHING])
def test_a_snapshot_is_the_inventory_that_was_collected(include, sandbox, ask, collect):
    output = collect(sandbox, include=include, output_as="lists")
    same = ask("compare_inventories", sandbox, before_snapshot="latest", **lists(output))["output"]
    assert same["changes"] == same["not_compared"] == []
    first, second = (
        ask("check_inventory", sandbox, **given)["output"]
        for given in ({"snapshot": output["snapshot"]}, lists(output))
    )
    assert first == second
    again = ask("compare_inventories", sandbox)["output"]
    assert again["changes"] == again["partial_types"] == []
    assert again["after"][0]["included"] == sorted(include)
