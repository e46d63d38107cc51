#!/bin/sh
# Installs the Debian packages named as arguments where it may (root on Debian or Ubuntu); otherwise prints the one line to run.
command -v dpkg-query >/dev/null 2>&1 || exit 0  # not Debian: Qt says itself what it misses
# Names of installed packages and of what they provide: newer releases renamed some (libglib2.0-0 is provided by libglib2.0-0t64).
there=$(dpkg-query -W -f '${db:Status-Status} ${Package}, ${Provides}\n' | sed -n 's/^installed //p' | tr ',' '\n' | sed 's/(.*//; s/ //g')
missing=""
for package in "$@"; do
  echo "$there" | grep -qxF "$package" || missing="$missing $package"
done
[ -z "$missing" ] && exit 0
if [ "$(id -u)" -ne 0 ]; then
  echo "System packages are missing. Run this, then try again:" >&2
  echo "  sudo apt-get install --no-install-recommends -y$missing" >&2
  exit 3
fi
apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq --no-install-recommends -y $missing >/dev/null
