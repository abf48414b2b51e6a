"""A stand-in for JupiterOne's synchronization API, whose jobs change what is stored there.

Must not know the code under test.
"""

from __future__ import annotations

import gzip
import json
import threading
import uuid
from collections import defaultdict
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple

PATH = "/persister/synchronization/jobs"
KINDS = ("entities", "relationships")


class ReceivedRequest(NamedTuple):
    method: str
    path: str
    headers: dict
    body: dict
    size: int


class StandIn:
    """Serves in a thread; `faults` are answers by the last part of a path, each used once."""

    def __init__(self, tls=None):
        self.requests = []
        self.stored = defaultdict(dict)
        self.faults = defaultdict(list)
        self.progress = ["FINISHED"]
        self.says = {}
        self.largest = 6 << 20
        self._jobs = {}
        self._lock = threading.Lock()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def _answer(self):
                data = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                if self.headers.get("Content-Encoding") == "gzip":
                    data = gzip.decompress(data)
                with outer._lock:
                    status, document, headers = outer._answer(self, data)
                body = json.dumps(document).encode()
                self.send_response(status)
                for name, value in {"Content-Length": str(len(body)), **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            do_GET = do_POST = _answer  # noqa: N815

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        if tls:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        self.url = f"http{'s' if tls else ''}://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self._thread.start()

    def stop(self):
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def paths(self):
        """Return the requests as method and path, without the job's id."""
        last = (each.path.removeprefix(PATH).split("/")[2:] for each in self.requests)
        return [
            f"{each.method} {''.join(tail) or 'job'}"
            for each, tail in zip(self.requests, last, strict=True)
        ]

    def bodies(self, tail):
        return [each.body for each in self.requests if each.path.endswith(tail)]

    @property
    def job(self):
        """The last job."""
        return [*self._jobs.values()][-1]

    def _answer(self, request, data):
        body = json.loads(data) if data else {}
        self.requests.append(
            ReceivedRequest(request.command, request.path, dict(request.headers), body, len(data))
        )
        assert request.path.startswith(PATH)
        _, job, tail = (request.path.removeprefix(PATH) + "//").split("/")[:3]
        if self.faults[tail or request.command]:
            return self.faults[tail or request.command].pop(0)
        if len(data) > self.largest:
            return 413, {"message": "too large"}, {}
        return 200, {"job": getattr(self, f"_{tail or request.command}")(job, body)}, {}

    def _POST(self, _, body):  # noqa: N802
        made = {"id": str(uuid.uuid4()), **body, "status": "AWAITING_UPLOADS"}
        self._jobs[made["id"]] = made | {kind: [] for kind in KINDS}
        return made

    def _GET(self, job, _):  # noqa: N802
        status = self.progress.pop(0) if self.progress[1:] else self.progress[0]
        return self._shown(job) | {"status": status} | self.says

    def _entities(self, job, body):
        for kind in body:
            self._jobs[job][kind] += body[kind]
        return self._shown(job)

    _relationships = _entities

    def _abort(self, job, body):
        self._jobs[job]["status"] = "ABORTED"
        return self._shown(job) | body

    def _finalize(self, job, body):
        found = self._jobs[job]
        place = found.get("scope") or found["integrationInstanceId"]
        for kind in KINDS:
            before, now = self.stored[place, kind], {e["_key"]: e for e in found[kind]}
            assert len(now) == len(found[kind]), "a key came twice"
            kept = {
                key: each
                for key, each in before.items()
                if each["_type"] in body["partialDatasets"]["types"]
            }
            self.stored[place, kind] = kept | now
            counts = {
                "Uploaded": len(now),
                "Created": len(now.keys() - before.keys()),
                "Updated": sum(before[key] != now[key] for key in now.keys() & before.keys()),
                "Deleted": len(before.keys() - kept.keys() - now.keys()),
            }
            found |= {f"num{kind.title()}{name}": number for name, number in counts.items()}
        found["status"] = "FINALIZE_PENDING"
        return self._shown(job)

    def _shown(self, job):
        return {name: each for name, each in self._jobs[job].items() if name not in KINDS}
