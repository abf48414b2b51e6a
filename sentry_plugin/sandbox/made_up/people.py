"""Builds made-up roles, teams and members.

Some members are invitations, of which some are expired; some are deactivated, have no second
factor, an e-mail address of another domain, or no recent activity. Answers no request.
"""

from __future__ import annotations

from typing import Any

import orjson

from sentry_plugin.sandbox.made_up import sizes

LETTERS = {"avatarType": "letter_avatar", "avatarUuid": None}
ACCESS = ["org:read", "project:read", "team:read", "member:read", "event:read"]
ROLES = ("owner", "manager", "admin", "member", "billing")


def role_list() -> list[dict[str, Any]]:
    """Build the roles that a member may have in the organization."""
    return [
        {
            "id": role,
            "name": role.title(),
            "desc": f"{role.title()} of the organization",
            "scopes": ACCESS,
            "allowed": True,
            "isAllowed": True,
            "isRetired": role == "admin",
            "is_global": role in ("owner", "manager"),
            "isGlobal": role in ("owner", "manager"),
            "isTeamRolesAllowed": role != "billing",
            "minimumTeamRole": "contributor" if role in ("member", "billing") else "admin",
        }
        for role in ROLES
    ]


def team_role_list() -> list[dict[str, Any]]:
    """Build the roles that a member may have in a team."""
    return [
        {
            "id": role,
            "name": name,
            "desc": f"{name} of a team",
            "scopes": ACCESS,
            "allowed": True,
            "isAllowed": True,
            "isRetired": False,
            "isTeamRolesAllowed": True,
            "isMinimumRoleFor": None if role == "contributor" else "admin",
        }
        for role, name in (("contributor", "Contributor"), ("admin", "Team Admin"))
    ]


def team(number: int, size: int) -> tuple[Any, ...]:
    """Build the row of a team that has *size* members."""
    body = {
        "dateCreated": sizes.day(number),
        "isMember": number % 3 == 0,
        "teamRole": None,
        "flags": {"idp:provisioned": number % 10 == 0},
        "access": ACCESS,
        "hasAccess": True,
        "isPending": False,
        "memberCount": size,
        "avatar": LETTERS,
    }
    name = f"Team {number:04d}"
    identity = {"id": str(sizes.FIRST_TEAM_ID + number), "slug": f"team-{number:04d}", "name": name}
    return sizes.FIRST_TEAM_ID + number, identity["slug"], name, orjson.dumps(identity | body)


def _role(number: int) -> str:
    if number < 2:
        return "owner"
    if number % 40 == 0:
        return "manager"
    if number % 50 == 1:
        return "admin"
    return "billing" if number % 97 == 5 else "member"


def team_role(number: int) -> str | None:
    """Return a member's role in their teams; None for the default one."""
    return None if number % 9 else "admin"


def member(number: int) -> tuple[Any, ...]:
    """Build the row of a member or an invitation."""
    domain = "contractor.example" if number % 25 == 3 else "acme.example"
    email = f"user{number:05d}@{domain}"
    pending = number % 20 == 7
    name = email if pending else f"User {number:05d}"
    role = _role(number)
    body = {
        "id": str(sizes.FIRST_MEMBER_ID + number),
        "email": email,
        "name": name,
        "user": None if pending else _user(number, email),
        "role": role,
        "roleName": role.title(),
        "orgRole": role,
        "pending": pending,
        "expired": number % 40 == 27,
        "flags": {
            "idp:provisioned": number % 5 == 0,
            "idp:role-restricted": False,
            "sso:linked": number % 5 != 4,
            "sso:invalid": number % 33 == 9,
            "member-limit:restricted": False,
            "partnership:restricted": False,
        },
        "dateCreated": sizes.day(number),
        "inviteStatus": "approved",
        "inviterName": "User 00000",
    }
    user_id = None if pending else sizes.FIRST_USER_ID + number
    return sizes.FIRST_MEMBER_ID + number, user_id, email, name, orjson.dumps(body)


def joined(number: int, *, has2fa: bool) -> tuple[Any, ...]:
    """Build the row of a member who has accepted the invitation."""
    id_, _, email, _, text = member(number)
    user = _user(number, email) | {"has2fa": has2fa}
    body = orjson.loads(text) | {"user": user, "pending": False, "expired": False}
    body["name"] = user["name"]
    return id_, sizes.FIRST_USER_ID + number, email, user["name"], orjson.dumps(body)


def _user(number: int, email: str) -> dict[str, Any]:
    return {
        "id": str(sizes.FIRST_USER_ID + number),
        "name": f"User {number:05d}",
        # A user name is the e-mail address, unless somebody chose another.
        "username": f"user-{number:05d}" if number % 6 == 5 else email,
        "email": email,
        "avatarUrl": f"https://gravatar.example/{number:032x}",
        "isActive": number % 45 != 39,
        "isSuspended": False,
        "hasPasswordAuth": number % 3 != 0,
        "isManaged": number % 30 == 4,
        "dateJoined": sizes.day(number),
        "lastLogin": sizes.day(number + 30),
        "has2fa": number % 4 != 0,
        "lastActive": "2023-01-10T08:00:00.000000Z" if number % 15 == 2 else sizes.day(number + 40),
        "isSuperuser": False,
        "isStaff": False,
        "experiments": {},
        "emails": [{"id": str(700_000 + number), "email": email, "is_verified": number % 11 != 0}],
        "avatar": LETTERS,
    }
