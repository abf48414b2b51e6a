"""A person's connection: from variables, the files of Sentry's own tools, or a file of JSON."""

from __future__ import annotations

import base64
import http.server
import json
import os
import threading
from pathlib import Path

import pytest
from requests_mock import ANY

FILE = """
[auth]
token = {token}
dsn = {dsn}

[defaults]
url = {url}
org = acme
project = sandbox
"""


@pytest.fixture
def file(sandbox):
    """Write what Sentry's own tools read."""
    known = {"token": sandbox.known["token"], "dsn": sandbox.known["dsn"]}
    return FILE.format(url=sandbox.base, **known)


@pytest.mark.parametrize("below", ["", "a/b"])
def test_the_nearest_file_of_sentry_s_tools_is_read(below, file, call, shell, monkeypatch):
    (shell / ".sentryclirc").write_text(file, encoding="utf-8")
    folder = shell / below
    folder.mkdir(parents=True, exist_ok=True)
    monkeypatch.chdir(folder)
    assert call("list_project_issues")[0] == 0
    assert call("submit_event", "event_json.message=x")[0] == 0


def test_the_file_at_home_is_read_last(file, call, shell, tmp_path, monkeypatch):
    (shell / ".sentryclirc").write_text(file, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert call("list_project_issues")[0] == 0


def test_variables_go_before_the_file(file, account, call, shell):
    text = file.replace(account["token"], "not-a-real-token")
    (shell / ".sentryclirc").write_text(text, encoding="utf-8")
    assert call("list_project_issues")[0] == 0


def test_a_file_of_another_user_is_not_read(file, account, call, shell, monkeypatch, sandbox):
    (shell / ".sentryclirc").write_text(file, encoding="utf-8")
    before = len(sandbox.asked())
    owner = os.getuid() or 1  # root's own may be read
    os.chown(shell / ".sentryclirc", owner, -1)
    monkeypatch.setattr(os, "geteuid", lambda: owner + 1)
    status, _, err = call("list_project_issues")
    assert status == 2
    assert ".sentryclirc belongs to another user" in err
    assert len(sandbox.asked()) == before


def test_without_a_token_it_says_where_to_put_one(call):
    status, _, err = call("list_project_issues")
    assert status == 2
    assert "Set SENTRY_AUTH_TOKEN" in err


@pytest.mark.parametrize("whole", [True, False])
def test_a_connection_may_be_a_file_of_json(whole, sandbox, call, shell):
    connection = {"url": sandbox.base, "token": {"token": sandbox.known["token"]}}
    held = {"body": {"connection": connection}} if whole else connection
    (shell / "it.json").write_text(json.dumps(held), encoding="utf-8")
    place = ("organization_slug=acme", "project_slug=sandbox")
    assert call("list_project_issues", "--connection", "it.json", *place)[0] == 0
    status, _, err = call(
        "list_project_issues", "--connection", "it.json", "--set", "timeout=0", *place
    )
    assert status == 1
    assert "`timeout` is not between" in err


# --- which place may say where a credential goes

TOKEN = "not-a-real-token"
ELSEWHERE = "https://elsewhere.example"
DSN = "https://public-key@ingest.example/1"
PLACES = ["folder", "home", "environment", "flags"]
"""The least trusted first."""
NAMES = {
    "token": ("auth", "token", "SENTRY_AUTH_TOKEN", "token.token"),
    "url": ("defaults", "url", "SENTRY_URL", "url"),
    "organization": ("defaults", "org", "SENTRY_ORG", "organization"),
    "dsn": ("auth", "dsn", "SENTRY_DSN", None),
    "jupiterone": ("jupiterone", "api_key", "JUPITERONE_API_KEY", "jupiterone.secretKey"),
    "proxy": ("http", "proxy_url", None, None),
    "password": ("http", "proxy_password", None, None),
    "verify": ("http", "verify_ssl", None, "ssl_verify"),
}


@pytest.fixture
def put(shell, monkeypatch):
    """Work in a folder at home, and set things in any place; the flags are given as `put.flags`."""
    here = shell / "work"
    here.mkdir()
    monkeypatch.chdir(here)

    def put(place, name, text):
        section, key, variable, field = NAMES[name]
        if place == "flags":
            put.flags += ["--set", f"{field}={text}"]
        elif place == "environment":
            monkeypatch.setenv(variable, text)
        else:
            file = {"folder": here, "home": shell}[place] / ".sentryclirc"
            before = file.read_text(encoding="utf-8") if file.exists() else ""
            file.write_text(f"{before}[{section}]\n{key} = {text}\n", encoding="utf-8")

    put.flags = []
    return put


@pytest.fixture
def asked(requests_mock):
    """Answer whatever is asked; give the requests."""
    requests_mock.register_uri(ANY, ANY, json=[])
    return requests_mock.request_history


def is_less(place, other):
    return PLACES.index(place) < PLACES.index(other)


@pytest.mark.parametrize("token_at", PLACES)
@pytest.mark.parametrize("url_at", PLACES)
def test_a_token_goes_to_no_address_of_a_place_that_is_trusted_less(
    token_at, url_at, put, call, asked
):
    put(token_at, "token", TOKEN)
    put(url_at, "url", ELSEWHERE)
    status, _, err = call("list_projects", "organization_slug=acme", *put.flags)
    if is_less(url_at, token_at):
        assert (status, asked) == (2, [])
        assert "would go to the address of" in err
        assert ("Give --set url=" if token_at == "flags" else "Set SENTRY_URL") in err
        assert ("put the token into that file" in err) is (url_at in {"folder", "home"})
        assert TOKEN not in err
    else:
        assert status == 0
        assert [each.hostname for each in asked] == ["elsewhere.example"]


@pytest.mark.parametrize("at", ["folder", "home"])
@pytest.mark.parametrize(
    ("url", "is_the_same"),
    [
        ("https://sentry.io/", True),
        ("https://de.sentry.io/api/0/", True),
        ("https://acme.sentry.io", True),
        ("http://sentry.io", False),
        ("https://sentry.io:8443", False),
        ("https://sentry.io.example", False),
        ("https://notsentry.io", False),
    ],
)
def test_an_address_to_which_the_token_would_go_anyway_may_be_in_any_place(
    url, is_the_same, at, put, call, asked
):
    put("environment", "token", TOKEN)
    put(at, "url", url)
    status, _, err = call("list_projects", "organization_slug=acme")
    assert (status, "would go to" in err) == ((0, False) if is_the_same else (2, True))
    assert all(each.hostname.endswith("sentry.io") for each in asked)
    assert bool(asked) is is_the_same


@pytest.mark.parametrize(("url", "status"), [("https://Home.example:443/", 0), (ELSEWHERE, 2)])
def test_the_folder_goes_before_the_home_but_not_with_the_token_of_the_home(
    url, status, put, call, asked
):
    put("home", "token", TOKEN)
    put("home", "url", "https://home.example")
    put("home", "organization", "of-home")
    put("folder", "organization", "of-folder")
    assert call("list_projects")[0] == 0
    assert asked[0].path == "/api/0/organizations/of-folder/projects/"
    put("folder", "url", url)
    assert call("list_projects")[0] == status
    assert {each.hostname for each in asked} == {"home.example"}


CREDENTIALS = [
    (name, at)
    for name in ("token", "jupiterone", "dsn", "password")
    for at, possible in zip(PLACES, (True, True, *NAMES[name][2:]), strict=True)
    if possible
]


@pytest.fixture
def calling(put, call):
    """Set one credential in one place, all else where it does no harm, and call."""

    def run(name, at):
        put("flags", "url", ELSEWHERE)
        put(at, name, DSN if name == "dsn" else TOKEN)
        if name != "token":
            put("folder", "token", "another-token")
        step = ["submit_event", "event_json.message=x"] if name == "dsn" else ["list_projects"]
        return call(*step, *put.flags)

    return run


@pytest.mark.parametrize(("name", "at"), CREDENTIALS)
@pytest.mark.parametrize("proxy_at", ["folder", "home"])
def test_a_credential_goes_through_no_proxy_of_a_place_that_is_trusted_less(
    name, at, proxy_at, put, calling, asked
):
    put("folder", "organization", "acme")
    put(proxy_at, "proxy", "http://proxy.example:3128")
    status, _, err = calling(name, at)
    if is_less(proxy_at, at):
        assert (status, asked) == (2, [])
        assert "through the proxy of" in err
        assert "Set http_proxy and https_proxy, or put the" in err
    else:
        assert asked[0].proxies["https"].endswith("proxy.example:3128")
    assert TOKEN not in err


@pytest.mark.parametrize(
    ("name", "at"), [each for each in CREDENTIALS if each[0] in {"token", "dsn"}]
)
@pytest.mark.parametrize("verify_at", ["folder", "home"])
def test_no_place_that_is_trusted_less_takes_the_verification_away(
    name, at, verify_at, put, calling, asked
):
    put("folder", "organization", "acme")
    put(verify_at, "verify", "false")
    status, _, err = calling(name, at)
    if is_less(verify_at, at):
        assert (status, asked) == (2, [])
        assert "certificate is not verified" in err
        put("flags", "verify", "false")
        calling(name, at)
    assert asked[0].verify is False


def test_a_dsn_of_the_command_line_goes_through_no_proxy_of_a_file(put, call, asked):
    put("folder", "token", TOKEN)
    put("folder", "proxy", "http://proxy.example:3128")
    status, _, err = call("submit_event", f"dsn={DSN}", "event_json.message=x")
    assert (status, asked) == (2, [])
    assert "The DSN of the input would go through the proxy of" in err


def test_a_verification_that_a_folder_switches_on_is_on(put, call, asked):
    put("environment", "token", TOKEN)
    put("home", "verify", "false")
    put("folder", "verify", "True")
    assert call("list_projects", "organization_slug=acme")[0] == 0
    assert asked[0].verify is not False


# --- what Sentry's own tools know


@pytest.mark.parametrize(
    ("host", "root"),
    [
        ("mine.example", "https://mine.example/"),
        ("mine.example:8443", "https://mine.example:8443/"),
        ("https://mine.example/sentry/", "https://mine.example/sentry/"),
        ("http://127.0.0.1:9000", "http://127.0.0.1:9000/"),
    ],
)
def test_the_server_of_sentry_host_is_asked_and_no_other(host, root, put, call, asked, monkeypatch):
    put("environment", "token", TOKEN)
    put("environment", "url", ELSEWHERE)
    put("folder", "url", ELSEWHERE)
    monkeypatch.setenv("SENTRY_HOST", host)
    assert call("list_projects", "organization_slug=acme")[0] == 0
    assert [each.url for each in asked] == [f"{root}api/0/organizations/acme/projects/"]


def organization_token(**payload):
    told = {"iat": 1, "url": "https://mine.example", "org": "acme", **payload}
    return f"sntrys_{base64.b64encode(json.dumps(told).encode()).decode()}_{'random' * 7}"


@pytest.mark.parametrize("at", PLACES)
def test_an_organization_token_brings_its_server_and_its_organization(at, put, call, asked):
    put(at, "token", organization_token())
    assert call("list_releases", *put.flags)[0] == 0
    assert call("list_project_issues", "project_slug=web", *put.flags)[0] == 0
    assert [each.url.partition("?")[0] for each in asked] == [
        "https://mine.example/api/0/organizations/acme/releases/",
        "https://mine.example/api/0/projects/acme/web/issues/",
    ]


@pytest.mark.parametrize("at", PLACES)
@pytest.mark.parametrize("other", PLACES)
def test_what_contradicts_an_organization_token_is_refused_in_every_place(
    at, other, put, call, asked
):
    put(at, "token", organization_token())
    put(other, "url", ELSEWHERE)
    status, _, err = call("list_releases", *put.flags)
    assert (status > 0, asked) == (True, [])
    assert "would go to the address of" in err or "made by https://mine.example" in err


def test_an_address_in_a_folder_that_an_organization_token_names_too_is_no_contradiction(
    put, call, asked
):
    put("environment", "token", organization_token())
    put("folder", "url", "https://mine.example/")
    assert call("list_releases")[0] == 0
    assert [each.hostname for each in asked] == ["mine.example"]


@pytest.mark.parametrize("value", ["text", "5", '{"domain": "x"}'])
def test_a_token_of_another_shape_is_told_by_the_connection(value, put, call, asked):
    put("folder", "url", "https://sentry.io")
    status, _, err = call("list_projects", "--set", f"token:={json.dumps(value)}")
    assert (status, asked) == (1, [])
    assert "`token` is not of type object" in err


# --- the file's own form, as sentry-cli reads it

PLAIN = f"[auth]\ntoken=word\n[defaults]\nurl={ELSEWHERE}\norg=acme\n"
FORMS = {
    "plain": PLAIN,
    "quotes": PLAIN.replace("=word", '="word"').replace("=acme", "='acme'"),
    "quotes with more behind": PLAIN.replace("=acme", '="ac"me'),
    "escaped": PLAIN.replace("=acme", '="a\\c\\me"'),
    "spaces": PLAIN.replace("=", "  = \t "),
    "colons": PLAIN.replace("=", ": "),
    "indented": PLAIN.replace("org", "   org"),
    "section with spaces": PLAIN.replace("[auth]", "[ auth ]"),
    "sections repeated": f"[defaults]\norg=acme\n[auth]\n{PLAIN.replace('org=acme', '')}[auth]\n",
    "keys repeated": PLAIN.replace("token=word", "token=other\ntoken=word"),
    "the last of all sections": f"[auth]\ntoken=other\n{PLAIN}",
    "carriage returns": PLAIN.replace("\n", "\r\n"),
    "byte order mark": f"\ufeff{PLAIN}",
    "comments": f"; a = b\n# [c]\n\n{PLAIN}  ; d",
    "keys without a section": f"token=other\n{PLAIN}",
    "upper case": PLAIN.replace("token", "Token"),
    "a percent sign elsewhere": f"{PLAIN}[x]\ny=%(z)s\n",
    "no end of line": PLAIN.strip(),
}


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_a_file_is_read_as_sentry_cli_reads_it(form, shell, call, asked):
    (shell / ".sentryclirc").write_bytes(form.encode())
    assert call("list_projects")[0] == 0
    assert asked[0].url == f"{ELSEWHERE}/api/0/organizations/acme/projects/"
    assert asked[0].headers["Authorization"] == "Bearer word"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b"[auth]\ntoken", "line 2 is neither"),
        (b"[auth\ntoken=x", "line 1 is neither"),
        (b'[auth]\n\ntoken="x', "line 3 is neither"),
        (b"[auth]\n= x", "line 2 is neither"),
        (b"[auth]\ntoken = \xe9", "not text in UTF-8"),
    ],
)
def test_a_file_that_is_no_settings_is_named_with_its_fault(text, words, call, shell):
    (shell / ".sentryclirc").write_bytes(text)
    status, _, err = call("list_project_issues")
    assert status == 2
    assert ".sentryclirc cannot be read as settings: " in err
    assert words in err


def test_a_file_that_cannot_be_read_is_named(file, call, shell, monkeypatch):
    (shell / ".sentryclirc").write_text(file, encoding="utf-8")

    read = Path.read_text

    def refuse(path, **options):
        if path.name == ".sentryclirc":
            raise PermissionError(13, "Permission denied")
        return read(path, **options)

    monkeypatch.setattr(Path, "read_text", refuse)
    status, _, err = call("list_project_issues")
    assert status == 2
    assert ".sentryclirc cannot be read as settings: Permission denied" in err


@pytest.mark.parametrize("there", ["a folder", "nowhere", "unknown"])
def test_a_place_without_a_file_is_passed_over(there, put, call, asked, tmp_path, monkeypatch):
    put("environment", "token", TOKEN)
    if there == "a folder":
        Path(".sentryclirc").mkdir()
    elif there == "nowhere":
        gone = tmp_path / "gone"
        gone.mkdir()
        monkeypatch.chdir(gone)
        gone.rmdir()
    else:
        monkeypatch.setattr(Path, "home", raising(RuntimeError))
        monkeypatch.setattr(Path, "is_file", raising(PermissionError))
    assert call("list_projects", "organization_slug=acme")[0] == 0
    assert [each.hostname for each in asked][-1] == "sentry.io"


def raising(error):
    def fail(*_, **__):
        raise error

    return fail


def test_a_verification_that_is_neither_on_nor_off_is_refused(put, call, asked):
    put("folder", "token", TOKEN)
    put("folder", "verify", "yes")
    status, _, err = call("list_projects")
    assert (status, asked) == (2, [])
    assert "is neither true nor false" in err


# --- its proxy


@pytest.fixture
def proxy():
    """A proxy that answers by itself; give its address, and what it was asked."""
    requests = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            requests.append((self.path, dict(self.headers)))
            self.send_response(200)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"[]")

        def log_message(self, *_):
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"127.0.0.1:{server.server_port}", requests
        server.shutdown()
        thread.join()


FAR = "http://sentry.internal.example"


@pytest.mark.parametrize("scheme", ["http://", ""])
@pytest.mark.parametrize("login", ["", "proxy_username = me\nproxy_password = a b\n"])
def test_what_is_asked_goes_through_the_proxy_of_the_file(scheme, login, proxy, shell, call):
    address, asked = proxy
    text = f"[auth]\ntoken=word\n[defaults]\nurl={FAR}\norg=acme\n[http]\n{login}"
    (shell / ".sentryclirc").write_text(f"{text}proxy_url={scheme}{address}\n", encoding="utf-8")
    assert call("list_projects")[0] == 0
    ((path, headers),) = asked
    assert path.startswith(f"{FAR}/api/0/organizations/acme/projects/")
    assert headers["Authorization"] == "Bearer word"
    login_sent = f"Basic {base64.b64encode(b'me:a b').decode()}" if login else None
    assert headers.get("Proxy-Authorization") == login_sent


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({}, {"http": "http://file.example:1", "https": "http://file.example:1"}),
        (
            {"HTTP_PROXY": "http://mine:2"},
            {"http": "http://mine:2", "https": "http://file.example:1"},
        ),
        ({"http_proxy": "", "https_proxy": "http://mine:2"}, {"https": "http://mine:2"}),
        ({"all_proxy": "http://mine:2"}, {"all": "http://mine:2"}),
        ({"no_proxy": "elsewhere.example"}, {}),
    ],
)
def test_a_proxy_of_the_environment_stands(variables, expected, put, call, asked, monkeypatch):
    for name, text in variables.items():
        monkeypatch.setenv(name, text)
    put("folder", "token", TOKEN)
    put("folder", "url", ELSEWHERE)
    put("folder", "proxy", "http://file.example:1")
    assert call("list_projects", "organization_slug=acme")[0] == 0
    proxies = {name: url for name, url in asked[0].proxies.items() if name != "no"}
    assert proxies == expected


# --- files and variables that were found to be misread


def filled(text, address=ELSEWHERE):
    known = {"ORIGIN": ELSEWHERE, "FAR": FAR, "TOKEN": TOKEN, "PROXY": f"http://{address}"}
    known["ORGTOKEN"] = organization_token(url=ELSEWHERE)
    for name, value in known.items():
        text = text.replace(f"@{name}@", value)
    return text


@pytest.mark.parametrize("name", ["quoted", "section_twice"])
def test_a_file_that_was_misread_is_read(name, shared, shell, call, asked):
    case = shared / "cases/addresses_and_tokens" / f"{name}.sentryclirc"
    (shell / ".sentryclirc").write_text(filled(case.read_text(encoding="utf-8")), encoding="utf-8")
    assert call("list_project_issues", "limit=1")[0] == 0
    assert asked[0].url.startswith(f"{ELSEWHERE}/api/0/projects/acme/web/issues/")


def test_a_proxy_that_was_passed_by_is_taken(shared, shell, call, proxy):
    address, asked = proxy
    case = shared / "cases/addresses_and_tokens/proxy_url.sentryclirc"
    text = filled(case.read_text(encoding="utf-8"), address)
    (shell / ".sentryclirc").write_text(text, encoding="utf-8")
    assert call("list_project_issues", "limit=1")[0] == 0
    assert asked[0][0].startswith(f"{FAR}/api/0/projects/acme/web/issues/")


@pytest.mark.parametrize("name", ["organization_token_no_organization", "sentry_host"])
def test_variables_that_were_misread_are_read(name, shared, call, asked, monkeypatch):
    case = shared / "cases/addresses_and_tokens/environment.jsonl"
    cases = map(json.loads, filled(case.read_text(encoding="utf-8")).splitlines())
    found = next(each for each in cases if each["name"] == name)
    for variable, text in found["environment"].items():
        monkeypatch.setenv(variable, text)
    assert call(*found["words"][1:])[0] == 0
    assert {each.hostname for each in asked} == {"elsewhere.example"}


def test_a_cloned_repository_does_not_get_the_token(shared, put, call, asked):
    case = shared / "cases/process/cloned_repository.sentryclirc"
    Path(".sentryclirc").write_text(filled(case.read_text(encoding="utf-8")), encoding="utf-8")
    put("environment", "token", TOKEN)
    status, _, err = call("list_projects")
    assert (status, asked) == (2, [])
    assert "The token of SENTRY_AUTH_TOKEN would go to the address of" in err
    assert "Set SENTRY_URL, or put the token into that file too." in err
