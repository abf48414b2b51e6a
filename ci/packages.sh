#!/bin/bash
# Installs those of the named Debian packages that are missing. Must not start the services that they bring: what the
# tests need, they start themselves, with data folders of their own.
set -eu
missing=()
for package; do
  [ "$(dpkg-query -Wf '${Status}' "$package" 2>/dev/null)" = "install ok installed" ] || missing+=("$package")
done
[ ${#missing[@]} -gt 0 ] || exit 0

exec 9>"${TMPDIR:-/var/tmp}/packages.lock"
flock 9 # apt waits for nobody, and two servers are installed at once

policy=/usr/sbin/policy-rc.d # what Debian's packages ask before they start a service; 101 is no
if [ ! -e $policy ]; then
  trap 'rm -f $policy' EXIT
  printf '#!/bin/sh\nexit 101\n' >$policy
  chmod +x $policy
fi
apt-get update -qq
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}"
