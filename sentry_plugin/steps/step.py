"""What a message can start: loads the class of a step, checks its input, makes its output fit.

Runs nothing by itself and knows no server.
"""

from __future__ import annotations

import enum
import importlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from sentry_plugin.errors import ApiError, InputError, OutputError, ProtocolError
from sentry_plugin.logs import logger
from sentry_plugin.steps import ignored, schema

if TYPE_CHECKING:
    from sentry_plugin.client.makes import Make
    from sentry_plugin.client.pages import Keeps, Page
    from sentry_plugin.client.routes import Route
    from sentry_plugin.steps.connection import Connection

NO_VALUE = (
    "Correct the input. What is empty or null may stand for a variable of the workflow, or an "
    "output of an earlier step, that had no value."
)


LARGEST_LIST = 128 << 20
"""Bytes of all answers for one list."""


class Does(enum.Flag):
    """What a step does, known before it runs: one or more of these."""

    READS = enum.auto()
    """It reads from Sentry's web API."""
    WRITES = enum.auto()
    """It changes something at Sentry or JupiterOne."""
    LOOKS_FIRST = enum.auto()
    """It reads everything that it is to change before it changes anything."""
    SENDS = enum.auto()
    """It sends to a DSN, with the key of the DSN only."""
    KEEPS = enum.auto()
    """It writes or deletes files on this machine that outlive the message."""
    AT_ONCE = enum.auto()
    """It sends many requests at the same time, in no fixed order."""


class Step:
    """An action, a trigger or a task of the spec."""

    does: ClassVar[Does]
    """What it does; subclasses of `Listing`, `Submission`, `Trigger` and `Task` inherit it."""

    secret_inputs: ClassVar[tuple[str, ...]] = ()
    """Inputs whose text is masked everywhere."""

    empty_texts: ClassVar[frozenset[str]] = frozenset(
        {"query", "assignedTo", "resolve_in_release", "resolve_in_commit", "repository"}
    )
    """Optional inputs whose empty text has a meaning or is refused; others count as absent."""

    id_inputs: ClassVar[frozenset[str]] = frozenset(
        {"issue_id", "issue_ids", "project_slug", "projects", "organization_slug", "organizations"}
        | {"assignedTo"}
    )
    """Inputs that name things by an ID, too; a JSON number is accepted and written as text."""

    def __init__(self, name: str, connection: Connection) -> None:
        self.name = name
        self.connection = connection
        self.left_out: list[str] = []
        """Optional inputs that came empty or null, and count as absent."""

    def prepared(self, params: dict[str, Any]) -> dict[str, Any]:
        """Return the input in the form of the spec, before it is checked."""
        return params

    def checked_input(self, params: Any) -> dict[str, Any]:
        """Return the input's fields that the spec has; InputError if they do not fit it."""
        if isinstance(params, dict):
            params = self._filled(self.prepared(params))
        blank = self._blank(params) if isinstance(params, dict) else {}
        if words := schema.problem(params, self.name, "input", "The input", blank):
            raise InputError(words, NO_VALUE if blank or "null" in words else None)
        for field in schema.unknown_fields(params, self.name, "input"):
            logger.warning("The input's field %s is not known and has no effect.", field)
        properties = schema.load(self.name, "input").get("properties", {})
        return {
            # JSON Schema takes 7.0 for an integer, and Python does not.
            field: int(params[field]) if about.get("type") == "integer" else params[field]
            for field, about in properties.items()
            if field in params
        }

    def _filled(self, params: dict[str, Any]) -> dict[str, Any]:
        """Leave out optional fields that are empty, as an orchestrator's form sends them."""
        self.left_out = [field for field, value in params.items() if self._is_empty(field, value)]
        return {
            field: _without_blanks(value) if isinstance(value, list) else value
            for field, value in self._named(params).items()
            if field not in self.left_out
        }

    def _blank(self, params: dict[str, Any]) -> dict[str, str]:
        """Map the fields that need a value, and have none, to what is wrong."""
        known = schema.load(self.name, "input")
        required = known.get("required", ())
        found = {}
        for field in known.get("properties", {}).keys() & params.keys():
            value = params[field]
            if field in required and value is None:
                found[field] = "is null"
            elif field in required and isinstance(value, str) and not value.strip():
                found[field] = "is empty"
            elif isinstance(value, list) and value and all(each == "" for each in value):
                found[field] = "holds nothing but empty texts"
        return found

    def _named(self, params: dict[str, Any]) -> dict[str, Any]:
        """Write IDs that are JSON numbers as text."""
        properties = schema.load(self.name, "input").get("properties", {})
        named = {
            field: [_text(one) for one in value] if isinstance(value, list) else _text(value)
            for field, value in params.items()
            if field in self.id_inputs & properties.keys()
            and isinstance(value, list) is (properties[field]["type"] == "array")
        }
        return params | named

    def _is_empty(self, field: str, value: Any) -> bool:
        known = schema.load(self.name, "input")
        if field in known.get("required", ()) or field not in known.get("properties", {}):
            return False
        says = known["properties"][field].get("enum", ())
        text = value == "" and field not in self.empty_texts and "" not in says
        return text or value is None or value == {}

    def fit_output(self, output: Any) -> Any:
        """Return *output* made to fit the spec; OutputError if a required part does not."""
        if words := schema.fit(output, self.name, "output"):
            raise OutputError(f"The output does not fit: {words}.")
        return output


def _text(value: Any) -> Any:
    """Write a whole number as text; return other values as they are."""
    # A float above 2**53 may be another number than the one that was written.
    whole = isinstance(value, float) and value.is_integer() and abs(value) < 1 << 53
    is_number = whole or (isinstance(value, int) and not isinstance(value, bool))
    return str(int(value)) if is_number else value


def _without_blanks(values: list[Any]) -> list[Any]:
    """Leave out empty texts, unless there are only such: an empty list could mean all."""
    return [value for value in values if value != ""] or values


class Action(Step):
    """A step that runs once and returns an output."""

    def run(self, params: Any) -> Any:
        """Run with a checked input; return an output that is not checked yet."""
        raise NotImplementedError

    def answer(self, params: Any) -> Any:
        """Run, and make the output fit."""
        return self.fit_output(self.run_explained(params))

    def run_explained(self, params: Any) -> Any:
        """Run; an InputError about an input that came empty says so."""
        try:
            return self.run(params)
        except InputError as error:
            names = [f"`{name}`" for name in self.left_out if f"`{name}`" in str(error)]
            if names:
                error.assistance += (
                    f" What came for {', '.join(names)} is null or empty, and as good as absent."
                )
            raise

    def partial(self) -> dict[str, Any] | None:
        """Return what was read before a failure; None if there is nothing of use."""
        return None


class Submission(Action):
    """An action that sends to the project of its input `dsn`."""

    does = Does.SENDS
    secret_inputs = ("dsn",)


class Listing(Action):
    """An action that lists things page by page, and makes each page fit at once.

    So after a failure the pages before it can be returned.
    """

    does = Does.READS

    _field = ""
    _items: list[Any] | None = None
    _cursor: str | None = None
    _room = 0

    page_size_parameters: ClassVar[tuple[str, ...]] = ("per_page", "limit")
    """Names of the parameter for the size of a page: Sentry's and GlitchTip's."""

    def fetch(
        self,
        field: str,
        routes: Sequence[Route],
        scope: str,
        params: Mapping[str, Any],
        form: Callable[[Any], Any] = lambda item: item,
    ) -> Any:
        """Fetch a list by the first of *routes* that the server has; for the rest see `gather`."""
        client = self.connection.client

        def choose(make: Make, route: Route) -> Keeps:
            unregarded = make.ignored(route.path, route.query)
            return ignored.choose(make.name, unregarded, self.name, params, client.server_time)

        sized = [route._replace(sizes=self.page_size_parameters) for route in routes]
        limit, cursor = params.get("limit"), params.get("cursor")
        pages = client.pages(sized, scope, limit=limit, cursor=cursor, choose=choose)
        return self.gather(field, pages, form)

    def gather(
        self, field: str, pages: Iterable[Page], form: Callable[[Any], Any] = lambda item: item
    ) -> Any:
        """Return an output whose *field* lists the items of *pages*, each converted by *form*."""
        self._field, self._items, self._room = field, None, LARGEST_LIST
        for page in pages:
            fitted = self.fit_output({field: [form(item) for item in page.items]})
            self._items = (self._items or []) + fitted[field]
            self._cursor = page.next_cursor
            self._room -= page.size
            if self._cursor and self._room < 0:
                raise ApiError(
                    f"The list is larger than {LARGEST_LIST >> 20} MiB, and goes on.",
                    "What came so far is in `partial`; go on from its `next_cursor`, "
                    "set a `limit`, or narrow the query.",
                )
            if self._cursor:
                logger.info("%d %s so far.", len(self._items), field)
        return {field: self._items} | ({"next_cursor": self._cursor} if self._cursor else {})

    def answer(self, params: Any) -> Any:
        """Run; the output fits already."""
        return self.run_explained(params)

    def partial(self) -> dict[str, Any] | None:
        """Return the items so far, and the cursor to go on from."""
        if self._items is None:
            return None
        return {"output": {self._field: self._items}, "next_cursor": self._cursor}


class TaskResult(NamedTuple):
    """The result of one run of a task."""

    items: list[Any]
    state: dict[str, Any]
    """The state for the next run."""
    has_more: bool


class Task(Step):
    """A step that an orchestrator runs again and again, with the state of the last run."""

    does = Does.READS

    def run(self, params: Any, state: dict[str, Any]) -> TaskResult:
        """Return what is new since the *state*, which is empty at first."""
        raise NotImplementedError


def index() -> dict[str, Any]:
    """Read what the spec declares: title, description, and the steps of each kind."""
    declared: dict[str, Any] = json.loads(schema.read("index.json"))
    return declared


def load(kind: str, name: str) -> type[Step]:
    """Return the class of a step: *kind* is action, trigger or task; ProtocolError if none."""
    if name not in (known := index()[f"{kind}s"]):
        raise ProtocolError(
            f"There is no {kind} of the name in the message's `body.{kind}`.",
            f"The {kind}s are: {', '.join(known)}." if known else f"This plugin has no {kind}s.",
        )
    module = importlib.import_module(f"sentry_plugin.{kind}s.{name}")
    loaded: type[Step] = getattr(module, name.title().replace("_", ""))
    return loaded
