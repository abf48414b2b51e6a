"""JupiterOne's synchronization API: start a job, upload to it, finalize or abort it.

Knows no graph. Its key goes only to the URL of JupiterOne that the operator set, and no other
credentials go there. https://docs.jupiterone.io/api/sync-jobs
"""

from __future__ import annotations

import gzip
import uuid
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from sentry_plugin import strictjson
from sentry_plugin.errors import ApiError, PluginError
from sentry_plugin.logs import excerpt, logger, mask_text
from sentry_plugin.transport import refusal
from sentry_plugin.transport.messages import Credentials, Request
from sentry_plugin.transport.retries import Retries

if TYPE_CHECKING:
    from sentry_plugin.strictjson import JSON
    from sentry_plugin.transport.messages import Answer
    from sentry_plugin.transport.transport import Transport


PATH = "/persister/synchronization/jobs"
POLL = 2.0
"""Seconds between two requests for the status of a job."""
ENDED = ("FINISHED", "ABORTED", "ERROR")
OVER = "JOB_NOT_AWAITING_UPLOADS"
_TOO_LARGE = b"RequestEntityTooLargeException"
_LONGEST_REASON = 500
_USUAL = {"id", "source", "scope", "syncMode", "integrationInstanceId", "integrationJobId"}
_USUAL |= {"status", "startTimestamp", "endTimestamp"}

_ASSISTANCE = {
    401: "Check the connection's `jupiterone` key and `jupiterone_account`.",
    403: "Check the connection's `jupiterone_account`, and what its `jupiterone` key may do.",
    404: "Check `integration_instance_id`, and that the operator's address of JupiterOne is that "
    "of the account's region.",
}


class JupiterOne:
    """An account, with at most one open job. Thread-safe."""

    def __init__(self, transport: Transport, url: str, key: str, account: str) -> None:
        self.url = url
        self.account = account
        self.open_job = ""
        """The ID of the job that is neither finalized nor aborted; empty if there is none."""
        self.reason = "The upload was cut off."
        """Why the job is aborted, if it is."""
        self._transport = transport
        self._credentials = Credentials(
            {"Authorization": f"Bearer {key}", "JupiterOne-Account": account}, url
        )

    def start(self, target: Mapping[str, str]) -> str:
        """Start a job and return its ID; it has no effect until it is finalized."""
        self.open_job = self._job(self._send(self._post("", target)), "POST jobs")["id"]
        logger.info("JupiterOne started the job %s.", self.open_job)
        return self.open_job

    def upload(self, kind: str, text: str, *, compress: bool = False) -> bool:
        """Upload entities or relationships; return False if they are too large for JupiterOne."""
        body, packed = mask_text(text).encode(), {}
        if compress:
            body, packed = gzip.compress(body, 3, mtime=0), {"Content-Encoding": "gzip"}
        named = {"JupiterOne-Correlation-Id": str(uuid.uuid4())}
        path = f"/{self.open_job}/{kind}"
        answer = self._send(self._request("POST", path, body, **named, **packed))
        if answer.status == 413 or (not answer.ok and _TOO_LARGE in answer.body):
            return False
        self._check(answer, f"POST {kind}")
        return True

    def finalize(self, partial: Sequence[str]) -> JSON:
        """Make the uploads take effect, wait until they have, and return the job.

        What was not uploaded is deleted, unless its type is one of *partial*.
        """
        body = {"partialDatasets": {"types": [*partial]}}
        request = self._post(f"/{self.open_job}/finalize", body)
        answer = self._send(request._replace(takes_effect=True))
        # An earlier try may have worked, and only its answer been lost.
        if not (answer.in_doubt and OVER in refusal.server_words(answer)):
            self._check(answer, "POST finalize")
        job, self.open_job = self.open_job, ""
        try:
            ended = self._ended(job)
            answer.entry.made = True
            return ended
        except PluginError as error:
            error.cause += f" JupiterOne was told to finalize the job {job}."
            raise

    def abort(self, transport: Transport) -> None:
        """Abort the open job, by a transport whose deadline is not over."""
        # Our own transport stays stopped: a thread that was left behind may still use it.
        request = self._post(f"/{self.open_job}/abort", {"reason": self.reason[:_LONGEST_REASON]})
        try:
            answer = transport.send(request, Retries(1))
            self._check(answer, "POST abort")
            logger.info("The job %s was aborted.", self.open_job)
        except PluginError as error:
            logger.warning(
                "The job %s could not be aborted; it changes nothing by itself. %s",
                self.open_job,
                error,
            )

    def close(self) -> None:
        """Close all connections."""
        self._transport.close()

    def _ended(self, job: str) -> JSON:
        while True:
            answer = self._send(self._request("GET", f"/{job}"))
            found = self._job(answer, "GET job")
            if str(found.get("status")).startswith(ENDED):
                break
            self._transport.wait(POLL)
        if found["status"] == "FINISHED":
            return found
        told = {
            name: value
            for name, value in found.items()
            if name not in _USUAL and not name.startswith("num")
        }
        words = excerpt(strictjson.dumps(told), refusal.LONGEST_WORDS) if told else ""
        raise ApiError(
            f"JupiterOne ended the job with {excerpt(str(found['status']), 50)}"
            f"{f': {words}' if words else ''}. Nothing or not all of it took effect.",
            "Look the job up in JupiterOne, and upload again.",
            words,
        )

    def _job(self, answer: Answer, request: str) -> JSON:
        self._check(answer, request)
        document = answer.json_or_none()
        number = strictjson.at(document, "job", "id")
        if not (isinstance(number, str) and number.strip(".")):
            raise ApiError(
                f"{request} at {self.url} was answered with something else than a job.",
                "Have the operator's address of JupiterOne's API checked.",
            )
        return {**document["job"], "id": quote(number, safe="")}

    def _send(self, request: Request) -> Answer:
        return self._transport.send(request)

    def _post(self, path: str, body: Mapping[str, Any]) -> Request:
        return self._request("POST", path, mask_text(strictjson.dumps(body)).encode())

    def _request(
        self, method: str, path: str, body: bytes | None = None, **headers: str
    ) -> Request:
        if body is not None:
            headers["Content-Type"] = "application/json"
        url = f"{self.url}{PATH}{path}"
        return Request(method, url, self._credentials, headers, body, takes_effect=False)

    def _check(self, answer: Answer, request: str) -> None:
        if answer.ok:
            return
        assistance = _ASSISTANCE.get(answer.status)
        if OVER in refusal.server_words(answer):
            assistance = "Another upload, or somebody, ended the job; upload again."
        raise refusal.error_for(answer, f"{request} at JupiterOne", assistance)
