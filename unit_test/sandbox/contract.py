"""Checks answers against Sentry's own OpenAPI document, and counts them.

The document is changed in the few places named in QUIRKS, where it says what no server does.
"""

from __future__ import annotations

import json
import re
from datetime import datetime

import jsonschema

EXPANDED = (
    "inbox",
    "owners",
    "sessionCount",
    "integrationIssues",
    "sentryAppIssues",
    "latestEventHasAttachments",
)
FULL = ("event.type",)
DIRECT = ("matchingEventId", "matchingEventEnvironment")
IGNORED = ("ignoreCount", "ignoreUntil", "ignoreUserCount", "ignoreUserWindow", "ignoreWindow")

# Where the document differs from all servers: what is looked for, what is done, and why.
QUIRKS = (
    ("optional", EXPANDED, "a list has them only where `expand` asks for them"),
    ("optional", DIRECT, "a list has them only where the query is an event's id"),
    (
        "optional",
        FULL,
        "an event with its body has it as `type`; the document knows only short ones",
    ),
    ("nullable", IGNORED, "Sentry 9.1.2 and 21.1.0 give null for those that were not asked for"),
    ("nullable", ("inbox", "owners"), "there is none when nobody reviews or owns the issue"),
    ("nullable", ("user",), "a pending invitation has none, as the organization's list says"),
    ("nullable", ("team",), "a project may have no team, which its list in the document knows"),
    ("optional", ("stats",), "an issue list with an empty `groupStatsPeriod` has no timeline"),
    ("optional", ("filename",), "an exception without a stack trace has none: Sentry 21.1.0, too"),
    ("nullable", ("lastDeploy.name",), "a deploy need not have one, as the list of deploys says"),
    ("nullable", ("owner",), "nobody need own a monitor, as nobody need own a release"),
    ("nullable", ("nextCheckIn", "nextCheckInLatest"), "nothing need be due"),
    ("open", ("schedule",), "an interval is a number and a unit, not numbers"),
    ("listed", ("environments",), "a monitor has several, which the document takes for one"),
    ("optional", ("isPublic", "statusDetails", "status"), "a bulk update answers what changed"),
)
KINDS = ("optional", "nullable", "open", "listed")


class Contract:
    """The document; what has been checked against it is counted."""

    def __init__(self, document, answers, statuses):
        self.document = json.loads(document.read_text(encoding="utf-8"))
        self.answers, self.statuses = answers, statuses
        self._validators = {}
        self._operations = [
            (method.upper(), re.compile(re.sub(r"\{\w+\}", "[^/]+", path)), path, operation)
            for path, methods in self.document["paths"].items()
            for method, operation in methods.items()
            if isinstance(operation, dict)
        ]

    def check(self, response, *_, **__):
        """Compare one answer; a hook of requests."""
        path = response.request.path_url.partition("?")[0]
        for method, pattern, name, operation in self._operations:
            if method == response.request.method and pattern.fullmatch(path):
                self.answers[f"{method} {name}"] += 1
                self.statuses[response.status_code] += 1
                self._check_body(f"{method} {name}", operation, response)
                return

    def _check_body(self, name, operation, response):
        described = operation["responses"].get(str(response.status_code), {})
        content = described.get("content", {}).get("application/json")
        if content is None:
            return
        assert response.headers["Content-Type"] == "application/json", name
        validator = self._validator(f"{name} {response.status_code}", content["schema"])
        problems = [
            f"{name}: {error.json_path}: {error.message[:200]}"
            for error in validator.iter_errors(response.json())
        ]
        assert not problems, "\n".join(problems[:5])

    def _validator(self, key, schema):
        if key not in self._validators:
            checker = jsonschema.FormatChecker([])
            checker.checks("date-time", ValueError)(_is_moment)
            self._validators[key] = jsonschema.Draft202012Validator(
                self._plain(schema), format_checker=checker
            )
        return self._validators[key]

    def _plain(self, schema, name=""):
        """Write a schema of OpenAPI 3.0 as plain JSON Schema; this document has no references."""
        plain = {key: value for key, value in schema.items() if key not in ("nullable", "example")}
        for key in ("oneOf", "anyOf", "allOf"):
            if key in plain:
                plain[key] = [self._plain(one) for one in plain[key]]
        if "items" in plain:
            plain["items"] = self._plain(plain["items"])
        if isinstance(plain.get("additionalProperties"), dict):
            plain["additionalProperties"] = self._plain(plain["additionalProperties"])
        if "properties" in plain:
            plain |= self._object(plain, name)
        return {"anyOf": [plain, {"type": "null"}]} if schema.get("nullable") else plain

    def _object(self, schema, name):
        optional, nullable, anything, several = (
            {name for kind, names, _ in QUIRKS if kind == wanted for name in names}
            for wanted in KINDS
        )
        properties = {}
        for field, one in schema["properties"].items():
            plain = {} if field in anything else self._plain(one, field)
            if field in several and one.get("type") == "object":
                plain = {"type": "array", "items": plain}
            is_nullable = nullable & {field, f"{name}.{field}"}
            properties[field] = {"anyOf": [plain, {"type": "null"}]} if is_nullable else plain
        required = [field for field in schema.get("required", []) if field not in optional]
        return {"properties": properties, "required": required}


def table(answers, statuses):
    """Give the counts as lines."""
    lines = [f"{count:6}  {name}" for name, count in sorted(answers.items())]
    found = ", ".join(f"{count} x {name}" for name, count in sorted(statuses.items()))
    return [f"{len(answers)} endpoints, {answers.total()} answers ({found})", *lines]


def _is_moment(value):
    return not isinstance(value, str) or datetime.fromisoformat(value)
