"""The organization as Sentry's web API shows it.

Changes nothing and answers no request.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

if TYPE_CHECKING:
    import sqlite3

    from sentry_plugin.sandbox.sandbox import Sandbox


def form(sandbox: Sandbox, row: sqlite3.Row) -> dict[str, Any]:
    """Build the organization with its addresses."""
    base = sandbox.base_url
    links = {"organizationUrl": f"{base}/organizations/{row['slug']}", "regionUrl": base}
    body: dict[str, Any] = orjson.loads(row["body"])
    return body | {"links": links}
