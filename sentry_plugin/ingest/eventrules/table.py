"""The rules: what Sentry keeps of each field of an event.

They are those of Relay, the part of Sentry that receives events; tests hold them against Relay's
own normaliser. Not judged: spans, measurements, images of `debug_meta`, and reports of browsers.
https://github.com/getsentry/relay/blob/master/relay-event-schema/src/protocol/event.rs
https://develop.sentry.dev/sdk/foundations/transport/event-payloads/
"""

from __future__ import annotations

import math

from sentry_plugin.ingest import namerules
from sentry_plugin.ingest.eventrules import bags, interfaces, requests
from sentry_plugin.ingest.eventrules.containers import (
    FREE,
    ListOf,
    Object,
    Values,
    map_of,
)
from sentry_plugin.ingest.eventrules.contexts import CONTEXTS
from sentry_plugin.ingest.eventrules.fields import (
    ADDRESS,
    COUNT,
    FLAG,
    LEAST,
    SET_BY_SENTRY,
    TEXT,
    TEXTS,
    UUID,
    WHOLE,
    fields,
)
from sentry_plugin.ingest.eventrules.kinds import (
    ANYTHING,
    Bagged,
    Choice,
    Number,
    Text,
    Unkept,
    is_address,
    matching,
)
from sentry_plugin.ingest.eventrules.moments import Moment, OfEvent
from sentry_plugin.ingest.eventrules.tags import Tags

_LEVELS = ("debug", "info", "warning", "error", "fatal")
# The numbers are those of Python's logging.
_OTHER_LEVELS = {10 * (place + 1): name for place, name in enumerate(_LEVELS)} | {
    "log": "info",
    "critical": "fatal",
}
_PLATFORMS = frozenset(
    [
        "as3",
        "c",
        "cfml",
        "cocoa",
        "csharp",
        "elixir",
        "go",
        "groovy",
        "haskell",
        "java",
        "javascript",
        "native",
        "node",
        "objc",
        "other",
        "perl",
        "php",
        "python",
        "ruby",
    ]
)


def _level(default: str) -> Choice:
    return Choice(frozenset(_LEVELS), f"it is not a level, so it becomes {default}", _OTHER_LEVELS)


def _named(rule: namerules.NameRule) -> Text:
    return Text(fits=rule.fits, otherwise=f"it is not {rule.words}", may_be_blank=False)


_IP = Text(fits=is_address, otherwise="it is not an IP address", may_be_blank=False)
_LONG, _NAME, _SHORT, _GEO = Text(8192, 200), Text(256, 20), Text(128), Text(1024, 100)
_DATA, _LARGE_DATA = Bagged(bags.MEDIUM, FREE), Bagged(bags.LARGE, FREE)
_THREAD_ID = interfaces.ThreadId()

_LOCK = fields(
    (Choice(frozenset({1, 2, 4, 8}), "it is not 1, 2, 4 or 8"), "type"),
    (TEXT, "address package_name class_name"),
    (_THREAD_ID, "thread_id"),
)
_FRAME = fields(
    (Text(512, 20), "function raw_function"),
    (Text(512), "symbol"),
    (TEXT, "module package filename abs_path platform context_line addr_mode"),
    (COUNT, "lineno colno"),
    (TEXTS, "pre_context post_context"),
    (FLAG, "in_app stack_start"),
    (Bagged(bags.MEDIUM, interfaces.Variables()), "vars"),
    (ADDRESS, "image_addr instruction_addr function_id symbol_addr"),
    (_SHORT, "trust lang"),
    (FREE, "data"),
    (Object(_LOCK), "lock"),
)
_STACKTRACE = Object(
    fields(
        (interfaces.Frames(Object(_FRAME)), "frames"),
        (map_of(ADDRESS), "registers"),
        (TEXT, "instruction_addr_adjustment"),
        (_SHORT, "lang"),
        (FLAG, "snapshot"),
    )
)
_SYSTEM_ERRORS = {
    "errno": Object(fields((WHOLE, "number"), (TEXT, "name"))),
    "signal": Object(fields((WHOLE, "number code"), (TEXT, "name code_name"))),
    "mach_exception": Object(fields((WHOLE, "exception"), (COUNT, "code subcode"), (TEXT, "name"))),
    "ns_error": Object(fields((WHOLE, "code"), (TEXT, "domain"))),
}
_MECHANISM = fields(
    (Text(128, may_be_blank=False), "type"),
    (FLAG, "synthetic handled is_exception_group"),
    (_LONG, "description"),
    (matching(r"https?://.*", "it is no address of the web", most=256, spare=40), "help_link"),
    (matching(r"[^ \t\r\n]*", "it holds a space", most=128), "source"),
    (COUNT, "exception_id parent_id"),
    (_DATA, "data"),
    (Object(_SYSTEM_ERRORS), "meta"),
)
_EXCEPTION = fields(
    (_NAME, "type module"),
    (Text(8192, 200, is_json=True), "value"),
    (_STACKTRACE, "stacktrace raw_stacktrace sentry.interfaces.Stacktrace"),
    (_THREAD_ID, "thread_id"),
    (interfaces.Mechanism(_MECHANISM), "mechanism"),
)
_THREAD = fields(
    (_THREAD_ID, "id"),
    (Text(1024, 100), "name"),
    (_STACKTRACE, "stacktrace raw_stacktrace"),
    (FLAG, "crashed current main"),
    (TEXT, "state"),
    (map_of(Object(_LOCK)), "held_locks"),
)
_CRUMB = fields(
    (Moment(), "timestamp"),
    (_SHORT, "type ty category"),
    (_level("info"), "level"),
    (_LONG, "message"),
    (_DATA, "data"),
    (UUID, "event_id"),
    (TEXT, "origin"),
)
_GEO_FIELDS = fields((Text(102, 1004), "country_code"), (_GEO, "city subdivision region"))
_USER = fields(
    (_SHORT, "id username name"),
    (Text(75), "email"),
    (_IP, "ip_address"),
    (Object(_GEO_FIELDS), "geo"),
    (TEXT, "segment"),
    (SET_BY_SENTRY, "sentry_user"),
    (FREE, "data"),
)
_REQUEST = fields(
    (Text(256, 40), "url"),
    (matching(r"[a-zA-Z_-]{3,32}", "it is not a method", may_be_blank=False), "method"),
    (TEXT, "protocol api_target"),
    (Bagged(bags.LARGE, requests.Body()), "data"),
    (
        Bagged(bags.SMALL, requests.QUERY),
        "query_string",
    ),
    (Text(1024, 100), "fragment"),
    (Bagged(bags.MEDIUM, requests.COOKIES), "cookies"),
    (Bagged(bags.LARGE, requests.HEADERS), "headers"),
    (COUNT, "body_size"),
    (_LARGE_DATA, "env"),
    (SET_BY_SENTRY, "inferred_content_type"),
)
_MESSAGE = fields(
    (Text(8192, 200, is_json=True), "message formatted"),
    (Bagged(bags.MEDIUM, interfaces.Parameters()), "params"),
)
_SDK = fields(
    (_NAME, "name version"),
    (TEXTS, "integrations features"),
    (ListOf(Object(fields((TEXT, "name version")))), "packages"),
    (_IP, "client_ip"),
    (FREE, "settings"),
)
_TEMPLATE = fields(
    (Text(128, 20), "filename"),
    (Text(256, 40), "abs_path"),
    (COUNT, "lineno colno"),
    (TEXTS, "pre_context post_context"),
    (TEXT, "context_line"),
)
_TRANSACTION_INFO = fields(
    (TEXT, "source"),
    (Text(200), "original"),
    (
        ListOf(Object(fields((TEXT, "source"), (Moment(), "timestamp"), (COUNT, "propagations")))),
        "changes",
    ),
    (COUNT, "propagations"),
)
_DEBUG = fields((FREE, "sdk_info"), (ListOf(FREE), "images"))
_ERROR = fields((TEXT, "type name"), (ANYTHING, "value"))

EVENT = fields(
    (_level("error"), "level"),
    (OfEvent(), "timestamp"),
    (Moment(), "start_timestamp"),
    (Choice(_PLATFORMS, "it is not a platform that Sentry knows, so it becomes other"), "platform"),
    (matching(r"[^\r\n]*", "it holds a line break", most=64), "logger"),
    (Text(200), "culprit transaction server_name site"),
    (Object(_TRANSACTION_INFO), "transaction_info"),
    (Number(LEAST, math.nextafter((1 << 31) - 1, 0), "a whole number from 0"), "time_spent"),
    (_named(namerules.EVENT_RELEASE), "release"),
    (_named(namerules.DIST), "dist"),
    (_named(namerules.EVENT_ENVIRONMENT), "environment"),
    (Tags(), "tags"),
    (TEXTS, "fingerprint"),
    (Bagged(bags.LARGE, map_of(TEXT)), "modules"),
    (Bagged(bags.ALL_EXTRA, map_of(Bagged(bags.EXTRA))), "extra"),
    (interfaces.Message(_MESSAGE), "logentry sentry.interfaces.Message"),
    (Text(8192, 200, is_json=True), "message"),
    (Values(interfaces.Thrown(_EXCEPTION)), "exception sentry.interfaces.Exception"),
    (Values(Object(_CRUMB)), "breadcrumbs sentry.interfaces.Breadcrumbs"),
    (Values(Object(_THREAD)), "threads"),
    (_STACKTRACE, "stacktrace sentry.interfaces.Stacktrace"),
    (Object(_TEMPLATE), "template sentry.interfaces.Template"),
    (interfaces.User(_USER, ANYTHING), "user sentry.interfaces.User"),
    (requests.Request(_REQUEST), "request sentry.interfaces.Http"),
    (map_of(interfaces.Context(CONTEXTS)), "contexts sentry.interfaces.Contexts"),
    (Object(_SDK), "sdk"),
    (Object(_DEBUG), "debug_meta"),
    (ListOf(Object(_ERROR)), "errors"),
    (_SHORT, "checksum"),
    (FLAG, "_performance_issues_spans"),
    (FREE, "csp hpkp expectct expectstaple breakdowns"),
    (ANYTHING, "event_id spans measurements scraping_attempts _dsc"),
    (Unkept("Sentry finds it by itself", ("default", "error", "transaction")), "type"),
    (Unkept("Sentry sets it itself", ("7", 7)), "version"),
    (SET_BY_SENTRY, "received project key_id grouping_config ingest_path"),
    (SET_BY_SENTRY, "_meta _metrics"),
)
"""The kind of each field of an event; Sentry knows no others."""

SAME = {
    name: names[0]
    for names in (
        ("logentry", "message", "sentry.interfaces.Message"),
        ("exception", "sentry.interfaces.Exception"),
        ("breadcrumbs", "sentry.interfaces.Breadcrumbs"),
        ("stacktrace", "sentry.interfaces.Stacktrace"),
        ("template", "sentry.interfaces.Template"),
        ("user", "sentry.interfaces.User"),
        ("request", "sentry.interfaces.Http"),
        ("contexts", "sentry.interfaces.Contexts"),
    )
    for name in names[1:]
}
"""Other names of a field, which do not count where that is there, too."""
