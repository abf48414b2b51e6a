"""The sizes that made-up organizations come in, and the numbers and names that all agree on.

Pure data.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

ORGANIZATION = "acme"
FIRST_PROJECT = "sandbox"
FIRST_TEAM = "team-0000"
FIRST_PROJECT_ID = 4_500_000
FIRST_TEAM_ID = 2_000
FIRST_MEMBER_ID = 100_000
FIRST_USER_ID = 900_000
FIRST_REPOSITORY_ID = 30_000
FIRST_ISSUE_ID = 8_000_000


@dataclass(frozen=True)
class Profile:
    """How much of everything there is."""

    projects: int
    teams: int
    members: int
    members_per_team: int
    projects_per_team: int
    repositories: int
    issues_per_project: int = 2


PROFILES = {
    "small": Profile(10, 5, 50, 10, 3, 10),
    "medium": Profile(500, 200, 2_000, 20, 5, 100),
    "large": Profile(5_000, 1_000, 20_000, 40, 10, 1_000),
}


def slug(project: int) -> str:
    """Give a project's slug; the first one is the user's, and has no made-up issues."""
    return f"project-{project:05d}" if project else FIRST_PROJECT


def key(project: int) -> str:
    """Give the public key of a project but the first, whose key is new in every sandbox."""
    return hashlib.md5(slug(project).encode(), usedforsecurity=False).hexdigest()


def day(number: int, hour: int = 12) -> str:
    """Give one of the days of 2024."""
    return f"2024-{number // 28 % 12 + 1:02d}-{number % 28 + 1:02d}T{hour:02d}:00:00.000000Z"
