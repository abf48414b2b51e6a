"""Measures Upload Inventory: seconds, uploads and bytes, against a stand-in for JupiterOne.

    python bench/upload.py [--profiles S M L] [--fail 5] [--stubs FOLDER]

An inventory is collected from a stub of Sentry's API, with roles, findings and raw data as
JupiterOne's integration has them. What is measured is a process that is given its file: start of
Python, reading it, and the upload. What JupiterOne's own client was measured to take for the same
graph against the same stand-in is printed beside it.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import pathlib
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from typing import Any

STUBS = pathlib.Path(__file__).resolve().parents[2] / "shared/bench"
# Seconds, uploads and megabytes of `j1-integration sync` of CLI 8.41, by profile.
CLI = {"L": (43.0, 1053, 90.7)}
COLUMNS = ("objects", "seconds", "POSTs", "MB", "peak MB", "theirs: seconds", "POSTs", "MB")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--profiles", nargs="+", default=["S", "M", "L"])
    parser.add_argument("--fail", type=int, default=0, help="every n-th answer is a 503")
    parser.add_argument("--stubs", type=pathlib.Path, default=STUBS)
    args = parser.parse_args()
    print(f"{'profile':8}{'raw data':>10}", *(f"{each:>15}" for each in COLUMNS))
    missed = []
    for profile in args.profiles:
        for raw in (True, False):
            collected = inventory(args, profile, raw=raw)
            found = measured(args, collected)
            theirs = CLI.get(profile, ("",) * 3) if raw else ("",) * 3
            print(f"{profile:8}{raw!s:>10}", *(f"{each:>15}" for each in (*found, *theirs)))
            if profile in CLI and found[1] > CLI[profile][0]:
                missed.append(f"{profile}: {found[1]} s")
    print("\n".join(missed) or "faster than JupiterOne's own client")
    return len(missed)


@contextlib.contextmanager
def server(stub: pathlib.Path, *arguments: object, port: int) -> Iterator[str]:
    """Run a stub until the end of the block, and give its address."""
    process = subprocess.Popen(
        [sys.executable, str(stub), *map(str, arguments)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        while True:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
                break
            time.sleep(0.05)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    return port


def inventory(args: argparse.Namespace, profile: str, *, raw: bool) -> dict[str, object]:
    port = free_port()
    stub = args.stubs / "sentry_stub.py"
    with server(stub, "--port", port, "--profile", profile, port=port) as base:
        given = {
            "include": ["roles", "findings", "service", "repositories"],
            "output_as": "file",
            "organizations": ["acme"],
            "raw_data": raw,
        }
        output, _ = run("collect_inventory", given, {"url": base})
    if output["partial_types"]:
        raise SystemExit(f"not complete: {output['partial_types']}")
    return output


def measured(args: argparse.Namespace, collected: dict[str, object]) -> tuple[float, ...]:
    port = free_port()
    access = {"jupiterone": {"secretKey": "not-a-real-key"}, "jupiterone_account": "my-account"}
    given = {"scope": "bench", "file": collected["file"]}
    with tempfile.TemporaryDirectory() as folder:
        record = pathlib.Path(folder, "record.jsonl")
        stub = args.stubs / "jupiterone_stub.py"
        with server(stub, port, record, args.fail, port=port) as base:
            began = time.perf_counter()
            output, memory = run(
                "upload_inventory",
                given,
                access,
                SENTRY_PLUGIN_JUPITERONE_URL=base,
                SENTRY_PLUGIN_STATE=folder,
            )
            seconds = round(time.perf_counter() - began, 2)
        asked = [json.loads(line) for line in record.read_text().splitlines()]
    posts = [each for each in asked if each["m"] == "POST"]
    objects = sum(output["counts"].values())
    arrived = output["entities"]["uploaded"] + output["relationships"]["uploaded"]
    if arrived != objects:
        raise SystemExit(f"{arrived} of {objects} arrived")
    return objects, seconds, len(posts), round(sum(each["len"] for each in posts) / 1e6, 1), memory


def run(
    action: str, given: object, connection: dict[str, object], **environment: str
) -> tuple[dict[str, Any], int]:
    """Run an action in a process; give its output, and the megabytes that it took at most."""
    whole = {"token": {"token": "not-a-real-token"}, "timeout": 600, **connection}
    body = {"action": action, "meta": {}, "connection": whole, "input": given}
    done = subprocess.run(
        ["/usr/bin/env", "time", "-f", "%M", sys.executable, "-m", "sentry_plugin", "run"],
        input=json.dumps({"version": "v1", "type": "action_start", "body": body}),
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **environment},
    )
    answered = json.loads(done.stdout)["body"]
    if answered["status"] != "ok":
        raise SystemExit(answered["error"])
    return answered["output"], int(done.stderr.split()[-1]) >> 10


if __name__ == "__main__":
    raise SystemExit(main())
