"""One fault at a time: a sandbox, the plugin's process, and what came of it.

Judges nothing: what is right stands in samples/faults.txt.
"""

from __future__ import annotations

import contextlib
import json
import pathlib
import signal
import socket
import time
import uuid
from typing import Any, NamedTuple

from sentry_plugin.steps import step
from sentry_plugin.steps.step import Does
from unit_test.outside import eventually
from unit_test.sandbox.running import Running

TABLE = pathlib.Path(__file__).parents[1] / "samples/faults.txt"
PAGE, ITEMS = 100, 101
OFTEN, ISSUES = "many times", "projects/acme/sandbox/issues/"
ACTIONS = {
    "issues": "list_project_issues",
    "events": "list_issue_events",
    "events_org": "list_issue_events",
    "issue": "get_issue",
    "look": "update_issue",
    "resolve": "update_issue",
    "next": "update_issue",
    "submit": "submit_event",
    "comment": "add_comment",
    "check_in": "check_in",
}
"""What the table asks for, each by the action that stands for all that do the same."""
STRIKES = {
    "once": {"times": 1},
    "twice": {"times": 2},
    "second": {"share": 0.5},
    "later": {"share": 0.99},  # of a hundred, it leaves out the first
}
STRUCK = {"look": "GET", "resolve": "PUT", "next": "PUT", "comment": "POST"}
"""Of what changes an issue, the requests that the fault strikes."""
BY_DSN = {ask for ask, name in ACTIONS.items() if Does.SENDS in step.load("action", name).does}
JOB = {
    "monitor_slug": "job",
    "status": "ok",
    "monitor_config": {"schedule": {"type": "crontab", "value": "0 * * * *"}},
}
SIGNALS = {"sigterm": signal.SIGTERM, "sigint": signal.SIGINT}
TRIES, LONGEST = 20, 27
"""How often it is begun anew where its time was over before it asked; seconds that it gets then.

After 30 seconds without a byte it would ask once more.
"""


class Case(NamedTuple):
    """A cell of the table."""

    fault: str
    when: str
    timeout: int
    ask: str
    code: str
    requests: int

    @property
    def kind(self):
        return self.fault.partition(",")[0]

    @property
    def options(self):
        return dict(option.split("=") for option in self.fault.split(",")[1:])

    @property
    def seconds(self):
        """The seconds that the fault takes, or tells to wait."""
        return float(self.options["seconds"])


def cases():
    """Read the table."""
    lines = [line.split() for line in TABLE.read_text().splitlines() if line and line[0] != "#"]
    (*_, timeout), asks = lines[0][:3], lines[0][3:]
    assert timeout == "timeout"
    cells = [
        (fault, when, int(seconds), ask, *cell.split(":"))
        for fault, when, seconds, *row in lines[1:]
        for ask, cell in zip(asks, row, strict=True)
        if cell != "-"
    ]
    return [Case(*case, int(requests)) for *case, requests in cells]


class Outcome(NamedTuple):
    """What the plugin did about a fault."""

    status: int
    out: str
    err: str
    seconds: float
    """From the first request to the end of the process."""
    asked: list[dict[str, Any]]
    """The requests that arrived, as the sandbox tells them."""
    strangers: int
    """Connections to anybody else."""
    secrets: tuple[str, ...]
    """What nobody may see."""
    subject: str
    """The id of the event or of the issue."""
    kept: Any
    """What the sandbox holds in the end: how many of what was sent, or the issue's status."""


def make_up(data):
    """Fill the data of a sandbox with two pages of everything."""
    sandbox = Running(None, data)
    for number in range(ITEMS - 1):
        sandbox.event(message=f"one of many {number}")
    for _ in range(ITEMS):
        sandbox.event(message=OFTEN)
    sandbox.stop()


class Station:
    """A sandbox with data that was made up, and a trap for all that goes elsewhere."""

    def __init__(self, nursery, environment, data):
        self.nursery = nursery
        self.sandbox = Running(None, data)
        self.trap = socket.create_server(("127.0.0.1", 0))
        trap = f"http://127.0.0.1:{self.trap.getsockname()[1]}"
        ways = {"http_proxy": trap, "https_proxy": trap, "no_proxy": "127.0.0.1"}
        self.environment = environment | ways
        self.trap.settimeout(0)
        self.token = self.sandbox.known["token"]
        (key,) = self.sandbox.get("projects/acme/project-00001/keys/").json()
        self.dsn, self.key = key["dsn"]["public"], key["public"]
        (often,) = self.sandbox.get(ISSUES, params={"query": OFTEN}).json()
        self.issue = often["id"]

    def close(self):
        self.trap.close()
        self.sandbox.stop()

    def run(self, case):
        """Let the fault strike, and see what the plugin does about it.

        Where its time was over before it came to ask, that was a slow machine: it gets more.
        """
        for _ in range(TRIES):
            outcome = self._run(case)
            if case.code != "timed_out" or len(outcome.asked) >= case.requests:
                break
            case = case._replace(timeout=min(case.timeout * 3, LONGEST))
        return outcome

    def _run(self, case):
        subject = self.subject(case)
        message = self.message(case, subject)
        self._control("DELETE", "requests")
        if case.kind != "none":
            strikes = STRIKES.get(case.when, {}) | {"method": STRUCK.get(case.ask, "*")}
            self.sandbox.fault(case.kind, **{"path": "*", **case.options, **strikes})
        begun = self._asked_so_often(case.requests) if case.when in SIGNALS else None
        status, out, err = self.answer(message, SIGNALS.get(case.when), begun)
        ended = time.time()
        self._control("DELETE", "faults")
        asked = self.sandbox.asked()
        seconds = ended - min((each["time"] for each in asked), default=ended)
        strangers = self.strangers()
        known = (self.token, self.key), subject, self._kept(case, subject)
        return Outcome(status, out, err, seconds, asked, strangers, *known)

    def subject(self, case):
        """Give the id of what the case is about: a new one for all that writes."""
        fresh = uuid.uuid4().hex
        if case.ask in BY_DSN:
            return fresh
        if case.ask not in STRUCK:
            return self.issue
        path = f"{self.dsn.rpartition('/')[2]}/store/"
        auth = {"X-Sentry-Auth": f"Sentry sentry_version=7, sentry_key={self.key}"}
        event = {"event_id": fresh, "message": fresh, "release": "app@1.0"}
        self.sandbox.http.post(f"{self.sandbox.base}/api/{path}", json=event, headers=auth)
        listed = self.sandbox.get("projects/acme/project-00001/issues/", params={"query": fresh})
        return listed.json()[0]["id"]

    def message(self, case, subject, **more):
        """Make the start message of a case."""
        url = self.sandbox.base
        connection = {"token": {"token": self.token}, "url": url, "timeout": case.timeout}
        if case.ask in {"test", "events_org", "issue", "look", "resolve"}:
            connection["organization"] = "acme"
        given = {
            "issues": {"organization_slug": "acme", "project_slug": "sandbox"},
            "look": {"issue_id": subject, "status": "resolved"},
            "resolve": {"issue_id": subject, "status": "resolved"},
            "next": {"issue_id": subject, "status": "resolvedInNextRelease"},
            "submit": {"dsn": self.dsn, "event_json": {"event_id": subject}},
            "comment": {"issue_id": subject, "text": "said"},
            "check_in": {"dsn": self.dsn, "check_in_id": subject, **JOB},
        }.get(case.ask, {"issue_id": subject})
        body = {"meta": {"step": 7}, "connection": connection}
        if case.ask == "test":
            return {"version": "v1", "type": "connection_test", "body": body}
        body |= {"action": ACTIONS[case.ask], "input": {**given, **more}}
        return {"version": "v1", "type": "action_start", "body": body}

    def _asked_so_often(self, times):
        return lambda: len(self.sandbox.asked()) >= times

    def answer(self, message, number=None, begun=None):
        """Give a message to the plugin's process; once something has *begun*, send it a signal."""
        command = "run" if "action" in message["body"] else "test"
        child = self.nursery.start([command], json.dumps(message), self.environment)
        if number:
            eventually(begun)
            child.send_signal(number)
        return child.result()

    def strangers(self):
        """Count who called at the trap."""
        count = 0
        with contextlib.suppress(BlockingIOError):
            while True:
                self.trap.accept()[0].close()
                count += 1
        return count

    def _kept(self, case, subject):
        if case.ask == "submit":
            path = "projects/acme/project-00001/events/"
            return len(self.sandbox.get(path, params={"query": subject}).json())
        if case.ask == "comment":
            return len(self.sandbox.get(f"issues/{subject}/comments/").json())
        if case.ask == "check_in":
            found = self.sandbox.get("organizations/acme/monitors/job/checkins/").json()
            # Before the first one there is no such monitor.
            return str(found).replace("-", "").count(subject)
        return self.sandbox.get(f"issues/{subject}/").json()["status"]

    def _control(self, method, what):
        self.sandbox.http.request(method, f"{self.sandbox.base}/_sandbox/{what}")
