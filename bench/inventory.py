"""Measures Collect Inventory: seconds, requests and memory, against a stub of Sentry's API.

    python bench/inventory.py [--profiles S M L] [--latency 0 20] [--rps 0] [--stub FILE]

Every run is a process of its own, as an orchestrator starts it: start of Python, collection, and
the event with the packed graph on stdout. It has what JupiterOne's integration collects but the
repositories: the seed's types, roles and findings. What that integration was measured to take on
the same stub is printed beside. With --store it also stores a first snapshot; bench/store.py
measures that by itself.
"""

from __future__ import annotations

import argparse
import json
import os
import pathlib
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

STUB = pathlib.Path(__file__).resolve().parents[2] / "shared/bench/sentry_stub.py"
# Seconds, requests and megabytes of graph-sentry 1.6.0 on CLI 8.41.0, by profile and latency.
GRAPH_SENTRY = {
    ("S", 0): (1.39, 21, 171),
    ("S", 20): (1.54, 21, 170),
    ("M", 0): (18.1, 730, 354),
    ("M", 20): (19.5, 730, 384),
    ("L", 0): (142.8, 6272, 539),
    ("L", 20): (148.9, 6272, 578),
}
# Seconds, requests, megabytes and answers of 429 that we want to stay within.
TARGETS = {("L", 0): (4, 1450, 250), ("L", 20): (8, 1450, 250)}
COLUMNS = ("seconds", "requests", "MB", "429", "objects", "theirs: seconds", "requests", "MB")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--profiles", nargs="+", default=["S", "M", "L"])
    parser.add_argument("--latency", nargs="+", type=int, default=[0, 20], help="milliseconds")
    parser.add_argument("--rps", type=int, default=0, help="requests a second of each endpoint")
    parser.add_argument("--store", action="store_true", help="store what is collected")
    parser.add_argument("--stub", type=pathlib.Path, default=STUB)
    args = parser.parse_args()
    print(f"{'profile':8}{'latency':>8}", *(f"{each:>15}" for each in COLUMNS))
    missed = []
    for profile in args.profiles:
        for latency in args.latency:
            ours = measured(args, profile, latency)
            theirs = GRAPH_SENTRY.get((profile, latency), ("", "", ""))
            print(f"{profile:8}{latency:>8}", *(f"{each:>15}" for each in (*ours, *theirs)))
            wanted = TARGETS.get((profile, latency), ()) if not args.rps else ()
            missed += [
                f"{profile} at {latency} ms: {name} is {is_}, not at most {most}"
                for name, is_, most in zip(COLUMNS, ours, wanted, strict=False)
                if is_ > most
            ]
    print("\n".join(missed) or "every target is met")
    return len(missed)


def measured(args: argparse.Namespace, profile: str, latency: int) -> tuple[float, ...]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    options = ["--profile", profile, "--latency-ms", str(latency), "--rps", str(args.rps)]
    server = subprocess.Popen(
        [sys.executable, str(args.stub), "--port", str(port), *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    try:
        server.stdout.readline()
        with tempfile.TemporaryDirectory() as folder:
            os.environ["SENTRY_PLUGIN_STATE"] = folder
            return collected(f"http://127.0.0.1:{port}", store=args.store)
    finally:
        server.terminate()
        server.wait()


def collected(base: str, *, store: bool) -> tuple[float, ...]:
    connection = {"token": {"token": "not-a-real-token"}, "url": base, "timeout": 600}
    given = {"include": ["roles", "findings"], "output_as": "file", "organizations": ["acme"]}
    given |= {"store": store}
    body = {"action": "collect_inventory", "meta": {}, "connection": connection, "input": given}
    message = {"version": "v1", "type": "action_start", "body": body}
    began = time.perf_counter()
    done = subprocess.run(
        ["/usr/bin/env", "time", "-f", "%M", sys.executable, "-m", "sentry_plugin", "run"],
        input=json.dumps(message),
        capture_output=True,
        text=True,
        check=True,
    )
    seconds = round(time.perf_counter() - began, 2)
    output = json.loads(done.stdout)["body"]["output"]
    if output["partial_types"]:
        raise SystemExit(f"not complete: {output['partial_types']}")
    with urllib.request.urlopen(f"{base}/__stats") as answer:  # noqa: S310  (our own server)
        asked = json.load(answer)
    memory = int(done.stderr.split()[-1]) >> 10
    refused = len(re.findall(r": 429 in", done.stderr))
    return seconds, asked["requests"], memory, refused, sum(output["counts"].values())


if __name__ == "__main__":
    raise SystemExit(main())
