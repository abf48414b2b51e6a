"""Inputs that a server ignores: applied here where its items tell enough, else refused.

A table of what each step can apply. Asks for nothing, and knows no server: a make says which inputs
it ignores.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from sentry_plugin import strictjson, times
from sentry_plugin.client import parameters
from sentry_plugin.client.pages import everything
from sentry_plugin.errors import Unsupported
from sentry_plugin.logs import logger

if TYPE_CHECKING:
    from sentry_plugin.client.pages import Keeps
    from sentry_plugin.client.parameters import Span

Tells = Callable[[Any], bool | None]
"""Tells whether an item is one of those that an input means; None if the item does not tell."""
Choice = Callable[[Any, "Span"], Tells | None]
"""Makes that of an input's value and the time range; None for a value that needs the server."""

SHOWS = frozenset({"collapse", "expand", "groupStatsPeriod"})
"""Inputs about what is shown of each item: without them the list is the same."""
PARAMETERS = {"environments": "environment", "projects": "project"}
"""Parameters of the API for inputs of another name."""
COUNTS = ("list_project_issues", "statsPeriod")
"""There it is the period of the counts."""


def choose(
    server: str, ignored: Collection[str], step: str, params: Mapping[str, Any], now: float
) -> Keeps:
    """Return what tells which items the *ignored* inputs of a step mean; all, if none is given.

    Unsupported for an input that the items tell too little of. *now* is the server's clock.
    """
    given = [
        name
        for name, value in params.items()
        if PARAMETERS.get(name, name) in ignored and value not in (False, "", [])
    ]
    showing = {name for name in given if name in SHOWS or (step, name) == COUNTS}
    for name in showing:
        logger.warning("%s ignores the input's `%s`: it shows the same in any case.", server, name)
    choices = {name: _choice(step, name, params, now) for name in given if name not in showing}
    known = {name: tells for name, tells in choices.items() if tells}
    if refused := choices.keys() - known.keys():
        names = _names(refused)
        raise Unsupported(
            f"{server} ignores the input's {names}, and its answer does not tell what is meant.",
            f"Leave out {names}{', or give a plain word' if refused == {'query'} else ''}.",
        )
    if not known:
        return everything
    logger.info("%s ignores the input's %s, applied here to what it gives.", server, _names(known))
    return lambda item: all(_kept(server, *choice, item) for choice in known.items())


def _names(inputs: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in sorted(inputs))


def _choice(step: str, name: str, params: Mapping[str, Any], now: float) -> Tells | None:
    choice = CHOICES.get(step, {}).get(name)
    return choice and choice(params[name], parameters.span(params, now))


def _kept(server: str, name: str, tells: Tells, item: Any) -> bool:
    is_meant = tells(item)
    if is_meant is None:
        raise Unsupported(
            f"{server} ignores the input's `{name}`, and gave something that does not tell whether "
            "it is meant.",
            f"Leave out `{name}`.",
        )
    return is_meant


def is_of_environment(event: Any, wanted: str) -> bool | None:
    """Tell whether an event's tags name an environment; None if it shows no tags."""
    tags = strictjson.at(event, "tags")
    if not isinstance(tags, list):
        return None
    return any(
        strictjson.at(tag, "key") == "environment" and strictjson.at(tag, "value") == wanted
        for tag in tags
    )


def _within(*fields: str) -> Choice:
    """Choose by a time, of which the first of *fields* that an item has tells."""

    def choice(_: Any, span: Span) -> Tells:
        def tells(item: Any) -> bool | None:
            told = next((at for at in fields if strictjson.at(item, at)), "")
            try:
                at = times.read(strictjson.at(item, told)).timestamp()
            except ValueError:
                return None
            return span.start <= at <= span.end

        return tells

    return choice


def _containing(*paths: tuple[str, ...]) -> Choice:
    """Choose by a word that one of some texts contains, in any case; Sentry's searches do more."""

    def choice(query: str, _span: Span) -> Tells | None:
        word = query.strip().casefold()
        if any(each in word for each in ':"*!\\'):
            return None
        return lambda item: any(
            isinstance(text := strictjson.at(item, *path), str) and word in text.casefold()
            for path in paths
        )

    return choice


def _projects(wanted: list[str], _span: Span) -> Tells | None:
    if "-1" in wanted:
        return lambda _: True
    if any(each.lstrip("-").isdecimal() for each in wanted):
        return None  # a release names its projects by their slugs

    def tells(release: Any) -> bool | None:
        projects = strictjson.at(release, "projects")
        if not isinstance(projects, list):
            return None
        return any(strictjson.at(each, "slug") in wanted for each in projects)

    return tells


_EVENT_TIME = _within("dateCreated", "date_created")
_NAME = (("slug",), ("name",))
CHOICES: Mapping[str, Mapping[str, Choice]] = {
    "list_issue_events": {
        "environment": lambda wanted, _span: lambda event: is_of_environment(event, wanted),
        **dict.fromkeys(("statsPeriod", "start", "end"), _EVENT_TIME),
    },
    # Up to now, an issue had an event in a period if its last one is in it.
    "list_issues": {"statsPeriod": _within("lastSeen")},
    "list_projects": {"query": _containing(*_NAME)},
    "list_teams": {"query": _containing(*_NAME)},
    "list_members": {
        "query": _containing(("email",), ("name",), ("user", "email"), ("user", "name")),
    },
    "list_releases": {"query": _containing(("version",)), "projects": _projects},
}
"""What each step can apply here, by input."""
