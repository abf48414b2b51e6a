"""Sends one script of requests to two servers and tells where their answers differ.

What a server is, and how an answer is described so that two of them can be compared: statuses,
the shape and the words of errors, headers, the types of the fields that both have. Knows neither
the script nor which differences are right.
"""

from __future__ import annotations

import gzip
import json
import re
import time
import uuid
import zlib
from urllib.parse import parse_qsl, urlsplit

import brotli
import requests

from unit_test import outside

HEADERS = ("Allow", "X-Max-Hits", "X-Sentry-Direct-Hit", "WWW-Authenticate", "Retry-After")
PACKS = {"gzip": gzip.compress, "deflate": zlib.compress, "br": brotli.compress}
LINK = re.compile(r'<([^>]*)>; rel="(\w+)"; results="(\w+)"; cursor="([^"]*)"')
CURSOR = re.compile(r"-?\d+:-?\d+:[01]")
KINDS = {
    type(None): "null",
    bool: "boolean",
    int: "number",
    float: "number",
    str: "text",
    list: "list",
    dict: "object",
}


class Server:
    """One server, with what the script's placeholders stand for there."""

    def __init__(self, base, dsn, **names):
        scheme, _, rest = dsn.partition("://")
        key, _, rest = rest.partition("@")
        self.base, self.ingest = base, f"{scheme}://{rest.rpartition('/')[0]}"
        self.tokens = {"": names.pop("token"), "readonly": names.pop("readonly_token")}
        self.names = names | {
            "key": key,
            "project_id": rest.rpartition("/")[2],
            "mark": f"mark{uuid.uuid4().hex[:12]}",
            "event": uuid.uuid4().hex,
            "new_event": uuid.uuid4().hex,
            "dashed_event": str(uuid.uuid4()),
            "megabytes": "x" * 2_000_000,
        }

    def prepare(self, eventually):
        """Send three events of two issues, and learn how everything is called here."""
        events = [("one", self.names["event"]), ("one", uuid.uuid4().hex), ("two", None)]
        for word, event_id in events:
            value = f"{self.names['mark']} {word}"
            exception = {"values": [{"type": "LabError", "value": value}]}
            event = {"exception": exception, "platform": "python", "environment": "lab"}
            event |= {"release": "lab@1.0", "tags": {"colour": "red"}, "event_id": event_id}
            event["timestamp"] = time.time() - (60 if word == "one" else 0)
            step = {"method": "POST", "path": "/api/{project_id}/store/", "token": None}
            headers = {"X-Sentry-Auth": "Sentry sentry_version=7, sentry_key={key}"}
            assert self.ask(step | {"body": event, "headers": headers}).status_code == 200
        one = eventually(self._issue)
        self.names |= {"issue": one["id"], "short_id": one["shortId"]}
        members = self.json("/api/0/organizations/{org}/members/me/")
        teams = self.json("/api/0/projects/{org}/{project}/teams/")
        self.names |= {"user": members["user"]["id"], "email": members["user"]["email"]}
        self.names |= {"team": teams[0]["slug"], "team_id": teams[0]["id"]}

    def _issue(self):
        """Give the issue of two events once all three events are there, with their tags."""
        tagged = "query=colour%3Ared%20level%3Aerror%20has%3Acolour%20{mark}"
        found = self.json(f"/api/0/projects/{{org}}/{{project}}/issues/?{tagged}")
        ones = [issue for issue in found if issue["title"].endswith("one")]
        # Its count is told later than its events, and of its tags they tell last.
        places = [f"/api/0/issues/{issue['id']}/" for issue in ones]
        events = [self.json(f"{place}events/") for place in places]
        tags = [self.ask({"method": "GET", "path": f"{place}tags/colour/"}) for place in places]
        is_whole = [*map(len, events)] == [2] and all(each.ok for each in tags)
        return ones[0] if len(found) == 2 and is_whole else None

    def json(self, path):
        return self.ask({"method": "GET", "path": path}).json()

    def ask(self, step):
        """Send one step of the script."""
        headers = {name: self.filled(value) for name, value in step.get("headers", {}).items()}
        token = step.get("token", "")
        if token is not None:
            headers["Authorization"] = f"Bearer {self.tokens.get(token, token)}"
        data = self.filled(step.get("text", ""))
        if "body" in step:
            headers.setdefault("Content-Type", "application/json")
            data = self.filled(json.dumps(step["body"]))
        if "pack" in step:
            headers["Content-Encoding"] = step["pack"]
        data = PACKS.get(step.get("pack"), bytes)(data.encode())
        path = self.filled(step["path"])
        address = f"{self.base if path.startswith('/api/0/') else self.ingest}{path}"
        return requests.request(
            step["method"], address, headers=headers, data=data, timeout=outside.PATIENCE
        )

    def filled(self, text):
        """Put this server's names in the place of the script's."""
        return re.sub(r"\{(\w+)\}", lambda match: str(self.names[match[1]]), text)


def described(step, response):
    """Give what is compared of an answer, by aspect."""
    ignored = step.get("ignore", ())
    found = {name: response.headers.get(name) for name in HEADERS}
    found["status"] = response.status_code
    found["type"] = response.headers.get("Content-Type", "none").partition(";")[0]
    if "hits" not in ignored:
        found["hits"] = response.headers.get("X-Hits")
    if "link" not in ignored:
        found["link"] = _link(response, with_results="link results" not in ignored)
    if response.status_code >= 400 and found["type"] == "application/json":
        found["error shape"] = shape(response.json())
        # What an old server says of bytes depends on the bytes.
        found["error words"] = "error words" in ignored or re.sub(
            r"\b[0-9a-f]{32}\b", "ID", json.dumps(response.json())
        )
    return found


def _link(response, *, with_results):
    """Give each direction, its results, and whether its address is the request's own."""
    links = LINK.findall(response.headers.get("Link", ""))
    assert all(CURSOR.fullmatch(cursor) for _, _, _, cursor in links)
    asked = _without_cursor(response.url)
    return [
        (name, results if with_results else "", _without_cursor(address) == asked)
        for address, name, results, _ in links
    ]


def _without_cursor(address):
    # The old server writes the parameters in any order.
    parts = urlsplit(address)
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    return parts[:3], sorted(pair for pair in pairs if pair[0] != "cursor")


def shape(value):
    """Give a value with its texts left out."""
    if isinstance(value, dict):
        return {name: shape(one) for name, one in sorted(value.items())}
    if isinstance(value, list):
        return [shape(one) for one in value]
    return KINDS[type(value)]


def unlike(one, other, path="$"):
    """Give the places where both have something, of different types; null goes with anything."""
    kinds = KINDS[type(one)], KINDS[type(other)]
    if "null" in kinds:
        return
    if kinds[0] != kinds[1]:
        yield f"{path} is {kinds[0]} | {kinds[1]}"
    elif kinds[0] == "object":
        for name in sorted(one.keys() & other.keys()):
            yield from unlike(one[name], other[name], f"{path}.{name}")
    elif kinds[0] == "list" and one and other:
        yield from unlike(one[0], other[0], f"{path}[]")


def differences(step, ours, theirs, answers):
    """Give each aspect in which two answers differ, as text."""
    for aspect in sorted(ours.keys() | theirs.keys()):
        if ours.get(aspect) != theirs.get(aspect):
            yield f"{step['name']}: {aspect}: {ours.get(aspect)} | {theirs.get(aspect)}"
    bodies = [answer for answer in answers if answer.ok and "json" in _type(answer)]
    if len(bodies) == 2:
        for place in unlike(*(body.json() for body in bodies)):
            yield f"{step['name']}: field: {place}"


def _type(answer):
    return answer.headers.get("Content-Type", "")
