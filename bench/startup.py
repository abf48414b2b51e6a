#!/usr/bin/env python3
"""Time whole processes of the plugin against the floor: importing what it cannot do without.

    .venv/bin/python bench/startup.py [--runs 20] [--without-official]

Everything runs with the Python that this script runs with. For comparison, the official runtime
from PyPI is installed into an environment of its own, which is removed again.

All take turns, after a round that does not count and leaves compiled bytecode, so that what else
the machine does hits all alike. Prints wall time with its spread, processor time (user and
system: it depends less on what else runs) and peak memory, each also as a ratio of the medians to
those of the floor. Says nothing by its exit status: a benchmark is not a test.
"""

from __future__ import annotations

import argparse
import contextlib
import http.server
import json
import multiprocessing
import os
import pathlib
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from typing import Any, NamedTuple

ROOT = pathlib.Path(__file__).resolve().parents[1]
HELP = ROOT / "help.md"
ISSUES = 10
OFFICIAL = "insightconnect-plugin-runtime"
# No proxy of this machine stands between us and the local server.
ENVIRONMENT = {"PATH": os.defpath, "LANG": "C.UTF-8"}


class Contestant(NamedTuple):
    """A command, and the most that its medians may be, as ratios to those of the floor."""

    name: str
    command: tuple[str, ...]
    most_wall: float | None = None
    most_memory: float | None = None


class Measured(NamedTuple):
    """What one process took: milliseconds, and MiB."""

    wall: float
    cpu: float
    memory: float


PLUGIN = (sys.executable, "-m", "sentry_plugin")
CONTESTANTS = [
    Contestant(
        "import requests, jsonschema", (sys.executable, "-c", "import requests, jsonschema")
    ),
    Contestant("run", (*PLUGIN, "run"), 1.25, 1.2),
    Contestant("info", (*PLUGIN, "info"), 0.4),
    Contestant("nothing (-c pass)", (sys.executable, "-c", "pass")),
]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--runs", type=int, default=20, help="rounds (default: 20)")
    parser.add_argument("--without-official", action="store_true", help="leave that runtime out")
    args = parser.parse_args()
    os.chdir(ROOT)  # where `-m sentry_plugin` finds the plugin, installed or not
    with tempfile.TemporaryDirectory() as folder, _server() as url:
        message = pathlib.Path(folder, "message.json")
        message.write_text(json.dumps(_message(url)), encoding="utf-8")
        contestants = [*CONTESTANTS]
        if not args.without_official:
            contestants.append(_official(pathlib.Path(folder, "official")))
        for each in contestants:
            _warm_up(each, message)
        rounds = [[_measured(each, message) for each in contestants] for _ in range(args.runs)]
    _print(contestants, list(zip(*rounds, strict=True)))


def _official(folder: pathlib.Path) -> Contestant:
    print(f"Installing {OFFICIAL} ...", file=sys.stderr)
    python = folder / "bin/python"
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    subprocess.run([python, "-m", "pip", "install", "-qq", OFFICIAL], check=True)
    module = OFFICIAL.replace("-", "_")
    return Contestant(f"import {module}", (str(python), "-c", f"import {module}"))


def _message(url: str) -> dict[str, Any]:
    connection = {"token": {"token": "not-a-real-token"}, "url": url}
    given = {"organization_slug": "my-organization", "project_slug": "my-project"}
    body = {"action": "list_project_issues", "meta": {}, "connection": connection, "input": given}
    return {"version": "v1", "type": "action_start", "body": body}


@contextlib.contextmanager
def _server() -> Iterator[str]:
    """Answer every request with the same ten issues, from a process of its own."""
    body = json.dumps(_issues()).encode()

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1  # head and body in one packet: the second would wait for an ACK

        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        process = multiprocessing.get_context("fork").Process(target=server.serve_forever)
        process.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            process.terminate()
            process.join()


def _issues() -> list[dict[str, Any]]:
    """Give ten issues like the one that help.md shows, each with a day of counts."""
    _, _, section = HELP.read_text(encoding="utf-8").partition("#### List Project Issues")
    _, _, example = section.partition("Example output:\n\n```\n")
    issue = json.loads(example.partition("```")[0])["issues"][0]
    stats = {"24h": [[1784390400 + 3600 * hour, hour] for hour in range(24)]}
    return [{**issue, "id": str(int(issue["id"]) + n), "stats": stats} for n in range(ISSUES)]


def _warm_up(contestant: Contestant, message: pathlib.Path) -> None:
    """Run it once, and end here if it does not work."""
    with message.open() as stdin:
        done = subprocess.run(
            contestant.command,
            stdin=stdin,
            env=ENVIRONMENT,
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode:
        raise SystemExit(f"`{contestant.name}` does not work:\n{done.stderr}")


def _measured(contestant: Contestant, message: pathlib.Path) -> Measured:
    with message.open() as stdin:
        before = time.perf_counter()
        process = subprocess.Popen(
            contestant.command,
            stdin=stdin,
            env=ENVIRONMENT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - before
    process.returncode = os.waitstatus_to_exitcode(status)
    cpu = usage.ru_utime + usage.ru_stime
    return Measured(wall * 1000, cpu * 1000, usage.ru_maxrss / 1024)


def _print(contestants: list[Contestant], measured: list[tuple[Measured, ...]]) -> None:
    medians = [
        Measured(*(statistics.median(column) for column in zip(*runs, strict=True)))
        for runs in measured
    ]
    print(
        f"Python {sys.version.split()[0]}, {os.cpu_count()} processors, "
        f"load {os.getloadavg()[0]:.1f}, {len(measured[0])} runs of each\n\n"
        f"{'':38}{'wall ms':^34}{'(most)':>8} |{'cpu ms':^14} |{'peak MiB':^14}{'(most)':>8}\n"
        f"{'':38}{'min':>6}{'q1':>6}{'median':>8}{'q3':>6}{'ratio':>8}{'':8} |"
        f"{'median':>7}{'ratio':>7} |{'median':>7}{'ratio':>7}"
    )
    for contestant, median, runs in zip(contestants, medians, measured, strict=True):
        print(_line(contestant, median, medians[0], [run.wall for run in runs]))


def _line(contestant: Contestant, median: Measured, floor: Measured, walls: list[float]) -> str:
    first, _, third = statistics.quantiles(walls, n=4, method="inclusive")
    wall, cpu, memory = (mine / of_floor for mine, of_floor in zip(median, floor, strict=True))
    peak = f"{median.memory:7.1f}{memory:7.2f}{_most(contestant.most_memory)}"
    # Linux counts as a child's peak also that of the process which started it.
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return (
        f"{contestant.name:38}{min(walls):6.0f}{first:6.0f}{median.wall:8.0f}{third:6.0f}"
        f"{wall:8.2f}{_most(contestant.most_wall)} |{median.cpu:7.0f}{cpu:7.2f} |"
        f"{peak if median.memory > own else '  below that of this script'}"
    ).rstrip()


def _most(ratio: float | None) -> str:
    return f"{f'({ratio:.2f})' if ratio else '':>8}"


if __name__ == "__main__":
    main()
