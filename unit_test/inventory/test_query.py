"""Query Inventory: who can reach what, and anything that SQL can say without harm."""

from __future__ import annotations

import contextlib
import io
import json
import resource
import signal
import sqlite3

import pytest

from sentry_plugin.inventory.query import memory_database, sql_process
from unit_test.inventory.test_check import ORG, M, P, T, edge, has, in_team, node, of_team, packed

pytestmark = pytest.mark.versions

PEOPLE = [
    node(M, 1, email="one@example.com", role="member", name="One", id="1", userId="11"),
    node(M, 2, email="two@example.com", role="owner", name="Two"),
    node(M, 3, email="three@example.com", role="member", pending=True, name="Same"),
    node(M, 4, email="four@example.com", role="member", active=False, name="Same"),
    node(M, 5, email="five@example.com", role="member", isSuspended=True),
    node(M, 6, email="six@example.com", role="watcher"),
]
PLACES = [node(T, slug="red"), node(T, 2, slug="blue"), node(P, slug="web"), node(P, 2, slug="app")]
EDGES = [
    *has(M, 1, 2, 3, 4, 5, 6),
    *has(P, 1, 2),
    *(in_team(member) for member in (1, 3, 4, 5)),
    *(of_team(1, team) for team in (1, 2)),
    in_team(1, 2),
]


@pytest.fixture
def ask(start, run):
    """Query a small inventory, or another one, and return the body of the event."""

    def send(organization=None, more=(), **given):
        nodes = [node(ORG, slug="acme", **(organization or {})), *PEOPLE, *PLACES, *more]
        lists = {"entities": nodes, "relationships": EDGES} | given
        return run(start("query_inventory", **lists))

    return send


@pytest.fixture
def rows(ask):
    """Query, and return the rows."""

    def send(*args, **given):
        body = ask(*args, **given)
        assert body["status"] == "ok", body["error"]
        assert body["output"]["count"] == len(body["output"]["rows"])
        return body["output"]["rows"]

    return send


def ways(found, name):
    return {each[name]: {*each["ways"].split(",")} for each in found}


@pytest.mark.parametrize("subject", ["web", "WEB", "sentry-project-1"])
def test_a_project_is_reached_by_teams_and_by_roles_but_not_by_who_cannot_log_in(subject, rows):
    found = rows(question="who_can_reach", subject=subject)
    assert ways(found, "email") == {
        "one@example.com": {"team red", "team blue"},
        "two@example.com": {"role"},
    }


def test_open_membership_lets_everybody_in(rows):
    found = rows({"openMembership": True}, question="who_can_reach", subject="app")
    assert ways(found, "email") == {
        "one@example.com": {"open membership"},
        "two@example.com": {"role", "open membership"},
        "six@example.com": {"open membership"},
    }


def test_a_role_that_is_in_every_team_is_known_by_the_server_s_word(rows):
    roles = [
        {
            "_key": f"sentry-role:{n}",
            "_type": "sentry_role",
            "_class": ["X"],
            "id": n,
            "isGlobal": g,
        }
        for n, g in (("watcher", True), ("member", False))
    ]
    found = rows(None, roles, question="who_can_reach", subject="app")
    assert {each["email"] for each in found} == {"two@example.com", "six@example.com"}


@pytest.mark.parametrize("subject", ["one@example.com", "1", "11", "One", "sentry-user-1"])
def test_what_a_member_reaches_is_told(subject, rows):
    found = rows(question="what_can_reach", subject=subject)
    assert ways(found, "slug") == {"web": {"team red", "team blue"}}


def test_the_graph_of_a_sandbox_answers_as_its_lists_say(sandbox, start, run):
    known = sandbox.known
    connection = {"url": known["url"], "token": {"token": known["token"]}, "timeout": 600}
    connection["organization"] = known["organization"]
    inventory = run(start("collect_inventory", connection, output_as="lists"))["output"]
    graph = {"entities": inventory["entities"], "relationships": inventory["relationships"]}
    pairs = {"team_has_member": set(), "team_assigned_project": set()}
    for each in graph["relationships"]:
        name = each["_type"].removeprefix("sentry_")
        pairs.setdefault(name, set()).add((each["_fromEntityKey"], each["_toEntityKey"]))
    people = {
        each["_key"]
        for each in graph["entities"]
        if each["_type"] == "sentry_member"
        and not each.get("pending")
        and each.get("active", True)
        and not each.get("isSuspended")
    }
    expected = {
        (member, project)
        for team, member in pairs["team_has_member"]
        for of, project in pairs["team_assigned_project"]
        if of == team and member in people
    }
    sql = "SELECT DISTINCT member, project FROM reach WHERE way = 'team'"
    given = run(start("query_inventory", sql=sql, **graph))["output"]["rows"]
    collected = run(start("query_inventory", connection, sql=sql))["output"]["rows"]
    assert expected
    for found in (given, collected):
        assert {(each["member"], each["project"]) for each in found} == expected


def test_sql_has_parameters_and_a_limit(ask):
    sql = "SELECT email FROM member WHERE role = :role ORDER BY email"
    output = ask(sql=sql, parameters={"role": "member"}, limit=2)["output"]
    assert output["columns"] == ["email"]
    assert [each["email"] for each in output["rows"]] == ["five@example.com", "four@example.com"]
    assert (output["count"], output["is_cut"]) == (2, True)
    assert ask(sql=sql, parameters={"role": "owner"})["output"]["is_cut"] is False


def test_values_are_those_of_the_graph(rows):
    sql = "SELECT pending, active, name, userId, x'00ff' AS b FROM member WHERE pending OR key = :k"
    found = rows(sql=sql, parameters={"k": "sentry-user-1"})
    one = {"pending": None, "active": None, "name": "One", "userId": "11", "b": "00ff"}
    assert found == [one, one | {"pending": 1, "name": "Same", "userId": None}]


def test_an_infinite_number_is_a_text(rows):
    assert rows(sql="SELECT 1e999 AS a, -1e999 AS b, 0.5 AS c") == [
        {"a": "inf", "b": "-inf", "c": 0.5}
    ]


def test_a_file_and_its_partial_types_are_asked_too(run, start):
    mapped = {"_key": "x", "_type": "sentry_member_is_person", "_class": "IS"}
    mapped["_mapping"] = {"sourceEntityKey": "sentry-user-7"}
    partial = [{"type": "sentry_member", "organization": "acme", "reason": "No."}]
    file = packed(node(M, 7), edge("team_has_member", "a", "b"), mapped)
    sql = "SELECT (SELECT count(*) FROM entity) AS e, (SELECT count(*) FROM relationship) AS r"
    body = run(start("query_inventory", file=file, partial_types=partial, sql=sql))
    assert body["output"]["rows"] == [{"e": 1, "r": 2}]
    assert body["output"]["partial_types"] == partial


@pytest.mark.parametrize(
    "name", [*memory_database.TABLES, *memory_database.KINDS, *memory_database.VIEWS]
)
def test_every_table_and_view_has_the_columns_that_it_should(name, ask):
    plain = {**memory_database.TABLES, **memory_database.KINDS}
    columns = plain.get(name) or memory_database.VIEWS[name].columns
    assert ask(sql=f"SELECT * FROM {name}")["output"]["columns"] == [*columns]


MANY = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n LIMIT 200)"


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, "asks nothing, or twice"),
        ({"sql": "SELECT 1", "question": "who_can_reach"}, "asks nothing, or twice"),
        ({"question": "who_can_reach"}, "has no `subject`"),
        ({"question": "who_can_reach", "subject": "nope"}, "There is no project"),
        ({"question": "what_can_reach", "subject": "Same"}, "sentry-user-3, sentry-user-4"),
        ({"sql": "SELECT 1", "limit": 0}, "less than 1"),
        ({"sql": "SELECT 1", "seconds": 0}, "less than 1"),
        ({"sql": "SELEC 1"}, 'near "SELEC": syntax error'),
        ({"sql": "SELECT 1; SELECT 2"}, "one statement at a time"),
        ({"sql": "SELECT nope FROM member"}, "no such column: nope"),
        ({"sql": "SELECT :a"}, "binding"),
        ({"sql": "SELECT :a", "parameters": {"a": []}}, "binding"),
        ({"sql": "SELECT :a", "parameters": {"a": 1 << 70}}, "too large"),
        ({"sql": "SELECT 1 AS a, 2 AS a"}, "Two columns of the query have one name"),
        ({"sql": "SELECT zeroblob(2000000) AS a"}, "string or blob too big"),
        ({"sql": "DELETE FROM entity"}, "more than read"),
        ({"sql": "UPDATE entity SET key = 1"}, "more than read"),
        ({"sql": "DROP TABLE entity"}, "more than read"),
        ({"sql": "CREATE TABLE a (b)"}, "more than read"),
        ({"sql": "ATTACH 'a.db' AS a"}, "more than read"),
        ({"sql": "PRAGMA writable_schema = 1"}, "more than read"),
        ({"sql": "VACUUM INTO 'a.db'"}, "more than read"),
        ({"sql": "SELECT load_extension('a')"}, "more than read"),
        ({"sql": "SELECT FTS3_tokenizer('simple')"}, "more than read"),
        ({"sql": "SELECT * FROM pragma_database_list"}, "more than read"),
        ({"sql": "-- nothing"}, "asks nothing"),
        ({"sql": f"SELECT {', '.join(map(str, range(101)))}"}, "too many columns"),
        ({"sql": f"{MANY} SELECT x, hex(zeroblob(500000)) AS a FROM n"}, "more than 32 MiB"),
        ({"sql": "SELECT 1 AS a", "relationships": [{**EDGES[0], "_class": ["HAS"]}]}, "did not"),
        ({"sql": "SELECT 1 AS a", "more": [node(M, 9, _class=7)]}, "did not give"),
    ],
)
def test_what_cannot_be_asked_is_refused(given, words, ask):
    body = ask(**given)
    assert body["status"] == "error"
    assert body["exception"]["code"] == "bad_input"
    assert words in body["error"]


def test_a_query_without_end_ends(ask):
    endless = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT sum(x) FROM n"
    body = ask(sql=endless, seconds=1)
    assert "takes longer than 1 seconds" in body["error"]


ENDLESS = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n)"
SEARCH = "instr(zeroblob(1000000), zeroblob(500000) || x'01')"
LONG = "hex(zeroblob(200000)) || x"
LARGE = "randomblob(500000)"


@pytest.mark.parametrize(
    "sql",
    [
        f"SELECT {SEARCH} AS a",
        f"{ENDLESS} SELECT sum({SEARCH}) AS a FROM n",
        f"{ENDLESS} SELECT sum(length(randomblob(1000000))) AS a FROM n",
        f"{ENDLESS} SELECT sum(length(replace({LONG}, '0', 'ab'))) AS a FROM n",
        f"{ENDLESS} SELECT count(*) AS a FROM n WHERE {LONG} LIKE '%a%0%a%'",
        f"{ENDLESS} SELECT count(*) AS a FROM n WHERE {LONG} GLOB '*a*0*a*'",
        f"{ENDLESS} SELECT sum(length(printf('%.*c', 900000, 'x'))) AS a FROM n",
        f"{ENDLESS} SELECT sum(json_valid('[' || replace({LONG}, '0', '1,'))) AS a FROM n",
    ],
)
def test_a_query_ends_in_time_whatever_it_calls(sql, ask):
    body = ask(sql=sql, seconds=1)
    assert body["exception"]["code"] == "bad_input"
    assert "takes longer than 1 seconds" in body["error"]


@pytest.mark.parametrize(
    "sql",
    [
        f"{ENDLESS} SELECT DISTINCT {LARGE} AS a FROM n LIMIT 1 OFFSET 9999",
        f"{ENDLESS}, m AS MATERIALIZED (SELECT {LARGE} FROM n LIMIT 9999) SELECT 1 AS a FROM m",
        f"WITH RECURSIVE n(x) AS (SELECT 1 UNION SELECT {LARGE} FROM n) SELECT max(x) AS a FROM n",
        f"{ENDLESS} SELECT {LARGE} AS a FROM n WHERE x < 9999 ORDER BY a LIMIT 1 OFFSET 5000",
        f"{ENDLESS}, m AS (SELECT * FROM n LIMIT 9999) SELECT {LARGE} AS a FROM m GROUP BY a",
    ],
)
def test_a_query_has_a_limited_memory_and_writes_no_file(sql, ask):
    body = ask(sql=sql, seconds=60)
    assert body["exception"]["code"] == "bad_input"
    assert "takes more than 256 MiB of memory" in body["error"]


def test_what_a_list_holds_is_asked_by_json_each_and_json_tree(rows):
    nodes = [node(M, 9, verifiedEmails=["a@example.com", "b@example.com"])]
    sql = (
        "SELECT e.value AS email FROM member, json_each(verifiedEmails) AS e"
        " WHERE member.key = 'sentry-user-9' ORDER BY email"
    )
    assert [each["email"] for each in rows(None, nodes, sql=sql)] == nodes[0]["verifiedEmails"]
    sql = "SELECT fullkey FROM entity, json_tree(properties) WHERE atom = 'a@example.com'"
    assert rows(None, nodes, sql=sql) == [{"fullkey": "$.verifiedEmails[0]"}]


def test_a_question_that_is_not_answered_is_said_to_want_memory(ask, monkeypatch, tmp_path):
    ending = tmp_path / "ends.py"
    ending.write_text("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)\n")
    monkeypatch.setattr(memory_database, "_PROGRAM", ending)
    body = ask(sql="SELECT 1 AS a")
    assert body["exception"]["code"] == "bad_input"
    assert "most likely for want of memory" in body["error"]


def test_a_process_that_does_not_start_in_time_is_given_up(ask, monkeypatch, tmp_path):
    staying = tmp_path / "stays.py"
    staying.write_text("import signal\nsignal.pause()\n")
    monkeypatch.setattr(memory_database, "_PROGRAM", staying)
    monkeypatch.setattr(memory_database, "_STARTING", 0)
    assert "takes longer than 1 seconds" in ask(sql="SELECT 1 AS a", seconds=1)["error"]


@pytest.fixture
def answered(monkeypatch):
    """Query in this process instead of one of its own; return the answer and the limits."""

    def send(sql, most=5):
        limits = []
        # What SQLite may take is limited for the whole of a process, and this one goes on.
        monkeypatch.setattr(sql_process, "LARGEST_HEAP", 1 << 60)
        monkeypatch.setattr(sql_process.signal, "setitimer", lambda *given: limits.append(given))
        monkeypatch.setattr(sql_process.resource, "setrlimit", lambda *given: limits.append(given))
        with contextlib.closing(sqlite3.connect(":memory:")) as made:
            made.execute("CREATE TABLE t (a)")
            made.commit()
            given = {"sql": sql, "parameters": {}, "most": most, "seconds": 7}
            text = json.dumps(given).encode() + b"\n" + made.serialize()
        out = io.BytesIO()
        sql_process.main(io.BytesIO(text), out)
        return json.loads(out.getvalue()), limits

    return send


@pytest.mark.parametrize(
    ("sql", "answer"),
    [
        (
            "SELECT 1 AS a, 1e999 AS b, x'00' AS c",
            {"columns": [*"abc"], "rows": [[1, "inf", "00"]]},
        ),
        ("-- nothing", {"columns": [], "rows": []}),
        ("DELETE FROM t", {"wrong": "query", "words": "not authorized"}),
        (f"{MANY} SELECT hex(zeroblob(500000)) AS a FROM n", {"wrong": "size", "words": ""}),
    ],
)
def test_a_question_is_answered_within_its_limits(sql, answer, answered):
    found, limits = answered(sql, most=1000)
    assert found == answer
    assert (signal.ITIMER_REAL, 7) in limits
    assert (resource.RLIMIT_FSIZE, (0, 0)) in limits


def test_a_question_that_takes_too_much_memory_is_told_to(answered, monkeypatch):
    def limited(_rows):
        raise MemoryError

    monkeypatch.setattr(sql_process, "_limited", limited)
    assert answered("SELECT 1")[0] == {"wrong": "memory", "words": ""}
