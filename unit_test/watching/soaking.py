"""A soak: a trigger that is killed again and again, between a Sentry and a dispatcher that fail.

Every issue and every regression has to be delivered at least once; what is delivered twice is
counted. Used by a test with few issues, and by bench/soak.py with many.
"""

from __future__ import annotations

import contextlib
import http.server
import json
import random
import subprocess
import sys
import threading
import time
from collections import Counter
from typing import NamedTuple

from unit_test import outside

FAULTS = (
    {"kind": "server_error", "share": 0.1, "status": 500},
    {"kind": "server_error", "share": 0.05, "status": 503},
    {"kind": "reset_before", "share": 0.05},
    {"kind": "truncated", "share": 0.05},
    {"kind": "html", "share": 0.03},
    {"kind": "latency", "share": 0.1, "seconds": 0.3},
)
KILLS = 2
"""How many there are at least."""
LOST, TAKEN = 0.15, 0.05
"""How many posts the dispatcher refuses, and how many it takes and then denies to have taken."""


class Outcome(NamedTuple):
    """What came of it."""

    wanted: int
    missing: set[tuple[str, str]]
    deliveries: int
    twice: int
    denied: int
    kills: int
    seconds: float


class _Dispatcher:
    def __init__(self, chance):
        self.occurrences, self.told, self.denied = Counter(), set(), 0
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                drawn = chance.random()
                if drawn >= LOST:
                    output = body["body"]["output"]
                    outer.occurrences[output["occurrence"]] += 1
                    outer.told.add((output["kind"], output["issue"]["id"]))
                outer.denied += LOST <= drawn < LOST + TAKEN
                with contextlib.suppress(OSError):  # the trigger was killed meanwhile
                    self.send_response(500 if drawn < LOST + TAKEN else 200)
                    self.send_header("Content-Length", "0")
                    self.end_headers()

            def log_message(self, *_):
                """Nobody reads it."""

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}/"

    def close(self):
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Trigger:
    """The trigger's process, killed at random moments and started again, until it is stopped."""

    def __init__(self, message, folder, chance, longest):
        self._message = json.dumps(message).encode()
        self._environment = outside.unmeasured() | {"SENTRY_PLUGIN_STATE": str(folder)}
        self._chance, self._longest = chance, longest
        self._ended, self.kills = threading.Event(), 0
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self):
        while not self._ended.is_set():
            process = subprocess.Popen(
                [sys.executable, "-m", "sentry_plugin", "run"],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env=self._environment,
            )
            with process:
                process.stdin.write(self._message)
                process.stdin.close()
                self._ended.wait(self._chance.uniform(0.5, self._longest))
                process.kill()
                process.stdin = None
            self.kills += 1
            # On a slow machine, too, a life is long enough at last.
            self._longest *= 1.1

    def stop(self):
        self._ended.set()
        self._thread.join()


def soak(sandbox, folder, *, issues, longest=4.0, limit=1200.0, seed=7):
    """Send *issues* to a sandbox, let each tenth regress, and see what arrives.

    *sandbox* has `http`, `base`, `known`, and the functions of a running one; *longest* are the
    seconds after which the trigger is killed at the latest, at first, *limit* those that all may
    take. It ends after two kills at the earliest.
    """
    chance = random.Random(seed)
    dispatcher = _Dispatcher(random.Random(seed + 1))
    known, began = sandbox.known, time.monotonic()
    message = {
        "version": "v1",
        "type": "trigger_start",
        "body": {
            "trigger": "new_issue",
            "meta": {"triggerId": "soak"},
            "connection": {"url": sandbox.base, "token": {"token": known["token"]}},
            "input": {"organization_slug": "acme", "projects": ["sandbox"], "interval": 5},
            "dispatcher": {"url": dispatcher.url, "webhook_url": ""},
        },
    }
    message["body"]["input"]["kinds"] = ["new", "regressed"]
    message["body"]["input"]["since"] = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    trigger = _Trigger(message, folder, chance, longest)
    try:
        for fault in FAULTS:
            sandbox.fault(path="/api/0/projects/*", method="GET", **fault)
        wanted = set()
        for number in range(issues):
            words = f"soak {number}"
            event = {"logentry": {"formatted": words}, "fingerprint": [words]}
            event_id = sandbox.event(**event)
            found = sandbox.get(f"organizations/acme/eventids/{event_id}/").json()["groupId"]
            wanted.add(("new", found))
            if number % 10 == 0:
                sandbox.put(f"issues/{found}/", {"status": "resolved"})
                sandbox.event(**event)
                wanted.add(("regressed", found))
        while (
            (missing := wanted - dispatcher.told) or trigger.kills < KILLS
        ) and time.monotonic() - began < limit:
            time.sleep(0.2)
    finally:
        trigger.stop()
        dispatcher.close()
    counts = dispatcher.occurrences.values()
    return Outcome(
        len(wanted),
        missing,
        sum(counts),
        sum(counts) - len(counts),
        dispatcher.denied,
        trigger.kills,
        time.monotonic() - began,
    )
