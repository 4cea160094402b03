#!/bin/sh
# Sets the routes of a host, which takes root, then runs ksc-lab as an ordinary user without a single capability.
#   KSC_LAB_ROUTES="203.0.113.0/24@192.0.2.254 ..."   network@firewall
set -eu
for route in ${KSC_LAB_ROUTES:-}; do
  ip route replace "${route%@*}" via "${route#*@}"
  routed=yes
done
# With routes of its own a host needs no way through Docker's bridge: what the firewall does not carry goes nowhere.
if [ "${routed:-no}" = yes ]; then ip route del default 2>/dev/null || true; fi
unset KSC_LAB_ROUTES
exec setpriv --reuid=1000 --regid=1000 --clear-groups --inh-caps=-all --bounding-set=-all --no-new-privs \
  node /app/bin/ksc-lab.js "$@"
