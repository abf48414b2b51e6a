"""``python -m sentry_plugin``."""

from __future__ import annotations

from sentry_plugin.cli import main

raise SystemExit(main())
