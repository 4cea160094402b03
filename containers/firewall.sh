#!/bin/sh
# The firewall between the zones: the user's rules where they are mounted, else those that the topology needs. Then, as an
# ordinary user who may do nothing but set rules, its management: `verify` asks it which rule decided.
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
exec setpriv --reuid=1000 --regid=1000 --clear-groups --inh-caps=-all,+net_admin --ambient-caps=-all,+net_admin \
  --bounding-set=-all,+net_admin --no-new-privs node /app/bin/ksc-lab.js run --firewall
