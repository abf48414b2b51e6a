"""What every trigger and task promises."""

from __future__ import annotations

import pytest

from sentry_plugin.steps import schema, step
from sentry_plugin.watching.trigger import Trigger

STEPS = [(kind, name) for kind in ("trigger", "task") for name in step.index()[f"{kind}s"]]
BASES = {"trigger": Trigger, "task": step.Task}


@pytest.mark.parametrize(("kind", "name"), STEPS)
def test_every_trigger_and_task_of_the_spec_has_a_class(kind, name):
    found = step.load(kind, name)
    assert issubclass(found, BASES[kind])
    assert found.__module__ == f"sentry_plugin.{kind}s.{name}"


@pytest.mark.parametrize(("kind", "name"), STEPS)
def test_an_input_of_a_wrong_type_is_refused(kind, name, answer, requests_mock):
    body = {kind: name, "connection": {"token": {"token": "not-a-real-token"}}, "state": {}}
    for field in schema.load(name, "input")["properties"]:
        message = {
            "version": "v1",
            "type": f"{kind}_start",
            "body": body | {"input": {field: {"x": 0}}},
        }
        _, event, _ = answer(message)
        assert f"The input does not fit: `{field}` is not of type" in event["body"]["error"]
    assert requests_mock.call_count == 0


@pytest.mark.parametrize("name", ["poll", "pause_limits", "check_access", "example", "run"])
def test_a_step_that_does_nothing_is_none(name):
    kind = step.Task if name == "run" else Trigger
    given = {"poll": (None,), "check_access": (None,), "run": ({},)}.get(name, ())
    with pytest.raises(NotImplementedError):
        getattr(kind("x", None), name)({}, *given)
