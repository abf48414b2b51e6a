#!/bin/bash
# Prints the path of a Python of the version that is named, as "3.12". Looked for on the PATH, as python3.12; then in a
# variable, as PYTHON_3_12; then below ~/.pyenv/versions. Fails with the reason where there is none.
set -eu
version=$1
variable=PYTHON_${version//./_}
for python in "python$version" "${!variable:-}" "$HOME/.pyenv/versions/$version".*/bin/python; do
  # A command of that name may be there and know no such Python: pyenv's are.
  "$python" - "$version" 2>/dev/null <<'PYTHON' && exit
import sys

if "%d.%d" % sys.version_info[:2] != sys.argv[1]:
    sys.exit(1)
print(sys.executable)
PYTHON
done
echo "there is no Python $version: not on the PATH as python$version, not in $variable, not below ~/.pyenv/versions" >&2
exit 1
