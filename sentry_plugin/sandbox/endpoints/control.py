"""The endpoints that control the sandbox: faults, recorded requests, tokens, members, escalation.

No Sentry has them. They need no token, and no fault hits them.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from sentry_plugin.sandbox import times
from sentry_plugin.sandbox.kept import tokens
from sentry_plugin.sandbox.kept.faults import BadFault
from sentry_plugin.sandbox.kept.store import ALL
from sentry_plugin.sandbox.made_up import people
from sentry_plugin.sandbox.messages import lookups
from sentry_plugin.sandbox.messages.responses import Response, as_json, refuse, without_body
from sentry_plugin.sandbox.rules import lifecycle

if TYPE_CHECKING:
    from sentry_plugin.sandbox.messages.call import Call


def faults(call: Call) -> Response:
    """List the faults that are on; `met` counts the requests that match, `fired` those hit."""
    return as_json([asdict(fault) for fault in call.sandbox.faults.active])


def add_fault(call: Call) -> Response:
    """Switch a fault on."""
    try:
        fault = call.sandbox.faults.add(call.json())
    except BadFault as error:
        refuse(400, str(error))
    return as_json(asdict(fault), 201)


def clear_faults(call: Call) -> Response:
    """Switch all faults off."""
    call.sandbox.faults.clear()
    return without_body()


def requests(call: Call) -> Response:
    """List the recorded requests, oldest first."""
    return as_json(call.sandbox.journal.entries())


def clear_requests(call: Call) -> Response:
    """Forget the recorded requests."""
    call.sandbox.journal.clear()
    return without_body()


def add_token(call: Call) -> Response:
    """Make a token that has the scopes in the body's `scopes`."""
    scopes = call.json_object().get("scopes")
    if not isinstance(scopes, list) or not set(scopes) <= set(tokens.ALL):
        refuse(400, f"scopes must be a list of: {', '.join(tokens.ALL)}")
    return as_json({"token": tokens.new(call.sandbox.store, tuple(scopes))}, 201)


def escalate(call: Call) -> Response:
    """Make an issue escalate, as if it had suddenly got many more events than before."""
    number = lookups.issue(call)
    lifecycle.reopen(call.sandbox.store, number, "escalating", times.now(), {})
    return without_body()


def add_member(call: Call) -> Response:
    """Add a member to the organization; `has2fa` says whether they have a second factor."""
    has2fa = bool(call.json_object().get("has2fa", False))
    row = people.joined(call.sandbox.store.count("member", ALL), has2fa=has2fa)
    call.sandbox.store.insert_many("member", [row])
    return as_json({"email": row[2]}, 201)
