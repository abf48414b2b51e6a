"""Soaks a trigger: a Sentry and a dispatcher that fail, and SIGKILL at random moments.

    python bench/soak.py [--issues 2000] [--longest 6] [--limit 1500] [--seed 7]

Starts a sandbox, sends issues to it, lets each tenth regress, and counts what arrives. Exits 1 if
anything is missing. Twice arrives what the dispatcher took and denied, or what a kill cut off
between its delivery and its note; nothing else may.
"""

from __future__ import annotations

import argparse
import pathlib
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from unit_test.sandbox.running import Running
from unit_test.watching.soaking import soak


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--issues", type=int, default=2000)
    parser.add_argument("--longest", type=float, default=6, help="seconds until a kill, at most")
    parser.add_argument("--limit", type=float, default=1500, help="seconds for all of it")
    parser.add_argument("--seed", type=int, default=7)
    args = parser.parse_args()
    sandbox = Running(None)
    try:
        with tempfile.TemporaryDirectory() as folder:
            outcome = soak(sandbox, folder, **vars(args))
    finally:
        sandbox.stop()
    for name, value in outcome._asdict().items():
        print(f"{name:12}{len(value) if name == 'missing' else round(value)}")
    return 1 if outcome.missing else 0


if __name__ == "__main__":
    sys.exit(main())
