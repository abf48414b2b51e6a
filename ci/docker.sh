#!/bin/bash
# Starts a Docker engine of its own, on a socket of its own, and gives it a stand-in for the base image, which no package
# registry has: Debian's Python 3.11 in a minimal Debian 12 under the same name. On Debian 12, as root. Idempotent: a
# minute the first time.
#   start:  ci/docker.sh && . "$DOCKER_HOME/live.env"
#   stop:   ci/docker.sh stop
# A build reaches package registries with --network host only. Not for anything but tests on this machine.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
home=${DOCKER_HOME:-${TMPDIR:-/var/tmp}/docker}
base=${BASE_IMAGE:-python:3.11-slim-bookworm}
export DOCKER_HOST=unix://$home/engine.sock

running() { [ -s "$home/engine.pid" ] && kill -0 "$(cat "$home/engine.pid")" 2>/dev/null; }
make_base_image() {
  local root=$home/root
  rm -rf "$root"
  debootstrap --variant=minbase --include=ca-certificates,python3,python3-pip bookworm "$root"
  rm -rf "$root"/var/cache/apt/*.bin "$root"/var/cache/apt/archives/*.deb "$root"/var/lib/apt/lists/*
  # What the real image has: certificates that this machine trusts, a command "python", a Python that pip may change.
  cp /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/"
  ln -s python3 "$root/usr/bin/python"
  rm "$root"/usr/lib/python3*/EXTERNALLY-MANAGED
  tar -C "$root" -c . | docker import -c 'ENV PIP_CERT=/etc/ssl/certs/ca-certificates.crt' -c 'CMD ["python3"]' - "$base"
  rm -rf "$root"
}

if [ "${1:-start}" = stop ]; then
  if running; then
    pid=$(cat "$home/engine.pid")
    kill "$pid"
    while kill -0 "$pid" 2>/dev/null; do sleep .1; done
  fi
  umount "$home"/exec/netns/* 2>/dev/null || true # the engine leaves one mounted, and its folder could not be removed
  exit
fi

mkdir -p "$home"
"$here/packages.sh" docker.io debootstrap >"$home/packages.log" 2>&1
if ! docker info >/dev/null 2>&1; then
  setsid dockerd --data-root "$home/data" --exec-root "$home/exec" -H "$DOCKER_HOST" --pidfile "$home/engine.pid" \
    >"$home/engine.log" 2>&1 </dev/null &
  for _ in $(seq 2400); do
    docker info >/dev/null 2>&1 && break
    kill -0 $! # it has not ended
    sleep .5
  done
  docker info >/dev/null
fi
docker image inspect "$base" >/dev/null 2>&1 || make_base_image >"$home/base.log" 2>&1
echo "export DOCKER_HOST=$DOCKER_HOST" >"$home/live.env"
echo "$home/live.env"
