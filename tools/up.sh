#!/bin/sh
# up.sh - the work of "make up": from a bare Debian 12 to a trading virtual
# enterprise. Every step is skipped or quick when there is nothing to do.
set -eu
cd "$(dirname "$0")/.."
# shellcheck source=tools/ui.sh
. tools/ui.sh
spec=${SPEC:-etc/examples/automotive.yaml}

[ "$(id -u)" -eq 0 ] || ui_fail "'make up' installs services and starts domains; it must run as root." "Run: sudo make up"
[ -r "$spec" ] || ui_fail "there is no spec '$spec'." "Name one with: make up SPEC=path/to/ve.yaml"
free=$(df -Pk /var/lib | awk 'NR == 2 { print int($4 / 1048576) }')
[ "$free" -ge 3 ] || ui_fail "only $free GiB are free below /var/lib; 3 are needed." "Free some space and run it again."

ui_run "packages" 0 tools/packages.sh build run
todo=$(make -n all 2>/dev/null | grep -c '' || true)
ui_run "build" "$todo" make -j"$(nproc)" all
# Larger than all others together: only for who asks for replicas.
images=
! grep -Eq '^ *replicas: *2' "$spec" || images="app db db-replicated kernel"
ui_run "system images" 0 make images IMAGES="$images"
ui_run "install" 0 make install
exec /usr/local/libexec/hanse/platform up "$spec"
