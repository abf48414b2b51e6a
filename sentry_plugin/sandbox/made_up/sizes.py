"""The three sizes of made-up organizations, and the names and first ids in all of them.

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
    """How many of each thing there are."""

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
    """Return a project's slug; project 0 is for the user's events, and has no made-up issues."""
    return f"project-{project:05d}" if project else FIRST_PROJECT


def key(project: int) -> str:
    """Return the public key of a project; not of project 0, whose key is new in every sandbox."""
    return hashlib.md5(slug(project).encode(), usedforsecurity=False).hexdigest()


def day(number: int, hour: int = 12) -> str:
    """Return a time in 2024 by a number; *hour* is the hour of that day."""
    return f"2024-{number // 28 % 12 + 1:02d}-{number % 28 + 1:02d}T{hour:02d}:00:00.000000Z"
