#!/bin/sh
# The firewall between the zones: the user's rules where they are mounted, else those that the topology needs.
set -eu
mine=/etc/ksc-lab/firewall.nft
if [ -d "$mine" ]; then
  echo "KSC_LAB_FIREWALL: there is no such file; give the path of a file with nftables rules" >&2
  exit 2
elif [ -f "$mine" ]; then
  nft -f "$mine"
  echo "firewall: the rules of KSC_LAB_FIREWALL"
else
  node /app/bin/ksc-lab.js rules --topology "$KSC_LAB_TOPOLOGY" | nft -f -
  echo "firewall: the rules of ksc-lab rules --topology $KSC_LAB_TOPOLOGY"
fi
nft list ruleset
trap 'exit 0' TERM INT
while :; do
  sleep 3600 &
  wait $!
done
