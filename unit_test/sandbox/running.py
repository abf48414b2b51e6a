"""A sandbox that serves in the tests' process, and a client that checks its answers."""

from __future__ import annotations

import asyncio
import json
import threading
import uuid

import requests

from sentry_plugin.sandbox.sandbox import Sandbox
from sentry_plugin.sandbox.serving.server import serve
from unit_test.outside import PATIENCE


class Running:
    """A sandbox that serves in a thread of its own, and a client that checks its answers."""

    def __init__(self, contract, data=None, profile="small"):
        self._contract = contract
        self._ready, self._arguments = threading.Event(), (data, profile)
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()))
        self._thread.start()
        assert self._ready.wait(PATIENCE)
        self.http = requests.Session()
        self.http.trust_env = False
        self.http.hooks["response"].append(self._check)
        self.checked = True

    async def _serve(self):
        sandbox = Sandbox(*self._arguments)
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()

        def ready():
            self.known = sandbox.connection_details()
            self.base = sandbox.base_url
            self._ready.set()

        try:
            await serve(sandbox, "127.0.0.1", 0, self._stop, ready)
        finally:
            sandbox.close()
            self._ready.set()

    def stop(self):
        self.http.close()
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()

    def _check(self, response, *_, **__):
        if self._contract and self.checked:
            self._contract.check(response)

    def ask(self, method, path, *, token="", **given):
        """Send a request to the web API; *token* is the writing one unless another is given."""
        token = self.known["token"] if token == "" else token
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        headers |= given.pop("headers", {})
        return self.http.request(
            method, f"{self.base}{path}", headers=headers, timeout=PATIENCE, **given
        )

    def get(self, path, **given):
        return self.ask("GET", f"/api/0/{path}", **given)

    def put(self, path, body, **given):
        return self.ask("PUT", f"/api/0/{path}", json=body, **given)

    def send(self, path, data, **given):
        """Send something to the ingest with the project's key."""
        headers = {"X-Sentry-Auth": self.auth} | given.pop("headers", {})
        address = f"{self.base}/api/{self.project_id}/{path}"
        return self.http.post(address, data=data, headers=headers, timeout=PATIENCE, **given)

    def event(self, **attributes):
        """Send an event, and give its id."""
        attributes.setdefault("event_id", uuid.uuid4().hex)
        response = self.send("store/", json.dumps(attributes))
        assert response.status_code == 200, response.text
        return response.json()["id"]

    def issue(self, **attributes):
        """Send an event, and give its issue as the project's list has it."""
        event_id = self.event(**attributes)
        (found,) = self.get("projects/acme/sandbox/issues/", params={"query": event_id}).json()
        return found

    def fault(self, kind, **options):
        """Switch a fault on; what is answered from now on keeps no contract."""
        self.checked = False
        response = self.http.post(f"{self.base}/_sandbox/faults", json={"kind": kind, **options})
        assert response.status_code == 201, response.text

    def asked(self):
        """Give what the sandbox was asked."""
        return self.http.get(f"{self.base}/_sandbox/requests").json()

    @property
    def key(self):
        return self.known["dsn"].partition("://")[2].partition("@")[0]

    @property
    def project_id(self):
        return self.known["dsn"].rpartition("/")[2]

    @property
    def auth(self):
        return f"Sentry sentry_version=7, sentry_client=test/1.0, sentry_key={self.key}"
