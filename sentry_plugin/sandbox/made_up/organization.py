"""Builds the made-up organization, its projects with their keys, and its repositories.

One key in eight is disabled; some repositories have no address, or that of another one. Answers no
request.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import orjson

from sentry_plugin.sandbox import times
from sentry_plugin.sandbox.made_up import people, sizes
from sentry_plugin.sandbox.made_up.people import ACCESS, LETTERS

if TYPE_CHECKING:
    from sentry_plugin.sandbox.made_up.sizes import Profile

PLATFORMS = (
    "python",
    "javascript-react",
    "java-spring",
    "go",
    "node-express",
    "ruby-rails",
    None,
)
# Sentry's products; a project tells of each whether it uses it.
PRODUCTS = (
    *("Feedbacks", "Flags", "MinifiedStackTrace", "Monitors", "NewFeedbacks", "Profiles"),
    *("Replays", "Sessions", "InsightsHttp", "InsightsDb", "InsightsAssets", "InsightsAppStart"),
    *("InsightsScreenLoad", "InsightsVitals", "InsightsCaches", "InsightsQueues"),
    *("InsightsAgentMonitoring", "InsightsMCP", "Logs", "TraceMetrics"),
)


def organization() -> dict[str, Any]:
    """Build the organization, without its teams and projects."""
    return {
        "id": "1",
        "slug": sizes.ORGANIZATION,
        "name": "Acme",
        "status": {"id": "active", "name": "active"},
        "dateCreated": sizes.day(1),
        "isEarlyAdopter": False,
        "require2FA": False,
        "requireEmailVerification": False,
        "avatar": LETTERS,
        "features": ["performance-view", "discover-query", "invite-members", "team-roles"],
        "hasAuthProvider": True,
        "allowMemberInvite": True,
        "allowMemberProjectCreation": True,
        "allowSuperuserAccess": False,
        "experiments": {},
        "isDefault": False,
        "defaultRole": "member",
        "availableRoles": [{"id": role, "name": role.title()} for role in people.ROLES],
        "orgRoleList": people.role_list(),
        "teamRoleList": people.team_role_list(),
        "openMembership": True,
        "allowSharedIssues": True,
        "enhancedPrivacy": False,
        "dataScrubber": False,
        "dataScrubberDefaults": False,
        "sensitiveFields": [],
        "safeFields": [],
        "storeCrashReports": 0,
        "scrubIPAddresses": False,
        "scrapeJavaScript": True,
        "allowJoinRequests": True,
        "access": ACCESS,
        "role": "owner",
        "orgRole": "owner",
        "pendingAccessRequests": 0,
        "onboardingTasks": [],
        "quota": {"maxRate": None, "maxRateInterval": 60, "accountLimit": 0, "projectLimit": 100},
    }


def organization_row() -> tuple[Any, ...]:
    """Build the row of the organization."""
    return 1, sizes.ORGANIZATION, orjson.dumps(organization())


def projects(profile: Profile) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of the projects."""
    for number in range(profile.projects):
        platform = PLATFORMS[number % 7]
        name = f"Project {number:05d}" if number else "Sandbox"
        has_events = number and number % 9 != 8
        first_event = times.moment_of(sizes.day(number, 13)) if has_events else None
        body = orjson.dumps(_project(number))
        yield (
            sizes.FIRST_PROJECT_ID + number,
            sizes.slug(number),
            name,
            platform,
            first_event,
            0,
            body,
        )


def _project(number: int) -> dict[str, Any]:
    return {
        "dateCreated": sizes.day(number),
        "isBookmarked": False,
        "isMember": number % 2 == 0,
        "features": ["alert-filters", "minidump", "race-free-group-creation", "releases"],
        "firstTransactionEvent": bool(number) and number % 4 == 0,
        "access": ACCESS,
        "hasAccess": True,
        **{f"has{name}": bool(number) and (number + len(name)) % 5 == 0 for name in PRODUCTS},
        "isInternal": False,
        "isPublic": False,
        "avatar": LETTERS,
        "color": "#3fbf7f",
        "status": "active",
    }


def keys(profile: Profile) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of the keys, one for each project."""
    created = times.moment_of(sizes.day(1))
    for number in range(profile.projects):
        public = sizes.key(number) if number else secrets.token_hex(16)
        active = number % 8 != 0 or not number
        limit = (1000, 60) if number % 2 == 0 and number else (None, None)
        yield (
            *(public, sizes.FIRST_PROJECT_ID + number, "Default", secrets.token_hex(16)),
            *(active, *limit, created),
        )


def repository(number: int) -> tuple[Any, ...]:
    """Build the row of a repository."""
    name = f"acme/repo-{number:04d}"
    other = number - 1 if number % 13 == 4 else number
    body = {
        "id": str(sizes.FIRST_REPOSITORY_ID + number),
        "name": name,
        "url": None if number % 17 == 5 else f"https://git.example/acme/repo-{other:04d}",
        "provider": {"id": "integrations:github", "name": "GitHub"},
        "status": "active",
        "dateCreated": sizes.day(number),
        "integrationId": "555",
        "externalSlug": name,
        "externalId": str(60_000 + number),
    }
    return sizes.FIRST_REPOSITORY_ID + number, name, orjson.dumps(body)
