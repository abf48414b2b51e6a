"""Answers one message: from its bytes to the text of an event. Re-entrant; never raises.

Does not touch the process: no arguments, standard streams or exit status.
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
from sentry_plugin.runtime.protocol import EventBuilder
from sentry_plugin.steps import schema, step
from sentry_plugin.steps.connection import Connection
from sentry_plugin.watching.trigger import Trigger

if TYPE_CHECKING:
    from sentry_plugin.runtime.protocol import Start
    from sentry_plugin.runtime.stop import Stop
    from sentry_plugin.steps.step import Step, Task
    from sentry_plugin.strictjson import JSON


class Event(NamedTuple):
    """An answer: one line of JSON, and whether it is a success."""

    text: str
    ok: bool


class RunOptions(NamedTuple):
    """How to answer a message, apart from what it says itself."""

    stop: Stop
    test: bool = False
    """Whether to test the connection instead of running the step."""
    debug: bool = False
    """Whether to log more."""
    deliver: Callable[[str], None] | None = None
    """Receives the events of a trigger, instead of the dispatcher of the message."""
    unwritten: Callable[[], int] = int
    """Returns the number of log lines that could not be written to standard error."""


class _Job(NamedTuple):
    """The message that is being answered."""

    start: Start
    log: Log
    builder: EventBuilder
    ledger: Ledger
    options: RunOptions


def answer(data: bytes, options: RunOptions) -> Event:
    """Do what the start message asks for, and return the event; an error is an event too."""
    builder, ledger = EventBuilder({}), Ledger()
    with logs.capture(debug=options.debug) as log:
        try:
            message = protocol.decode(data)
            builder = EventBuilder(message)
            log.hide(_connection_secrets(message))
            event = _done(_Job(protocol.parse(message), log, builder, ledger, options))
            return Event(_text(event, log, options), ok=True)
        except PluginError as error:
            failure = error
        except (Exception, SystemExit) as error:  # noqa: BLE001  (a bug, too, is answered)
            failure = exhausted(error) or _bug()
            # Frees the memory of the step, which the answer may need.
            traceback.clear_frames(error.__traceback__)
        failure = ledger.annotate(failure)
        logger.error("%s", failure)
        try:
            text = _text(builder.failure(failure), log, options)
        except MemoryError:
            failure.partial = None
            text = _text(builder.failure(failure), log, options)
        return Event(text, ok=False)


def refuse(error: PluginError) -> Event:
    """Return the event of an *error* for a message that could not be read at all."""
    return Event(strictjson.dumps(EventBuilder({}).failure(error)), ok=False)


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
    """Run the step or the test, and return the event of its success."""
    start, log, builder, ledger, options = job
    connection = Connection(start.connection, ledger)
    try:
        if start.kind.step is None:
            return builder.success(_test(connection, options.stop))
        found = step.load(start.kind.step, start.name)(start.name, connection)
        params = start.input
        if isinstance(params, dict):
            log.hide(s for name in found.secret_inputs for s in schema.strings(params.get(name)))
        if options.test:
            return builder.success(_test(connection, options.stop, found, params))
        params = found.checked_input(params)
        connection.check()
        logger.info("Step: %s", start.name)
        match found:
            case Trigger():
                return _watch(job, found, params)
            case step.Task():
                return _collect(job, found, params)
            case _:
                return builder.success(_run(found, params, options.stop))
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
    """Test the connection; return an example output if the step is a trigger and has one."""
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
    """Run a task; if Sentry fails, the event keeps the state, as in the official runtime."""
    state, builder = job.start.state, job.builder
    deadline = task.connection.deadline
    try:
        portion = watchdog.within(deadline, lambda: task.run(params, state), job.options.stop)
    except ApiError as error:
        logger.error("%s", error)
        more = {"state": state, "has_more_pages": False, "status_code": error.status}
        return builder.success([], {**more, "exception": protocol.exception(error)})
    more = {"state": portion.state, "has_more_pages": portion.has_more, "status_code": 200}
    return builder.success(task.fit_output(portion.items), more)


def _watch(job: _Job, trigger: Trigger, params: Any) -> JSON:
    """Run a trigger until it is stopped."""
    from sentry_plugin.watching.dispatcher import Dispatcher
    from sentry_plugin.watching.loop import Outlet, TriggerLoop
    from sentry_plugin.watching.triggerstate import TriggerState, file_of, owner

    start, log, builder, deliver = job.start, job.log, job.builder, job.options.deliver
    url = "" if deliver else start.dispatcher
    log.hide(schema.strings(url))
    connection = trigger.connection
    organization = connection.client.organization
    known_by = [connection.url, organization, start.name, params]
    mine = owner(start.name, connection.url, organization, params)
    # A debug run must not mark events as delivered.
    kind = "debug" if job.options.debug else ""
    file = file_of((builder.meta or {}).get("triggerId"), known_by, kind)

    def work() -> None:
        with contextlib.ExitStack() as opened:
            take = deliver or opened.enter_context(Dispatcher(url, connection.deadline)).deliver
            state = opened.enter_context(TriggerState(file, mine))
            TriggerLoop(trigger, params, state, Outlet(builder.emission, take, log)).run()

    try:
        watchdog.until_stopped(connection.deadline, work, job.options.stop)
    except Stopped as error:
        logger.info("%s", error.cause)
    return builder.success(None)


def _text(event: JSON, log: Log, options: RunOptions) -> str:
    """Return *event* with its log as text, with secrets masked."""
    body = event["body"]
    if unwritten := options.unwritten():
        log.add(f"WARNING {unwritten} lines could not be written to standard error.\n")
    body["log"] = log.text
    text = strictjson.dumps(event)
    if log.is_clean(text):
        return text
    for field, value in body.items():
        # Names of our own fields are kept, even if one is the same as a secret.
        ours = isinstance(value, dict) and field != "meta"
        mask = log.mask_values
        body[field] = {k: mask(v) for k, v in value.items()} if ours else mask(value)
    return strictjson.dumps(event)
