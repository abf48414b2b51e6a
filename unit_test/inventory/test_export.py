"""Export Inventory: files that other tools read, whatever the graph holds."""

from __future__ import annotations

import base64
import gzip
import io
import json
import re
import tarfile
import xml.etree.ElementTree as ET

import pytest

from unit_test.inventory.test_upload import ENTITIES, HAS, MAPPED, ORGANIZATION, TEAM

HOSTILE = (
    "\"]}) DETACH DELETE n; // ' ` \\ \\u0022 \\\\u0022 \\U0022 "
    '<b a="1">&amp;]]> \r\n\t\u2028\u00e9'
)
NAMESPACE = "{http://graphml.graphdrawing.org/xmlns}"
REVERSE = {
    **MAPPED,
    "_key": "sentry-user-4|is|REVERSE:email=user@example.com",
    "_mapping": {
        "relationshipDirection": "REVERSE",
        "sourceEntityKey": "sentry-team-2",
        "targetFilterKeys": [["email"]],
        "targetEntity": {"_class": ["Person", "Record"], "email": "user@example.com"},
    },
}


@pytest.fixture
def export(start, run):
    """Export something small, or what is given, and give the unpacked file and the output."""

    def send(form, connection=None, **given):
        inventory = {"entities": ENTITIES, "relationships": [HAS, MAPPED]}
        message = start("export_inventory", connection, **{"format": form, **inventory, **given})
        body = run(message)
        assert body["status"] == "ok", body["error"]
        output = body["output"]
        data = gzip.decompress(base64.b64decode(output["file"]["content"]))
        return data, output

    return send


def untarred(data):
    """Give the documents of the folder, and where its links lead."""
    with tarfile.open(fileobj=io.BytesIO(data)) as tar:
        members = tar.getmembers()
        files = {each.name: json.load(tar.extractfile(each)) for each in members if each.isfile()}
        return files, {each.name: each.linkname for each in members if each.issym()}


def test_a_collection_is_written_as_jupiterones_integration_writes_it(sandbox, ask, collect):
    whole = ["roles", "service", "findings", "repositories", "keys"]
    graph = collect(sandbox, include=whole, raw_data=True, output_as="lists")
    body = ask("export_inventory", sandbox, **{k: graph[k] for k in ("entities", "relationships")})
    file = body["output"]["file"]
    assert file["filename"] == "j1-integration.tar.gz"
    files, links = untarred(gzip.decompress(base64.b64decode(file["content"])))
    for kind in ("entities", "relationships"):
        written = [
            one for name, document in files.items() if f"/{kind}/" in name for one in document[kind]
        ]
        assert sorted(written, key=lambda each: (each["_type"], each["_key"])) == graph[kind]
    assert body["output"]["counts"] == graph["counts"]
    folders = {tuple(name.split("/")[:3]) for name in files if "/graph/" in name}
    assert (".j1-integration", "graph", "fetch-teams-assignments") in folders
    assert not any("other" in folder for folder in folders)
    for name, to in links.items():
        _, index, kind, type_, last = name.split("/")
        assert index == "index"
        assert to.startswith("../../../graph/")
        document = files[".j1-integration/" + to.removeprefix("../../../")]
        assert {each["_type"] for each in document[kind]} == {type_}
        assert to.endswith(f"/{kind}/{last}")
    assert len(links) == len(files) - 1


def test_without_an_inventory_one_is_collected(sandbox, ask, collect):
    graph = collect(sandbox, include=["roles"], output_as="lists")
    body = ask("export_inventory", sandbox, format="graphml", include=["roles"])
    assert body["output"]["counts"] == graph["counts"]


def test_the_summary_names_partial_types_and_the_steps_that_failed(export):
    partial = [{"type": "sentry_member", "organization": "acme", "reason": "No scope."}]
    data, output = export("jupiterone", partial_types=partial)
    summary = untarred(data)[0][".j1-integration/summary.json"]
    assert summary["metadata"] == {"partialDatasets": {"types": ["sentry_member"]}}
    steps = {each["id"]: each for each in summary["integrationStepResults"]}
    assert {name: each["status"] for name, each in steps.items()} == {
        "fetch-organization": "success",
        "fetch-teams": "success",
        "build-organization-repository-relationship": "success",
        "fetch-members": "failure",
    }
    assert steps["fetch-teams"]["name"] == "Fetch Teams"
    assert steps["fetch-teams"]["encounteredTypes"] == [
        "sentry_team",
        "sentry_organization_has_team",
    ]
    assert output["partial_types"] == partial


def test_a_file_holds_five_hundred_objects_of_one_type(export):
    many = [{**TEAM, "_key": f"sentry-team-{n}"} for n in range(1001)]
    files, _ = untarred(export("jupiterone", entities=[ORGANIZATION, *many])[0])
    sizes = [len(each["entities"]) for name, each in files.items() if "teams/entities/" in name]
    assert sizes == [500, 500, 1]


def test_a_type_is_no_way_out_of_the_folder(export):
    odd = {**TEAM, "_type": "../../../etc/odd"}
    files, links = untarred(export("jupiterone", entities=[ORGANIZATION, odd])[0])
    assert any(name.startswith(".j1-integration/graph/other/entities/") for name in files)
    assert ".." not in "".join([*files, *links])


def test_the_same_inventory_gives_the_same_bytes(export):
    for form in ("jupiterone", "cypher", "graphml"):
        assert export(form)[1]["file"] == export(form)[1]["file"]


@pytest.mark.parametrize("form", ["jupiterone", "cypher", "graphml"])
def test_secrets_are_not_written_in_any_spelling(form, export):
    secret = 'se<c&r>et"'.replace('"', "") + "-token"
    team = {**TEAM, "name": f"it is {secret}", secret: 1}
    data, _ = export(form, {"token": {"token": secret}}, entities=[ORGANIZATION, team])
    written = json.dumps(untarred(data)[0]) if form == "jupiterone" else data.decode()
    for spelling in (
        secret,
        secret.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"),
    ):
        assert spelling not in written
    assert "it is ********" in written


STRING = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "\\": "\\", '"': '"'}


def texts(statement, *, early):
    """Read the texts of a statement as a parser does that resolves ``\\u`` early, or late."""
    if early:
        # A backslash is looked at by itself, whatever is before it.
        statement = re.sub(r"\\u([0-9a-fA-F]{4})", lambda m: chr(int(m[1], 16)), statement)
    return [
        re.sub(
            r"\\(u([0-9a-f]{4})|.)",
            lambda m: chr(int(m[2], 16)) if m[2] else ESCAPES[m[1]],
            found,
            flags=re.DOTALL,
        )
        for found in STRING.findall(statement)
    ]


def skeleton(statement):
    """Return the parts of a statement that are neither text nor quoted name."""
    return re.sub(r"`[^`]*`", "`", STRING.sub('"', statement))


@pytest.mark.parametrize("early", [True, False])
def test_no_text_ends_its_statement_of_cypher(early, export):
    tame, _ = export("cypher", entities=[ORGANIZATION, {**TEAM, "x": "y"}])
    evil = {**TEAM, "name": HOSTILE + "\x07", "x`) \\u0060": "y"}
    data, _ = export("cypher", entities=[ORGANIZATION, evil])
    statements = data.decode().split("\n")
    assert len(statements) == len(tame.decode().split("\n"))
    (found,) = (each for each in statements if "sentry_team" in each)
    assert HOSTILE in texts(found, early=early)
    assert "`x__ _u0060`" not in found
    assert "`x____u0060`" in found
    (expected,) = (each for each in tame.decode().split("\n") if "sentry_team" in each)
    assert skeleton(found) == skeleton(expected)


def test_cypher_merges_by_key_after_a_constraint(export):
    lines = export("cypher", relationships=[HAS, MAPPED, REVERSE])[0].decode().splitlines()
    assert lines[0] == (
        "CREATE CONSTRAINT sentry_entity_key IF NOT EXISTS FOR (n:SentryEntity) "
        "REQUIRE n._key IS UNIQUE;"
    )
    assert lines[2] == (
        'UNWIND [{`key`: "sentry-team-2", `properties`: {`_key`: "sentry-team-2", '
        '`_type`: "sentry_team", `_class`: ["UserGroup"], `name`: "Two"}}] AS row '
        "MERGE (n:SentryEntity {_key: row.key}) SET n = row.properties "
        "SET n:sentry_team:UserGroup;"
    )
    assert lines[4].endswith("SET n:Person:Record;")
    (has,) = (line for line in lines if "[r:" in line)
    assert '{`source`: "FORWARD:webLink=https://git.example/a:_class=CodeRepo"' not in has
    assert '{`source`: "REVERSE:email=user@example.com", `target`: "sentry-team-2", ' in has
    assert has.endswith(
        "MATCH (a:SentryEntity {_key: row.source}), (b:SentryEntity {_key: row.target}) "
        "MERGE (a)-[r:`HAS` {_key: row.key}]->(b) SET r = row.properties;"
    )


def test_cypher_writes_each_value_as_what_it_is(export):
    values = {"yes": True, "no": False, "n": -5, "half": 0.5, "large": 2**70, "none": None}
    mixed = {"list": ["a", 1, {"b": None}], "nested": {"c": 1}, "_rawData": [{"rawData": {}}]}
    bare = {"_key": "sentry-odd-1", "_type": "", "_class": "odd class", **values, **mixed}
    text = export("cypher", entities=[bare], relationships=[])[0].decode()
    assert text.splitlines()[1] == (
        'UNWIND [{`key`: "sentry-odd-1", `properties`: {`_key`: "sentry-odd-1", `_type`: "", '
        '`_class`: "odd class", `yes`: true, `no`: false, `n`: -5, `half`: 0.5, '
        '`large`: "1180591620717411303424", `list`: ["a", "1", "{\\"b\\": null}"]}}] AS row '
        "MERGE (n:SentryEntity {_key: row.key}) SET n = row.properties SET n:`odd_class`;"
    )
    nameless = {"_key": "sentry-odd-1", "_type": "", "": "x"}
    text = export("cypher", entities=[nameless], relationships=[])[0].decode()
    assert '`_`: "x"}}] AS row' in text
    assert text.endswith("SET n = row.properties;\n")


def test_cypher_has_at_most_five_hundred_rows_in_a_statement(export):
    many = [{**TEAM, "_key": f"sentry-team-{n}"} for n in range(1001)]
    text = export("cypher", entities=many, relationships=[])[0].decode()
    rows = [line.count("`properties`:") for line in text.splitlines()]
    assert rows == [0, 500, 500, 1]


def read(data):
    """Read GraphML: nodes and edges with their properties by names."""
    root = ET.fromstring(data.decode())
    keys = {each.get("id"): each for each in root.findall(f"{NAMESPACE}key")}
    found = {}
    for kind in ("node", "edge"):
        found[kind] = [
            {
                keys[each.get("key")].get("attr.name"): (
                    keys[each.get("key")].get("attr.type"),
                    each.text or "",
                )
                for each in one.findall(f"{NAMESPACE}data")
            }
            | {"": one.attrib}
            for one in root.iter(f"{NAMESPACE}{kind}")
        ]
        assert {
            keys[each.get("key")].get("for")
            for one in root.iter(f"{NAMESPACE}{kind}")
            for each in one
        } <= {kind}
    return found["node"], found["edge"]


def test_graphml_is_valid_xml_with_the_values_as_they_are(export):
    values = {"n": 5, "half": 0.5, "is": True, "large": 2**70, "tags": ["a", "b"]}
    team = {**TEAM, **values, "name": HOSTILE + "\x07\x1b\ufffe", HOSTILE: "x", "either": 1}
    data, _ = export("graphml", entities=[{**ORGANIZATION, "either": "text"}, team])
    nodes, edges = read(data)
    team = nodes[1]
    # In an attribute, XML makes blanks of line breaks.
    assert team["name"] == ("string", HOSTILE)
    assert team[HOSTILE] == ("string", "x")
    assert team["n"] == ("long", "5")
    assert team["half"] == ("double", "0.5")
    assert team["is"] == ("boolean", "true")
    assert team["large"] == ("string", str(2**70))
    assert team["tags"] == ("string", '["a", "b"]')
    assert team["either"] == ("string", "1")
    assert team["labels"] == ("string", "sentry_team:UserGroup")
    assert [each[""]["id"] for each in nodes] == ["v0", "v1", "v2"]
    assert nodes[2]["webLink"] == ("string", "https://git.example/a")
    assert [each[""] for each in edges] == [
        {"source": "v0", "target": "v1"},
        {"source": "v0", "target": "v2"},
    ]
    assert edges[0]["label"] == ("string", "HAS")


def test_an_edge_without_its_ends_is_not_written(export):
    nowhere = {**MAPPED, "_mapping": {"sourceEntityKey": "sentry-organization-1"}}
    loose = [{**HAS, "_key": "a", "_toEntityKey": "nobody"}, nowhere]
    for form in ("cypher", "graphml"):
        text = export(form, relationships=loose)[0].decode()
        assert "[r:" not in text
        assert "<edge" not in text
