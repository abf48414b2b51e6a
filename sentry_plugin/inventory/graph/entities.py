"""The kinds of entities, as a table: how each property is read from an object of the API.

The first lines of each kind are JupiterOne's own properties, the rest is ours. Sends no request.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sentry_plugin import strictjson
from sentry_plugin.inventory.graph.properties import (
    Property,
    always,
    at,
    first_of,
    is_set,
    text,
    timestamp,
)

if TYPE_CHECKING:
    from sentry_plugin.strictjson import JSON

ACCOUNT_TAG = "tag.AccountName"


@dataclass(frozen=True, eq=False)
class EntityKind:
    """A kind of entity; its keys are the *prefix* and an id."""

    type: str
    class_: str
    prefix: str
    properties: Mapping[str, Property]

    def key(self, id_: object) -> str:
        """Return the `_key` of the entity that has this id."""
        return f"{self.prefix}{id_}"


def entity(kind: EntityKind, source: JSON, *, key: str | None = None, raw: bool = False) -> JSON:
    """Make an entity of an object of the API; *raw* adds that object as `_rawData`."""
    made = {
        name: value for name, read in kind.properties.items() if (value := read(source)) is not None
    }
    made |= {
        "_key": key or kind.key(source["id"]),
        "_type": kind.type,
        "_class": [kind.class_],
    }
    if raw:
        made["_rawData"] = [{"name": "default", "rawData": source}] if source else []
    return made


def _named(*names: str) -> dict[str, Property]:
    return {name: at(name) for name in names}


_ACTIVE = re.compile(r"(?<!in)active|enabled|online", re.IGNORECASE)


def _active(source: JSON) -> bool | None:
    status = text("status")(source)
    return None if status is None else bool(_ACTIVE.search(status))


def _open(source: JSON) -> bool | None:
    status = text("status")(source)
    return None if status is None else status == "unresolved"


def _release(source: JSON) -> str | None:
    release = source.get("latestRelease")
    version = at("latestRelease.version") if isinstance(release, dict) else at("latestRelease")
    value: str | None = version(source)
    return value


def _emails(*, verified: bool) -> Property:
    def read(source: JSON) -> list[str] | None:
        emails = strictjson.at(source, "user", "emails")
        if not isinstance(emails, list):
            return None
        return [
            each["email"]
            for each in emails
            if isinstance(each, dict)
            and isinstance(each.get("email"), str)
            and each.get("is_verified") is verified
        ]

    return read


SETTINGS: Mapping[str, Property] = _named(
    *("require2FA", "requireEmailVerification", "hasAuthProvider", "openMembership", "defaultRole"),
    *("allowJoinRequests", "allowMemberInvite", "allowMemberProjectCreation"),
    *("allowSharedIssues", "allowSuperuserAccess", "alertsMemberWrite", "eventsMemberAdmin"),
    *("attachmentsRole", "debugFilesRole", "enhancedPrivacy", "dataScrubber"),
    *("dataScrubberDefaults", "scrubIPAddresses", "sensitiveFields", "safeFields"),
    *("scrapeJavaScript", "storeCrashReports", "isEarlyAdopter"),
)
"""Further properties of an organization, only there where `settings` are included."""

ORGANIZATION = EntityKind(
    "sentry_organization",
    "Account",
    "sentry-organization-",
    {
        **_named("id", "name", "slug"),
        "displayName": at("name"),
        "vendor": always("Sentry"),
        "createdOn": timestamp("dateCreated"),
        "regionUrl": at("links.regionUrl"),
    },
)
TEAM = EntityKind(
    "sentry_team",
    "UserGroup",
    "sentry-team-",
    {
        **_named("id", "name", "slug"),
        "displayName": at("name"),
        "createdOn": timestamp("dateCreated"),
        "memberCount": at("memberCount"),
        "idpProvisioned": at("flags.idp:provisioned"),
    },
)
PROJECT = EntityKind(
    "sentry_project",
    "Project",
    "sentry-project-",
    {
        **_named("id", "name"),
        "displayName": at("name"),
        "status": text("status"),
        "active": _active,
        **_named("slug", "platform", "environments", "isPublic", "isInternal"),
        "createdOn": timestamp("dateCreated"),
        "firstEventOn": timestamp("firstEvent"),
        "hasEvents": is_set("firstEvent"),
        "latestRelease": _release,
        "hasRelease": is_set("latestRelease"),
    },
)
MEMBER = EntityKind(
    "sentry_member",
    "User",
    "sentry-user-",
    {
        **_named("id", "email", "name"),
        "displayName": at("name"),
        "username": at("email"),
        "createdOn": timestamp("dateCreated"),
        "role": first_of("orgRole", "role"),
        "mfaEnabled": at("user.has2fa"),
        "active": at("user.isActive"),
        "isManaged": at("user.isManaged"),
        "isStaff": at("user.isStaff"),
        "isSuperuser": at("user.isSuperuser"),
        "dateJoined": timestamp("user.dateJoined"),
        "lastActive": timestamp("user.lastActive"),
        "lastLogin": timestamp("user.lastLogin"),
        **_named("orgRole", "roleName", "pending", "expired", "inviteStatus", "inviterName"),
        "userId": at("user.id"),
        "isSuspended": at("user.isSuspended"),
        "hasPasswordAuth": at("user.hasPasswordAuth"),
        "verifiedEmails": _emails(verified=True),
        "unverifiedEmails": _emails(verified=False),
        "ssoLinked": at("flags.sso:linked"),
        "ssoInvalid": at("flags.sso:invalid"),
        "idpProvisioned": at("flags.idp:provisioned"),
        "idpRoleRestricted": at("flags.idp:role-restricted"),
        "memberLimitRestricted": at("flags.member-limit:restricted"),
        "partnershipRestricted": at("flags.partnership:restricted"),
    },
)
ROLE = EntityKind(
    "sentry_role",
    "AccessRole",
    "sentry-role:",
    {
        **_named("id", "name", "desc", "allowed", "isAllowed", "isRetired", "isGlobal"),
        "minimumTeamRole": at("minimumTeamRole"),
        "displayName": at("name"),
        **_named("isTeamRolesAllowed", "scopes"),
    },
)
SERVICE = EntityKind(
    "sentry_service",
    "Service",
    "sentry-service",
    {
        "name": always("Sentry"),
        "displayName": always("Sentry"),
        "category": always(["platform"]),
        "function": always(["project-management"]),
    },
)
FINDING = EntityKind(
    "sentry_finding",
    "Finding",
    "sentry-finding:",
    {
        **_named("id", "shortId", "title", "culprit", "level", "status", "priority", "platform"),
        "name": at("id"),
        "displayName": at("id"),
        "webLink": at("permalink"),
        "projectSlug": at("project.slug"),
        "projectPlatform": at("project.platform"),
        **_named("type", "numComments", "isBookmarked", "isSubscribed", "hasSeen", "issueType"),
        **_named("issueCategory", "isUnhandled", "count", "userCount"),
        "firstSeenOn": timestamp("firstSeen"),
        "lastSeenOn": timestamp("lastSeen"),
        "category": always("application"),
        "severity": at("priority"),
        "open": _open,
        "public": at("isPublic"),
        **_named("substatus", "logger"),
        "isAssigned": is_set("assignedTo"),
        "assigneeType": at("assignedTo.type"),
        "assigneeId": at("assignedTo.id"),
        "assigneeName": at("assignedTo.name"),
    },
)
CLIENT_KEY = EntityKind(
    "sentry_client_key",
    "AccessKey",
    "sentry-client-key-",
    {
        **_named("id", "name", "projectId", "isActive"),
        "displayName": at("name"),
        "active": at("isActive"),
        "createdOn": timestamp("dateCreated"),
        "rateLimitCount": at("rateLimit.count"),
        "rateLimitWindow": at("rateLimit.window"),
        "isRateLimited": is_set("rateLimit"),
    },
)
