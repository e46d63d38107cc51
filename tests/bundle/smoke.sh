#!/bin/sh
# Starts the built bundle once as an engine and once as a console. Run by `make bundle`, on a screen.
set -eu
program=$(dirname "$0")/../../dist/watchroom/watchroom
[ -e "$program" ] || program=$program.exe  # Windows
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"$program" --version
"$program" models list >/dev/null
"$program" engine --demo --data "$folder/engine" --bind 127.0.0.1:0 --for 5 | grep -q '"ready": true'
"$program" --demo --data "$folder/console" --bind 127.0.0.1:0 --screenshots "$folder/shots" --for 8
test -s "$folder/shots/01-live.png"
echo "The bundle starts: $(du -sh "$(dirname "$program")" | cut -f1)"
