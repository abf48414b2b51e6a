"""One message, from its text to the event that answers it. Re-entrant, and never raises.

Does not touch the process: what comes in is a stream, what goes out is text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO, NamedTuple

from sentry_plugin import logs, protocol, schema, step, strictjson, watchdog
from sentry_plugin.connection import Connection
from sentry_plugin.errors import PluginError, ProtocolError
from sentry_plugin.logs import Log, logger
from sentry_plugin.protocol import JSON, Reply

if TYPE_CHECKING:
    from sentry_plugin.deadline import Deadline
    from sentry_plugin.protocol import Start
    from sentry_plugin.step import Action

LARGEST_MESSAGE = 64 << 20


class Event(NamedTuple):
    """An answer: one line of JSON, and whether it tells of success."""

    text: str
    ok: bool


def answer(stream: BinaryIO, *, test: bool = False, debug: bool = False) -> Event:
    """Do what the start message in *stream* asks; an error is an answer too.

    *test* asks for a test of the message's connection instead.
    """
    reply = Reply({})
    with logs.capture(debug=debug) as log:
        try:
            message = protocol.decode(_read(stream))
            reply = Reply(message)
            log.hide(_connection_secrets(message))
            event = reply.success(_output(protocol.parse(message), log, test=test))
            return Event(_text(event, log), ok=True)
        except PluginError as error:
            logger.error("%s", error)
            event = reply.failure(error)
        except (Exception, SystemExit):  # noqa: BLE001  (a bug, too, is answered with an event)
            logger.exception("This is a bug in the plugin; the traceback is on stderr.")
            event = reply.failure(_Bug())
        return Event(_text(event, log), ok=False)


def refuse(error: PluginError) -> Event:
    """Answer with *error* a message of which nothing is known."""
    return Event(strictjson.dumps(Reply({}).failure(error)), ok=False)


class _Bug(PluginError):
    """The plugin itself failed."""

    code = "bug"
    assistance = "Please report it, with what the plugin wrote to stderr."

    def __init__(self) -> None:
        super().__init__("The plugin failed in a way that it should not.")


def _read(stream: BinaryIO) -> bytes:
    data = stream.read(LARGEST_MESSAGE + 1)
    if len(data) > LARGEST_MESSAGE:
        raise ProtocolError(
            f"The start message is larger than {LARGEST_MESSAGE >> 20} MiB.", "Send less."
        )
    return data


def _connection_secrets(message: JSON) -> list[str]:
    body = message.get("body")
    given = body.get("connection") if isinstance(body, dict) else body
    return list(schema.secrets(given, "connection", "input"))


def _output(start: Start, log: Log, *, test: bool) -> JSON:
    connection = Connection(start.connection)
    try:
        if start.kind.step is None:
            return _test(connection)
        found = step.load(start.kind.step, start.name)(start.name, connection)
        params = start.input
        if isinstance(params, dict):
            log.hide(s for name in found.secret_inputs for s in schema.strings(params.get(name)))
        if test:
            return _test(connection)
        params = found.checked_input(params)
        connection.check()
        logger.info("Step: %s", start.name)
        return _run(found, params, connection.deadline)
    finally:
        connection.close()


def _run(action: Action, params: JSON, deadline: Deadline) -> JSON:
    try:
        output: JSON = watchdog.within(
            deadline, lambda: action.answer(params), changes=action.writes
        )
    except PluginError as error:
        error.partial = action.partial()
        raise
    return output


def _test(connection: Connection) -> JSON:
    connection.check()
    watchdog.within(connection.deadline, connection.test, changes=False)
    return {"success": True}


def _text(event: JSON, log: Log) -> str:
    """Write *event* with its log, without secrets."""
    body = event["body"]
    body["log"] = log.text
    text = strictjson.dumps(event)
    if log.is_clean(text):
        return text
    for field, value in body.items():
        # The names of our own fields stay what they are, even where one is a token.
        ours = isinstance(value, dict) and field != "meta"
        hidden = {k: log.cleaned(v) for k, v in value.items()} if ours else log.cleaned(value)
        body[field] = hidden
    return strictjson.dumps(event)
