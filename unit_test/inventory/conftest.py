"""Fixtures that run actions on a sandbox, or on a made-up Sentry that a test may change."""

from __future__ import annotations

import contextlib
import re
import resource
from types import SimpleNamespace

import pytest

from unit_test.conftest import URL

EVERYTHING = ["roles", "service", "findings", "repositories", "keys", "settings"]


@pytest.fixture
def ask(start, run):
    """Run an action on a sandbox and return the body of its event."""

    def send(action, sandbox, connection=None, **given):
        known = sandbox.known
        whole = {"url": known["url"], "token": {"token": known["token"]}, "timeout": 600}
        whole |= {"organization": known["organization"]} | (connection or {})
        return run(start(action, whole, **given))

    return send


@pytest.fixture
def collect(ask):
    """Collect a sandbox and return the output."""

    def send(sandbox, connection=None, **given):
        body = ask("collect_inventory", sandbox, connection, **given)
        assert body["status"] == "ok", body["error"]
        return body["output"]

    return send


ORGANIZATION = {"id": "1", "slug": "acme", "name": "Acme", "orgRoleList": [{"id": "owner"}]}


@pytest.fixture
def world(requests_mock):
    """Make a small Sentry, whose lists a test may change; `broken` are lists that fail."""

    def member(number, **more):
        return {"id": str(number), "email": f"user{number}@example.com", "name": "User", **more}

    made = SimpleNamespace(
        organization={**ORGANIZATION},
        teams=[],
        projects=[],
        members=[],
        broken=set(),
        of_team=[],
        member=member,
    )
    other = {**ORGANIZATION, "id": "2", "slug": "other"}
    made.others = {"organization": other, "members": [member(900)]}

    def asked(name, *, of=None):
        def answer(request, context):
            place = f"{of}/{name}" if of else name
            context.status_code = 410 if place in made.broken else 200
            return made.others.get(name, []) if of else getattr(made, name)

        return answer

    for slug, of in (("acme", None), ("1", None), ("other", "other")):
        root = f"{URL}organizations/{slug}/"
        requests_mock.get(root, json=asked("organization", of=of))
        for name in ("teams", "projects", "members"):
            requests_mock.get(f"{root}{name}/", json=asked(name, of=of))
    requests_mock.get(re.compile("/teams/acme/[^/]+/members/"), json=asked("of_team"))
    return made


@pytest.fixture
def ask_world(start, run, world):
    """Run an action on the made-up Sentry and return the body of its event."""

    def send(action, connection=None, **given):
        return run(start(action, {"organization": "acme"} | (connection or {}), **given))

    return send


@pytest.fixture
def collected(ask_world):
    """Collect the made-up Sentry and return the output."""

    def send(**given):
        body = ask_world("collect_inventory", **given)
        assert body["status"] == "ok", body["error"]
        return body["output"]

    return send


@contextlib.contextmanager
def full_disk(most):
    """Let no file grow beyond *most* bytes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
