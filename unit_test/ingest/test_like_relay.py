"""Our rules for events, held against Relay's own normaliser.

PROPERTY_EXAMPLES in the environment is how many events are tried; see test_properties.py.
"""

from __future__ import annotations

import json
import os
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sentry_plugin.ingest.eventrules import containers, interfaces, kinds, moments, requests, tags
from sentry_plugin.ingest.eventrules.contexts import CONTEXTS
from sentry_plugin.ingest.eventrules.moments import drift
from sentry_plugin.ingest.eventrules.reading import read
from sentry_plugin.ingest.eventrules.table import EVENT
from sentry_plugin.ingest.eventrules.values import holds_nothing
from sentry_plugin.sandbox.ingest.normalizer import BadJson
from unit_test.conftest import CHECKED
from unit_test.ingest import relay

pytestmark = pytest.mark.slow
CI = "CI" in os.environ
EXAMPLES = int(os.environ.get("PROPERTY_EXAMPLES") or (1_000 if CI else 300))

NOT_JUDGED = {
    *("images", "spans", "measurements", "csp", "hpkp", "expectct", "expectstaple", "breakdowns"),
    *("scraping_attempts", "settings", "sdk_info", "type", "event_id"),
}
texts = st.text(
    st.characters(exclude_categories=["Cs"]) | st.sampled_from(" \n\t/\\.a-\u00e9\u6f22"),
    max_size=4,
)
names = texts.filter(bool)
edges = [0, 1, -1, 40, 2**31 - 1, 2**31 - 2, 2**63, 2**64 - 1, 2**64, -(2**63), 1.5, 7.0, 1e20]
finite = st.floats(allow_nan=False, allow_infinity=False)
numbers = st.integers() | finite | st.sampled_from(edges)
scalars = texts | numbers | st.booleans() | st.none()
anything = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3),
    max_leaves=4,
)
telling = st.sampled_from(
    [
        *("1.2.3.4", "0x1f", "GET", "afd25d0e868f495fa802179d33ef3b97", "prod", "app@1", "none"),
        *("Latest", "x" * 64, "x" * 65, "a" * 16, "http://x", "\u00e9" * 100, "\u00e9" * 101),
        *("a=b; c=d", "a", "a=b&c=d", "?x"),
    ]
)
times = st.sampled_from(
    [
        *("2026-11-28T10:00:00Z", "2026-11-28", "2026-11-29t00:00:00z", "yesterday", time.time()),
        *(time.time() + 3600, 1e12, "1969-01-01T00:00:00Z", "2026-11-28T10:00:00+0100"),
    ]
)
tag_names = st.sampled_from(
    ["a", "b", "a b", "release", "environment", "server_name", "gr\u00f6\u00dfe"]
)


def long(most):
    """Make texts about as long as what is kept."""
    sizes = st.sampled_from([most - 1, most, most + 1])
    return st.builds(lambda letter, size: letter * size, st.sampled_from("x\u00e9\u6f22"), sizes)


def of(kind, depth=1):
    """Make values that mostly are of a kind."""
    fitting = of_kind(kind, depth)
    return st.one_of(fitting, fitting, fitting, anything)


def of_kind(kind, depth):
    for each, make in MAKERS.items():
        if isinstance(kind, each):
            return make(kind, depth)
    return anything


def bagged(kind, depth):
    large = st.dictionaries(names, long(kind.bag.bytes // 3), min_size=2, max_size=3)
    return st.one_of(of(kind.kind, depth), of(kind.kind, depth), large)


def tagged(_kind, _depth):
    name, value = tag_names | names | long(200), scalars | long(200) | anything
    # Relay notes what is empty, too, by a number that is not always its place.
    pairs = st.tuples(name | numbers, value).map(list) | anything.filter(says_something)
    return st.dictionaries(name, value, max_size=3) | st.lists(pairs, max_size=3)


def says_something(value):
    return not holds_nothing(value)


def values(kind, depth):
    lists = st.lists(of(kind.kind, depth + 1), max_size=2)
    return lists | st.builds(lambda several: {"values": several}, lists)


def paired(kind, depth):
    value = of(kind.value, depth + 1)
    pairs = st.lists(st.tuples(texts, value).map(list), max_size=3)
    return pairs | st.dictionaries(names, value, max_size=3) | telling


def text(kind, _depth):
    sizes = [] if kind.most is None else [kind.most, kind.most + kind.spare]
    return st.one_of(texts, *map(long, sizes), *([telling] if kind.fits else []))


@st.composite
def objects(draw, kind, depth):
    """Make objects of a few known fields, and sometimes another one."""
    known = [name for name in kind.fields if _is_judged(name)]
    some = draw(st.lists(st.sampled_from(known), max_size=3, unique=True)) if known else []
    made = {name: draw(of(kind.fields[name], depth + 1)) for name in some}
    return made | ({"other": draw(anything)} if not draw(st.integers(0, 5)) else {})


def _is_judged(name):
    return name not in NOT_JUDGED and not name.startswith("sentry.")


MAKERS = {
    kinds.Bagged: bagged,
    interfaces.Context: lambda *_: st.dictionaries(names, anything, max_size=3),
    tags.Tags: tagged,
    containers.Object: objects,
    containers.Values: values,
    containers.ListOf: lambda kind, depth: st.lists(of(kind.kind, depth + 1), max_size=3),
    containers.Pairs: paired,
    requests.HeaderValue: lambda *_: texts | st.lists(scalars, max_size=2),
    kinds.Text: text,
    moments.Moment: lambda *_: times | numbers,
    kinds.Choice: lambda kind, _: st.sampled_from([*kind.names, *kind.others]),
    kinds.Flag: lambda *_: st.booleans(),
    kinds.Number: lambda *_: numbers,
}
"""How values of a kind are made; the first that fits."""


@st.composite
def contexts(draw):
    name = draw(st.sampled_from(sorted(CONTEXTS)))
    return {name: draw(of(CONTEXTS[name], 2))}


@st.composite
def events(draw):
    event = draw(objects(containers.Object(EVENT), 0))
    if not draw(st.integers(0, 4)):
        event["contexts"] = draw(contexts())
    return json.loads(json.dumps(event))


def is_clear(event):
    """Tell whether what is lost shows by itself.

    Not if a user has the same under two names, if Relay moves times to now, which goes on, or if
    it numbers tags after it has taken out those that are named twice.
    """
    user = event.get("user")
    data = user.get("data") if isinstance(user, dict) else None
    is_said_twice = isinstance(data, dict) and data.keys() & user.keys()
    is_moved = drift(event.get("timestamp")) and {"start_timestamp", "breadcrumbs"} & event.keys()
    tags = event.get("tags") if isinstance(event.get("tags"), list) else []
    named = [str(pair[0]) for pair in tags if isinstance(pair, list) and pair]
    is_named_twice = len(named) > len(set(named))
    return not is_said_twice and not is_moved and not is_named_twice


@settings(
    max_examples=EXAMPLES,
    derandomize=CI,
    database=None,
    deadline=None,  # the machine may be busy
    print_blob=True,
    suppress_health_check=list(HealthCheck),
)
@given(events().filter(is_clear))
def test_what_relay_drops_or_cuts_is_told_and_nothing_else(pytestconfig, event):
    sent, found = read(event)
    pytestconfig.stash[CHECKED][2]["events"] += 1
    if any(loss.of_event for loss in found):
        with pytest.raises(BadJson):
            relay.normalized(sent)
        return
    lost, said = relay.losses(sent), relay.told(sent, found)
    assert {path for path in lost if not any(relay.covers(path, each) for each in said)} == set()
    assert {path for path in said if not any(relay.covers(path, each) for each in lost)} == set()
    try:
        kept = relay.plain(event)
    except BadJson:
        return
    now = relay.plain(sent)
    gone = {name for name, value in kept.items() if name not in now and not holds_nothing(value)}
    # To these Relay adds, and a stack trace it may move to an exception that it keeps now.
    assert gone - {"errors", "sdk", "stacktrace", "tags"} == set()
