"""How a property is read from an object of the API."""

from __future__ import annotations

import pytest

from sentry_plugin.inventory.graph import properties


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ({"orgRole": "owner", "role": "member"}, "owner"),
        ({"orgRole": None, "role": "member"}, "member"),
        ({"orgRole": {"id": "owner"}, "role": ["member", 1]}, None),
        ({}, None),
    ],
)
def test_the_first_path_that_says_something_is_read(source, value):
    assert properties.first_of("orgRole", "role")(source) == value


@pytest.mark.parametrize(
    ("source", "value"),
    [({"user": {"has2fa": False}}, False), ({"user": None}, None), ({"user": "has2fa"}, None)],
)
def test_a_path_ends_where_there_is_no_object(source, value):
    assert properties.at("user.has2fa")(source) is value
