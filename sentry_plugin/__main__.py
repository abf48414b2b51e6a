"""The process: ``python -m sentry_plugin``, and the command `sentry-plugin`.

Ends at once when its command has: nothing that was left behind, and no signal, delays or changes
its exit status.
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
    signals.take()  # before the rest is loaded
    from sentry_plugin import cli

    _open_streams()
    try:
        status = cli.main(signals=signals)
    except SystemExit as ended:
        status = ended.code if isinstance(ended.code, int) else 1
    except BrokenPipeError:  # who reads has gone, as `head`
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
    """Put something in the place of standard streams that are closed, or a file of ours would be.

    Writing to what stands for standard output fails; for standard error, it is lost.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)
    sys.stdout = sys.stdout or os.fdopen(1, encoding="utf-8", closefd=False)
    sys.stderr = sys.stderr or os.fdopen(2, "w", encoding="utf-8", closefd=False)


def _is_flushed() -> bool:
    """Write what standard output still holds; nobody may wait for standard error."""
    try:
        sys.stdout.flush()
    except (OSError, ValueError):
        return False
    return True


if __name__ == "__main__":
    main()
