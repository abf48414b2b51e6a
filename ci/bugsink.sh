#!/bin/bash
# Starts a real Bugsink 2.6.1 on SQLite, an ingest server that is not Sentry's own: it refuses what Sentry forgives.
# Idempotent: half a minute the first time.
#   start:  ci/bugsink.sh && . "$BUGSINK_HOME/live.env"
#   stop:   ci/bugsink.sh stop
# Not for anything but tests on this machine: it listens on loopback only.
set -eu
home=${BUGSINK_HOME:-${TMPDIR:-/var/tmp}/bugsink}
port=${BUGSINK_PORT:-8401}

running() { [ -s "$home/gunicorn.pid" ] && kill -0 "$(cat "$home/gunicorn.pid")" 2>/dev/null; }
configure() {
  rm -f bugsink_conf.py
  venv/bin/bugsink-create-conf --template=local --host=127.0.0.1 --port="$port"
  # It answers 200 to an event that does not fit the schema and drops it: what arrives has passed the check.
  cat >>bugsink_conf.py <<CONF
DATABASES["default"]["NAME"] = "$home/db.sqlite3"
DATABASES["snappea"]["NAME"] = "$home/snappea.sqlite3"
BUGSINK.update(VALIDATE_ON_DIGEST="strict", PHONEHOME=False, INGEST_STORE_BASE_DIR="$home/ingestion")
CONF
  venv/bin/bugsink-manage migrate
}
seed() {
  venv/bin/bugsink-manage shell <<PYTHON
from bsmain.models import AuthToken
from projects.models import Project
from teams.models import Team

team, _ = Team.objects.get_or_create(name="Live")
project, _ = Project.objects.get_or_create(name="Live", defaults={"team": team})
token = AuthToken.objects.first() or AuthToken.create_full_access()
with open("$home/live.env", "w") as env:
    env.write("export BUGSINK_LIVE_URL=http://127.0.0.1:$port/api/canonical/0/\n")
    env.write(f"export BUGSINK_LIVE_DSN={project.dsn}\n")
    env.write(f"export BUGSINK_LIVE_TOKEN={token.token}\n")
PYTHON
}

mkdir -p "$home"
cd "$home"
if [ "${1:-start}" = stop ]; then
  if running; then
    pid=$(cat gunicorn.pid)
    kill "$pid"
    while kill -0 "$pid" 2>/dev/null; do sleep .1; done
  fi
  exit
fi
if [ ! -x venv/bin/bugsink-manage ]; then
  python3 -m venv venv
  venv/bin/pip install -q bugsink==2.6.1 >install.log 2>&1
fi
[ -e live.env ] || { configure; seed; } >seed.log 2>&1
running || venv/bin/gunicorn --daemon --workers 2 --bind "127.0.0.1:$port" --pid "$home/gunicorn.pid" \
  --log-file "$home/gunicorn.log" bugsink.wsgi
curl -fsS --noproxy '*' --retry 1200 --retry-delay 1 --retry-all-errors -o /dev/null "http://127.0.0.1:$port/health/ready" 2>health.log
echo "$home/live.env"
