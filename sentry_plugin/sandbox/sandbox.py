"""The sandbox as one object: its database, its address, its faults and its recorded requests.

Opens the database and fills a new one. Does not listen on a port.
"""

from __future__ import annotations

from typing import Any

from sentry_plugin.sandbox.kept import tokens
from sentry_plugin.sandbox.kept.faults import Faults
from sentry_plugin.sandbox.kept.journal import Journal
from sentry_plugin.sandbox.kept.quota import Quota
from sentry_plugin.sandbox.kept.store import Store
from sentry_plugin.sandbox.made_up import filling, sizes

TOKENS = {"token": tokens.ALL, "readonly_token": tokens.READ}


class Sandbox:
    """All that a running sandbox holds; only a database in a file is there after it has ended."""

    def __init__(self, data: str | None = None, profile: str = "small") -> None:
        self.store = Store(data)
        self.faults = Faults()
        self.journal = Journal()
        self.quota = Quota()
        self.base_url = ""
        if self.store.is_new:
            filling.fill(self.store, sizes.PROFILES[profile])
            for name, scopes in TOKENS.items():
                value = tokens.new(self.store, scopes)
                self.store.write("INSERT INTO setting VALUES (?, ?)", name, value)

    @property
    def user_id(self) -> int:
        """The user that all tokens belong to."""
        return sizes.FIRST_USER_ID

    def dsn(self, public: str, project_id: int, secret: str = "") -> str:
        """Build the DSN of a key."""
        scheme, _, host = self.base_url.partition("://")
        credentials = f"{public}:{secret}" if secret else public
        return f"{scheme}://{credentials}@{host}/{project_id}"

    def connection_details(self) -> dict[str, Any]:
        """Return address, names, tokens and DSN: what somebody needs to use the sandbox."""
        project_id = sizes.FIRST_PROJECT_ID
        public = self.store.value("SELECT public FROM project_key WHERE project_id = ?", project_id)
        settings = {row["name"]: row["value"] for row in self.store.rows("SELECT * FROM setting")}
        return {
            "url": f"{self.base_url}/api/0/",
            "organization": sizes.ORGANIZATION,
            "project": sizes.FIRST_PROJECT,
            "team": sizes.FIRST_TEAM,
            **{name: settings[name] for name in TOKENS},
            "dsn": self.dsn(public, project_id),
        }

    def close(self) -> None:
        """Close the database."""
        self.store.close()
