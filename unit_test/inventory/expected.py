"""Makes the graph that JupiterOne's integration would, from the answers of the API alone.

Does not use the code under test. What differs on purpose is left out by `_kept`.
"""

from __future__ import annotations

import calendar

from unit_test import outside


def _kept(entity):
    """Leave out what is different on purpose: docs/inventory.md gives the reasons."""
    kept = {name: value for name, value in entity.items() if value is not None}
    if entity["_type"] == "sentry_member" and entity["lastLogin"] == 0:
        del kept["lastLogin"]
    if entity["_type"] == "sentry_finding":
        del kept["severity"], kept["numericSeverity"], kept["_rawData"]
    return kept


def everything(running, path, **params):
    """Read a list of the API to its end."""
    items, url = [], f"{running.base}/api/0/{path}"
    while url:
        headers = {"Authorization": f"Bearer {running.known['token']}"}
        answer = running.http.get(url, params=params, headers=headers, timeout=outside.PATIENCE)
        items += answer.json()
        link = answer.links.get("next", {})
        url, params = link["url"] if link.get("results") == "true" else None, {}
    return items


def ms(text):
    if text is None:
        return None
    day, _, time = text.partition("T")
    whole, _, fraction = time.removesuffix("Z").partition(".")
    at = calendar.timegm((*map(int, day.split("-")), *map(int, whole.split(":"))))
    return at * 1000 + int(fraction[:3].ljust(3, "0"))


def graph(running):
    """Return the entities and the relationships, by their keys."""
    org = running.get("organizations/acme/", params={"detailed": "0"}).json()
    teams = everything(running, "organizations/acme/teams/")
    projects = everything(running, "organizations/acme/projects/")
    members = everything(running, "organizations/acme/members/")
    root = f"sentry-organization-{org['id']}"
    entities = [_entity("sentry_organization", "Account", root, org, _named)]
    edges = []

    def add(type_, class_, key, source, values):
        entities.append(_entity(type_, class_, key, source, values))
        name = type_.removeprefix("sentry_")
        edges.append(_edge("HAS", f"sentry_organization_has_{name}", root, key))

    for role in org["orgRoleList"]:
        add("sentry_role", "AccessRole", f"sentry-role:{role['id']}", role, _role)
    add("sentry_service", "Service", "sentry-service", {}, _service)
    for team in teams:
        key = f"sentry-team-{team['id']}"
        add("sentry_team", "UserGroup", key, team, _named)
        edges += [
            _edge("ASSIGNED", "sentry_team_assigned_project", key, f"sentry-project-{each['id']}")
            for each in team["projects"]
        ]
        edges += [
            _edge("HAS", "sentry_team_has_member", key, f"sentry-user-{each['id']}")
            for each in everything(running, f"teams/acme/{team['slug']}/members/")
        ]
    for project in projects:
        key = f"sentry-project-{project['id']}"
        add("sentry_project", "Project", key, project, _project)
        for issue in everything(running, f"projects/acme/{project['slug']}/issues/"):
            finding = f"sentry-finding:{issue['id']}"
            entities.append(_entity("sentry_finding", "Finding", finding, issue, _finding))
            edges.append(_edge("HAS", "sentry_project_has_finding", key, finding))
    for member in members:
        key = f"sentry-user-{member['id']}"
        add("sentry_member", "User", key, member, _member)
        role = f"sentry-role:{member['orgRole']}"
        edges.append(_edge("ASSIGNED", "sentry_member_assigned_role", key, role))
    for repository in everything(running, "organizations/acme/repos/"):
        if repository["url"]:
            edges.append(_repository(root, repository["url"]))
    return {each["_key"]: each for each in entities}, {each["_key"]: each for each in edges}


def _entity(type_, class_, key, source, values):
    raw = [{"name": "default", "rawData": source}] if source else []
    made = {"_key": key, "_type": type_, "_class": [class_], "_rawData": raw}
    return _kept(made | values(source))


def _copied(source, names):
    return {name: source.get(name) for name in names.split()}


def _named(source):
    return _copied(source, "id name") | ({"slug": source["slug"], "displayName": source["name"]})


def _project(source):
    status = source.get("status")
    told = isinstance(status, str)
    given = {"status": status, "active": status == "active"} if told else {}
    return _copied(source, "id name") | {"displayName": source["name"]} | given


def _role(source):
    names = "id name desc allowed isAllowed isRetired isGlobal minimumTeamRole"
    return _copied(source, names) | {"displayName": source["name"]}


def _service(source):
    return {
        "name": "Sentry",
        "displayName": "Sentry",
        "category": ["platform"],
        "function": ["project-management"],
    }


def _member(source):
    user = source["user"] or {}
    return _copied(source, "id email name role") | {
        "displayName": source["name"],
        "username": source["email"],
        "createdOn": ms(source["dateCreated"]),
        "mfaEnabled": user.get("has2fa"),
        "active": user.get("isActive"),
        **_copied(user, "isManaged isStaff isSuperuser"),
        "dateJoined": ms(user.get("dateJoined")),
        "lastActive": ms(user.get("lastActive")),
        "lastLogin": ms(user["lastLogin"]) if user else 0,
    }


def _finding(source):
    same = (
        "id shortId title culprit level status priority platform type numComments isBookmarked "
        "isSubscribed hasSeen issueType issueCategory isUnhandled count userCount"
    )
    return _copied(source, same) | {
        "name": source["id"],
        "displayName": source["id"],
        "webLink": source["permalink"],
        "projectSlug": source["project"]["slug"],
        "projectPlatform": source["project"]["platform"],
        "firstSeenOn": ms(source["firstSeen"]),
        "lastSeenOn": ms(source["lastSeen"]),
        "category": "application",
        "severity": "unknown",
        "numericSeverity": 0,
        "open": source["status"] == "unresolved",
        "public": source["isPublic"],
    }


def _edge(class_, type_, source, target):
    return {
        "_key": f"{source}|{class_.lower()}|{target}",
        "_type": type_,
        "_class": class_,
        "_fromEntityKey": source,
        "_toEntityKey": target,
        "displayName": class_,
    }


def _repository(root, url):
    return {
        "_class": "HAS",
        "_mapping": {
            "relationshipDirection": "FORWARD",
            "sourceEntityKey": root,
            "targetFilterKeys": [["webLink", "_class"]],
            "targetEntity": {"_class": "CodeRepo", "webLink": url},
        },
        "displayName": "HAS",
        "_key": f"{root}|has|FORWARD:webLink={url}:_class=CodeRepo",
        "_type": "sentry_organization_has_repository",
    }
