"""Starts the sandbox: `python -m sentry_plugin.sandbox`."""

from __future__ import annotations

import argparse
import sys

from sentry_plugin.sandbox import command

if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m sentry_plugin.sandbox")
    command.configure(parser)
    sys.exit(command.main(parser.parse_args()))
