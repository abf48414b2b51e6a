"""What a message can start: finds its class, checks its input, makes its output fit.

Does not run anything by itself and knows no server.
"""

from __future__ import annotations

import enum
import importlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from sentry_plugin.errors import ApiError, InputError, OutputError, ProtocolError
from sentry_plugin.logs import logger
from sentry_plugin.steps import schema

if TYPE_CHECKING:
    from sentry_plugin.client.pages import Page
    from sentry_plugin.client.routes import Route
    from sentry_plugin.steps.connection import Connection

NO_VALUE = (
    "Correct the input. What is empty or null may stand for a variable of the workflow, or an "
    "output of an earlier step, that had no value."
)


LARGEST_LIST = 128 << 20
"""Bytes of all answers that one list comes in."""


class Does(enum.Flag):
    """What a step does: one or more of these words, for who has to know it before it is run."""

    READS = enum.auto()
    """It asks Sentry's web API, and changes nothing there."""
    WRITES = enum.auto()
    """It changes something at the other end."""
    LOOKS_FIRST = enum.auto()
    """It asks for all that it is to change before it changes any of it."""
    SENDS = enum.auto()
    """It goes to a DSN, with the key of that alone."""
    KEEPS = enum.auto()
    """It writes or deletes what outlives the message on this machine."""
    AT_ONCE = enum.auto()
    """It sends many requests side by side, in no order."""


class Step:
    """One thing of the spec that a message can start."""

    does: ClassVar[Does]
    """What it does. `Listing`, `Submission`, `Trigger` and `Task` say it for those below them."""

    secret_inputs: ClassVar[tuple[str, ...]] = ()
    """Inputs whose text must never be seen."""

    empty_texts: ClassVar[frozenset[str]] = frozenset(
        {"query", "assignedTo", "resolve_in_release", "resolve_in_commit", "repository"}
    )
    """Optional inputs whose empty text is not the same as none: it says something or is refused."""

    names: ClassVar[frozenset[str]] = frozenset({"issue_id", "issue_ids"})
    """Inputs that name issues, whose numbers may come as JSON numbers too."""

    def __init__(self, name: str, connection: Connection) -> None:
        self.name = name
        self.connection = connection
        self.left_out: list[str] = []
        """Optional inputs that came without a value, and so are absent."""

    def prepared(self, params: dict[str, Any]) -> dict[str, Any]:
        """Bring other spellings of the input to the spec's one, before it is checked."""
        return params

    def checked_input(self, params: Any) -> dict[str, Any]:
        """Give the fields that the spec knows, or refuse an input that does not fit it."""
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
        """Leave out what an orchestrator's form sends for optional fields that were left empty."""
        self.left_out = [field for field, value in params.items() if self._is_empty(field, value)]
        return {
            field: _without_blanks(value) if isinstance(value, list) else value
            for field, value in self._named(params).items()
            if field not in self.left_out
        }

    def _blank(self, params: dict[str, Any]) -> dict[str, str]:
        """Say what is wrong with what was to be given and has no value."""
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
        """Write the numbers of issues as text, however an earlier step gave them."""
        properties = schema.load(self.name, "input").get("properties", {})
        named = {
            field: [_text(one) for one in value] if isinstance(value, list) else _text(value)
            for field, value in params.items()
            if field in self.names
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
        """Make *output* fit the spec, or fail."""
        if words := schema.fit(output, self.name, "output"):
            raise OutputError(f"The output does not fit: {words}.")
        return output


def _text(value: Any) -> Any:
    """Write a whole number as text; leave all else."""
    # A fraction is no number of an issue, and beyond 2**53 it may have been another one.
    whole = isinstance(value, float) and value.is_integer() and abs(value) < 1 << 53
    is_number = whole or (isinstance(value, int) and not isinstance(value, bool))
    return str(int(value)) if is_number else value


def _without_blanks(values: list[Any]) -> list[Any]:
    """Leave out empty texts; a list of nothing else stays, because none may mean all."""
    return [value for value in values if value != ""] or values


class Action(Step):
    """A step with one answer."""

    def run(self, params: Any) -> Any:
        """Do it: checked input in, output (not yet checked) out."""
        raise NotImplementedError

    def answer(self, params: Any) -> Any:
        """Do it, and make the output fit."""
        return self.fit_output(self.tried(params))

    def tried(self, params: Any) -> Any:
        """Do it; what it then misses may have come without a value."""
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
        """Give what was got before a failure, if that is of use."""
        return None


class Submission(Action):
    """An action that submits something to the project that its input `dsn` names."""

    does = Does.SENDS
    secret_inputs = ("dsn",)


class Listing(Action):
    """An action that lists things page by page, each made to fit as it comes.

    So what was got before a failure is ready, and a long list costs no time at its end.
    """

    does = Does.READS

    _field = ""
    _items: list[Any] | None = None
    _cursor: str | None = None
    _room = 0

    sizes: ClassVar[tuple[str, ...]] = ("per_page", "limit")
    """What the parameter for a page's size is called: by Sentry, and by GlitchTip."""

    def fetch(
        self,
        field: str,
        routes: Sequence[Route],
        scope: str,
        params: Mapping[str, Any],
        form: Callable[[Any], Any] = lambda item: item,
    ) -> Any:
        """Collect what is there by the first of *routes* that the server has: see `gather`."""
        limit, cursor, sizes = params.get("limit"), params.get("cursor"), self.sizes
        pages = self.connection.client.pages(
            routes, scope, limit=limit, cursor=cursor, size_parameters=sizes
        )
        return self.gather(field, pages, form)

    def gather(
        self, field: str, pages: Iterable[Page], form: Callable[[Any], Any] = lambda item: item
    ) -> Any:
        """Collect the items of *pages*, each brought to its *form*, as the output's *field*."""
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
        """Do it; the output fits already."""
        return self.tried(params)

    def partial(self) -> dict[str, Any] | None:
        """Give the items so far, and the cursor to go on from."""
        if self._items is None:
            return None
        return {"output": {self._field: self._items}, "next_cursor": self._cursor}


class Portion(NamedTuple):
    """What one run of a task gives."""

    items: list[Any]
    state: dict[str, Any]
    """What the next run is started with."""
    has_more: bool


class Task(Step):
    """A step that is run again and again by somebody who keeps its state."""

    does = Does.READS

    def run(self, params: Any, state: dict[str, Any]) -> Portion:
        """Give what is new since the *state*, which is empty at first."""
        raise NotImplementedError


def index() -> dict[str, Any]:
    """Read what the spec declares: title, description, and the steps of each kind."""
    declared: dict[str, Any] = json.loads(schema.read("index.json"))
    return declared


def load(kind: str, name: str) -> type[Step]:
    """Find the class of one step."""
    if name not in (known := index()[f"{kind}s"]):
        raise ProtocolError(
            f"There is no {kind} of the name in the message's `body.{kind}`.",
            f"The {kind}s are: {', '.join(known)}." if known else f"This plugin has no {kind}s.",
        )
    module = importlib.import_module(f"sentry_plugin.{kind}s.{name}")
    loaded: type[Step] = getattr(module, name.title().replace("_", ""))
    return loaded
