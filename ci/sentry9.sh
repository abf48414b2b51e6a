#!/bin/bash
# Starts a real Sentry 9.1.2, the last one that package registries alone can install: Python 2.7, Postgres 15, Redis 7;
# on Debian 12, as root. Idempotent: about two minutes the first time, seconds when it already runs.
#   start:  ci/sentry9.sh && . "$SENTRY9_HOME/live.env"
#   stop:   ci/sentry9.sh stop
# Not for anything but tests on this machine: it listens on loopback only, and anyone on the machine may use its database.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
home=${SENTRY9_HOME:-${TMPDIR:-/var/tmp}/sentry9}
port=${SENTRY9_PORT:-8400}
redis_port=${SENTRY9_REDIS_PORT:-56379}
postgres=/usr/lib/postgresql/15/bin

as_postgres() { setpriv --reuid=postgres --regid=postgres --clear-groups "$@"; } # Postgres refuses to run as root
database() { as_postgres "$postgres/pg_ctl" -D "$home/pg/data" "$@"; }
running() { [ -s "$home/run/$1.pid" ] && kill -0 "$(cat "$home/run/$1.pid")" 2>/dev/null; }
start() { # NAME COMMAND...: with a process group of its own, so that its children can be stopped with it
  running "$1" || {
    setsid "${@:2}" >"$home/logs/$1.log" 2>&1 </dev/null &
    echo $! >"$home/run/$1.pid"
  }
}
install_sentry() {
  python3 -m venv "$home/tools"
  "$home/tools/bin/pip" install -q virtualenv==20.21.1 # the last one that makes environments for Python 2.7
  "$home/tools/bin/virtualenv" -q -p "$("$here/python.sh" 2.7)" "$home/venv"
  # To compile uwsgi for speed would take longer than all that it is asked for.
  CFLAGS=-O0 "$home/venv/bin/pip" install -q sentry==9.1.2
}
create_database() {
  install -d -o postgres "$home/pg"
  as_postgres "$postgres/initdb" -D "$home/pg/data" -U postgres --auth=trust -E UTF8 --locale=C.UTF-8
  cat >>"$home/pg/data/postgresql.conf" <<CONF
listen_addresses = ''
unix_socket_directories = '$home/pg'
fsync = off
CONF
}
configure() {
  rm -rf "$home/conf"
  "$home/venv/bin/sentry" init "$home/conf"
  cat >>"$home/conf/sentry.conf.py" <<CONF
DATABASES['default'].update(NAME='sentry', USER='postgres', PASSWORD='', HOST='$home/pg')
BROKER_URL = 'redis://127.0.0.1:$redis_port/1'
SENTRY_WEB_HOST = '127.0.0.1'
SENTRY_WEB_PORT = $port
# Bare uwsgi drops a kept-alive connection without a word; told so, clients open a new one.
SENTRY_WEB_OPTIONS = {'workers': 2, 'add-header': 'Connection: close'}
# What it uses else runs a script that Redis 7 refuses.
SENTRY_DIGESTS = 'sentry.digests.backends.dummy.DummyBackend'
SENTRY_BEACON = False
SENTRY_PUBLIC = False
SENTRY_FEATURES['auth:register'] = False
SENTRY_FEATURES['projects:sample-events'] = False
CELERYBEAT_SCHEDULE_FILENAME = '$home/run/celerybeat'
CONF
  cat >>"$home/conf/config.yml" <<CONF
mail.backend: dummy
system.url-prefix: http://127.0.0.1:$port
system.admin-email: admin@example.com
auth.allow-registration: false
beacon.anonymous: true
filestore.backend: filesystem
filestore.options: {location: $home/files}
redis.clusters: {default: {hosts: {0: {host: 127.0.0.1, port: $redis_port, db: 0}}}}
CONF
  touch "$home/conf/complete"
}
stop() { # each with its process group; by force what is not gone in ten seconds
  local name groups=()
  for name in web worker cron redis; do
    if running $name; then groups+=("-$(cat "$home/run/$name.pid")"); fi
  done
  if [ ${#groups[@]} -gt 0 ]; then
    kill -- "${groups[@]}" || true
    for _ in $(seq 100); do
      kill -0 -- "${groups[@]}" 2>/dev/null || break
      sleep .1
    done
    kill -9 -- "${groups[@]}" 2>/dev/null || true
  fi
  rm -f "$home"/run/*.pid
  if database status >/dev/null 2>&1; then database -m fast stop >/dev/null; fi
}

if [ "${1:-start}" = stop ]; then
  stop
  exit
fi

mkdir -p "$home"/{run,logs,files}
chmod 755 "$home"
"$here/python.sh" 2.7 >/dev/null # or the reason why there is none
"$here/packages.sh" postgresql-15 redis-server libpq-dev gcc libc6-dev curl >"$home/logs/packages.log" 2>&1
[ -x "$home/venv/bin/sentry" ] || install_sentry >"$home/logs/install.log" 2>&1
[ -s "$home/pg/data/PG_VERSION" ] || create_database >"$home/logs/initdb.log" 2>&1
[ -e "$home/conf/complete" ] || configure >"$home/logs/configure.log" 2>&1

database status >/dev/null || database -l "$home/pg/log" -w -t 1200 start >/dev/null
start redis redis-server --bind 127.0.0.1 --port "$redis_port" --dir "$home/run" --save ''

export SENTRY_CONF=$home/conf PATH=$home/venv/bin:$PATH C_FORCE_ROOT=1
if [ ! -e "$home/run/migrated" ]; then
  as_postgres "$postgres/createdb" -h "$home/pg" sentry 2>/dev/null || true
  python "$here/sentry9_upgrade.py" >"$home/logs/upgrade.log" 2>&1
  touch "$home/run/migrated"
fi
cd "$home"
start web sentry run web
start worker sentry run worker -c 2
start cron sentry run cron --quiet --pidfile "$home/run/beat.pid"

python "$here/sentry9_seed.py" "http://127.0.0.1:$port" "$home/live.env" >"$home/logs/seed.log" 2>&1
curl -fsS --noproxy '*' --retry 1200 --retry-delay 1 --retry-all-errors -o /dev/null "http://127.0.0.1:$port/_health/" 2>"$home/logs/health.log"
echo "$home/live.env"
