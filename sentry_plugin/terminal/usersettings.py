"""A person's connection, from the variables and files of Sentry's own tools, and from arguments.

The places differ in trust: any cloned repository may hold a file. So a credential never goes to an
address that was set in a less trusted place. Sends nothing, and does not check values: the
connection does.
"""

from __future__ import annotations

import enum
import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote

from sentry_plugin import strictjson
from sentry_plugin.client import orgtoken
from sentry_plugin.errors import InputError
from sentry_plugin.logs import printable
from sentry_plugin.steps import schema
from sentry_plugin.terminal import arguments, sentryclirc

if TYPE_CHECKING:
    from sentry_plugin.strictjson import JSON

FILE = sentryclirc.NAME
"""The file that Sentry's own tools read, in this folder or one above, and at home."""

# For each setting: variables, of which the first that is set counts; section and key in a file.
# https://docs.sentry.io/cli/configuration/
_NAMES: dict[str, tuple[tuple[str, ...], tuple[str, str]]] = {
    "token": (("SENTRY_AUTH_TOKEN",), ("auth", "token")),
    "url": (("SENTRY_HOST", "SENTRY_URL"), ("defaults", "url")),
    "organization": (("SENTRY_ORG",), ("defaults", "org")),
    "project": (("SENTRY_PROJECT",), ("defaults", "project")),
    "dsn": (("SENTRY_DSN",), ("auth", "dsn")),
    "jupiterone": (("JUPITERONE_API_KEY",), ("jupiterone", "api_key")),
    "jupiterone_account": (("JUPITERONE_ACCOUNT",), ("jupiterone", "account")),
    "ssl_verify": ((), ("http", "verify_ssl")),
    "http.proxy_url": ((), ("http", "proxy_url")),
    "http.proxy_username": ((), ("http", "proxy_username")),
    "http.proxy_password": ((), ("http", "proxy_password")),
}
_PARTS = {"token": "token", "jupiterone": "secretKey"}
_INPUTS = {"dsn": "dsn", "organization_slug": "organization", "project_slug": "project"}


class Place(enum.IntEnum):
    """Where a setting comes from, the least trusted first."""

    FOLDER = 1
    HOME = 2
    ENVIRONMENT = 3
    FLAGS = 4


class Setting(NamedTuple):
    """A value, and where it was set."""

    value: Any
    place: Place
    source: str
    """The name of the place for messages."""


Settings = Mapping[str, Setting]


class _Redirect(NamedTuple):
    """A setting that decides where some credentials go."""

    credentials: Mapping[str, str]
    words: str
    remedy: str


_SENTRY = {"token": "token", "dsn": "DSN"}
# JupiterOne's own address is no setting, and its certificate is always verified.
_REDIRECTS = {
    "url": _Redirect({"token": "token"}, "to the address of", "Set SENTRY_URL"),
    "http.proxy_url": _Redirect(
        {**_SENTRY, "jupiterone": "API key", "http.proxy_password": "password"},
        "through the proxy of",
        "Set http_proxy and https_proxy",
    ),
    "ssl_verify": _Redirect(
        _SENTRY,
        "to a server whose certificate is not verified by the will of",
        "Give --set ssl_verify=true, or false if that is meant",
    ),
}


class UserSettings:
    """All settings of all places."""

    def __init__(self, file: Path | None, words: Iterable[str]) -> None:
        """Read all places; a *file* of JSON replaces them, *words* are added to either."""
        # A later layer overrides an earlier one, as in Sentry's own tools, whatever its trust.
        around = [*_of_files(), _of_environment()]
        flags = {**_of_json(file), **_flags(arguments.fields(words, "connection"), "--set")}
        self._layers = [flags] if file else [*around, flags]
        self._around, self._found = _merged(around), _merged(self._layers)

    def defaults(self, required: Iterable[str]) -> JSON:
        """Return the required inputs of a step that are set."""
        known = {name: setting.value for name, setting in self._around.items()}
        if organization := self._issuer().organization:
            known.setdefault("organization", organization)
        return {each: known[_INPUTS[each]] for each in required if _INPUTS.get(each) in known}

    def connection(self, dsn: Any = None) -> JSON:
        """Return the connection; InputError if a less trusted place would redirect a credential.

        *dsn* is that of the step's input.
        """
        if "token" not in self._found:
            raise InputError(
                "There is no token.",
                "Set SENTRY_AUTH_TOKEN, and SENTRY_URL for a server of your own; or write a "
                f"{FILE}.",
            )
        self._check({**self._found, "dsn": self._dsn(dsn)})
        fields = schema.load("connection", "input")["properties"]
        return {
            name: setting.value
            for name, setting in self._found.items()
            if name in fields or setting.place is Place.FLAGS
        }

    def proxies(self) -> dict[str, str]:
        """Return environment variables for the proxy of a file, except those that are set."""
        if not (setting := self._found.get("http.proxy_url")):
            return {}
        scheme, _, address = setting.value.rpartition("://")
        names = ("http.proxy_username", "http.proxy_password")
        login = [quote(self._found[each].value, safe="") for each in names if each in self._found]
        if login and "@" not in address:
            address = f"{':'.join(login)}@{address}"
        return dict.fromkeys(_unset_proxies(), f"{scheme or 'http'}://{address}")

    def _issuer(self) -> orgtoken.Issuer:
        token = self._found.get("token")
        text = token.value.get("token") if token and isinstance(token.value, dict) else None
        return orgtoken.issuer(text if isinstance(text, str) else "")

    def _dsn(self, given: Any) -> Setting | None:
        known = self._around.get("dsn")
        if known and known.value == given:
            return known
        return Setting(given, Place.FLAGS, "the input") if given else None

    def _check(self, found: Mapping[str, Setting | None]) -> None:
        """Refuse a credential if a less trusted place decides where it goes."""
        for name, redirect in _REDIRECTS.items():
            decides = found.get(name)
            if not decides or decides.value is True or self._leads_there_anyway(name):
                continue
            for each, words in redirect.credentials.items():
                credential = found.get(each)
                if credential and decides.place < credential.place:
                    raise _astray(credential, words, decides, redirect)

    def _leads_there_anyway(self, name: str) -> bool:
        """Tell whether the token would go to the same server without the less trusted place."""
        if name != "url":
            return False
        token, url = self._found["token"], self._found["url"]
        urls = [layer["url"] for layer in self._layers if "url" in layer]
        trusted = [each.value for each in urls if each.place >= token.place][-1:]
        made_by = self._issuer().servers
        default = schema.load("connection", "input")["properties"]["url"]["default"]
        known = trusted or made_by or [default]
        return any(orgtoken.is_same_server(url.value, each) for each in known)


def _astray(credential: Setting, words: str, decides: Setting, redirect: _Redirect) -> InputError:
    remedy = redirect.remedy
    if redirect is _REDIRECTS["url"] and credential.place is Place.FLAGS:
        remedy = "Give --set url=..."
    in_file = f", or put the {words} into that file too" if decides.place <= Place.HOME else ""
    return InputError(
        f"The {words} of {credential.source} would go {redirect.words} {decides.source}, a "
        "place that is trusted less.",
        f"{remedy}{in_file}.",
    )


def _merged(layers: Iterable[Settings]) -> Settings:
    found = {name: setting for layer in layers for name, setting in layer.items()}
    if not _unset_proxies():
        found.pop("http.proxy_url", None)
    return found


def _unset_proxies() -> list[str]:
    """List the proxy variables that are not set, not even to an empty text."""
    taken = {name.lower() for name in os.environ}
    return [] if "all_proxy" in taken else sorted({"http_proxy", "https_proxy"} - taken)


def _of_files() -> Iterator[Settings]:
    """Yield the settings of the files, the one at home first; never the same file twice."""
    home, folder = sentryclirc.at_home(), sentryclirc.nearest()
    if home:
        yield _of_file(home, Place.HOME)
    if folder and not (home and folder.path.samefile(home.path)):
        yield _of_file(folder, Place.FOLDER)


def _of_file(file: sentryclirc.File, place: Place) -> Settings:
    source = printable(str(file.path))
    told = {name: file.settings.get(key) for name, (_, key) in _NAMES.items()}
    found = {
        name: Setting(_shaped(name, text), place, source) for name, text in told.items() if text
    }
    if "ssl_verify" in found and not isinstance(found["ssl_verify"].value, bool):
        raise InputError(f"The `verify_ssl` of {source} is neither true nor false.")
    return found


def _of_environment() -> Settings:
    found = {}
    for name, (variables, _) in _NAMES.items():
        if given := next((each for each in variables if os.environ.get(each)), None):
            text = os.environ[given]
            value = _shaped(name, _as_url(text) if given == "SENTRY_HOST" else text)
            found[name] = Setting(value, Place.ENVIRONMENT, given)
    return found


def _as_url(host: str) -> str:
    """Return SENTRY_HOST as a URL; for some of Sentry's tools it is a host only."""
    return host if "://" in host else f"https://{host.strip()}"


def _shaped(name: str, text: str) -> Any:
    """Convert a text to the type of the connection's field."""
    if name == "ssl_verify":
        return {"true": True, "false": False}.get(text.lower(), text)
    return {_PARTS[name]: text} if name in _PARTS else text


def _flags(fields: JSON, source: str) -> Settings:
    return {name: Setting(value, Place.FLAGS, source) for name, value in fields.items()}


def _of_json(file: Path | None) -> Settings:
    """Read a file with a connection, or with a start message that contains one."""
    if not file:
        return {}
    try:
        found = strictjson.loads(file.read_bytes())
    except OSError as error:
        raise InputError(f"The file {file} cannot be read: {error.strerror}.") from error
    except ValueError as error:
        raise InputError(f"The file {file} is not JSON: {error}.") from error
    is_message = isinstance(found, dict) and "body" in found
    given = strictjson.at(found, "body", "connection") if is_message else found
    if isinstance(given, dict):
        return _flags(given, str(file))
    raise InputError(f"The file {file} holds neither a connection nor a start message.")
