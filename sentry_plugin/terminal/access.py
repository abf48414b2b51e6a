"""Where a person's connection comes from: the variables and files of Sentry's own tools.

Sends nothing, and does not check what it finds: the connection does.
"""

from __future__ import annotations

import configparser
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from sentry_plugin import strictjson
from sentry_plugin.errors import InputError
from sentry_plugin.terminal import arguments

JSON = dict[str, Any]

FILE = ".sentryclirc"
"""What Sentry's own tools read, here or in a folder above, else at home."""

# By name: the variable, and the section and option of the file.
# https://docs.sentry.io/cli/configuration/
_PLACES = {
    "token": ("SENTRY_AUTH_TOKEN", "auth", "token"),
    "url": ("SENTRY_URL", "defaults", "url"),
    "organization": ("SENTRY_ORG", "defaults", "org"),
    "project": ("SENTRY_PROJECT", "defaults", "project"),
    "dsn": ("SENTRY_DSN", "auth", "dsn"),
    "jupiterone": ("JUPITERONE_API_KEY", "jupiterone", "api_key"),
    "jupiterone_account": ("JUPITERONE_ACCOUNT", "jupiterone", "account"),
}
_CREDENTIALS = {"token": "token", "jupiterone": "secretKey"}
_INPUTS = {"dsn": "dsn", "organization_slug": "organization", "project_slug": "project"}


def connection(file: Path | None, words: Iterable[str]) -> JSON:
    """Give the connection of a file, else of the environment; *words* go before both."""
    found = _of_file(file) if file else _of_environment()
    found |= arguments.fields(words, "connection")
    if "token" in found:
        return found
    raise InputError(
        "There is no token.",
        f"Set SENTRY_AUTH_TOKEN, and SENTRY_URL for a server of your own; or write a {FILE}.",
    )


def defaults(required: Iterable[str]) -> JSON:
    """Give those of the required inputs that the environment knows."""
    known = _known()
    return {each: known[_INPUTS[each]] for each in required if _INPUTS.get(each) in known}


def _of_environment() -> JSON:
    known = _known()
    return {
        name: {_CREDENTIALS[name]: text} if name in _CREDENTIALS else text
        for name, text in known.items()
        if name not in {"project", "dsn"}
    }


def _known() -> dict[str, str]:
    file = configparser.ConfigParser(interpolation=None)
    folder = Path.cwd()
    candidates = (each / FILE for each in (folder, *folder.parents, Path.home()))
    if nearest := next((each for each in candidates if each.is_file()), None):
        _check_owner(nearest)
        try:
            file.read(nearest, encoding="utf-8")
        except (OSError, ValueError, configparser.Error) as error:
            raise InputError(f"The file {nearest} cannot be read as settings.") from error
    return {
        name: text
        for name, (variable, section, option) in _PLACES.items()
        if (text := os.environ.get(variable) or file.get(section, option, fallback=""))
    }


def _check_owner(file: Path) -> None:
    """Refuse what somebody else put in a folder above, such as /tmp: it names where tokens go."""
    if file.stat().st_uid not in {os.geteuid(), 0}:
        raise InputError(
            f"The file {file} belongs to another user, and could send your token anywhere.",
            "Work in another folder, or make the file your own.",
        )


def _of_file(file: Path) -> JSON:
    """Read a connection, or a start message that holds one."""
    try:
        found = strictjson.loads(file.read_bytes())
    except OSError as error:
        raise InputError(f"The file {file} cannot be read: {error.strerror}.") from error
    except ValueError as error:
        raise InputError(f"The file {file} is not JSON: {error}.") from error
    body = found.get("body", {"connection": found}) if isinstance(found, dict) else None
    given = body.get("connection") if isinstance(body, dict) else None
    if isinstance(given, dict):
        return given
    raise InputError(f"The file {file} holds neither a connection nor a start message.")
