#!/usr/bin/env python3
"""Time a list of 10,000 issues against a bare loop that does no more than it must.

    .venv/bin/python bench/list.py [--runs 5]

The bare loop uses one session of requests, one prebuilt validator and json.dumps. Both are whole
processes that ask the same local server for a hundred pages of a hundred issues; they take turns,
after a round that does not count. Prints medians of wall time, processor time and peak memory, and
their ratios. Says nothing by its exit status: a benchmark is not a test.
"""

from __future__ import annotations

import argparse
import contextlib
import http.server
import json
import multiprocessing
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import startup

PAGES, PAGE = 100, 100
PATH = "/api/0/projects/acme/many/issues/"

BARE = """
import json, pathlib, sys, requests
from jsonschema import Draft202012Validator
url, schema = sys.argv[1:]
validator = Draft202012Validator(json.loads(pathlib.Path(schema).read_bytes()))
issues, cursor = [], None
with requests.Session() as session:
    session.trust_env = False
    session.headers["Authorization"] = "Bearer not-a-real-token"
    while True:
        answer = session.get(url, params={"cursor": cursor} if cursor else {}, timeout=60)
        issues += answer.json()
        following = answer.links["next"]
        if following["results"] != "true":
            break
        cursor = following["cursor"]
output = {"issues": issues}
for error in validator.iter_errors(output):
    sys.exit(error.message)
print(json.dumps(output))
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=5)
    runs = parser.parse_args().runs
    with server() as url:
        message = json.dumps(
            {
                "version": "v1",
                "type": "action_start",
                "body": {
                    "action": "list_project_issues",
                    "connection": {"token": {"token": "not-a-real-token"}, "url": url},
                    "input": {"organization_slug": "acme", "project_slug": "many"},
                },
            }
        )
        schema = startup.ROOT / "sentry_plugin/generated/list_project_issues.output.json"
        contestants = {
            "bare loop": [sys.executable, "-c", BARE, url.rstrip("/") + PATH, str(schema)],
            "run": [sys.executable, "-m", "sentry_plugin", "run"],
        }
        taken = {name: [] for name in contestants}
        for _ in range(runs + 1):
            for name, command in contestants.items():
                taken[name].append(measured(command, message))
    floor = None
    print(f"{PAGES * PAGE} issues, {runs} runs of each{'wall s':>10}{'cpu s':>10}{'peak MiB':>10}")
    for name, rounds in taken.items():
        medians = [statistics.median(column) for column in zip(*rounds[1:], strict=True)]
        floor = floor or medians
        ratios = " ".join(f"{m / f:.2f}" for m, f in zip(medians, floor, strict=True))
        print(f"{name:27}" + "".join(f"{median:10.2f}" for median in medians) + f"   {ratios}")


def measured(command: list[str], message: str) -> tuple[float, float, float]:
    """Run one process; give wall seconds, processor seconds and peak MiB."""
    started = time.perf_counter()
    process = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=startup.ROOT,
    )
    process.stdin.write(message.encode())
    process.stdin.close()
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{command[:3]} failed with {process.returncode}")
    seconds = time.perf_counter() - started
    return seconds, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


@contextlib.contextmanager
def server() -> Iterator[str]:
    """Serve the pages from a process of its own."""
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.Process(target=serve, args=(theirs,), daemon=True)
    process.start()
    yield f"http://127.0.0.1:{ours.recv()}"
    process.terminate()


def serve(told: multiprocessing.connection.Connection) -> None:
    issues = startup._issues()  # noqa: SLF001  (the same issues as there)
    bodies = [
        json.dumps([{**issues[n % len(issues)], "id": str(page * PAGE + n)} for n in range(PAGE)])
        for page in range(PAGES)
    ]

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: object) -> None:
            """Say nothing."""

        def do_GET(self) -> None:
            query = parse_qs(urlsplit(self.path).query)
            page = int(query.get("cursor", ["0:0:0"])[0].split(":")[1])
            more = str(page + 1 < PAGES).lower()
            cursor = f"0:{page + 1}:0"
            body = bodies[page].encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            link = f'<http://x/?cursor={cursor}>; rel="next"; results="{more}"; cursor="{cursor}"'
            self.send_header("Link", link)
            self.end_headers()
            self.wfile.write(body)

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as made:
        told.send(made.server_port)
        made.serve_forever()


if __name__ == "__main__":
    main()
