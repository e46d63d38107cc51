#!/bin/sh
# Installs the Debian packages named as arguments where it may (root on Debian or Ubuntu); otherwise prints the one line to run.
# Those after `--if-known` are good to have: where the distribution does not have them, or they cannot be installed, all goes on without.
command -v dpkg-query >/dev/null 2>&1 || exit 0  # not Debian: Qt says itself what it misses
# Names of installed packages and of what they provide: newer releases renamed some (libglib2.0-0 is provided by libglib2.0-0t64).
there=$(dpkg-query -W -f '${db:Status-Status} ${Package}, ${Provides}\n' | sed -n 's/^installed //p' | tr ',' '\n' | sed 's/(.*//; s/ //g')
missing=""
wished=""
optional=""
for package in "$@"; do
  [ "$package" = "--if-known" ] && optional=1 && continue
  echo "$there" | grep -qxF "$package" && continue
  if [ -n "$optional" ]; then wished="$wished $package"; else missing="$missing $package"; fi
done
[ -z "$missing$wished" ] && exit 0
if [ "$(id -u)" -ne 0 ]; then
  [ -z "$missing" ] && exit 0
  echo "System packages are missing. Run this, then try again:" >&2
  echo "  sudo apt-get install --no-install-recommends -y$missing" >&2
  exit 3
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
[ -z "$missing" ] || apt-get install -qq --no-install-recommends -y $missing >/dev/null || exit 3
for package in $wished; do
  apt-get install -qq --no-install-recommends -y "$package" >/dev/null 2>&1 || echo "$package is not to be had here; its tests skip." >&2
done
