"""The checks, as a table: what each finds, its severity, the remedy, and the data that it needs.

What is pending or unknown never fails: a check looks for a value that is there and wrong. A check
that looks for something missing names the types that have to be complete. Changes nothing.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

from sentry_plugin.inventory.check.graph_index import has_joined
from sentry_plugin.inventory.graph import entities, relationships

if TYPE_CHECKING:
    from sentry_plugin.inventory.check.graph_index import GraphIndex
    from sentry_plugin.inventory.graph.entities import EntityKind
    from sentry_plugin.inventory.graph.relationships import RelationshipKind
    from sentry_plugin.strictjson import JSON

DAY = 86_400_000
"""Milliseconds: all times of the graph are in that unit."""
FEWEST_PROJECTS = 5
"""In an organization with fewer projects everybody reaches a large share of them."""
PRIVILEGED_ROLES = ("owner", "manager")


class Limits(NamedTuple):
    """The numbers and lists by which checks judge; *now* is in milliseconds since 1970."""

    now: int
    most_owners: int = 5
    stale_days: int = 90
    invitation_days: int = 14
    silent_days: int = 30
    reach_percent: int = 50
    allowed_domains: Collection[str] = ()
    employees: Collection[str] = ()

    def days_since(self, moment: int) -> int:
        """Return the whole days from a time until now."""
        return (self.now - moment) // DAY


Findings = Iterator[tuple["JSON", "JSON"]]
"""Entities, each with the evidence against it."""


class Check(NamedTuple):
    """One check, and what it needs to be judged."""

    id: str
    severity: str
    title: str
    remedy: str
    find: Callable[[GraphIndex, Limits], Findings]
    reads: Mapping[EntityKind, tuple[str, ...]]
    """Properties that it reads; where no entity has any of them, it cannot be judged."""
    follows: tuple[RelationshipKind, ...] = ()
    """Relationships that it follows to what it finds."""
    needs_complete: tuple[EntityKind | RelationshipKind, ...] = ()
    """What has to be complete, because the check finds what is missing there."""
    needs_limit: str = ""
    """The limit without which it cannot be judged."""

    @property
    def types(self) -> list[str]:
        """The types that it uses: where one is partial, it cannot pass."""
        return list(
            dict.fromkeys(each.type for each in (*self.reads, *self.follows, *self.needs_complete))
        )


def _evidence(entity: JSON, *names: str) -> JSON:
    return {name: entity[name] for name in names if name in entity}


def _no_second_factor(graph: GraphIndex, _: Limits) -> Findings:
    for member in graph.joined_members():
        if member.get("mfaEnabled") is False:
            yield member, _evidence(member, "mfaEnabled", "role", "lastActive")


def _privileged_without_second_factor(graph: GraphIndex, limits: Limits) -> Findings:
    for member, evidence in _no_second_factor(graph, limits):
        if member.get("role") in PRIVILEGED_ROLES:
            yield member, evidence


def _owners(graph: GraphIndex, limits: Limits) -> Findings:
    for organization in graph.all(entities.ORGANIZATION):
        members = graph.targets(relationships.HAS_MEMBER, organization)
        owners = [
            each["_key"] for each in members if has_joined(each) and each.get("role") == "owner"
        ]
        # None at all means that the server does not show roles, or not all members.
        if len(owners) == 1 or len(owners) > limits.most_owners:
            yield organization, {"count": len(owners), "owners": owners}


def _behind_sso(graph: GraphIndex) -> Iterator[JSON]:
    """Yield the members of organizations that are known to have an identity provider."""
    for member in graph.joined_members():
        if graph.organization(member).get("hasAuthProvider") is True:
            yield member


def _sso_not_linked(graph: GraphIndex, _: Limits) -> Findings:
    for member in _behind_sso(graph):
        if member.get("ssoLinked") is False or member.get("ssoInvalid") is True:
            yield member, _evidence(member, "ssoLinked", "ssoInvalid")


def _stale(graph: GraphIndex, limits: Limits) -> Findings:
    for member in graph.joined_members():
        seen = [member[name] for name in ("lastActive", "lastLogin") if name in member]
        if seen and (days := limits.days_since(max(seen))) > limits.stale_days:
            yield member, {"days": days, **_evidence(member, "lastActive", "lastLogin")}


def _invitations(graph: GraphIndex, limits: Limits) -> Findings:
    for member in graph.all(entities.MEMBER):
        expired = member.get("expired") is True
        days = limits.days_since(member.get("createdOn", limits.now))
        if expired or (not has_joined(member) and days > limits.invitation_days):
            known = _evidence(member, "pending", "expired", "inviteStatus", "inviterName")
            yield member, {**known, **_evidence(member, "createdOn", "role")}


def _foreign_domain(graph: GraphIndex, limits: Limits) -> Findings:
    allowed = {each.lower().lstrip("@") for each in limits.allowed_domains}
    for member in graph.joined_members():
        domain = member.get("email", "").rpartition("@")[2].lower()
        if domain and domain not in allowed:
            yield member, {"email": member["email"], "domain": domain}


def _unverified_email(graph: GraphIndex, _: Limits) -> Findings:
    for member in graph.joined_members():
        unverified = [str(each).lower() for each in member.get("unverifiedEmails", ())]
        if member.get("email", "").lower() in unverified:
            yield member, _evidence(member, "email", "unverifiedEmails")


def _password_beside_sso(graph: GraphIndex, _: Limits) -> Findings:
    for member in _behind_sso(graph):
        if member.get("hasPasswordAuth") is True:
            yield member, _evidence(member, "hasPasswordAuth", "ssoLinked")


def _not_provisioned(graph: GraphIndex, _: Limits) -> Findings:
    for member in _behind_sso(graph):
        if member.get("idpProvisioned") is False:
            yield member, _evidence(member, "idpProvisioned", "inviterName", "createdOn")


def _orphan_project(graph: GraphIndex, _: Limits) -> Findings:
    for project in graph.all(entities.PROJECT):
        if not graph.sources(relationships.TEAM_PROJECT, project):
            yield project, {"teams": 0, **_evidence(project, "slug", "platform")}


def _empty_team(graph: GraphIndex, _: Limits) -> Findings:
    for team in graph.all(entities.TEAM):
        members = len(graph.targets(relationships.TEAM_MEMBER, team))
        projects = len(graph.targets(relationships.TEAM_PROJECT, team))
        if not (members or team.get("memberCount")) or not projects:
            yield team, {"members": members, "projects": projects, **_evidence(team, "slug")}


def _unattended_project(graph: GraphIndex, _: Limits) -> Findings:
    for project in graph.all(entities.PROJECT):
        teams = graph.sources(relationships.TEAM_PROJECT, project)
        members = [
            each for team in teams for each in graph.targets(relationships.TEAM_MEMBER, team)
        ]
        if teams and not any(
            has_joined(each) and each.get("active") is not False for each in members
        ):
            yield project, {"teams": [team["_key"] for team in teams], "members": len(members)}


def _wide_reach(graph: GraphIndex, limits: Limits) -> Findings:
    reach: dict[str, set[str]] = defaultdict(set)
    for team in graph.all(entities.TEAM):
        projects = {each["_key"] for each in graph.targets(relationships.TEAM_PROJECT, team)}
        for member in graph.targets(relationships.TEAM_MEMBER, team):
            reach[member["_key"]] |= projects
    counts = {
        each["_key"]: len(graph.targets(relationships.HAS_PROJECT, each))
        for each in graph.all(entities.ORGANIZATION)
    }
    for member in graph.joined_members():
        there = counts.get(graph.organization(member).get("_key"), 0)
        reached = len(reach[member["_key"]])
        if there >= FEWEST_PROJECTS and 100 * reached > limits.reach_percent * there:
            yield member, {"projects": reached, "of": there, "percent": 100 * reached // there}


def _silent_project(graph: GraphIndex, limits: Limits) -> Findings:
    for project in graph.all(entities.PROJECT):
        days = limits.days_since(project.get("createdOn", limits.now))
        if project.get("hasEvents") is False and days > limits.silent_days:
            yield project, {"days": days, **_evidence(project, "hasEvents", "hasRelease", "slug")}


WEAK_SETTINGS: dict[str, tuple[object, ...]] = {
    "require2FA": (False,),
    "openMembership": (True,),
    "defaultRole": ("admin", "manager", "owner"),
    "dataScrubber": (False,),
    "dataScrubberDefaults": (False,),
    "scrubIPAddresses": (False,),
    "allowSharedIssues": (True,),
    "allowJoinRequests": (True,),
    "enhancedPrivacy": (False,),
    "attachmentsRole": ("member",),
    "debugFilesRole": ("member",),
    "allowMemberInvite": (True,),
}
"""Settings of an organization, with the values that are weak."""


def _weak_settings(graph: GraphIndex, _: Limits) -> Findings:
    for organization in graph.all(entities.ORGANIZATION):
        weak = {
            name: organization[name]
            for name, values in WEAK_SETTINGS.items()
            if organization.get(name) in values
        }
        if weak:
            yield organization, weak


def _unassigned_findings(graph: GraphIndex, _: Limits) -> Findings:
    waiting: dict[str, list[JSON]] = defaultdict(list)
    whose: dict[str, JSON] = {}
    for finding in graph.all(entities.FINDING):
        if finding.get("open") is not True or finding.get("isAssigned") is not False:
            continue
        for project in graph.sources(relationships.PROJECT_FINDING, finding):
            for owner in graph.sources(relationships.TEAM_PROJECT, project) or [project]:
                whose[owner["_key"]] = owner
                waiting[owner["_key"]].append(finding)
    for key, findings in waiting.items():
        yield whose[key], _summary(findings)


def _summary(findings: list[JSON]) -> JSON:
    counted = {
        name: dict(Counter(each[name] for each in findings if name in each))
        for name in ("priority", "level")
    }
    latest = max((each["lastSeenOn"] for each in findings if "lastSeenOn" in each), default=None)
    summary = {"unassigned": len(findings), **{name: n for name, n in counted.items() if n}}
    return summary | ({} if latest is None else {"lastSeenOn": latest})


def _leaver(graph: GraphIndex, limits: Limits) -> Findings:
    for member in graph.joined_members():
        email = member.get("email", "").lower()
        if email and email not in limits.employees:
            yield member, _evidence(member, "email", "role", "lastActive")


_MEMBER = entities.MEMBER
_PROJECT = entities.PROJECT
_TEAM = entities.TEAM
_ORGANIZATION = entities.ORGANIZATION
_TEAM_PROJECT = relationships.TEAM_PROJECT
_TEAM_MEMBER = relationships.TEAM_MEMBER
_HAS_MEMBER = relationships.HAS_MEMBER
_SSO = {_ORGANIZATION: ("hasAuthProvider",)}

CHECKS = (
    Check(
        "no_second_factor",
        "high",
        "Member without a second factor",
        "Have the member set up a second factor, or require it in the organization's settings.",
        _no_second_factor,
        {_MEMBER: ("mfaEnabled",)},
    ),
    Check(
        "privileged_without_second_factor",
        "critical",
        "Owner or manager without a second factor",
        "Have the member set up a second factor today, or lower the role until it is done.",
        _privileged_without_second_factor,
        {_MEMBER: ("mfaEnabled",)},
    ),
    Check(
        "owners",
        "medium",
        "One owner only, or too many",
        "Have at least two owners, so that one can leave, and no more than are needed.",
        _owners,
        {_ORGANIZATION: ("_key",), _MEMBER: ("role",)},
        needs_complete=(_MEMBER, _HAS_MEMBER),
    ),
    Check(
        "sso_not_linked",
        "high",
        "Member whose single sign-on is not linked, or invalid",
        "Have the member sign in by the identity provider once, or remove the member.",
        _sso_not_linked,
        {**_SSO, _MEMBER: ("ssoLinked", "ssoInvalid")},
        (_HAS_MEMBER,),
    ),
    Check(
        "stale_member",
        "medium",
        "Member without activity for long",
        "Ask whether the member still needs access, and remove it otherwise.",
        _stale,
        {_MEMBER: ("lastActive", "lastLogin")},
    ),
    Check(
        "open_invitation",
        "low",
        "Invitation that is expired, or pending for long",
        "Withdraw the invitation, or send it again.",
        _invitations,
        {_MEMBER: ("pending", "expired")},
    ),
    Check(
        "foreign_domain",
        "medium",
        "Member with an e-mail address of another domain",
        "Check that the member is meant to have access, or allow the domain.",
        _foreign_domain,
        {_MEMBER: ("email",)},
        needs_limit="allowed_domains",
    ),
    Check(
        "unverified_email",
        "medium",
        "Member whose e-mail address is not verified",
        "Have the member verify the address.",
        _unverified_email,
        {_MEMBER: ("unverifiedEmails",)},
    ),
    Check(
        "password_beside_sso",
        "medium",
        "Member who can log in with a password beside single sign-on",
        "Require single sign-on in the organization's settings, and have the password removed.",
        _password_beside_sso,
        {**_SSO, _MEMBER: ("hasPasswordAuth",)},
        (_HAS_MEMBER,),
    ),
    Check(
        "not_provisioned",
        "low",
        "Member whom the identity provider did not provision",
        "Provision the member by the identity provider, so that leaving there ends access here.",
        _not_provisioned,
        {**_SSO, _MEMBER: ("idpProvisioned",)},
        (_HAS_MEMBER,),
    ),
    Check(
        "orphan_project",
        "medium",
        "Project without a team",
        "Give the project a team, or remove it.",
        _orphan_project,
        {_PROJECT: ("_key",)},
        needs_complete=(_TEAM, _TEAM_PROJECT),
    ),
    Check(
        "empty_team",
        "low",
        "Team without members, or without projects",
        "Remove the team, or give it what it lacks.",
        _empty_team,
        {_TEAM: ("_key",)},
        needs_complete=(_TEAM_MEMBER, _TEAM_PROJECT, _PROJECT, _MEMBER),
    ),
    Check(
        "unattended_project",
        "medium",
        "Project whose teams have no active member",
        "Give the project a team that somebody is in.",
        _unattended_project,
        {_PROJECT: ("_key",)},
        needs_complete=(_TEAM, _TEAM_PROJECT, _TEAM_MEMBER, _MEMBER),
    ),
    Check(
        "wide_reach",
        "medium",
        "Member who reaches a large share of the projects",
        "Take the member out of teams whose projects are not the member's business.",
        _wide_reach,
        {_MEMBER: ("_key",)},
        (_TEAM_PROJECT, _TEAM_MEMBER, _HAS_MEMBER),
        (_PROJECT, relationships.HAS_PROJECT),
    ),
    Check(
        "silent_project",
        "low",
        "Project that never had an event",
        "Check that the program sends its events, or remove the project.",
        _silent_project,
        {_PROJECT: ("hasEvents",)},
    ),
    Check(
        "weak_settings",
        "high",
        "Organization with weak settings",
        "Change the settings that the evidence names.",
        _weak_settings,
        {_ORGANIZATION: (*WEAK_SETTINGS,)},
    ),
    Check(
        "unassigned_findings",
        "low",
        "Unresolved issues that nobody is assigned to",
        "Assign the issues, or have ownership rules do it.",
        _unassigned_findings,
        {entities.FINDING: ("isAssigned",)},
        (relationships.PROJECT_FINDING, _TEAM_PROJECT),
    ),
    Check(
        "leaver",
        "high",
        "Member who is no employee",
        "Remove the member, or note whom the account belongs to.",
        _leaver,
        {_MEMBER: ("email",)},
        needs_limit="employees",
    ),
)
"""All checks, in the order in which they run."""
