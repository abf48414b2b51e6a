"""Seed Sentry 9.1.2 with an organization, a project, tokens and a key; write them to a shell file.

Python 2.7: run by that Sentry's own interpreter with SENTRY_CONF set. Idempotent. Must not give
the user a password: tests use tokens.
"""

import io
import sys

from sentry.runner import configure

configure()

from sentry.models import (  # Sentry's models exist only once it is configured
    ApiToken,
    Organization,
    OrganizationMember,
    OrganizationMemberTeam,
    Project,
    ProjectKey,
    Team,
    User,
)

READ = ["event:read", "member:read", "org:read", "project:read", "team:read"]
WRITE = ["event:admin", "event:write", "project:admin", "project:write"]


def first_or_create(model, defaults=None, **values):
    return model.objects.get_or_create(defaults=defaults or {}, **values)[0]


def token(user, scopes):
    for known in ApiToken.objects.filter(user=user, application=None):
        if sorted(known.get_scopes()) == sorted(scopes):
            return known.token
    return ApiToken.objects.create(
        user=user, scope_list=scopes, refresh_token=None, expires_at=None
    ).token


user = first_or_create(User, username="admin@example.com", defaults={"email": "admin@example.com"})
organization = first_or_create(Organization, slug="live-org", defaults={"name": "Live"})
team = first_or_create(
    Team, organization=organization, slug="live-team", defaults={"name": "Live"}
)
member = first_or_create(
    OrganizationMember, organization=organization, user=user, defaults={"role": "owner"}
)
first_or_create(OrganizationMemberTeam, team=team, organizationmember=member)
project = first_or_create(
    Project, organization=organization, slug="live-project", defaults={"name": "Live"}
)
project.add_team(team)
key = ProjectKey.objects.filter(project=project).first() or ProjectKey.objects.create(
    project=project
)

url, path = sys.argv[1:]
found = [
    ("URL", url),
    ("LACKS", "nothing"),
    ("TOKEN", token(user, READ + WRITE)),
    ("READONLY_TOKEN", token(user, READ)),
    ("ORG", organization.slug),
    ("PROJECT", project.slug),
    ("DSN", key.get_dsn(public=True)),
]
with io.open(path, "w") as env:
    env.writelines(u"export SENTRY_LIVE_%s=%s\n" % pair for pair in found)
