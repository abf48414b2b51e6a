"""Every fault of the sandbox, met by everything that the plugin can be asked for.

What is right stands in samples/faults.txt. Each case is a process of its own; they are run several
at once, because most of them wait.
"""

from __future__ import annotations

import itertools
import json
import queue
import shutil
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest

from sentry_plugin import settings
from sentry_plugin.errors import IN_DOUBT
from sentry_plugin.sandbox.kept.faults import KINDS
from sentry_plugin.steps import schema, step
from sentry_plugin.steps.step import Does, Listing
from unit_test import outside
from unit_test.runtime.faults import (
    ACTIONS,
    BY_DSN,
    ITEMS,
    JOB,
    PAGE,
    SIGNALS,
    Case,
    Station,
    cases,
    make_up,
)

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("fault matrix")]
CASES = cases()
STATIONS = 20
RETRYABLE = {"timed_out", "stopped", "rate_limited", "server_error", "no_answer"}
CLASSES = {ask: step.load("action", name) for ask, name in ACTIONS.items()}
LISTS = {ask for ask, found in CLASSES.items() if issubclass(found, Listing)}
UPDATES = {ask for ask, found in CLASSES.items() if Does.LOOKS_FIRST in found.does}
# At the look of an update nothing is changed yet.
CHANGES = {ask for ask, found in CLASSES.items() if found.does & (Does.WRITES | Does.SENDS)}
CHANGES -= {"look"}
LEAST_WAITS = (0.1, 1, 2, 4, 8)
LATE = 300
# The server does what it is asked for, and then the answer is lost.
CARRIED_OUT = {"reset_after", "truncated", "slow_bytes"}
# Answers that say that nothing was done.
REFUSALS = {"gone", "ingest_rate_limit", "rate_limit"}
# Changes that are not the same if they are made twice.
ONCE = {"next", "comment"}
KEPT = {(True, True): 1, (True, False): 0, (False, True): "resolved", (False, False): "unresolved"}


@pytest.fixture(scope="module")
def stations(tmp_path_factory, nursery):
    """Stations to take one from, and to put it back."""
    folder = tmp_path_factory.mktemp("stations")
    # A copy, as each test changes this process's.
    environment = outside.unmeasured(settings.TIMEOUT, settings.INGEST_HOSTS)
    environment |= {settings.STATE: str(folder / "state")}
    make_up(str(folder / "data"))

    def start(number):
        data = shutil.copy(folder / "data", folder / f"data-{number}")
        return Station(nursery, environment, data)

    free = queue.SimpleQueue()
    with ThreadPoolExecutor(STATIONS) as pool:
        started = list(pool.map(start, range(STATIONS)))
        for station in started:
            free.put(station)
        yield free
        list(pool.map(Station.close, started))


@pytest.fixture
def station(stations):
    """Lend a station."""
    lent = stations.get()
    yield lent
    stations.put(lent)


@pytest.fixture(scope="module")
def outcomes(stations, request):
    """Run the cases of all tests that were chosen; the future outcome of each."""

    def run(case):
        station = stations.get()
        try:
            return station.run(case)
        finally:
            stations.put(station)

    items = request.session.items
    chosen = [item.callspec.params["case"] for item in items if item.originalname == EACH.__name__]
    with ThreadPoolExecutor(STATIONS) as pool:
        yield {case: pool.submit(run, case) for case in chosen}
        pool.shutdown(cancel_futures=True)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.fault}-{case.when}-{case.ask}")
def test_a_fault_is_met_as_the_table_says(case, outcomes):
    outcome = outcomes[case].result()
    body = body_of(case, outcome)
    told = body["exception"]["code"] if "exception" in body else "ok"
    assert (told, len(outcome.asked)) == (case.code, case.requests), outcome.err
    assert (outcome.status, body["status"]) == ((0, "ok") if told == "ok" else (1, "error"))
    check_answer(case, outcome, body)
    check_waits(case, outcome, body)
    check_doubt(case, outcome, body)
    check_secrets(case, outcome)
    if case.code in {"timed_out", "stopped"}:
        assert outcome.seconds < case.seconds  # it left the server behind


def body_of(case, outcome):
    """Give the body of what has to be one valid event."""
    assert outcome.out.count("\n") == 1
    event = json.loads(outcome.out, parse_constant=pytest.fail)
    body = event.pop("body")
    kind = "action_event" if case.ask in ACTIONS else "connection_test"
    assert event == {"version": "v1", "type": kind}
    assert (body["meta"], type(body["log"])) == ({"step": 7}, str)
    told = {"output"} if body["status"] == "ok" else {"error", "exception"}
    assert body.keys() - {"partial"} == {"log", "status", "meta", *told}
    return body


def check_answer(case, outcome, body):
    """Check what is answered beside the code."""
    if case.code == "ok":
        check_output(case, body["output"], outcome)
        return
    exception = body["exception"]
    texts = {name: exception.pop(name) for name in ("cause", "assistance", "data")}
    assert all(isinstance(text, str) for text in texts.values())
    assert body["error"] == f"{texts['cause']} {texts['assistance']}"
    assert exception.pop("code") == case.code
    once = case.ask in ONCE and is_in_doubt(case)
    assert exception.pop("retryable") is (case.code in RETRYABLE and not once)
    if case.code == "rate_limited":
        # What is told to the second; some may have passed before it was.
        assert case.seconds - LATE <= exception.pop("retry_after") <= case.seconds
    assert exception == {}
    begun = case.when == "later" or case.kind in {"foreign_next", "endless_next"}
    assert ("partial" in body) is (begun and case.ask in LISTS)
    if "partial" in body:
        assert body["partial"]["next_cursor"]
        check_list(case, body["partial"]["output"], {PAGE, 2 * PAGE, ITEMS})


def check_output(case, output, outcome):
    """Check what a success gives."""
    if case.ask in LISTS:
        check_list(case, output, {2 * PAGE + 1 if case.kind == "endless_next" else ITEMS})
    elif case.ask == "submit":
        assert output == {"id": outcome.subject}
    elif case.ask == "check_in":
        assert output == {"check_in_id": outcome.subject, "monitor_slug": JOB["monitor_slug"]}
    elif case.ask == "comment":
        assert (output["comment"]["data"]["text"], output["created"]) == ("said", True)
    elif case.ask == "test":
        assert output == {"success": True}
    else:
        status = "resolved" if case.ask in UPDATES else "unresolved"
        assert (output["issue"]["id"], output["issue"]["status"]) == (outcome.subject, status)


def check_list(case, output, lengths):
    assert schema.problem(output, ACTIONS[case.ask], "output") is None
    assert len(items(output)) in lengths


def items(output):
    """Give what a list has found."""
    return next(each for each in output.values() if isinstance(each, list))


def check_waits(case, outcome, body):
    """Check that each repetition waits, each longer than the one before, and is told of."""
    told = 0.0
    if case.kind in {"rate_limit", "ingest_rate_limit"}:
        # The web API tells the second in which its window ends.
        told = case.seconds - (case.kind == "rate_limit")
    repetitions = 0
    for _, same in itertools.groupby(outcome.asked, key=request_line):
        times = [entry["time"] for entry in same]
        waits = [after - before for before, after in itertools.pairwise(times)]
        assert all(
            wait >= max(least, told) for wait, least in zip(waits, LEAST_WAITS, strict=False)
        )
        repetitions += len(waits)
    assert body["log"].count(" Trying ") == repetitions


def request_line(entry):
    return entry["method"], entry["path"], entry["query"]


def check_doubt(case, outcome, body):
    """Check that what was written is there once, and where that is not known, that it is said."""
    assert body.get("error", "").count(IN_DOUBT) == is_in_doubt(case)
    if case.ask in UPDATES | CHANGES:
        done = case.code == "ok" or (case.kind in CARRIED_OUT and case.ask != "look")
        assert outcome.kept == KEPT[case.ask not in UPDATES, done]
    if case.ask in BY_DSN:
        assert all(outcome.subject in entry["body"] for entry in outcome.asked)


def is_in_doubt(case):
    """Tell whether a change was sent, and no answer tells what came of it."""
    return case.ask in CHANGES and case.code != "ok" and case.kind not in REFUSALS


def check_secrets(case, outcome):
    """Check that secrets are seen by nobody, and sent to nobody but whom they are for."""
    assert not [secret for secret in outcome.secrets if secret in outcome.out + outcome.err]
    assert outcome.strangers == 0
    ours, others = "Authorization", "X-Sentry-Auth"
    if case.ask in BY_DSN:
        ours, others = others, ours
    for entry in outcome.asked:
        assert ours in entry["headers"]
        assert others not in entry["headers"]


EACH = test_a_fault_is_met_as_the_table_says


def test_the_table_has_every_fault_and_everything_that_can_be_asked_for():
    met = {(case.kind, case.ask) for case in CASES if case.ask != "events_org"}
    assert met == {*itertools.product(["none", *KINDS], ["test", *ACTIONS.keys() - {"events_org"}])}


@pytest.mark.parametrize("ask", ["issues", "events"])
def test_a_list_that_broke_off_goes_on_from_its_cursor(ask, station):
    case = Case("server_error,status=500", "later", 300, ask, "server_error", 2)
    outcome = station.run(case)
    body = body_of(case, outcome)
    assert "partial" in body, (body["error"], outcome.asked)
    partial = body["partial"]
    message = station.message(case, station.issue, cursor=partial["next_cursor"])
    status, out, _ = station.answer(message)
    rest = json.loads(out)["body"]["output"]
    found = [item["id"] for part in (partial["output"], rest) for item in items(part)]
    assert (status, len(found), len(set(found))) == (0, ITEMS, ITEMS)


def test_a_request_to_another_host_would_be_noticed(station):
    message = station.message(Case("none", "always", 300, "issues", "stopped", 1), station.issue)
    message["body"]["connection"]["url"] = "http://elsewhere.example"
    status, *_ = station.answer(message, SIGNALS["sigterm"], station.strangers)
    assert status == 1


def test_a_plugin_whose_time_was_over_before_it_asked_gets_more(station, monkeypatch):
    timeouts = []

    def run(case):
        timeouts.append(case.timeout)
        return SimpleNamespace(asked=[None] * (len(timeouts) - 1))

    monkeypatch.setattr(station, "_run", run)
    case = Case("latency,seconds=600", "once", 3, "issue", "timed_out", 4)
    assert len(station.run(case).asked) == 4
    assert len(station.run(case._replace(requests=100)).asked) < 100
    assert timeouts[:5] == [3, 9, 27, 27, 27]
