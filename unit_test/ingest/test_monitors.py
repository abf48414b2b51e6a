"""What a check-in says of its monitor: refused where Sentry would drop it without a word."""

from __future__ import annotations

import datetime as dt
import json
import os
import zoneinfo

import pytest
from cronsim import CronSim, CronSimError
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sentry_plugin.ingest import crontab, monitors

ENVELOPE = "https://ingest.example/api/42/envelope/"
CRONTAB = {"type": "crontab", "value": "0 * * * *"}


@pytest.fixture
def check_in(start, run, requests_mock):
    """Check in and give the body of the answer, and what was sent."""
    requests_mock.post(ENVELOPE, json={})

    def send(**given):
        whole = {"dsn": "https://public-key@ingest.example/42", "status": "ok", **given}
        body = run(start("check_in", **{"monitor_slug": "nightly", **whole}))
        sent = [each.body.split(b"\n")[2] for each in requests_mock.request_history]
        return body, [json.loads(each) for each in sent]

    return send


@pytest.fixture
def configured(check_in):
    """Check in with a configuration; give the body and the configuration that was sent."""

    def send(**config):
        body, sent = check_in(monitor_config={"schedule": CRONTAB, **config})
        return body, [each["monitor_config"] for each in sent]

    return send


@pytest.mark.parametrize(
    ("given", "kept", "word"),
    [
        ("nightly", "nightly", None),
        ("a_b-c", "a_b-c", None),
        ("1", "1", None),
        ("x" * 50, "x" * 50, None),
        ("LUN-1", "lun-1", "INFO"),
        ("Nightly  Backup", "nightly-backup", "INFO"),
        ("_a.b/c_", "abc", "INFO"),
        ("\u00dcber Nacht", "uber-nacht", "INFO"),
        ("x" * 49 + " y", "x" * 49, "WARNING"),
        ("\ufb03" * 50, "ffi" * 16 + "ff", "INFO"),
    ],
)
def test_a_slug_is_brought_to_the_form_that_sentry_gives_it(given, kept, word, check_in):
    body, (sent,) = check_in(monitor_slug=given)
    assert (sent["monitor_slug"], body["output"]["monitor_slug"]) == (kept, kept)
    told = [line.split()[0] for line in body["log"].splitlines() if "slug" in line]
    assert told == ([word] if word else [])


SCHEDULES = [
    *({"type": "crontab", "value": text} for text in crontab.NICKNAMES),
    *({"type": "interval", "value": 1, "unit": unit} for unit in monitors.UNITS),
    {"type": "crontab", "value": " 0,30  4-6/2 L jan-MAR fri#2 "},
]


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_a_schedule_that_sentry_takes_is_sent_as_it_is(schedule, configured):
    assert configured(schedule=schedule)[1] == [{"schedule": schedule}]


NO_SCHEDULES = [
    {},
    {"type": "crontab"},
    {"type": "crontab", "value": 5},
    {"type": ["crontab"], "value": "@daily"},
    {"value": "@daily"},
    {"type": "interval", "value": 2},
    {"type": "interval", "unit": "hour"},
    *({"type": "interval", "value": each, "unit": "hour"} for each in (0, -1, 2.0, True, "2")),
    *({"type": "interval", "value": 2, "unit": each} for each in ("hours", "second", 1, None)),
    {"type": "interval", "value": 8000, "unit": "year"},
]


@pytest.mark.parametrize("schedule", NO_SCHEDULES)
def test_what_is_no_schedule_is_refused(schedule, configured):
    body, sent = configured(schedule=schedule)
    assert (body["exception"]["code"], sent) == ("bad_input", [])
    assert "`monitor_config.schedule` is no schedule" in body["error"]


def test_a_configuration_without_a_schedule_is_refused(check_in):
    body, sent = check_in(monitor_config={"timezone": "UTC"})
    assert ("`monitor_config.schedule` is no schedule" in body["error"], sent) == (True, [])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("0 0 * * * *", "takes 5 fields, and it has 6"),
        ("@reboot", "takes 5 fields, and it has 1"),
        ("@Daily", "takes 5 fields, and it has 1"),
        ("every hour", "takes 5 fields, and it has 2"),
        ("", "takes 5 fields, and it has 0"),
        ("60 * * * *", "its minute is not made of 0 to 59"),
        ("* 22-2 * * *", "its hour is not made of 0 to 23"),
        ("* * 0 * *", "its day of the month is"),
        ("* * * JANUARY *", "its month is"),
        ("* * * * */0", "its day of the week is"),
        ("* * ? * *", "its day of the month is"),
        ("0 0 31 2 *", "there is no day that it fits"),
        ("0 0 */31 * SUN#5", "there is no day that it fits"),
    ],
)
def test_a_crontab_that_sentry_drops_is_refused(text, words, configured):
    body, sent = configured(schedule={"type": "crontab", "value": text})
    assert (body["exception"]["code"], words in body["error"], sent) == ("bad_input", True, [])


def numbers(lowest, highest):
    return st.integers(lowest, highest).map(str)


def field(lowest, highest, *more):
    """Make words of a field, most of them valid."""
    one = numbers(lowest, highest)
    part = st.just("*") | one | st.builds("{}-{}".format, one, one) | st.sampled_from(["*", *more])
    stepped = st.builds("{}/{}".format, part, numbers(0, 70))
    return st.lists(part | stepped, min_size=1, max_size=2).map(",".join)


CRONTABS = st.tuples(
    field(0, 60, "05", "", "x"),
    field(0, 24, "?", "-1"),
    field(0, 32, "L", "LW", "l", "31", "W"),
    field(0, 13, "FEB", "2", "4", "jun-Jul", "SEPT"),
    field(0, 8, "SUN", "mon#5", "5L", "6-7", "FRI-MON", "1#6", "L", "friL", "0#05"),
).map(" ".join)
NOW = dt.datetime(2026, 1, 31, 12, tzinfo=dt.UTC)


def sentry_takes(text):
    try:
        next(CronSim(text, NOW))
    except (CronSimError, StopIteration):
        return False
    return bool(next(CronSim(text, NOW, reverse=True)))


def we_take(text):
    try:
        crontab.check(text)
    except ValueError:
        return False
    return True


@settings(max_examples=500, derandomize="CI" in os.environ, database=None, deadline=None)
@given(CRONTABS)
@example("0 0 30-31 2 *")
@example("0 0 29 2 *")
@example("0 0 29 2 */6")
@example("0 0 LW */2 */7")
@example("0 0 */30 2 1#5")
@example("0 0 5-5/26 2 *")
def test_a_crontab_is_taken_exactly_if_sentrys_own_parser_takes_it(text):
    assert we_take(text) is sentry_takes(text)


@pytest.mark.parametrize("name", ["Europe/Berlin", "Etc/UTC", "UTC", "Asia/Kolkata", "GMT+0", ""])
def test_a_time_zone_of_the_database_is_sent(name, configured):
    assert configured(timezone=name)[1] == [{"schedule": CRONTAB, "timezone": name}]


@pytest.mark.parametrize(
    "name",
    ["GMT+2", "+02:00", "Berlin", "europe/berlin", "Europe", "posix/UTC", "../UTC", "x" * 999, " "],
)
def test_a_time_zone_that_sentry_does_not_know_is_refused(name, configured):
    body, sent = configured(timezone=name)
    assert (body["exception"]["code"], sent) == ("bad_input", [])
    assert "`monitor_config.timezone` is not in this machine's" in body["error"]


def test_a_time_zone_that_cannot_be_judged_is_sent_with_a_warning(configured):
    zoneinfo.reset_tzpath(to=[])
    zoneinfo.ZoneInfo.clear_cache()
    try:
        body, sent = configured(timezone="Europe/Berlin")
    finally:
        zoneinfo.reset_tzpath()
    assert sent == [{"schedule": CRONTAB, "timezone": "Europe/Berlin"}]
    assert "WARNING Whether Sentry knows the time zone cannot be told" in body["log"]


@pytest.mark.parametrize("schedule", [CRONTAB, {"type": "interval", "value": 1, "unit": "day"}])
def test_a_time_zone_within_the_schedule_is_refused(schedule, configured):
    body, sent = configured(schedule={**schedule, "timezone": "Europe/Berlin"})
    assert (body["exception"]["code"], sent) == ("bad_input", [])
    assert "Beside `schedule`, not in it, stand `timezone`" in body["error"]


@pytest.mark.parametrize(
    ("name", "allowed", "refused"),
    [
        ("checkin_margin", (0, 40320), (-1, 40321)),
        ("max_runtime", (1, 40320), (0, 40321)),
        ("failure_issue_threshold", (1, 720), (0, 721)),
        ("recovery_threshold", (1, 720), (0, 721)),
    ],
)
def test_a_number_that_sentry_does_not_take_is_refused(name, allowed, refused, configured):
    for number in refused:
        body, sent = configured(**{name: number})
        assert (body["exception"]["code"], sent) == ("bad_input", [])
        assert f"`monitor_config.{name}` is not {allowed[0]} to {allowed[1]}" in body["error"]
    _, sent = [configured(**{name: number}) for number in allowed][-1]
    assert [each[name] for each in sent] == list(allowed)


def test_a_whole_number_is_sent_without_a_point_which_sentry_would_not_read(configured):
    _, (sent,) = configured(max_runtime=30.0)
    assert json.dumps(sent["max_runtime"]) == "30"


def test_what_sentry_does_not_read_of_a_configuration_is_said(configured):
    body, (sent,) = configured(time_zone="UTC", owner="team:1")
    assert sent["owner"] == "team:1"
    assert "WARNING Sentry does not read of the monitor_config: time_zone." in body["log"]
