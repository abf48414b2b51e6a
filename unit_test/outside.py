"""What is outside of the tests' process: servers named by the environment, the plugin's process.

Must not know any server's address or credentials, nor what one kind of server alone does.
"""

from __future__ import annotations

import atexit
import contextlib
import functools
import json
import os
import random
import shlex
import socket
import subprocess
import sys
import threading
import time
import uuid
from urllib.parse import parse_qsl, urlsplit

import pytest

from unit_test.nursery import Nursery

PLUGIN = (sys.executable, "-m", "sentry_plugin")
PATIENCE = 600
"""Seconds that anything may take on a slow machine: what takes longer does not come."""


def give_up(reason):
    """Skip the test; in CI, where all that it needs has to be there, fail it."""
    (pytest.fail if os.environ.get("CI") else pytest.skip)(reason)


def named(*variables):
    """Return the values of environment variables, or give up."""
    if missing := [each for each in variables if not os.environ.get(each)]:
        give_up(f"needs in the environment: {', '.join(missing)}")
    return [os.environ[each] for each in variables]


def unmeasured(*without):
    """Copy the environment for a process whose coverage is not measured.

    Variables whose names begin with one of *without* are left out too.
    """
    names = ("COVERAGE_", *without)
    return {name: text for name, text in os.environ.items() if not name.startswith(names)}


def program(folder):
    """Put the command `sentry-plugin` into a folder, and give its path."""
    path = folder / "sentry-plugin"
    path.write_text(f'#!/bin/sh\nexec {shlex.join(PLUGIN)} "$@"\n', encoding="utf-8")
    path.chmod(0o755)
    return path


_STARTING = threading.Lock()


def nursery():
    """Give what forks processes of the plugin; it ends with this process."""
    with _STARTING:  # several threads may be the first to ask
        return _nursery()


@functools.cache
def _nursery():
    started = Nursery(unmeasured())
    atexit.register(started.close)
    return started


def answer(message, *arguments, command=None):
    """Send a start message to a process of its own and return the body of its one event.

    It is forked, unless a *command* starts it.
    """
    words, text = arguments or ["run"], json.dumps(message)
    if command:
        done = subprocess.run(
            [*command, *words],
            input=text,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        status, out, err = done.returncode, done.stdout, done.stderr
    else:
        status, out, err = nursery().start(words, text, dict(os.environ)).result()
    assert out.count("\n") == 1, err
    body = json.loads(out)["body"]
    assert status == (0 if body["status"] == "ok" else 1)
    token = message["body"]["connection"]["token"]["token"]
    assert token not in out + err
    return body


def eventually(ask, pause=0.2):
    """Ask until the answer is true, and return it: servers take their time to store an event."""
    end = time.monotonic() + PATIENCE
    while not (found := ask()):
        assert time.monotonic() < end, f"did not come true in {PATIENCE} seconds"
        time.sleep(pause)
    return found


def free_port():
    """Give a port that is free, and none of those that the system gives to whoever asks for any."""
    while True:
        port = random.randrange(10_000, 30_000)
        with contextlib.suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port


def new_words():
    """Words for Sentry's search that no other event has; no event id, which it treats apart."""
    return f"live-{uuid.uuid4().hex[:12]}"


def pairs(url):
    """Give the parameters of an address as they were sent."""
    return parse_qsl(urlsplit(url).query, keep_blank_values=True)
