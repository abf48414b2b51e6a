"""`sentry-plugin call`: words in; tables, JSON and files out."""

from __future__ import annotations

import gzip
import json

import pytest

from sentry_plugin.steps import schema, step
from unit_test import outside

pytestmark = pytest.mark.versions

ACTIONS = [*step.index()["actions"]]


def submit(call, *titles):
    for title in titles:
        words = (f"event_json.logentry.formatted={title}", f'event_json.fingerprint:=["{title}"]')
        assert call("submit_event", *words)[0] == 0


def test_an_answer_that_is_piped_is_json_and_nothing_is_told_besides(account, call):
    submit(call, "one")
    status, out, err = call("list_project_issues", "limit=1")
    assert (status, err) == (0, "")
    assert [each["title"] for each in json.loads(out)["issues"]] == ["one"]


def test_an_answer_at_a_terminal_is_a_table_and_how_far_it_has_got_is_a_passing_line(
    account, call, at_terminal
):
    submit(call, "one", "two")
    status, out, err = at_terminal("list_project_issues", "query=", "limit=2")
    heading, *rows = out.splitlines()
    assert status == 0
    assert heading.split()[:3] == ["shortId", "id", "title"]
    assert {row.split()[2] for row in rows} == {"one", "two"}
    assert "list_project_issues" in err
    assert err.endswith("\r\x1b[K")
    assert "\n" not in err


def test_a_table_is_no_wider_than_the_terminal(account, call, at_terminal, monkeypatch):
    submit(call, "x" * 200)
    monkeypatch.setenv("COLUMNS", "50")
    _, out, _ = at_terminal("list_project_issues")
    assert len(out.splitlines()) == 2
    assert all(len(line) <= 50 for line in out.splitlines())


def test_json_can_be_had_at_a_terminal_too(account, at_terminal):
    _, out, _ = at_terminal("list_project_issues", "--json", "limit=1")
    assert json.loads(out)["issues"] == []


def test_a_server_s_words_do_not_control_the_terminal(account, call, at_terminal):
    call("submit_event", r'event_json.logentry={"formatted": "\u001b[31mred"}')
    _, out, _ = at_terminal("list_project_issues")
    assert "red" in out
    assert "\x1b" not in out


@pytest.fixture
def foreign(monkeypatch, requests_mock):
    """Have the API answer a call with some JSON."""
    monkeypatch.setenv("SENTRY_AUTH_TOKEN", "not-a-real-token")
    monkeypatch.setenv("SENTRY_URL", "https://sentry.example")

    def answer(document):
        requests_mock.get("https://sentry.example/api/0/any/", json=document)
        return "call_api", "path=any/"

    return answer


NAME = "\x1b]0;owned\x07"


@pytest.mark.parametrize("document", [[{NAME: 1}], {NAME: 1}, {"inner": {NAME: 1}}])
def test_a_server_s_names_do_not_control_the_terminal(document, foreign, at_terminal):
    status, out, _ = at_terminal(*foreign(document))
    assert status == 0
    assert "\x1b" not in out
    assert "\x07" not in out


@pytest.mark.parametrize("content", ["aGk=", "no base64", 1])
def test_what_only_looks_like_a_file_is_not_saved(content, foreign, at_terminal, shell):
    before = sorted(shell.iterdir())
    status, out, _ = at_terminal(*foreign({"filename": ".envrc", "content": content}))
    assert (status, sorted(shell.iterdir())) == (0, before)
    assert ".envrc" in out


def test_an_output_of_several_lists_has_a_table_of_each(account, at_terminal):
    status, out, _ = at_terminal("check_inventory")
    headings = [line for line in out.splitlines() if line.endswith(")") and "(" in line]
    assert status == 0
    assert any(line.startswith("checks (") for line in headings)


def test_a_file_is_saved_and_another_one_is_not_overwritten(account, at_terminal, shell):
    for name in ("inventory.ndjson.gz", "2-inventory.ndjson.gz"):
        status, out, _ = at_terminal("collect_inventory", "output_as=file")
        assert status == 0
        assert out.splitlines()[0].split() == ["file", name]
        assert b"sentry_organization" in gzip.decompress((shell / name).read_bytes())


def test_a_file_is_saved_where_it_is_asked_for(account, call, shell):
    status, out, _ = call("collect_inventory", "output_as=file", "--save", "made/here")
    assert status == 0
    path = shell / json.loads(out)["file"]
    assert path.parent == shell / "made/here"
    given = f"file=@{path}"
    assert json.loads(call("check_inventory", given)[1])["checks"]


@pytest.mark.parametrize("there", [False, True])
def test_a_file_is_saved_beside_a_link_and_for_its_user_alone(
    there, account, call, shell, tmp_path
):
    target = tmp_path / "elsewhere"
    if there:
        target.write_text("theirs")
    (shell / "inventory.ndjson.gz").symlink_to(target)
    (shell / "2-inventory.ndjson.gz").mkdir()
    status, out, _ = call("collect_inventory", "output_as=file", "--save", ".")
    path = shell / json.loads(out)["file"]
    assert (status, path.name, path.stat().st_mode & 0o777) == (0, "3-inventory.ndjson.gz", 0o600)
    assert (target.read_text() if there else target.exists()) == ("theirs" if there else False)


def test_a_folder_that_is_a_link_is_the_user_s_own_choice(account, call, shell, tmp_path):
    (tmp_path / "mine").mkdir()
    (shell / "link").symlink_to(tmp_path / "mine")
    assert call("collect_inventory", "output_as=file", "--save", "link")[0] == 0
    assert (tmp_path / "mine/inventory.ndjson.gz").is_file()


def test_a_file_that_cannot_be_saved_is_said_and_its_output_shown(account, call, shell):
    (shell / "taken").write_text("")
    status, out, err = call("collect_inventory", "output_as=file", "--save", "taken/here")
    assert status == 1
    assert "error: The file was not saved: Not a directory." in err
    assert json.loads(out)["file"]["content"]


def test_an_error_is_told_once_with_the_server_s_words(account, at_terminal):
    status, out, err = at_terminal("list_project_issues", "project_slug=nope")
    assert (status, out) == (1, "")
    lines = err.replace("\x1b[K", "\r").split("\r")[-1].splitlines()
    assert lines[0].startswith("error: ")
    assert lines[1].startswith("the server's words: ")
    assert len(lines) == 2


def test_what_came_before_an_error_is_shown(account, call, sandbox):
    submit(call, "one")
    sandbox.fault("endless_next")
    status, out, err = call("list_project_issues")
    assert (status, err[:7]) == (1, "error: ")
    assert {each["title"] for each in json.loads(out)["issues"]} == {"one"}


def test_a_warning_stays(account, call, monkeypatch):
    status, _, err = call("list_project_issues", "--set", "ssl_verify=no")
    assert status == 0
    assert err.startswith("WARNING Certificates are not verified")


def test_a_token_is_not_shown(account, at_terminal):
    answers = [at_terminal("list_project_issues", f"query={account['token']}")]
    answers += [at_terminal("list_project_issues", f"project_slug={account['token']}")]
    assert not any(account["token"] in text for each in answers for text in each[1:])


@pytest.mark.parametrize("words", [[], ["--help"]])
def test_without_an_action_it_says_how_to_call(words, call):
    status, out, _ = call(*words)
    assert status == 0
    assert out.startswith("usage: sentry-plugin call ACTION")


@pytest.mark.parametrize("name", ACTIONS)
def test_the_help_of_an_action_tells_what_the_spec_tells(name, call):
    status, out, _ = call(name, "--help")
    text = " ".join(out.split())
    assert status == 0
    assert step.index()["actions"][name]["description"] in text
    for part in ("input", "output"):
        for field, about in schema.load(name, part)["properties"].items():
            assert f" {field} (" in text
            assert " ".join(about.get("description", "").split()) in text
    for each in schema.load(name, "input").get("required", ()):
        assert f"{each} (" in text
        assert "required)" in text.partition(f"{each} (")[2].partition(")")[0] + ")"


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (["list_isues"], "There is no action of this name. Actions: list_"),
        (["nope"], "Actions: "),
        (["list_project_issues", "limt=3"], "There is no field `limt`. Did you mean limit?"),
        (["list_project_issues", "xyz=3"], "Fields: "),
        (["list_project_issues", "limit"], "`limit` does not have the form field=value"),
        (["list_project_issues", "limit.=1"], "does not have the form field=value"),
        (["list_project_issues", "limit.x=1"], "There is no field `limit.x`."),
        (["submit_event", "event_json:=["], "`event_json` is not JSON: "),
        (["submit_event", "event_json=x"], "`event_json` is not JSON: "),
        (["submit_event", "event_json:=[]", "event_json.level=x"], "given as a whole already"),
        (["submit_event", "event_json=@none.json"], "cannot be read: No such file"),
        (["submit_event", "dsn=@latin"], "The file of `dsn` is not text in UTF-8"),
        (["list_project_issues", "--connection", "none"], "The file none cannot be read"),
        (["list_project_issues", "--connection", "latin"], "The file latin is not JSON"),
        (["list_project_issues", "--connection", "list"], "holds neither a connection nor a start"),
        (["list_project_issues", "--connection", "body"], "holds neither a connection nor a start"),
    ],
)
def test_a_wrong_command_line_is_refused_before_any_request(words, error, account, call, shell):
    (shell / "latin").write_bytes(b"\xe9")
    (shell / "list").write_text("[]", encoding="utf-8")
    (shell / "body").write_text('{"body": 1}', encoding="utf-8")
    status, out, err = call(*words)
    assert (status, out) == (2, "")
    assert err.startswith("error: ")
    assert error in err


def test_a_value_that_does_not_fit_is_refused_by_the_schema(account, call):
    status, _, err = call("list_project_issues", "limit=many")
    assert status == 1
    assert err.count("`limit` is not of type integer") == 1


def test_a_real_process_answers_to_a_pipe(account):
    done = outside.subprocess.run(
        [*outside.PLUGIN, "call", "list_project_issues"], capture_output=True, check=True
    )
    assert json.loads(done.stdout) == {"issues": []}
