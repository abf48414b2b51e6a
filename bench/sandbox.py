"""Measures the sandbox: how soon it is ready, how much memory it takes, how many pages it serves.

    python bench/sandbox.py [--seconds 3] [--clients 2]

Every profile is a process of its own; "ready" is from its start to its first line. A page is a
list of a hundred issues, read over connections that are kept, from a process that is warm.
"""

from __future__ import annotations

import argparse
import http.client
import json
import pathlib
import subprocess
import sys
import threading
import time

PROFILES = ("small", "medium", "large")
PAGE = "/api/0/organizations/acme/issues/?query=&limit=100"
# What the small profile lacks to fill a page.
ISSUES = 200
TARGETS = {"ready": {"small": 1.0, "large": 5.0}, "memory": {"large": 400}, "pages": 150}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--clients", type=int, default=2)
    args = parser.parse_args()
    print(f"{'profile':8} {'ready, s':>9} {'memory, MB':>11} {'pages/s':>8} {'KB a page':>10}")
    misses = []
    for profile in PROFILES:
        found = measured(profile, args)
        print("{:8} {ready:9.2f} {memory:11.0f} {pages:8.0f} {size:10.0f}".format(profile, **found))
        misses += missed(profile, found)
    print("\n".join(misses) or "every target is met")
    return len(misses)


def measured(profile: str, args: argparse.Namespace) -> dict[str, float]:
    program = [sys.executable, "-m", "sentry_plugin.sandbox", "--port", "0", "--json"]
    started = time.perf_counter()
    process = subprocess.Popen(
        [*program, "--profile", profile], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    try:
        known = json.loads(process.stdout.readline())
        ready = time.perf_counter() - started
        fill(known)
        size = len(page(known, http.client.HTTPConnection(host(known))))
        pages = rate(known, args.seconds, args.clients)
        status = pathlib.Path(f"/proc/{process.pid}/status").read_text(encoding="utf-8")
        peak = next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM"))
    finally:
        process.terminate()
        process.wait()
    return {"ready": ready, "memory": int(peak) / 1024, "pages": pages, "size": size / 1024}


def host(known: dict[str, str]) -> str:
    return known["url"].split("/")[2]


def fill(known: dict[str, str]) -> None:
    key = known["dsn"].split("//")[1].split("@")[0]
    connection = http.client.HTTPConnection(host(known))
    headers = {"X-Sentry-Auth": f"Sentry sentry_key={key}, sentry_version=7"}
    for number in range(ISSUES):
        values = [{"type": "BenchError", "value": f"issue {number}"}]
        body = json.dumps({"exception": {"values": values}, "environment": "bench"})
        connection.request("POST", "/api/4500000/store/", body, headers)
        response = connection.getresponse()
        response.read()


def page(known: dict[str, str], connection: http.client.HTTPConnection) -> bytes:
    connection.request("GET", PAGE, headers={"Authorization": f"Bearer {known['token']}"})
    response = connection.getresponse()
    body = response.read()
    if response.status != 200:
        raise SystemExit(f"{PAGE} was answered with {response.status}: {body[:200]!r}")
    return body


def rate(known: dict[str, str], seconds: float, clients: int) -> float:
    counts = [0] * clients
    end = time.perf_counter() + seconds

    def read(client: int) -> None:
        connection = http.client.HTTPConnection(host(known))
        while time.perf_counter() < end:
            page(known, connection)
            counts[client] += 1

    threads = [threading.Thread(target=read, args=(client,)) for client in range(clients)]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / (time.perf_counter() - started)


def missed(profile: str, found: dict[str, float]) -> list[str]:
    limits = {name: TARGETS[name].get(profile) for name in ("ready", "memory")}
    words = [
        f"{profile}: {name} is {found[name]:.2f}, more than {limit}"
        for name, limit in limits.items()
        if limit is not None and found[name] > limit
    ]
    if found["pages"] < TARGETS["pages"]:
        words.append(f"{profile}: {found['pages']:.0f} pages a second, below {TARGETS['pages']}")
    return words


if __name__ == "__main__":
    sys.exit(main())
