"""Properties: whatever comes in, and whatever servers answer, exactly one valid event goes out.

PROPERTY_EXAMPLES in the environment is how many messages are tried in process; a fiftieth as many
go through the real process. In CI they are 2,000 and the same ones in every run, so that it fails
for a change alone; elsewhere they are few, and others each time. A failure prints how to repeat it.
"""

from __future__ import annotations

import base64
import contextlib
import copy
import gzip
import html
import http.server
import io
import json
import os
import subprocess
import threading
from concurrent.futures import ThreadPoolExecutor
from unittest import mock
from urllib.parse import quote, quote_plus

import pytest
import requests_mock
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sentry_plugin import cli, errors, logs
from sentry_plugin.runtime import protocol
from sentry_plugin.steps import schema, step
from unit_test.outside import PLUGIN

pytestmark = pytest.mark.slow
CI = "CI" in os.environ
EXAMPLES = int(os.environ.get("PROPERTY_EXAMPLES") or (2_000 if CI else 500))


def tried(share):
    """Try a share of the examples."""
    return settings(
        max_examples=max(1, round(EXAMPLES * share)),
        derandomize=CI,
        database=None,
        deadline=None,  # the machine may be busy
        print_blob=True,
        # Large ones are wanted, and `waits` is emptied for each.
        suppress_health_check=list(HealthCheck),
    )


# --- what comes in

NAMES = sorted(step.index()["actions"])
URL = "http://sentry.example/api/0/"
SAAS = "https://sentry.io/api/0/"
DSN = "http://public-key@ingest.example/42"
USABLE = {
    "dsn": DSN,
    "issue_id": "1",
    "organization_slug": "o",
    "project_slug": "p",
    "event_json": {"message": "x"},
}
HERE = "\N{LOCK}"
"""Where a secret will be, in one of its forms."""
COMMANDS = [["run"], ["run"], ["--debug", "run"], ["test"]]

# Half characters, control characters, and what Unicode has else.
odd_characters = st.sampled_from("\ud83d\udfff\x00\x1b\u2028\n /\"'\\.")
texts = st.text(st.characters(exclude_categories=()) | odd_characters, max_size=12)
numbers = st.integers() | st.floats() | st.sampled_from([0, 7.0, 1e300, 10**400, -1, 1e-9])
values = st.recursive(
    st.none() | st.booleans() | numbers | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=5,
)
deep = st.sampled_from([100, 190, 199, 200, 201, 400]).map(lambda n: json.loads("[" * n + "]" * n))
# Some just where a text is cut.
telling = st.sampled_from([HERE, f"no {HERE}!", *("x" * n + HERE for n in (45, 295, 990, 3990))])
telling_key = st.builds(lambda: {HERE: [HERE]})
anything = values | deep | telling | telling_key


@st.composite
def objects(draw, fields, must, most=4):
    """Make objects of what they must have and a few more fields."""
    some = draw(st.lists(st.sampled_from(sorted(fields)), max_size=most, unique=True))
    return {name: draw(fields[name]) for name in dict.fromkeys([*must, *some])}


def fitting(part, definitions):
    """Make what fits a part of a schema."""
    part = definitions[part["$ref"].rpartition("/")[2]] if "$ref" in part else part
    if "enum" in part:
        return st.sampled_from(part["enum"])
    if "properties" in part:
        fields = {name: fitting(inner, definitions) for name, inner in part["properties"].items()}
        return objects(fields, part.get("required", ()))
    if part["type"] == "array":
        return st.lists(fitting(part["items"], definitions), max_size=2)
    return KINDS[part["type"]]


KINDS = {
    "string": texts,
    "integer": st.integers() | st.sampled_from([1.0, 7.0, 1e300]),
    "number": st.floats(allow_nan=False, allow_infinity=False),
    "boolean": st.booleans(),
    "object": st.dictionaries(texts, values, max_size=3),
}


def of_schema(name, part):
    whole = schema.load(name, part)
    return fitting(whole, whole.get("definitions", {}))


def places(value):
    """Yield where something can be put into *value*: a holder and a key."""
    for key, inner in enumerate(value) if isinstance(value, list) else value.items():
        yield value, key
        if isinstance(inner, dict | list):
            yield from places(inner)
    if isinstance(value, dict):
        yield value, "new"


@st.composite
def spoilt(draw, wholes):
    """Put anything into a whole thing, at up to two places."""
    whole = copy.deepcopy(draw(wholes))
    for _ in range(draw(st.integers(0, 2))):
        if found := list(places(whole)):
            holder, key = draw(st.sampled_from(found))
            holder[key] = draw(anything)
    return whole


RIGHT = {"token": st.just({"token": "not-a-real-token"}), "url": st.just(URL)}
MORE = {
    "organization": st.just("acme") | texts,
    "timeout": st.sampled_from([1, 7.0, 60, 0, 1e300]),
    "headers": st.dictionaries(st.just("X-Sso") | texts, texts, max_size=2),
    "ssl_verify": st.booleans(),
    "ca_certificate": texts,
    "client_certificate": st.just({"privateKey": "x"}),
}
connections = objects({**RIGHT, **MORE}, RIGHT, most=2)
inputs = {name: of_schema(name, "input") for name in NAMES}
metas = st.dictionaries(texts, values, max_size=2) | telling_key


def usable(name):
    """Give a right input."""
    sample = json.loads(schema.read(f"{name}.sample.json"))["body"]["input"]
    return {field: USABLE.get(field, example) for field, example in sample.items()}


@st.composite
def messages(draw):
    """Start messages that are right, or nearly."""
    name = draw(st.sampled_from(NAMES))
    asked = draw(inputs[name])
    if draw(st.integers(0, 9)):
        asked |= usable(name)
    body = {"action": name, "meta": draw(metas), "connection": draw(connections), "input": asked}
    kind = draw(st.sampled_from([*["action_start"] * 6, "connection_test", "trigger_start"]))
    return {"version": "v1", "type": kind, "body": body}


# A letter in it, because numbers stay as they are, and no word of the envelope, which does too.
wide = st.text(
    st.characters(exclude_categories=["Cs"]) | st.sampled_from("\n\t \u2028/\"'\\"),
    min_size=1,
    max_size=4,
)
wide_secrets = st.builds("{}hush{}".format, wide, wide)
narrow = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1, max_size=4)
tokens = st.builds("{}hush{}".format, narrow, narrow)

SHAPES = [
    *[lambda secret: {"token": {"token": secret}}] * 8,
    lambda secret: {"token": secret},
    lambda secret: {"token": {"secret": [secret]}},
    lambda secret: {"api_key": {"secretKey": secret}},
    lambda secret: {"password": secret},
    lambda secret: {"headers": {"X-Sso": secret}},
    lambda secret: {"headers": [secret]},
    lambda secret: {"client_certificate": {"privateKey": secret}},
    lambda secret: {"organization": {"deep": [{"er": secret}]}},
    lambda secret: {"url": f"https://me:{secret}@sentry.example/"},
    lambda secret: [secret],
    lambda secret: secret,
]


def forms(secret):
    data = secret.encode()
    basic = (base64.b64encode(each).decode() for each in (data, data + b":", b":" + data))
    return [secret, json.dumps(secret)[1:-1], quote(secret, safe=""), quote_plus(secret), *basic]


@st.composite
def tellers(draw):
    """Start messages as text, each with a secret in its connection, and also elsewhere."""
    message, secret = draw(spoilt(messages())), draw(tokens | wide_secrets)
    body, known = message["body"], draw(st.sampled_from(SHAPES))(secret)
    if not isinstance(body, dict):
        return json.dumps(message), "hush"
    both = isinstance(known, dict) and isinstance(body.get("connection"), dict)
    body["connection"] = body["connection"] | known if both else known
    form = draw(st.sampled_from(forms(secret)))
    return json.dumps(message).replace(json.dumps(HERE)[1:-1], json.dumps(form)[1:-1]), secret


# --- what goes out


def classes(kind):
    return {kind}.union(*map(classes, kind.__subclasses__()))


# Masked where the secret is one of these words.
CODES = {kind.code for kind in classes(errors.PluginError)} - {"bug"} | {logs.MASK}
TYPES = {kind.event for kind in protocol.MESSAGE_TYPES.values()} | {None}
OK = {"log", "meta", "output", "status"}
ERROR = {"error", "exception", "log", "meta", "status"}
EXCEPTION = {"assistance", "cause", "code", "data", "retryable"}


def answered(data, arguments=("run",)):
    """Run the command line in process: exit status, stdout and stderr."""
    out, err, stdin = io.StringIO(), io.StringIO(), io.TextIOWrapper(io.BytesIO(data))
    before = threading.enumerate()
    with (
        mock.patch("sys.stdin", stdin),
        mock.patch.object(logs.logger, "handlers", logs.logger.handlers[:1]),  # not pytest's
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        status = cli.main(arguments)
        for left_behind in set(threading.enumerate()).difference(before):
            left_behind.join()  # or it would meet the next example
    return status, out.getvalue(), err.getvalue()


def check(status, out, err):
    """Check what holds for every answer, and give its body."""
    assert (out.count("\n"), out[-1]) == (1, "\n")
    event = json.loads(out, parse_constant=pytest.fail)
    json.dumps(event, ensure_ascii=False).encode()  # fails for half a character
    assert event.keys() == {"body", "type", "version"}
    assert (event["version"], event["type"] in TYPES) == ("v1", True)
    body = event["body"]
    assert isinstance(body["meta"], dict | None)
    assert status == {"ok": 0, "error": 1}[body["status"]]
    assert "Traceback" not in out + err
    assert body.keys() - {"partial"} == (ERROR if status else OK)
    if status:
        assert body["exception"].keys() - {"retry_after"} == EXCEPTION
        assert body["exception"]["code"] in CODES
    return body


def text_of(value):
    """Give all the text in *value*, keys and numbers included."""
    match value:
        case dict():
            return "\n".join(text_of(each) for item in value.items() for each in item)
        case list():
            return "\n".join(map(text_of, value))
        case _:
            return str(value)


def check_hidden(secret, body, err):
    told = text_of(body)
    assert [form for form in forms(secret) if form in told or form in err] == []


# --- in process


@tried(0.15)
@given(st.binary() | texts.map(lambda text: text.encode(errors="replace")))
def test_any_bytes_are_answered(data):
    check(*answered(data))


@tried(0.15)
@given(anything.map(json.dumps))
def test_any_json_is_answered(text):
    check(*answered(text.encode()))


@tried(0.4)
@given(tellers(), st.sampled_from(COMMANDS), st.sampled_from([[], {"id": "1", "version": "0"}]))
def test_any_message_is_answered_without_its_secret(waits, teller, command, document):
    waits.clear()
    text, secret = teller
    with requests_mock.Mocker() as server:
        server.register_uri(requests_mock.ANY, requests_mock.ANY, json=document)
        status, out, err = answered(text.encode(), command)
    body = check(status, out, err)
    if len(secret) > len("hush"):
        check_hidden(secret, body, err)


# --- what servers answer

ADDRESSES = [
    f"{URL}x/",
    f"/{HERE}",
    "//[",
    "http://h:99999/",
    "ftp://x",
    "",
    "http://b.example/",
    "\0",
]
NUMBERS = ["0", "-1", "1.5", "5", "600", "9" * 400, "\u00b2", "1e9", "", "nan", "0x1"]
DATES = [
    "Thu, 01 Jan 2026 00:00:00 GMT",
    "Thu, 32 Jan 99999 00:00:00 +9999",
    "0",
    "1 Jan 1 1:1 -0000",
]
CURSORS = ["0:1:0", "0:2:0", "0:3:0", HERE, "", "\u00ff"]
ODD = {
    "Content-Encoding": st.sampled_from(["gzip", "deflate", "br", "gzip, gzip", "x"]),
    "Content-Length": st.sampled_from(NUMBERS),
    "Content-Type": st.sampled_from(["text/html; charset=x", HERE]),
    "Date": st.sampled_from(DATES),
    "Link": st.builds(
        '<{}>; rel="next"; results="true"; cursor="{}"'.format,
        st.sampled_from(ADDRESSES),
        st.sampled_from(CURSORS),
    ),
    "Location": st.sampled_from(ADDRESSES),
    "Retry-After": st.sampled_from(NUMBERS + DATES),
    "X-Sentry-Deprecation-Date": st.sampled_from([*DATES, HERE]),
    "X-Sentry-Error": st.just(HERE),
    "X-Sentry-Rate-Limit-Remaining": st.just("0"),
    "X-Sentry-Rate-Limit-Reset": st.sampled_from(NUMBERS),
    "X-Sentry-Rate-Limits": st.sampled_from([f"{n}:error:key" for n in NUMBERS] + [HERE]),
    "X-Sentry-Replacement-Endpoint": st.just(HERE),
}
latin = st.text(st.characters(max_codepoint=0xFF, exclude_characters="\r\n"), max_size=20)
NEXT = {"Link": '<x>; rel="next"; results="true"; cursor="0:9:0"'}
headers = objects({name: odd | latin for name, odd in ODD.items()}, (), most=3)
STATUSES = [201, 204, 302, 304, 400, 401, 403, 404, 405, 410, 413, 429, 429, 500, 503, 100, 999]

ROOT = {"version": "0", "auth": {"scopes": ["event:read"]}, "links": {"regionUrl": HERE}}
# What the inventory is made of.
WORDS = """
    slug name email url role orgRole user projects projectId project teams links public dsn pending
    features require2FA availableRoles orgRoleList dateCreated lastSeen status flags inviteStatus
"""
words = dict.fromkeys(WORDS.split(), anything) | {"slug": st.sampled_from("ab") | anything}
things = objects({"id": st.sampled_from(["1", 2]) | anything, **words}, ["id", "slug"])
lists = st.lists(things, max_size=2)


def of_output(name, field):
    return of_schema(name, "output").map(lambda output: output.get(field, []))


issues = of_output("get_issue", "issue")
DOCUMENTS = {
    "list_project_issues": [of_output("list_project_issues", "issues")],
    "list_issue_events": [of_output("list_issue_events", "events")],
    "update_issue": [of_output("update_issue", "issue")],
    "update_issues": [issues, of_output("list_issues", "issues")],
    "delete_issues": [issues],
    "merge_issues": [issues, issues, things],
    "add_comment": [of_output("add_comment", "comment")],
    "create_release": [of_output("create_release", "release")],
    "create_deploy": [of_output("create_deploy", "deploy")],
    "submit_event": [st.sampled_from([{"id": "f" * 32}, {"event_id": HERE}])],
    "get_issue": [of_output("get_issue", "issue")],
    "get_event": [of_output("get_event", "event")],
    "list_issues": [of_output("list_issues", "issues")],
    "list_comments": [of_output("list_comments", "comments")],
    "list_tag_values": [of_output("list_tag_values", "values")],
    **{
        f"list_{kind}": [of_output(f"list_{kind}", kind)]
        for kind in ("projects", "teams", "members", "releases")
    },
}
"""Nearly what the first requests of an action are answered with, and all others as the last."""
INVENTORY = [lists, things, lists, lists, lists]
NEEDED = {
    "update_issue": {"status": "resolved"},
    "update_issues": {"issue_ids": ["1", "2"], "status": "resolved"},
    "delete_issues": {"query": "", "limit": 3},
}
"""What an action needs, though none of it is required alone."""
refusals = st.sampled_from([ROOT, {"detail": HERE}, {"error": {"x": [HERE, None]}}, []])


@st.composite
def answers(draw, document):
    """Answers near to what Sentry sends, of any status, with odd headers; cut, packed, or pages."""
    given = draw(headers) | draw(st.sampled_from([{}, NEXT]))
    document = document if draw(st.integers(0, 4)) else refusals
    whole = json.dumps(draw(spoilt(document))).encode()
    match draw(st.integers(0, 9)):
        case 0:
            whole = f"<html><title>{html.escape(draw(texts | telling))}".encode(errors="replace")
        case 1:
            whole = whole[: len(whole) // 2]
        case 2:
            whole, given = gzip.compress(whole), given | {"Content-Encoding": "gzip"}
        case 3:
            whole = draw(st.binary())
    status = draw(st.sampled_from([200] * len(STATUSES) + STATUSES))
    return {"status_code": status, "content": whole, "headers": given}


def telling_of(form, answer):
    """Put a form of a secret into an answer."""
    content = answer["content"].replace(
        json.dumps(HERE)[1:-1].encode(), json.dumps(form)[1:-1].encode()
    )
    content = content.replace(HERE.encode(), form.encode())
    headers = {name: value.replace(HERE, form) for name, value in answer["headers"].items()}
    return answer | {"content": content, "headers": headers}


@st.composite
def exchanges(draw):
    """A message that is right, and what servers answer to it."""
    name, secret = draw(st.sampled_from(NAMES)), draw(tokens)
    form = draw(st.sampled_from(forms(secret)))
    connection = {"token": {"token": secret}, "url": draw(st.sampled_from([URL, URL, SAAS]))}
    connection["organization"] = draw(st.sampled_from(["", "acme"]))
    asked = draw(inputs[name]) | draw(st.sampled_from([{}, {"limit": 2}, {"limit": 7.0}]))
    asked |= usable(name) | NEEDED.get(name, {})
    body = {"action": name, "meta": {"echo": form}, "connection": connection, "input": asked}
    message = {"version": "v1", "type": "action_start", "body": body}
    # Which organizations there are is not asked where the connection names one.
    documents = DOCUMENTS.get(name) or INVENTORY[bool(connection["organization"]) :]
    documents = documents * draw(st.integers(1, 3)) if documents[1:] == [] else documents
    given = [telling_of(form, draw(answers(document))) for document in documents]
    return message, secret, given


@tried(0.3)
@given(exchanges(), st.sampled_from(COMMANDS))
def test_any_answer_of_a_server_is_understood(waits, exchange, command):
    waits.clear()
    message, secret, given = exchange
    with requests_mock.Mocker() as server:
        server.register_uri(requests_mock.ANY, requests_mock.ANY, given)
        status, out, err = answered(json.dumps(message).encode(), command)
    body = check(status, out, err)
    check_hidden(secret, body, err)
    if status == 0 and command != ["test"]:
        name = message["body"]["action"]
        assert schema.problem(body["output"], name, "output") is None


# --- through the real process


class Proxy(http.server.BaseHTTPRequestHandler):
    """Answers in the place of every server, so that no request leaves this machine."""

    def do_any(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"[]" if self.command == "GET" else b'{"id": "1"}')

    do_GET = do_PUT = do_POST = do_any  # noqa: N815  (names that http.server demands)

    def log_message(self, *_):
        """Say nothing."""


@pytest.fixture(scope="module")
def environment():
    """An environment in which all requests go to one server, and none takes long."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Proxy) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        url = f"http://127.0.0.1:{server.server_port}"
        others = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}
        yield others | {"http_proxy": url, "https_proxy": url, "SENTRY_PLUGIN_TIMEOUT": "1"}
        server.shutdown()
        thread.join()


# Two at once, for two processors.
@tried(0.01)
@given(st.lists(tellers() | st.tuples(texts, st.just("hush")), min_size=2, max_size=2))
def test_any_message_is_answered_by_the_process(environment, both):
    def run(teller):
        data = teller[0].encode(errors="replace")
        done = subprocess.run(
            [*PLUGIN, "run"], input=data, env=environment, capture_output=True, check=False
        )
        return teller[1], done.returncode, done.stdout.decode(), done.stderr.decode()

    with ThreadPoolExecutor(2) as pool:
        for secret, status, out, err in pool.map(run, both):
            body = check(status, out, err)
            if len(secret) > len("hush"):
                check_hidden(secret, body, err)
