"""How tests treat what they need from outside; the rest of `outside` is tested by its use."""

from __future__ import annotations

import pytest

from unit_test import outside


def test_variables_that_are_set_are_returned_in_order(monkeypatch):
    monkeypatch.setenv("FIRST_SERVER", "1")
    monkeypatch.setenv("SECOND_SERVER", "2")
    assert outside.named("SECOND_SERVER", "FIRST_SERVER") == ["2", "1"]


@pytest.mark.parametrize("ci", [{}, {"CI": ""}])
def test_missing_variable_skips_the_test_and_is_named(monkeypatch, ci):
    monkeypatch.delenv("CI", raising=False)
    for name, value in ci.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(pytest.skip.Exception, match="NO_SUCH_SERVER"):
        outside.named("NO_SUCH_SERVER")


def test_missing_variable_fails_the_test_in_ci(monkeypatch):
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="NO_SUCH_SERVER"):
        outside.named("NO_SUCH_SERVER")
