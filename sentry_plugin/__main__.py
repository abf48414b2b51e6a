"""The process: ``python -m sentry_plugin``, and the command `sentry-plugin`.

It ends as soon as its command has ended: threads that still run, and signals, neither delay nor
change its exit status.
"""

from __future__ import annotations

import contextlib
import os
import sys
from typing import NoReturn

from sentry_plugin.signals import Signals


def main() -> NoReturn:
    """Run the command line of this process."""
    signals = Signals()
    signals.take()  # before the slow imports, so that no signal is missed
    from sentry_plugin import cli

    _open_streams()
    try:
        status = cli.main(signals=signals)
    except SystemExit as ended:
        status = ended.code if isinstance(ended.code, int) else 1
    except BrokenPipeError:  # the reader, such as `head`, has closed the pipe
        status = 1
    except OSError as error:
        told = f"error: {error.strerror or error}: {error.filename or 'standard output'}\n"
        with contextlib.suppress(OSError):
            sys.stderr.write(told)
        status = 1
    except KeyboardInterrupt:
        status = 130
    os._exit(status if _is_flushed() else status or 1)


def _open_streams() -> None:
    """Replace closed standard streams, so that no file opened later gets their numbers.

    Writing to the replaced standard output fails; what is written to standard error is lost.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)
    sys.stdout = sys.stdout or os.fdopen(1, encoding="utf-8", closefd=False)
    sys.stderr = sys.stderr or os.fdopen(2, "w", encoding="utf-8", closefd=False)


def _is_flushed() -> bool:
    """Flush standard output, and tell whether that worked; standard error is not waited for."""
    try:
        sys.stdout.flush()
    except (OSError, ValueError):
        return False
    return True


if __name__ == "__main__":
    main()
