"""The plugin's process without its start: a process that has loaded the plugin forks for each.

What it forks is a process of its own, with streams, an environment, signals and an exit status, as
``python -m sentry_plugin`` is. Must not be used where the start is what is tried.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import pathlib
import pkgutil
import signal
import socket
import subprocess
import sys

import sentry_plugin
from sentry_plugin import __main__ as plugin

ROOT = pathlib.Path(__file__).resolve().parents[1]
LARGEST = 1 << 17
"""Bytes of a request: the words and the environment."""
NOT_LOADED = ("sentry_plugin.sandbox", "sentry_plugin.generated")


class Nursery:
    """Forks processes from one that it starts in this environment; several threads may use it."""

    def __init__(self, environment):
        self._end, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            number = theirs.fileno()
            self._process = subprocess.Popen(
                [sys.executable, "-m", __name__, str(number)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=[number],
                cwd=ROOT,
                env=environment,
            )

    def start(self, words, data, environment):
        """Start the plugin with these words, this text on its standard input, and nothing else."""
        return Child(self._end, {"words": words, "environment": environment}, data)

    def close(self):
        self._end.close()
        self._process.wait()


class Child:
    """A process that was forked."""

    def __init__(self, nursery, request, data):
        self._streams = [os.fdopen(os.memfd_create(name), "w+") for name in ("in", "out", "err")]
        self._streams[0].write(data)
        self._streams[0].seek(0)
        told, tells = os.pipe()
        self._told = os.fdopen(told)
        numbers = [*(each.fileno() for each in self._streams), tells]
        socket.send_fds(nursery, [json.dumps(request).encode()], numbers)
        os.close(tells)
        self.pid = int(self._told.readline())

    def send_signal(self, number):
        """Send a signal, unless the process has ended."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, number)

    def result(self):
        """Wait for the end; give the exit status, negative for a signal, and what was written."""
        with contextlib.ExitStack() as ended:
            for each in (self._told, *self._streams):
                ended.enter_context(each)
            status = int(self._told.readline())
            for each in self._streams:
                each.seek(0)
            _, out, err = (each.read() for each in self._streams)
        return status, out, err


def serve(end):
    """Fork for each request, until there is nobody left who could send one."""
    for module in pkgutil.walk_packages(sentry_plugin.__path__, "sentry_plugin."):
        if not module.name.startswith(NOT_LOADED):
            importlib.import_module(module.name)
    importlib.import_module("jsonschema")  # what the plugin imports late
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for those who keep a process
    while True:
        request, numbers, *_ = socket.recv_fds(end, LARGEST, 4)
        if not request:
            return
        if not os.fork():
            _keep(json.loads(request), *numbers)
        for each in numbers:
            os.close(each)


def _keep(request, *numbers):
    """Start the process; tell its id and its exit status."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    *streams, tells = numbers
    if not (pid := os.fork()):
        _become(request, streams)
    for each in streams:
        os.close(each)
    os.write(tells, b"%d\n" % pid)
    _, status = os.waitpid(pid, 0)
    os.write(tells, b"%d\n" % os.waitstatus_to_exitcode(status))
    os._exit(0)


def _become(request, streams):
    """Become the plugin."""
    for number, each in enumerate(streams):
        os.dup2(each, number)
    os.closerange(3, 1024)
    os.environ.clear()
    os.environ.update(request["environment"])
    sys.argv = ["sentry-plugin", *request["words"]]
    plugin.main()


if __name__ == "__main__":
    serve(socket.socket(fileno=int(sys.argv[1])))
