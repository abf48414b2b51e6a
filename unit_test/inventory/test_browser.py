"""The drawing in a real browser without a network: it paints, finds, and complains of nothing."""

from __future__ import annotations

import base64
import json
import zlib

import pytest

from unit_test import outside
from unit_test.browser import Browser
from unit_test.inventory.test_check import (
    OF_PROJECT,
    ORG,
    F,
    M,
    P,
    T,
    edge,
    has,
    in_team,
    node,
    of_team,
)
from unit_test.inventory.test_draw import CHANGES, HOSTILE, drawn, many

pytestmark = pytest.mark.browser

PARTIAL = [{"type": "sentry_client_key", "organization": "acme", "reason": "It needs a scope."}]
OBJECTS = [
    node(ORG, slug="acme", displayName="Acme", openMembership=True),
    *has(T, 1, 2),
    *has(M, 1, 2, 3),
    *has(P, 1, 2),
    node(T, 1, displayName="Backend", slug="backend"),
    node(T, 2, displayName="Frontend", slug="frontend"),
    node(M, 1, displayName="One", email="one@example.com", mfaEnabled=False, role="owner"),
    node(M, 2, displayName="Two", email="two@example.com", mfaEnabled=True, role="member"),
    node(M, 3, displayName=HOSTILE[0], email="three@example.com", pending=True),
    node(P, 1, displayName="Shop", slug="shop"),
    node(P, 2, displayName="Blog", slug="blog", createdOn=1_700_000_000_000),
    node(F, 1, title="ValueError", shortId="SHOP-1"),
    *(in_team(1), in_team(2), in_team(3), in_team(2, 2)),
    *(of_team(1), of_team(2, 2)),
    *OF_PROJECT,
]


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    """Return a browser that is used by all tests here: it takes seconds to start."""
    made = Browser(tmp_path_factory.mktemp("browser"))
    yield made
    made.close()


@pytest.fixture
def opened(browser, start, run, tmp_path):
    """Open the drawing of objects; nothing may have been complained of or asked for in the end."""

    def send(objects=OBJECTS, key="", look=(1200, 800), **given):
        lists = {"entities": [], "relationships": []}
        for each in objects:
            lists["entities" if "_class" in each else "relationships"].append(each)
        path = tmp_path / "inventory.html"
        path.write_text(drawn(run(start("draw_inventory", **lists | given))["output"]))
        size, taste = look[:2], dict(zip(("scheme", "touch"), look[2:], strict=False))
        browser.look(*size, **taste)
        browser.open("about:blank")
        browser.open(path.as_uri() + (f"#{key}" if key else ""))
        outside.eventually(lambda: browser.run("document.documentElement.dataset.shown"))
        return browser

    browser.complaints.clear()
    browser.requests.clear()
    yield send
    assert browser.complaints == []
    assert all(url.startswith(("file:", "about:", "data:")) for url in browser.requests)


def test_browser_tells_what_a_page_complains_of_and_asks_for(browser):
    browser.complaints.clear()
    browser.open("data:text/html,<img src=http://sentry.example/x><script>throw 1</script>")
    assert len(browser.complaints) >= 1
    assert "http://sentry.example/x" in browser.requests


def text(browser, selector):
    return browser.run(f"document.querySelector({json.dumps(selector)}).textContent")


def texts(browser, selector):
    query = f"Array.from(document.querySelectorAll({json.dumps(selector)}), (e) => e.textContent)"
    return browser.run(query)


def press(browser, selector, words):
    """Click the first element that begins with these words."""
    found = f"Array.from(document.querySelectorAll({json.dumps(selector)}))"
    browser.run(f"{found}.find((e) => e.textContent.startsWith({json.dumps(words)})).click()")


def colours(browser):
    """Count the colours of the canvas."""
    return browser.run(
        """(() => {
          const canvas = document.getElementById("picture");
          const data = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
          return new Set(new Uint32Array(data.buffer)).size;
        })()"""
    )


def test_page_paints_names_the_organization_and_tells_what_is_wrong(opened):
    page = opened(title="My drawing", partial_types=PARTIAL)
    assert colours(page) > 20
    assert text(page, "h1") == "My drawing"
    assert text(page, "#subtitle").startswith("acme \u00b7 drawn 20")
    assert text(page, "#panel h2") == "1 critical, 1 high"
    assert "Owner or manager without a second factor1" in texts(page, "#panel .row")
    assert "Client keys of acme: It needs a scope." in text(page, ".note")
    assert "6 teams" not in page.run("document.getElementById('picture').ariaLabel")
    assert "2 teams, 2 projects, 3 members" in page.run(
        "document.getElementById('picture').ariaLabel"
    )


def test_search_finds_by_name_address_and_slug_and_opens_what_is_found(opened):
    page = opened()
    page.press("/")
    for words, found in (
        ("two@", "Two"),
        ("shop", "Shop"),
        ("back", "Backend"),
        ("SHOP-1", "Value"),
    ):
        page.run("document.getElementById('search').value = ''")
        page.type(words)
        assert any(each.startswith(found) for each in texts(page, "#hits li"))
    page.run("document.getElementById('search').value = ''")
    page.type("three@")
    page.press("Enter")
    assert text(page, "#panel h2") == HOSTILE[0]
    assert page.run("location.hash") == "#sentry-user-3"
    assert page.run("document.activeElement.id") == "panel"


def test_search_that_finds_nothing_says_so(opened):
    page = opened()
    page.press("/")
    page.type("nobody has this")
    assert texts(page, "#hits li") == ["Nothing has this in its name, e-mail address or slug."]
    page.press("Escape")
    assert page.run("document.getElementById('hits').hidden")


def test_member_shows_what_is_wrong_what_it_reaches_and_its_properties(opened):
    page = opened(key="sentry-user-1")
    panel = text(page, "#panel")
    assert "Owner or manager without a second factor (critical)" in panel
    assert "1of 2 projects, by 1 team" in panel
    assert "As owner of the organization: every project, whatever the team." in panel
    assert "Open membership in Acme" in panel
    assert "emailone@example.com" in panel
    assert "mfaEnabledno" in panel


def test_project_shows_who_can_reach_it(opened):
    page = opened(key="sentry-project-1")
    panel = text(page, "#panel")
    # Of the team's three one is an invitation.
    assert "2of 3 members, by 1 team" in panel
    assert "who cannot log in" in panel
    page = opened(key="sentry-project-2")
    assert "1of 3 members" in text(page, "#panel")
    assert "1 owner or manager reaches every project by the role" in text(page, "#panel")
    assert "2023-11-14 22:13 UTC" in text(page, "#panel")


def test_neighbours_can_be_walked_and_gone_back_from(opened):
    page = opened(key="sentry-project-1")
    press(page, "#panel .row", "Backend")
    assert text(page, "#panel h2") == "Backend"
    press(page, "#panel .row", "Two")
    assert text(page, "#panel h2") == "Two"
    press(page, "#panel button", "\u2039 Back")
    outside.eventually(lambda: text(page, "#panel h2") == "Backend")
    press(page, "#panel button", "Overview")
    assert "critical" in text(page, "#panel h2")


def test_click_chooses_what_is_there_and_click_beside_lets_it_go(opened):
    page = opened([node(T, 1, displayName="Backend")])
    page.press("0")
    x, y = page.run(
        """(() => {
          const box = document.getElementById("stage").getBoundingClientRect();
          return [box.left + box.width / 2, box.top + box.height / 2];
        })()"""
    )
    middle = next(
        (x, y + off)
        for off in range(0, 300, 6)
        if (page.click(x, y + off), text(page, "#panel h2") == "Backend")[1]
    )
    page.click(x, middle[1] - 320)
    assert page.run("location.hash") == ""


def test_all_of_it_works_by_the_keys(opened):
    page = opened()
    page.run("document.getElementById('picture').focus()")
    page.press("ArrowDown")
    first = text(page, "#panel h2")
    page.press("ArrowLeft")
    assert page.run("location.hash") != ""
    assert text(page, "#said") != ""
    for key in ("+", "-", "0"):
        page.press(key)
    page.press("ArrowUp", modifiers=8)
    page.press("Enter")
    assert page.run("document.activeElement.id") == "panel"
    page.press("Escape")
    assert page.run("document.activeElement.id") == "picture"
    page.press("Escape")
    assert page.run("location.hash") == ""
    assert first


def test_table_has_all_entities_and_can_be_sorted(opened):
    page = opened(many(3, teams=30, members=120))
    press(page, "#views button", "Table")
    assert text(page, "caption") == "1 to 100 of 191"
    press(page, ".pager button", "Next")
    assert text(page, "caption") == "101 to 191 of 191"
    press(page, "th button", "Name")
    assert page.run("document.querySelector('th[aria-sort]').ariaSort") == "ascending"
    names = texts(page, "tbody th")
    assert names[1:4] == ["member 0", "member 1", "member 2"]
    press(page, "tbody button", "member 0")
    assert text(page, "#panel h2") == "member 0"


def test_filters_by_check_type_severity_and_team(opened):
    page = opened()
    press(page, "#views button", "Table")
    everything = text(page, "caption")
    for words in ("Owner or manager", "Critical"):
        press(page, "#panel .row", words)
        assert texts(page, "tbody th") == ["One"]
        press(page, "#panel button", "Show everything")
        assert text(page, "caption") == everything
    press(page, "#panel .row", "Members")
    assert "Two" not in texts(page, "tbody th")
    press(page, "#panel .row", "Members")
    page.run(
        """(() => {
          const choice = document.querySelector("select");
          choice.value = [...choice.options].find((each) => each.textContent === "Frontend").value;
          choice.dispatchEvent(new Event("change"));
        })()"""
    )
    assert sorted(texts(page, "tbody th")) == ["Blog", "Frontend", "Two"]


def test_changes_are_counted_and_told_with_old_and_new_values(opened):
    page = opened([node(T), node(M), in_team(1)], changes=CHANGES)
    assert {"Added1", "Changed1", "Removed1"} <= {*texts(page, "#panel .row")}
    assert "Relationships: 1 added (whole lines), 0 changed" in text(page, "#panel")
    press(page, "#panel .row", "Changed")
    page = opened([node(T), node(M), in_team(1)], changes=CHANGES, key="sentry-team-1")
    assert texts(page, "#panel del") == ["Old", "unknown"]
    assert texts(page, "#panel ins") == ["New", "new"]
    page = opened([node(T), node(M), in_team(1)], changes=CHANGES, key="sentry-user-2")
    assert "It is not there any more." in text(page, "#panel")


@pytest.mark.parametrize(
    "objects",
    [[], [node(M, 1)], many(7), [*OBJECTS, node(ORG, 2), edge("x", "sentry-user-1", "y")]],
)
@pytest.mark.parametrize("look", [(1200, 800, "dark"), (390, 844, "light", True)])
def test_page_of_few_of_many_and_of_two_organizations_on_any_screen(objects, look, opened):
    page = opened(objects, look=look)
    assert zlib.crc32(base64.b64decode(page.screenshot()))
    width = page.run("document.documentElement.scrollWidth")
    assert width <= look[0]


def test_hostile_names_are_text_wherever_they_appear(opened):
    objects = [node(M, n, displayName=name, email=name) for n, name in enumerate(HOSTILE)]
    objects += [node(T, 1, displayName=HOSTILE[0]), *(in_team(n) for n in range(len(HOSTILE)))]
    page = opened(objects, title=HOSTILE[0], key="sentry-team-1")
    assert text(page, "h1") == HOSTILE[0]
    press(page, "#views button", "Table")
    assert page.run("document.querySelectorAll('script').length") == 2
    assert page.run("document.querySelectorAll('img').length") == 0


@pytest.mark.parametrize(
    "name", ["__proto__", "constructor", "toString", "hasOwnProperty", "valueOf", "length"]
)
def test_what_is_called_as_javascripts_own_is_shown_as_any_other(name, opened):
    odd = {"_key": name, "_type": name, "_class": ["X"], "displayName": name, name: name}
    objects = [
        {**odd, "list": [{name: name}]},
        {"_key": "beside", "_type": name, "_class": ["X"]},
        node(ORG, slug=name, displayName=name),
        node(T, 1, displayName=name, slug=name, **{name: 1}),
        node(M, 1, displayName=name, role=name, mfaEnabled=False, status=name),
        *(in_team(1), {**edge("x", name, "sentry-user-1"), "_type": name, "teamRole": name}),
    ]
    partial = [{"type": name, "organization": name, "reason": name}]
    changes = [
        {"change": "changed", "kind": "entity", "type": name, "key": name, "name": name}
        | {"old": {name: "old"}, "new": {name: "new"}}
    ]
    page = opened(objects, key=name, partial_types=partial, changes=changes, title=name)
    assert colours(page) > 10
    assert text(page, "#panel h2") == name
    assert f"{name}{name}" in text(page, "#panel section:last-child dl")
    assert texts(page, "#panel del") == ["old"]
    press(page, "#panel button", "Overview")
    assert f"{name} of {name}: {name}" in text(page, ".note")
    press(page, "#panel .row.kind", name)
    press(page, "#panel .row.kind", name)
    press(page, "#views button", "Table")
    assert texts(page, "tbody th").count(name) == 4


def test_page_is_ready_for_paper(opened):
    page = opened(look=(1200, 800, "dark"))
    printed = page.ask("Page.printToPDF")["data"]
    assert base64.b64decode(printed).startswith(b"%PDF")
