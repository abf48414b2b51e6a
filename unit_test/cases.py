"""Inputs that once were answered wrongly: a server that answers by a list, and the process.

Judges nothing. The README beside the cases says what the lists and the words in @ mean.
"""

from __future__ import annotations

import base64
import contextlib
import datetime as dt
import fnmatch
import http.server
import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import threading
import time
from typing import Any, NamedTuple

from unit_test.outside import PLUGIN

TOKEN = "not-a-real-token"


class Server:
    """Answers by a list of rules, and keeps what it was asked."""

    def __init__(self):
        self.rules, self.asked = [], []
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answered(self):
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                outer.asked.append((self.command, self.path, dict(self.headers), body))
                rule = outer.rule(self.command, self.path)
                time.sleep(rule.get("delay_s", 0))
                with contextlib.suppress(ConnectionError):
                    self.answer(rule)

            def answer(self, rule):
                size, parts = content(rule["body"])
                self.send_response(rule["status"])
                for name, value in {**rule["headers"], "Content-Length": size}.items():
                    self.send_header(name, str(value))
                self.end_headers()
                for part in parts:
                    self.wfile.write(part)

            def log_message(self, *_):
                """Nobody reads it."""

        for method in ("GET", "POST", "PUT", "DELETE"):
            setattr(Handler, f"do_{method}", Handler.answered)
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()
        self.port = self._server.server_port
        self.origin = f"http://127.0.0.1:{self.port}"

    def rule(self, method, target):
        """Give the first rule that fits; one that has others like it is used once."""
        fitting = [each for each in self.rules if self._fits(each, method, target)]
        found = fitting[0]
        if [(each["method"], each["path"]) for each in fitting[1:]].count(
            (found["method"], found["path"])
        ):
            self.rules.remove(found)
        return found

    def _fits(self, rule, method, target):
        path = target if "?" in rule["path"] else target.partition("?")[0]
        methods = [each for each, *_ in self.asked]
        return (
            rule["method"] in {"*", method}
            and fnmatch.fnmatchcase(path, rule["path"].replace("[", "[[]"))
            and ("after" not in rule or rule["after"] in methods)
        )

    def close(self):
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def content(body):
    """Give the length of a body, and its parts."""
    if isinstance(body, dict) and "@REPEAT@" in body:
        before, one, after = (body[name].encode() for name in ("@BEFORE@", "@REPEAT@", "@AFTER@"))
        count = body["@COUNT@"]
        at_once = 1 << 14
        whole, rest = divmod(count, at_once)
        size = len(before) + count * len(one) + len(after)
        return size, [before, *([one * at_once] * whole), one * rest, after]
    data = body.encode() if isinstance(body, str) else json.dumps(body).encode()
    return len(data), [data]


class Done(NamedTuple):
    """What the process did."""

    status: int
    out: str
    err: str

    @property
    def event(self):
        """The one event."""
        assert self.out.count("\n") == 1, self.err
        return json.loads(self.out)

    @property
    def body(self):
        return self.event["body"]


class Cases:
    """The folder of cases, and servers for them."""

    def __init__(self, folder, nursery):
        self._folder, self._nursery = folder, nursery
        self.server, self.foreign = Server(), Server()
        self.foreign.rules = [rule("*", "*", 200, {"id": "stolen"})]
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.closed = free.getsockname()[1]
        payload = {"iat": 1, "url": self.server.origin, "region_url": self.server.origin}
        packed = base64.b64encode(json.dumps({**payload, "org": "acme"}).encode()).decode()
        self.words = {
            "@ORIGIN@": self.server.origin,
            "@URL@": f"{self.server.origin}/api/0/",
            "@PORT@": str(self.server.port),
            "@DSN@": f"http://public-key@127.0.0.1:{self.server.port}/1",
            "@TOKEN@": TOKEN,
            "@ORGTOKEN@": f"sntrys_{packed}_random-text",
            "@FOREIGN@": str(self.foreign.port),
            "@CLOSED@": str(self.closed),
            "@PROXY@": f"http://127.0.0.1:{self.foreign.port}",
            "@FAR@": "http://sentry.internal.example/",
            "@DISPATCHER@": f"{self.foreign.origin}/events",
        }

    def text(self, name):
        """Read a file of the folder, filled in."""
        text = (self._folder / name).read_text(encoding="utf-8")
        for word, value in self.words.items():
            text = text.replace(word, value)
        text = re.sub("@REPEAT:(\\d+):(.)@", lambda found: found[2] * int(found[1]), text)
        text = re.sub("@NOW:(.*?)@", lambda found: dt.datetime.now(dt.UTC).strftime(found[1]), text)
        return _repeated(text) if "@TIMES:" in text else text

    def serve(self, name, folder="server_answers"):
        """Let the server answer by a list."""
        self.server.rules = json.loads(self.text(f"{folder}/{name}.json"))

    def message(self, name, **changes):
        """Give the text of a message; *changes* are of its connection."""
        text = self.text(f"{name}.json")
        if changes:
            message = json.loads(text)
            message["body"]["connection"] |= changes
            text = json.dumps(message)
        return text

    def run(self, name, **changes):
        """Run a message in a process."""
        message = self.message(name, **changes)
        return Done(*self._nursery.start(["run"], message, dict(os.environ)).result())

    def measured(self, name, limit, **changes):
        """Run a message in so many KiB of memory; give those that it took, too."""
        limited = ["sh", "-c", f'ulimit -v {limit or "unlimited"}; exec "$@"', "sh", *PLUGIN, "run"]
        with tempfile.NamedTemporaryFile() as peak:
            done = subprocess.run(
                [sys.executable, "-S", "-c", MEASURED, peak.name, *limited],
                input=self.message(name, **changes),
                capture_output=True,
                text=True,
                check=False,
            )
            return Done(done.returncode, done.stdout, done.stderr), int(peak.read())

    def close(self):
        self.server.close()
        self.foreign.close()


def _repeated(text):
    """Write a list of something and `@TIMES:n@` as a list of n times that thing."""

    def whole(pairs):
        return {key: _times(value) for key, value in pairs}

    return json.dumps(json.loads(text, object_pairs_hook=whole))


def _times(value):
    match value:
        case [thing, str(count)] if found := re.fullmatch("@TIMES:(\\d+)@", count):
            return [thing] * int(found[1])
    return value


def rule(method, path, status, body, **more: Any):
    """Make a rule of a server."""
    headers = {"Content-Type": "application/json"}
    return {
        "method": method,
        "path": path,
        "status": status,
        "headers": headers,
        "body": body,
        **more,
    }


# What a process takes at most counts from what started it: so that is to be small.
MEASURED = """
import resource, subprocess, sys
status = subprocess.run(sys.argv[2:], check=False).returncode
with open(sys.argv[1], "w") as file:
    file.write(str(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss))
sys.exit(status)
"""
