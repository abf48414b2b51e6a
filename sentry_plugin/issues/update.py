"""Updates of an issue: from the input of a step to Sentry's attributes. Pure.

Refuses combinations that Sentry would misunderstand, before anything is sent. Which attributes a
server has is seen from the issues that it shows.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from sentry_plugin.errors import InputError, Unsupported
from sentry_plugin.steps.step import NO_VALUE

if TYPE_CHECKING:
    from sentry_plugin.strictjson import JSON

PLAIN = ("hasSeen", "isBookmarked", "isPublic", "isSubscribed", "priority")
SHOWN = ("status", "statusDetails", "substatus", "assignedTo", "inbox", *PLAIN)
"""All attributes that an update may change."""
RESOLVED_IN = ("resolve_in_release", "resolve_in_commit", "repository")
RELEASES: dict[str, JSON] = {
    "next": {"inNextRelease": True},
    "upcoming": {"inUpcomingRelease": True},
    "current": {"inRelease": "latest"},
}
CONDITIONS = {
    "archive_minutes": ("ignoreDuration", ""),
    "archive_events": ("ignoreCount", "ignoreWindow"),
    "archive_users": ("ignoreUserCount", "ignoreUserWindow"),
}
"""Conditions that end an archive: by input, Sentry's names of the condition and its window."""
WINDOW = "archive_window_minutes"
LONGEST_WINDOW = 7 * 24 * 60
ATTRIBUTES = ("status", *PLAIN, "inbox", *RESOLVED_IN[:2], "archive", *CONDITIONS, "substatus")
"""The inputs that ask for a change by themselves, without `assignedTo`."""
MEANT = {
    "resolved": RESOLVED_IN,
    "ignored": ("archive", *CONDITIONS, WINDOW),
    "unresolved": ("substatus",),
}
"""The inputs that belong to a status."""


class Target(NamedTuple):
    """The wanted value of an attribute."""

    asked: str
    """The name of the input that asks for it."""
    body: JSON
    """What to send to Sentry."""
    is_met: Callable[[JSON], bool]
    """Returns whether an issue has it."""
    always: bool = False
    """Whether to send it even if the issue has it, because it counts from now on."""
    needs: str = ""
    """The attribute that issues have on servers that support it; empty for `asked`."""
    repeatable: bool = True
    """Whether the result is the same if it is sent twice."""


def targets(params: Mapping[str, Any]) -> list[Target]:
    """Return what *params* ask for, without the assignment, which needs a request."""
    found = [_plain(name, params[name]) for name in PLAIN if name in params]
    if "inbox" in params:
        wanted = params["inbox"]
        found.append(
            Target("inbox", {"inbox": wanted}, lambda issue: bool(issue.get("inbox")) == wanted)
        )
    status = _meant(params)
    found += [_STATUSES[status](params)] if status else []
    if not (found or "assignedTo" in params):
        names = ", ".join(f"`{name}`" for name in ATTRIBUTES)
        raise InputError(
            "The input names nothing to update.",
            f'Give at least one of {names}, or `assignedTo`: an empty text ("") unassigns.',
        )
    return found


def check_known(
    issue: JSON, asked: str, attribute: str, changeable: Collection[str] | None
) -> None:
    """Raise Unsupported if *issue* lacks an attribute: the update would fail or be ignored.

    *changeable* are the attributes that the server changes, if it does not change all it shows.
    """
    if changeable is not None and attribute not in changeable:
        raise Unsupported(
            f"This server does not support what `{asked}` asks for: of an issue it changes "
            f"nothing but {', '.join(changeable)}.",
            "Leave it out, or use another server.",
        )
    if attribute not in issue:
        raise Unsupported(
            f"This server does not support what `{asked}` asks for: "
            f"its issues have no `{attribute}`.",
            "Leave it out, or use a newer server.",
        )


def shown(issue: JSON) -> JSON:
    """Return the attributes that an update may change, without actors and nulls."""
    told = {name: issue[name] for name in SHOWN if name in issue}
    details = told.get("statusDetails")
    if isinstance(details, dict):
        told["statusDetails"] = {
            name: value for name, value in details.items() if name != "actor" and value is not None
        }
    if "inbox" in told:
        told["inbox"] = bool(told["inbox"])
    return told


def changes(before: JSON, after: JSON) -> JSON:
    """Return the attributes that differ between two versions of an issue."""
    old, new = shown(before), shown(after)
    return {
        name: {"before": old[name], "after": new[name]}
        for name in old
        if name in new and old[name] != new[name]
    }


def unapplied(due: Sequence[Target], after: JSON, changes: JSON) -> str:
    """Describe what the server did not do of an accepted update; empty if it did all."""
    missed = [target for target in due if not target.is_met(after)]
    touched = [[name for name in target.body if name in changes] for target in missed]
    pairs = list(zip(missed, touched, strict=True))
    failed = [f"`{target.asked}`" for target, names in pairs if not names]
    other = [_with_names(target.asked, names) for target, names in pairs if names]
    rest = [f"`{name}`" for name in changes if not any(name in names for names in touched)]
    parts = [f"did not apply {', '.join(failed)}"] if failed else []
    parts += [f"made something else than asked of {', '.join(other)}"] if other else []
    if not parts:
        return ""
    return (
        f"The server accepted the update, and {' and '.join(parts)}. "
        f"What else changed: {', '.join(rest) or 'nothing'}."
    )


def _with_names(asked: str, names: Sequence[str]) -> str:
    """Name an input, and the attributes of other names that changed with it."""
    others = ", ".join(f"`{name}`" for name in names if name != asked)
    return f"`{asked}`{f' (changed: {others})' if others else ''}"


def bodies(due: Sequence[Target], before: JSON) -> list[JSON]:
    """Return the bodies to send in order: Sentry cannot change the kind of an archive directly."""
    whole = {name: value for target in due for name, value in target.body.items()}
    again = whole.get("status") == before.get("status") == "ignored"
    if again and "substatus" in before and before["substatus"] != whole.get("substatus"):
        return [{"status": "unresolved"}, whole]
    return [whole]


def _plain(name: str, wanted: Any) -> Target:
    return Target(name, {name: wanted}, lambda issue: issue.get(name) == wanted)


def _meant(params: Mapping[str, Any]) -> str:
    """Return the status that the input means; InputError if it means several."""
    given = {
        status: [name for name in names if name in params]
        for status, names in MEANT.items()
        if any(name in params for name in names)
    }
    status: str = params.get("status", "")
    others = [name for other, names in given.items() if other != status for name in names]
    if status and others:
        raise InputError(f"The input's `{others[0]}` does not go with the status {status}.")
    if len(given) > 1:
        one, other, *_ = (names[0] for names in given.values())
        raise _exclusive(one, other)
    return status or next(iter(given), "")


def _exclusive(one: str, other: str) -> InputError:
    return InputError(f"The input's `{one}` and `{other}` exclude each other.")


def _resolved(params: Mapping[str, Any]) -> Target:
    release, commit, repository = (params.get(name) for name in RESOLVED_IN)
    for name in RESOLVED_IN:
        if params.get(name) == "":
            raise InputError(
                f"The input's `{name}` is empty.",
                f"{NO_VALUE} To resolve without a release or commit, set `status` alone.",
            )
    if release and (commit or repository):
        raise InputError(
            "The input's `resolve_in_release` and `resolve_in_commit` exclude each other."
        )
    if bool(commit) != bool(repository):
        raise InputError("The input's `resolve_in_commit` and `repository` need each other.")
    if commit:
        details: JSON = {"inCommit": {"commit": commit, "repository": repository}}
    elif release:
        details = RELEASES.get(release) or {"inRelease": release}
    else:
        return _status("resolved")
    ((name, value),) = details.items()

    def is_met(issue: JSON) -> bool:
        told = issue.get("statusDetails") or {}
        # The server shows a release or commit that it looked up in its own form.
        same = bool(told.get(name)) if commit or value == "latest" else told.get(name) == value
        return issue.get("status") == "resolved" and same

    return Target(
        "resolve_in_commit" if commit else "resolve_in_release",
        {"status": "resolved", "statusDetails": details},
        is_met,
        always=bool(commit) or release == "current",
        needs="statusDetails",
        # Between two tries the release may change.
        repeatable=release not in RELEASES,
    )


def _resolved_in_next_release(params: Mapping[str, Any]) -> Target:
    in_next = _resolved({**params, "resolve_in_release": "next"})
    return in_next._replace(asked="status", body={"status": params["status"]})


def _archived(params: Mapping[str, Any]) -> Target:
    asked = [name for name in ("archive", *CONDITIONS) if name in params]
    if len(asked) > 1:
        raise _exclusive(asked[0], asked[1])
    _check_window(params, asked)
    if not asked:
        return _status("ignored")
    if asked[0] == "archive":
        return _archived_until(f"archived_{params['archive']}")
    (name, window), number = CONDITIONS[asked[0]], params[asked[0]]
    if number < 1:
        raise InputError(f"The input's `{asked[0]}` is less than 1.")
    details = {name: number} | ({window: params[WINDOW]} if WINDOW in params else {})
    substatus = "archived_until_condition_met"

    def is_met(issue: JSON) -> bool:
        told = issue.get("statusDetails") or {}
        same = (
            told.get("ignoreUntil") if name == "ignoreDuration" else details.items() <= told.items()
        )
        return _is_archived(issue, substatus) and bool(same)

    body = {"status": "ignored", "statusDetails": details, "substatus": substatus}
    return Target(asked[0], body, is_met, always=True, needs="statusDetails")


def _check_window(params: Mapping[str, Any], asked: Sequence[str]) -> None:
    if WINDOW not in params:
        return
    if not {"archive_events", "archive_users"}.intersection(asked):
        raise InputError(f"The input's `{WINDOW}` needs `archive_events` or `archive_users`.")
    if not 1 <= params[WINDOW] <= LONGEST_WINDOW:
        raise InputError(f"The input's `{WINDOW}` is not between 1 and {LONGEST_WINDOW}, a week.")


def _archived_until(substatus: str) -> Target:
    def is_met(issue: JSON) -> bool:
        details = issue.get("statusDetails") or {}
        # On a server without substatuses, an archive ends by its conditions only.
        ends = any(value for name, value in details.items() if name.startswith("ignore"))
        return _is_archived(issue, substatus) and ("substatus" in issue or not ends)

    body = {"status": "ignored", "statusDetails": {}, "substatus": substatus}
    needs = "status" if substatus == "archived_forever" else "substatus"
    return Target("archive", body, is_met, needs=needs)


def _is_archived(issue: JSON, substatus: str) -> bool:
    return issue.get("status") == "ignored" and issue.get("substatus", substatus) == substatus


def _unresolved(params: Mapping[str, Any]) -> Target:
    if "substatus" not in params:
        return _status("unresolved")
    body = {"status": "unresolved", "substatus": params["substatus"]}
    return Target("substatus", body, lambda issue: body.items() <= issue.items())


def _status(status: str) -> Target:
    return _plain("status", status)


_STATUSES: dict[str, Callable[[Mapping[str, Any]], Target]] = {
    "resolved": _resolved,
    "resolvedInNextRelease": _resolved_in_next_release,
    "ignored": _archived,
    "unresolved": _unresolved,
}
