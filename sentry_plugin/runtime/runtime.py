"""One message, from its text to the event that answers it. Re-entrant, and never raises.

Does not touch the process: what comes in is bytes, what goes out is text.
"""

from __future__ import annotations

import contextlib
import traceback
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from sentry_plugin import logs, strictjson
from sentry_plugin.errors import ApiError, InputError, PluginError, Stopped
from sentry_plugin.exhaustion import exhausted
from sentry_plugin.ledger import Ledger
from sentry_plugin.logs import Log, logger
from sentry_plugin.runtime import protocol, watchdog
from sentry_plugin.runtime.protocol import Reply
from sentry_plugin.steps import schema, step
from sentry_plugin.steps.connection import Connection
from sentry_plugin.watching.trigger import Trigger

if TYPE_CHECKING:
    from sentry_plugin.runtime.protocol import Start
    from sentry_plugin.runtime.stop import Stop
    from sentry_plugin.steps.step import Step, Task
    from sentry_plugin.strictjson import JSON


class Event(NamedTuple):
    """An answer: one line of JSON, and whether it tells of success."""

    text: str
    ok: bool


class How(NamedTuple):
    """How a message is to be answered, apart from what it says."""

    stop: Stop
    test: bool = False
    """Whether its connection is to be tested instead."""
    debug: bool = False
    """Whether to log more."""
    deliver: Callable[[str], None] | None = None
    """Takes a trigger's events in place of the message's dispatcher."""
    unwritten: Callable[[], int] = int
    """Tells how many lines of the log could not be written to standard error."""


class _Job(NamedTuple):
    """A message that is being answered."""

    start: Start
    log: Log
    reply: Reply
    ledger: Ledger
    how: How


def answer(data: bytes, how: How) -> Event:
    """Do what the start message asks; an error is an answer too."""
    reply, ledger = Reply({}), Ledger()
    with logs.capture(debug=how.debug) as log:
        try:
            message = protocol.decode(data)
            reply = Reply(message)
            log.hide(_connection_secrets(message))
            event = _done(_Job(protocol.parse(message), log, reply, ledger, how))
            return Event(_text(event, log, how), ok=True)
        except PluginError as error:
            failure = error
        except (Exception, SystemExit) as error:  # noqa: BLE001  (a bug, too, is answered)
            failure = exhausted(error) or _bug()
            # What it was about may be what needs the memory.
            traceback.clear_frames(error.__traceback__)
        failure = ledger.annotate(failure)
        logger.error("%s", failure)
        try:
            text = _text(reply.failure(failure), log, how)
        except MemoryError:
            failure.partial = None
            text = _text(reply.failure(failure), log, how)
        return Event(text, ok=False)


def refuse(error: PluginError) -> Event:
    """Answer with *error* a message of which nothing is known."""
    return Event(strictjson.dumps(Reply({}).failure(error)), ok=False)


def _bug() -> PluginError:
    logger.exception("This is a bug in the plugin; the traceback is on stderr.")
    return _Bug()


class _Bug(PluginError):
    """The plugin itself failed."""

    code = "bug"
    assistance = "Please report it, with what the plugin wrote to stderr."

    def __init__(self) -> None:
        super().__init__("The plugin failed in a way that it should not.")


def _connection_secrets(message: JSON) -> list[str]:
    body = message.get("body")
    given = body.get("connection") if isinstance(body, dict) else body
    return list(schema.secrets(given, "connection", "input"))


def _done(job: _Job) -> JSON:
    """Do what is asked, and give the event of its success."""
    start, log, reply, ledger, how = job
    connection = Connection(start.connection, ledger)
    try:
        if start.kind.step is None:
            return reply.success(_test(connection, how.stop))
        found = step.load(start.kind.step, start.name)(start.name, connection)
        params = start.input
        if isinstance(params, dict):
            log.hide(s for name in found.secret_inputs for s in schema.strings(params.get(name)))
        if how.test:
            return reply.success(_test(connection, how.stop, found, params))
        params = found.checked_input(params)
        connection.check()
        logger.info("Step: %s", start.name)
        match found:
            case Trigger():
                return _watch(job, found, params)
            case step.Task():
                return _collect(job, found, params)
            case _:
                return reply.success(_run(found, params, how.stop))
    finally:
        connection.close()


def _run(action: Any, params: JSON, stop: Stop) -> JSON:
    connection = action.connection
    try:
        output: JSON = watchdog.within(
            connection.deadline, lambda: action.answer(params), stop, connection.ledger
        )
    except PluginError as error:
        error.partial = action.partial()
        raise
    return output


def _test(
    connection: Connection, stop: Stop, found: Step | None = None, params: Any = None
) -> JSON:
    """Test the connection; of a trigger give what it would tell, if there is something."""
    connection.check()

    def test() -> JSON:
        from sentry_plugin.steps import connectiontest

        connectiontest.test(connection.client)
        example = _example(found, params) if isinstance(found, Trigger) else None
        return {"success": True} if example is None else example

    return watchdog.within(connection.deadline, test, stop)


def _example(trigger: Trigger, params: Any) -> JSON | None:
    try:
        example: JSON | None = trigger.example(trigger.checked_input(params))
    except InputError as error:
        logger.warning("There is no example. %s", error)
        return None
    return example and trigger.fit_output(example)


def _collect(job: _Job, task: Task, params: Any) -> JSON:
    """Run a task; where Sentry fails, its state stays, as the official runtime has it."""
    state, reply = job.start.state, job.reply
    deadline = task.connection.deadline
    try:
        portion = watchdog.within(deadline, lambda: task.run(params, state), job.how.stop)
    except ApiError as error:
        logger.error("%s", error)
        more = {"state": state, "has_more_pages": False, "status_code": error.status}
        return reply.success([], {**more, "exception": protocol.exception(error)})
    more = {"state": portion.state, "has_more_pages": portion.has_more, "status_code": 200}
    return reply.success(task.fit_output(portion.items), more)


def _watch(job: _Job, trigger: Trigger, params: Any) -> JSON:
    """Let a trigger work until it is stopped."""
    from sentry_plugin.watching.dispatcher import Dispatcher
    from sentry_plugin.watching.loop import Outlet, Watch
    from sentry_plugin.watching.memory import Memory, owner, place

    start, log, reply, deliver = job.start, job.log, job.reply, job.how.deliver
    url = "" if deliver else start.dispatcher
    log.hide(schema.strings(url))
    connection = trigger.connection
    organization = connection.client.organization
    known_by = [connection.url, organization, start.name, params]
    mine = owner(start.name, connection.url, organization, params)
    # What is printed to be looked at is not told to those who wait for it.
    kind = "debug" if job.how.debug else ""
    file = place((reply.meta or {}).get("triggerId"), known_by, kind)

    def work() -> None:
        with contextlib.ExitStack() as opened:
            take = deliver or opened.enter_context(Dispatcher(url, connection.deadline)).deliver
            memory = opened.enter_context(Memory(file, mine))
            Watch(trigger, params, memory, Outlet(reply.emission, take, log)).run()

    try:
        watchdog.until_stopped(connection.deadline, work, job.how.stop)
    except Stopped as error:
        logger.info("%s", error.cause)
    return reply.success(None)


def _text(event: JSON, log: Log, how: How) -> str:
    """Write *event* with its log, without secrets."""
    body = event["body"]
    if unwritten := how.unwritten():
        log.add(f"WARNING {unwritten} lines could not be written to standard error.\n")
    body["log"] = log.text
    text = strictjson.dumps(event)
    if log.is_clean(text):
        return text
    for field, value in body.items():
        # The names of our own fields stay what they are, even where one is a token.
        ours = isinstance(value, dict) and field != "meta"
        mask = log.mask_values
        body[field] = {k: mask(v) for k, v in value.items()} if ours else mask(value)
    return strictjson.dumps(event)
