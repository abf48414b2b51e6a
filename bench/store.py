"""Measures the store: seconds for a snapshot, and to compare it with the one before.

    python bench/store.py [--profiles S M L] [--stub FILE]

The inventory is collected from a stub of Sentry's API once; then it is stored, stored again as it
is, and stored with a tenth of its members changed. A comparison is with the snapshot before.
"""

from __future__ import annotations

import argparse
import gc
import os
import pathlib
import resource
import socket
import subprocess
import sys
import tempfile
import time

from sentry_plugin import settings
from sentry_plugin.inventory.collect import collecting
from sentry_plugin.inventory.compare import comparing
from sentry_plugin.inventory.store import snapshots
from sentry_plugin.ledger import Ledger
from sentry_plugin.steps.connection import Connection

STUB = pathlib.Path(__file__).resolve().parents[2] / "shared/bench/sentry_stub.py"
# Seconds of a snapshot and its comparison together that we want to stay within.
TARGETS = {"L": 1.5}
COLUMNS = ("objects", "snapshot", "compare", "together", "changes", "file MB")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--profiles", nargs="+", default=["S", "M", "L"])
    parser.add_argument("--stub", type=pathlib.Path, default=STUB)
    args = parser.parse_args()
    print(f"{'profile':8}{'what':>10}", *(f"{each:>10}" for each in COLUMNS))
    missed = []
    for profile in args.profiles:
        inventory, connection = collected(args.stub, profile)
        with tempfile.TemporaryDirectory() as folder:
            os.environ |= {settings.STATE: folder, settings.OFFLINE: "1"}
            for what in ("first", "same", "changed"):
                change(inventory, what)
                row = measured(inventory, connection)
                print(f"{profile:8}{what:>10}", *(f"{each:>10}" for each in row))
                if row[3] > TARGETS.get(profile, row[3]):
                    missed.append(f"{profile} {what}: {row[3]} s, not at most {TARGETS[profile]}")
    print(f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10} MB at most")
    print("\n".join(missed) or "every target is met")
    return len(missed)


def collected(stub: pathlib.Path, profile: str) -> tuple[collecting.CollectedInventory, Connection]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, str(stub), "--port", str(port), "--profile", profile],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    base = {"url": f"http://127.0.0.1:{port}", "timeout": 600, "organization": "acme"}
    connection = Connection({"token": {"token": "not-a-real-token"}, **base}, Ledger())
    try:
        server.stdout.readline()
        connection.check()
        wanted = collecting.CollectOptions(include=["roles", "findings"])
        return collecting.collect(connection.client, wanted), connection
    finally:
        connection.close()
        server.terminate()
        server.wait()


def change(inventory: collecting.CollectedInventory, what: str) -> None:
    members = [each for each in inventory.graph.entities if each["_type"] == "sentry_member"]
    for member in members[::10] if what == "changed" else ():
        member["mfaEnabled"] = not member.get("mfaEnabled")


def measured(inventory: collecting.CollectedInventory, connection: Connection) -> tuple[float, ...]:
    gc.collect()
    began = time.perf_counter()
    number = snapshots.add(connection, inventory)
    kept = time.perf_counter()
    known = snapshots.find(connection, [*inventory.graph.by_organization()])
    after = [each for each in known if each.id == number]
    found = comparing.compare_snapshots(connection, None, after)
    done = time.perf_counter()
    (file,) = pathlib.Path(os.environ[settings.STATE]).glob("inventory/*")
    return (
        sum(inventory.graph.counts().values()),
        round(kept - began, 2),
        round(done - kept, 2),
        round(done - began, 2),
        len(found.changes),
        round(file.stat().st_size / 1e6, 1),
    )


if __name__ == "__main__":
    raise SystemExit(main())
