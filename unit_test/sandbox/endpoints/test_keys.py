"""Keys of projects: what may be changed of them."""

from __future__ import annotations

import pytest


def test_a_key_can_be_renamed_switched_off_and_limited(sandbox):
    path = f"projects/acme/sandbox/keys/{sandbox.key}/"
    changed = sandbox.put(
        path, {"name": "Mine", "isActive": False, "rateLimit": {"count": 2, "window": 60}}
    ).json()
    assert (changed["name"], changed["isActive"]) == ("Mine", False)
    assert sandbox.get(path).json()["rateLimit"] == {"count": 2, "window": 60}
    assert sandbox.put(path, {"rateLimit": None}).json()["rateLimit"] is None


@pytest.mark.parametrize("limit", ["often", {"count": "many", "window": 1}, {}])
def test_a_key_takes_no_nonsense_as_its_limit(sandbox, limit):
    response = sandbox.put(f"projects/acme/sandbox/keys/{sandbox.key}/", {"rateLimit": limit})
    assert response.status_code == 400
    assert response.json() == {"rateLimit": ["A valid integer is required."]}


def test_a_key_takes_no_nonsense_as_its_name(sandbox):
    response = sandbox.put(f"projects/acme/sandbox/keys/{sandbox.key}/", {"name": {"a": 1}})
    assert (response.status_code, response.json()) == (400, {"name": ["Not a valid string."]})


def test_a_body_of_another_type_is_refused(sandbox):
    path = f"projects/acme/sandbox/keys/{sandbox.key}/"
    response = sandbox.put(path, [1])
    words = "Invalid data. Expected a dictionary, but got list."
    assert (response.status_code, response.json()) == (400, {"detail": words})
