"""Fixtures for triggers: a dispatcher that takes events, a trigger at work during a story."""

from __future__ import annotations

import contextlib
import http.server
import json
import os
import signal
import threading
from concurrent.futures import ThreadPoolExecutor
from contextvars import ContextVar
from types import SimpleNamespace

import pytest

from unit_test import outside


class Dispatcher:
    """Takes events on a free port of this machine, and answers each as it is told to."""

    def __init__(self):
        self.events, self.requests, self.answers = [], [], []
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.requests.append(SimpleNamespace(path=self.path, headers=dict(self.headers)))
                status, headers = outer.answers.pop(0) if outer.answers else (200, {})
                if status == 200:
                    outer.events.append(json.loads(body))
                self.send_response(status)
                for name, value in {"Content-Length": "0", **headers}.items():
                    self.send_header(name, value)
                self.end_headers()

            def log_message(self, *_):
                """Nobody reads it."""

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}/event"

    def outputs(self):
        return [event["body"]["output"] for event in self.events]

    def told(self):
        """Give what was told of issues."""
        return [(each["kind"], each["issue"]["id"]) for each in self.outputs()]

    def close(self):
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@pytest.fixture
def dispatcher():
    made = Dispatcher()
    yield made
    made.close()


@pytest.fixture
def trigger(sandbox, dispatcher):
    """Make a start message for a trigger on the sandbox."""

    def make(name, *, meta=None, connection=None, **given):
        known = sandbox.known
        whole = {"url": sandbox.base, "token": {"token": known["token"]}, "organization": "acme"}
        body = {
            "trigger": name,
            "meta": {"step": 7} if meta is None else meta,
            "input": given,
            "dispatcher": {"url": dispatcher.url, "webhook_url": ""},
            "connection": {**whole, **(connection or {})},
        }
        return {"version": "v1", "type": "trigger_start", "body": body}

    return make


_ENDED: ContextVar[threading.Event] = ContextVar("_ENDED")
"""In a story: set once what runs meanwhile has ended."""


@contextlib.contextmanager
def during(story):
    """Tell a story in a thread; what runs meanwhile is stopped at its end.

    Gives a list for what is to be told where the story fails.
    """
    ended, notes = threading.Event(), []

    def tell():
        _ENDED.set(ended)
        try:
            story()
        finally:
            # Until it is heard: the plugin may not be there yet.
            while not ended.wait(0.1):
                os.kill(os.getpid(), signal.SIGTERM)

    before = signal.signal(signal.SIGTERM, signal.SIG_IGN)
    with ThreadPoolExecutor(1) as pool:
        told = pool.submit(tell)
        try:
            yield notes
        finally:
            ended.set()
    signal.signal(signal.SIGTERM, before)
    if error := told.exception():
        error.add_note("\n".join(notes))
        raise error


@pytest.fixture
def watch(answer):
    """Run a trigger during a story."""

    def run(message, story):
        with during(story) as notes:
            status, event, err = answer(message)
            notes += [json.dumps(event), err]
        return SimpleNamespace(status=status, body=event["body"], type=event["type"], err=err)

    return run


def soon(ask):
    """Ask until the answer is true, and return it; not any more once nothing can make it true."""
    ended = _ENDED.get(threading.Event())

    def found():
        answer = ask()
        assert answer or not ended.is_set(), "what was to make it true has ended"
        return answer

    return outside.eventually(found, 0.01)
