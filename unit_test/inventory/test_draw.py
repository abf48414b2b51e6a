"""Draw Inventory: everything has a place of its own, and nothing of Sentry's becomes markup."""

from __future__ import annotations

import base64
import hashlib
import itertools
import json
import math
import random
from html.parser import HTMLParser

import pytest

from sentry_plugin.inventory.drawing import columns, packing
from unit_test.inventory.test_check import ORG, M, P, T, edge, has, in_team, node, of_team

HOSTILE = (
    "</script><script>alert(1)</script>",
    "<!--<script>",
    "]]><img src=x onerror=alert(1)>",
    "\" onload='x' \\",
    "line\u2028separator\u2029",
    "\U0001f600 \x00\x07\r\n",
    "@@DATA@@",
    "javascript:alert(1)",
)


class Page(HTMLParser):
    """The elements of a page with their attributes, and the text of each script."""

    def __init__(self, text):
        super().__init__()
        self.elements = []
        self.texts = {}
        self.within = None
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.within = len(self.elements)
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, _tag):
        self.within = None

    def handle_data(self, data):
        self.texts.setdefault(self.within, []).append(data)

    def inside(self, tag, place=0):
        numbers = [number for number, each in enumerate(self.elements) if each[0] == tag]
        return "".join(self.texts[numbers[place]])

    @property
    def data(self):
        return json.loads(self.inside("script"))


def drawn(output):
    return base64.b64decode(output["file"]["content"]).decode()


@pytest.fixture
def draw(start, run):
    """Draw objects and give the output."""

    def send(objects, **given):
        lists = {"entities": [], "relationships": []}
        for each in objects:
            lists["entities" if "_class" in each else "relationships"].append(each)
        body = run(start("draw_inventory", **lists | given))
        assert body["status"] == "ok", body["error"]
        return body["output"]

    return send


def running(steps):
    return list(itertools.accumulate(steps))


def unfolded(column, count):
    """Return the values of a column, as data.js does."""
    if "none" in column:
        absent = {*running(column["none"])}
        rest = iter(unfolded({k: v for k, v in column.items() if k != "none"}, count - len(absent)))
        return [None if place in absent else next(rest) for place in range(count)]
    match column:
        case {"one": value}:
            return [value] * count
        case {"of": values, "is": letters}:
            return [values[columns.LETTERS.index(each)] for each in letters]
        case {"from": least, "by": step, "n": steps}:
            numbers = [least + step * each for each in running(steps)]
            return [*map(str, numbers)] if "text" in column else numbers
        case {"a": before, "z": after, "all": rests}:
            return [before + each + after for each in rests]
    return column["all"]


def placed_entities(data):
    """Return the entities of a page's data, each with its place."""
    places = zip(running(data["x"]), running(data["y"]), strict=True)
    found = []
    for type_ in data["types"]:
        made = {}
        for name, column in type_["columns"].items():
            same = type_["columns"][column["same"]] if "same" in column else column
            made[name] = unfolded(same, type_["count"])
        for number in range(type_["count"]):
            row = {name: values[number] for name, values in made.items()}
            properties = {name: value for name, value in row.items() if value is not None}
            found.append((type_["type"], properties, next(places)))
    return found


def many(seed, teams=12, members=90, projects=40):
    """Make an organization in which chance decides who is in which teams."""
    chance = random.Random(seed)
    objects = [node(ORG, slug="acme"), *has(T, *range(teams))]
    for kind, count, of in ((T, teams, None), (M, members, in_team), (P, projects, of_team)):
        for number in range(count):
            objects.append(node(kind, number, displayName=f"{kind} {number}", id=str(number)))
            some = chance.sample(range(teams), chance.choice((0, 1, 1, 2, 3))) if of else []
            objects += [of(number, team) for team in some]
    return objects


@pytest.mark.parametrize("count", [0, 1, 2, 3, 4, 9, 200])
def test_packed_circles_do_not_overlap_and_are_within_the_radius_of_all(count):
    chance = random.Random(count)
    made = packing.pack([chance.choice((10, 20, chance.uniform(1, 90))) for _ in range(count)])
    assert len(made.circles) == count
    for a, b in itertools.combinations(made.circles, 2):
        assert math.hypot(a.x - b.x, a.y - b.y) > a.r + b.r - 1e-3
    assert all(math.hypot(x, y) + r <= made.r + 1e-9 for x, y, r in made.circles)


@pytest.mark.parametrize("seed", range(5))
def test_every_entity_has_a_place_apart_from_all_others(seed, draw):
    objects = many(seed)
    found = placed_entities(Page(drawn(draw(objects))).data)
    keys = {each["_key"] for each in objects if "_class" in each}
    assert {properties["_key"] for _, properties, _ in found} == keys
    for (*_, a), (*_, b) in itertools.combinations(found, 2):
        assert math.dist(a, b) > 8


def test_people_stand_left_of_their_team_and_projects_right_of_it(draw):
    objects = [node(T), *(node(kind, n) for kind in (M, P) for n in range(70))]
    objects += [place(n) for place in (in_team, of_team) for n in range(70)]
    found = placed_entities(Page(drawn(draw(objects))).data)
    ((middle, _),) = (place for type_, _, place in found if type_ == "sentry_team")
    assert all(x < middle for type_, _, (x, _) in found if type_ == "sentry_member")
    assert all(x > middle for type_, _, (x, _) in found if type_ == "sentry_project")


def test_same_graph_gives_the_same_page_in_whatever_order_it_comes(draw):
    objects = many(1)
    first = Page(drawn(draw(objects))).data
    random.Random(2).shuffle(objects)
    assert Page(drawn(draw(objects))).data | {"at": ""} == first | {"at": ""}


def test_organizations_stand_apart_and_what_belongs_to_none_has_a_place_too(draw):
    objects = [
        node(ORG, 1),
        node(ORG, 2),
        node(T, 1),
        node(T, 2),
        node(M, 1),
        node(M, 9),
        *has(T, 1),
    ]
    objects += [
        edge("organization_has_team", "sentry-organization-2", "sentry-team-2"),
        in_team(1, 2),
    ]
    data = Page(drawn(draw(objects))).data
    assert len(data["islands"]) == 3
    for (_, *a), (_, *b) in itertools.combinations(data["islands"], 2):
        assert math.dist(a[:2], b[:2]) >= a[2] + b[2] - 2
    assert [each[0] for each in data["islands"]] == [-1, 0, 1]


def test_somebody_in_many_teams_stands_with_the_smallest_of_them(draw):
    teams = [node(T, n) for n in range(20)]
    more = [in_team(n, team) for team in range(19) for n in (1, 2)]
    objects = [*teams, node(M, 1), node(M, 2), *more, in_team(1, 19)]
    data = Page(drawn(draw(objects))).data
    place = {each["_key"]: place for _, each, place in placed_entities(data)}
    assert math.dist(place["sentry-user-1"], place["sentry-team-19"]) < 30


def test_names_of_sentry_never_become_markup_or_program(draw):
    objects = [node(M, n, displayName=name, email=name) for n, name in enumerate(HOSTILE)]
    harmless = Page(
        drawn(draw([node(M, n, displayName="x") for n in range(len(HOSTILE))], title="x"))
    )
    page = Page(drawn(draw([*objects, node(T, 1, displayName=HOSTILE[0])], title=HOSTILE[0])))
    assert [tag for tag, _ in page.elements] == [tag for tag, _ in harmless.elements]
    assert page.inside("script", 1) == harmless.inside("script", 1)
    assert page.inside("title") == page.data["title"] == HOSTILE[0]
    names = {
        each["displayName"]
        for type_, each, _ in placed_entities(page.data)
        if type_ == "sentry_member"
    }
    assert names == {*HOSTILE}


def test_page_may_load_nothing_and_run_its_own_program_only(draw):
    page = Page(drawn(draw([node(M)])))
    (policy,) = (each["content"] for _, each in page.elements if "http-equiv" in each)
    rules = dict(each.strip().split(" ", 1) for each in policy.split(";"))
    assert rules["default-src"] == rules["base-uri"] == rules["form-action"] == "'none'"
    for rule, tag, place in (("script-src", "script", 1), ("style-src", "style", 0)):
        digest = hashlib.sha256(page.inside(tag, place).encode()).digest()
        assert rules[rule] == f"'sha256-{base64.b64encode(digest).decode()}'"
    assert rules["img-src"] == "data:"
    addresses = [
        value
        for _, each in page.elements
        for name, value in each.items()
        if name in {"src", "href"}
    ]
    assert addresses == ["data:,"]
    everything = page.inside("style") + page.inside("script", 1)
    assert everything.replace("http://www.w3.org/2000/svg", "").count("//www") == 0
    assert "@import" not in everything
    assert "url(" not in everything


def test_secret_of_the_connection_is_not_in_the_page(draw, start):
    token = start("draw_inventory")["body"]["connection"]["token"]["token"]
    objects = [node(M, displayName=f"my {token}"), node(T), in_team(1) | {"teamRole": token}]
    partial = [{"type": "x", "organization": token, "reason": token}]
    page = drawn(
        draw(objects, title=token, changes=[CHANGES[0] | {"name": token}], partial_types=partial)
    )
    assert token not in page
    assert "my ********" in page


def test_page_holds_no_raw_data(draw):
    raw = [{"name": "default", "rawData": {"phone": "555-0100"}}]
    assert "555-0100" not in drawn(draw([node(M, _rawData=raw)]))


def test_properties_of_all_kinds_come_through_as_they_are(draw):
    values = [
        {"a": n, "b": str(n), "c": n % 3 == 0, "d": [str(n)], "e": f"x{n}@y", "f": 1, "g": "007"}
        | ({"h": n * 1000, "i": n / 2, "j": {"k": n}} if n % 2 else {"l": True, "m": 1})
        for n in range(200)
    ]
    values[5]["b"], values[5]["m"] = "\u00e9", True
    objects = [node(M, f"{n:03}", **each) for n, each in enumerate(values)]
    found = [each for _, each, _ in placed_entities(Page(drawn(draw(objects))).data)]
    assert found == [{"_key": f"sentry-user-{n:03}", **each} for n, each in enumerate(values)]


def test_findings_are_marked_with_what_they_rest_on(draw):
    objects = [node(ORG), *has(M, 1, 2), node(M, 1, mfaEnabled=False, role="owner"), node(M, 2)]
    output = draw(objects)
    data = Page(drawn(output)).data
    assert output["severities"] == {"critical": 1, "high": 1, "medium": 1}
    (check,) = (each for each in data["checks"] if each["check"] == "no_second_factor")
    assert running(check["nodes"]) == [1]
    assert check["own"] == ["mfaEnabled", "role"]
    (owners,) = (each for each in data["checks"] if each["check"] == "owners")
    assert owners["columns"] == {"count": {"one": 1}, "owners": {"one": ["sentry-user-1"]}}
    assert draw(objects, checks=["owners"])["severities"] == {"medium": 1}


def test_drawing_without_findings(draw):
    output = draw([node(M, mfaEnabled=False)], mark_findings=False)
    assert output["severities"] == {}
    assert Page(drawn(output)).data["checks"] == []


def test_partial_types_are_told_on_the_page_too(draw):
    partial = [{"type": "sentry_team", "organization": "acme", "reason": "It failed."}]
    output = draw([node(M)], partial_types=partial)
    assert output["partial_types"] == Page(drawn(output)).data["partial"] == partial


CHANGES = [
    {
        "change": "added",
        "kind": "entity",
        "type": "sentry_user",
        "key": "sentry-user-1",
        "name": "A",
    },
    {
        "change": "removed",
        "kind": "entity",
        "type": "sentry_member",
        "key": "sentry-user-2",
        "name": "B",
        "old": {"role": "owner"},
    },
    {
        "change": "changed",
        "kind": "entity",
        "type": "sentry_team",
        "key": "sentry-team-1",
        "name": "T",
        "old": {"name": "Old"},
        "new": {"name": "New", "slug": "new"},
    },
    {
        "change": "removed",
        "kind": "relationship",
        "type": "sentry_team_has_member",
        "key": "sentry-team-1|sentry-user-2",
        "source": "sentry-team-1",
        "target": "sentry-user-2",
    },
    {
        "change": "added",
        "kind": "relationship",
        "type": "sentry_team_has_member",
        "key": "sentry-team-1|sentry-user-1",
        "source": "sentry-team-1",
        "target": "sentry-user-1",
    },
    {"change": "added", "kind": "entity", "type": "sentry_member", "key": "elsewhere", "name": "E"},
]


def test_changes_are_marked_and_what_was_removed_is_drawn_as_it_was(draw):
    data = Page(drawn(draw([node(T), node(M), in_team(1)], changes=CHANGES))).data
    numbers = {
        each["_key"]: str(number) for number, (_, each, _) in enumerate(placed_entities(data))
    }
    assert placed_entities(data)[2][1] == {
        "_key": "sentry-user-2",
        "displayName": "B",
        "role": "owner",
    }
    assert data["changes"] == {
        "states": {
            numbers["sentry-team-1"]: "changed",
            numbers["sentry-user-1"]: "added",
            numbers["sentry-user-2"]: "removed",
        },
        "values": {numbers["sentry-team-1"]: {"name": ["Old", "New"], "slug": [None, "new"]}},
    }
    (relation,) = data["relations"]
    assert unfolded(relation["change"], 2) == ["added", "removed"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "x"},
        {"change": "x"},
        {"key": 1},
        {"name": None},
        {"old": 1},
        {"new": []},
        {"kind": []},
    ],
)
def test_changes_that_compare_inventories_did_not_give_are_refused(
    wrong, start, run, requests_mock
):
    changes = [CHANGES[0] | wrong]
    body = run(start("draw_inventory", entities=[], relationships=[], changes=changes))
    assert body["exception"]["code"] == "bad_input"
    assert requests_mock.call_count == 0


def test_drawing_marks_what_changed_since_a_snapshot(sandbox, ask, collect):
    collect(sandbox, include=["roles", "settings", "findings"])
    lists = collect(
        sandbox, include=["roles", "settings", "findings"], output_as="lists", store=False
    )
    del lists["entities"][
        next(n for n, e in enumerate(lists["entities"]) if e["_type"] == "sentry_team")
    ]
    given = {"entities": lists["entities"], "relationships": lists["relationships"]}
    states = {}
    for name in ("latest", "1"):
        output = ask("draw_inventory", sandbox, **given, compare_with=name)["output"]
        states[name] = Page(drawn(output)).data["changes"]["states"]
    assert states["latest"] == states["1"]
    assert [*states["latest"].values()] == ["removed"]
    output = ask("draw_inventory", sandbox, snapshot="latest", compare_with="1")["output"]
    assert Page(drawn(output)).data["changes"] == {"states": {}, "values": {}}


def test_changes_from_two_sources_are_refused(start, run, requests_mock):
    given = {"entities": [], "relationships": [], "changes": [], "compare_with": "latest"}
    body = run(start("draw_inventory", **given))
    assert body["exception"]["code"] == "bad_input"
    assert "both `changes` and `compare_with`" in body["error"]


def test_lines_without_an_end_here_and_those_of_the_organization_are_not_drawn(draw):
    mapped = {"_key": "m", "_type": "sentry_member_is_person", "_mapping": {"sourceEntityKey": "m"}}
    objects = [node(ORG), node(M), node(T), *has(M, 1), in_team(1), in_team(7), mapped]
    (relation,) = Page(drawn(draw(objects))).data["relations"]
    assert relation["type"] == "sentry_team_has_member"
    assert len(relation["from"]) == 1


def test_what_is_collected_for_a_drawing_has_roles_and_issues(sandbox, ask):
    output = ask("draw_inventory", sandbox)["output"]
    assert output["organizations"] == ["acme"]
    assert output["partial_types"] == []
    assert output["counts"] == {
        "sentry_finding": 9,
        "sentry_member": 50,
        "sentry_organization": 1,
        "sentry_project": 10,
        "sentry_role": 5,
        "sentry_team": 5,
    }
    data = Page(drawn(output)).data
    assert {each["type"]: each["count"] for each in data["types"]} == output["counts"]
    assert data["organizations"] == ["acme"]
    assert {each["type"] for each in data["relations"]} == {
        "sentry_member_assigned_role",
        "sentry_project_has_finding",
        "sentry_team_assigned_project",
        "sentry_team_has_member",
    }


def test_an_inventory_of_nothing_is_a_page_too(draw):
    assert Page(drawn(draw([]))).data["types"] == []


def test_a_column_of_many_values_of_several_kinds_is_kept_as_it_is():
    values = [number if number % 2 else str(number) for number in range(2 * columns.SAMPLE)]
    assert columns.column(values) == {"all": values}
    assert unfolded(columns.column(values), len(values)) == values
