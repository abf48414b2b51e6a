"""The tool that counts rooms, arrows and circles, on small made-up trees."""

from __future__ import annotations

import pytest

from tools import structure


@pytest.fixture
def tree(tmp_path, monkeypatch):
    """Write modules below the working directory, by their paths."""
    monkeypatch.chdir(tmp_path)

    def write(**texts):
        for name, text in texts.items():
            path = tmp_path / f"sentry_plugin/{name.replace('__in__', '/')}.py"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")

    return write


def rows(capsys, *arguments):
    """Return the numbers that are printed, by the folder."""
    assert structure.main(arguments) == 0
    head, *lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert head == ["folder", "rooms", "arrows", "back", "up", "circles", "of", "modules"]
    return {name: [int(each) for each in numbers] for name, *numbers in lines}


def offences(capsys):
    """Return what the check fails with."""
    status = structure.main(["--check"])
    words = capsys.readouterr().err.splitlines()
    assert status == (1 if words else 0)
    return words


def test_a_room_is_a_folder_or_a_flat_module_and_an_arrow_is_drawn_once(tree, capsys):
    tree(
        __init__="",
        cli="from sentry_plugin.client import routes\nfrom sentry_plugin.client.pages import page",
        errors="import json",
        __main__="import sentry_plugin.cli\nimport json",
    )
    tree(client__in____init__="", client__in__routes="", client__in__pages="from . import routes")
    assert rows(capsys) == {
        "sentry_plugin": [4, 2, 0, 0, 0],
        "sentry_plugin/client": [2, 1, 0, 0, 0],
    }
    assert rows(capsys, "sentry_plugin/client/") == {"sentry_plugin/client": [2, 1, 0, 0, 0]}
    assert offences(capsys) == []


def test_init_of_a_package_is_a_room_of_it_where_something_is_tied_to_it(tree, capsys):
    tree(errors="from sentry_plugin import VERSION", __init__="VERSION = 1")
    assert rows(capsys) == {"sentry_plugin": [2, 1, 0, 0, 0]}


@pytest.mark.parametrize(
    "text",
    [
        "import sentry_plugin.runtime",
        "from sentry_plugin import runtime",
        "from sentry_plugin.runtime import run",
        "from ..runtime import run",
        "from .. import runtime",
        "def late():\n    from sentry_plugin import runtime",
        "if TYPE_CHECKING:\n    from sentry_plugin.runtime import Run",
    ],
)
def test_import_of_a_higher_layer_is_told_wherever_and_however_it_stands(tree, capsys, text):
    tree(runtime="", client__in__pages=text)
    line = 1 + text.count("\n")
    told = f"sentry_plugin/client/pages.py:{line} imports sentry_plugin/runtime.py"
    assert offences(capsys) == [f"back up: {told}"]
    assert rows(capsys)["sentry_plugin"] == [2, 1, 1, 0, 0]


def test_what_no_layer_names_is_the_ground(tree, capsys):
    tree(transport="import sentry_plugin.times", times="", errors="import sentry_plugin.transport")
    told = "sentry_plugin/errors.py:1 imports sentry_plugin/transport.py"
    assert offences(capsys) == [f"back up: {told}"]


def test_rooms_of_one_layer_may_use_each_other_in_one_direction(tree, capsys):
    tree(client="import sentry_plugin.ingest", ingest="")
    assert offences(capsys) == []
    tree(ingest="import sentry_plugin.client")
    assert offences(capsys) == [
        "circle in sentry_plugin: client, ingest",
        "  sentry_plugin/client.py:1 imports sentry_plugin/ingest.py",
        "  sentry_plugin/ingest.py:1 imports sentry_plugin/client.py",
    ]


def test_rooms_can_be_a_circle_where_modules_are_none(tree, capsys):
    tree(a__in__high="import sentry_plugin.b.low", a__in__low="")
    tree(b__in__high="import sentry_plugin.a.low", b__in__low="")
    assert rows(capsys)["sentry_plugin"] == [2, 2, 0, 1, 0]


def test_circles_are_counted_one_by_one_and_what_leads_to_them_is_no_part(tree, capsys):
    tree(a="import sentry_plugin.b", b="import sentry_plugin.c", c="import sentry_plugin.a")
    tree(d="import sentry_plugin.e", e="import sentry_plugin.d, sentry_plugin.a", f="")
    tree(f="import sentry_plugin.a")
    assert rows(capsys)["sentry_plugin"] == [6, 7, 0, 2, 2]
    told = [line for line in offences(capsys) if line.startswith("circle")]
    assert told == [f"circle in sentry_plugin: {rooms}" for rooms in ("a, b, c", "d, e")]


def test_circle_deep_inside_is_told_too(tree, capsys):
    tree(sandbox__in__web__in__a="from sentry_plugin.sandbox.web import b")
    tree(sandbox__in__web__in__b="from sentry_plugin.sandbox.web import a")
    assert offences(capsys)[0] == "circle in sentry_plugin/sandbox/web: a, b"
    assert rows(capsys)["sentry_plugin"] == [1, 0, 0, 0, 1]


def test_folder_without_python_is_a_wrong_command_line(tree, capsys):
    with pytest.raises(SystemExit, match="2"):
        structure.main(["sentry_plugin"])
    assert "no Python below sentry_plugin" in capsys.readouterr().err
