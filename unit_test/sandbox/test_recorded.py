"""What recorded servers always have, the sandbox has by the same name and of the same type."""

from __future__ import annotations

import collections
import re
import time

from unit_test.sandbox.recorded import Shape, differences, recorded, shapes

SERVERS = ("sentry9", "sentry21")
# Names of Sentry 9.1.2 and 21.1.0 that the sandbox leaves out, and why.
DIFFERENT = {
    r"user\.(flags|identities|options|authenticators|canReset2fa|permissions) ": (
        "of a user it shows what lists of members show"
    ),
    r"members/{member}/ \$\.roles ": "today it is `orgRoleList`",
    r"\.sdk\.upstream ": "Sentry's document has it no more",
    r"\.tags\[\]\._meta ": "Sentry's document has it no more",
    r"{org}/ \$\.projects\[\]\.": "an organization's projects are shown as those of a team",
    r"\$\.trustedRelays ": "Sentry's document has it no more",
    r"{project}/ \$\.latestRelease\.": "in Sentry's document it has nothing but its version",
    r"{project}/ \$\.options\.": "these are settings, which cannot be changed in the sandbox",
    r"{project}/ \$\.plugins ": "it has no plugins; Sentry's document has them no more",
    r"disableNewVisibilityFeatures ": "Sentry's document has it no more",
}
FRAME = {"filename": "a.py", "function": "run", "lineno": 3}
EVENT = {
    "message": "many events issue",
    "platform": "python",
    "logger": "lab",
    "environment": "lab",
    "release": "lab@1.0",
    "user": {"id": "7"},
    "extra": {"i": 129, "k": 1},
    "sdk": {"name": "lab", "version": "1.0"},
    "exception": {
        "values": [{"type": "LabError", "value": "many", "stacktrace": {"frames": [FRAME]}}]
    },
}


def names_in(sandbox):
    """Send events of one issue, and give what stands for the names in a path."""
    now = time.time()
    event = [sandbox.event(**EVENT, timestamp=now - age) for age in (3, 2, 1)][1]
    (issue,) = sandbox.get("projects/acme/sandbox/issues/").json()
    member, *_ = sandbox.get("organizations/acme/members/").json()
    team, *_ = sandbox.get("organizations/acme/teams/").json()
    names = {"issue": issue["id"], "event": event, "member": member["id"], "team": team["slug"]}
    return {"org": "acme", "project": "sandbox", **names}


def test_the_sandbox_has_the_names_and_types_that_recorded_servers_have(sandbox, shared):
    servers = [recorded(shared / "recordings" / name) for name in SERVERS]
    names, found = names_in(sandbox), set()
    for place in sorted({each for server in servers for each in server}):
        response = sandbox.ask("GET", place.format(**names), params={"full": "1"})
        assert response.status_code == 200, place
        ours = collections.defaultdict(Shape)
        shapes(response.json(), ours)
        found.update(differences(place, ours, servers))
    known = {each: [line for line in found if re.search(each, line)] for each in DIFFERENT}
    unknown = found.difference(*known.values())
    idle = [each for each, lines in known.items() if not lines]
    assert not unknown, "\n".join(sorted(unknown))
    assert not idle


def test_a_name_that_is_missing_and_a_type_that_is_another_one_are_found(sandbox, shared):
    servers = [recorded(shared / "recordings" / name) for name in SERVERS]
    place, ours = "/api/0/issues/{issue}/events/{event}/", collections.defaultdict(Shape)
    event = sandbox.ask("GET", place.format(**names_in(sandbox))).json()
    frames = next(each for each in event["entries"] if each["type"] == "exception")
    (frame,) = frames["data"]["values"][0]["stacktrace"]["frames"]
    frame["lineno"], frame["absPath"] = frame.pop("lineNo"), 5
    shapes(event, ours)
    found = [line.rpartition("frames[]")[2] for line in differences(place, ours, servers)]
    assert {".lineNo is missing", ".absPath is number, there text"} <= set(found)
