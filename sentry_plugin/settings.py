"""Settings of the operator, from environment variables; they hold for all messages."""

from __future__ import annotations

import fnmatch
import os
from pathlib import Path

from sentry_plugin.address import is_private, origin_and_path
from sentry_plugin.errors import InputError, StateError

TIMEOUT = "SENTRY_PLUGIN_TIMEOUT"
INGEST_HOSTS = "SENTRY_PLUGIN_INGEST_HOSTS"
STATE = "SENTRY_PLUGIN_STATE"
JUPITERONE_URL = "SENTRY_PLUGIN_JUPITERONE_URL"
JUPITERONE = "https://api.us.jupiterone.io"
SNAPSHOTS = "SENTRY_PLUGIN_SNAPSHOTS"
SNAPSHOT_DAYS = "SENTRY_PLUGIN_SNAPSHOT_DAYS"
OFFLINE = "SENTRY_PLUGIN_OFFLINE"
LONGEST_TIMEOUT = 86400
MOST = 100_000
CACHE = Path("/workspace/cache")
"""The folder that InsightConnect keeps for a plugin between two messages."""


def timeout(of_connection: float) -> float:
    """Return the seconds that a message may take: the operator's, else the connection's."""
    return _number(TIMEOUT, "seconds", of_connection, LONGEST_TIMEOUT)


def snapshots() -> float:
    """Return how many snapshots of an organization's inventory are kept."""
    return _number(SNAPSHOTS, "snapshots", 100, MOST)


def snapshot_days() -> float:
    """Return for how many days snapshots are kept; the newest two always stay."""
    return _number(SNAPSHOT_DAYS, "days", 90, MOST)


def _number(name: str, of: str, default: float, most: int) -> float:
    given = os.environ.get(name, "")
    if not given:
        return default
    if given.isdecimal() and 1 <= int(given) <= most:
        return int(given)
    raise InputError(
        f"The environment variable {name} is not a number of {of} from 1 to {most}.",
        "Whoever runs the plugin has to correct it.",
    )


def offline() -> bool:
    """Tell whether stored inventories are read without asking Sentry who may see them."""
    given = os.environ.get(OFFLINE, "")
    if given in {"", "0", "1"}:
        return given == "1"
    raise InputError(
        f"The environment variable {OFFLINE} is neither 1 nor 0.",
        "Whoever runs the plugin has to correct it.",
    )


def check_ingest_host(host: str) -> None:
    """Refuse a host of a DSN, which comes from a workflow, if the operator does not allow it.

    The variable holds patterns such as ``*.ingest.sentry.io``, separated by commas.
    """
    patterns = os.environ.get(INGEST_HOSTS, "").lower().replace(" ", "").split(",")
    if any(patterns) and not any(fnmatch.fnmatchcase(host.lower(), each) for each in patterns):
        raise InputError(
            "Events may not go to the host of the input's `dsn`: the operator does not allow it.",
            f"Use another DSN, or have the host added to {INGEST_HOSTS}.",
        )


def jupiterone_url() -> str:
    """Return the URL of JupiterOne's API, without a final slash; a workflow cannot set it."""
    given = os.environ.get(JUPITERONE_URL, "").strip() or JUPITERONE
    try:
        origin, path = origin_and_path(given)
        fault = None if is_private(given) else "it does not begin with https://"
    except ValueError as error:
        fault = str(error)
    if fault:
        raise InputError(
            f"The environment variable {JUPITERONE_URL} is no https:// address: {fault}.",
            "Whoever runs the plugin has to correct it.",
        )
    return origin.url + path


def state_folder() -> Path:
    """Return the folder for files that outlive a message; it need not exist yet.

    It is the operator's, else InsightConnect's if that exists, else one in the user's home.
    """
    if given := os.environ.get(STATE):
        return Path(given)
    if CACHE.is_dir():
        return CACHE
    try:
        base = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local/state"
    except RuntimeError as error:
        words = f"Have {STATE} name a folder that the plugin's user may write."
        raise StateError("There is no folder to keep anything in.", words) from error
    return Path(base, "sentry-plugin")
