#!/usr/bin/env bash
# Clients that are shut out (`osd blocklist`): the same program on real Ceph and on ours prints the same,
# and our own client says what happened to it.
source testing/interop/lib.sh
start_ceph
ceph_conf=$conf
start_siphon --osds 2

for side in real ours; do
  side_conf=$conf
  [[ $side == ours ]] || side_conf=$ceph_conf
  timeout 280 /usr/bin/python3 testing/interop/fencing.py "$side_conf" >"$work/$side" 2>&1 ||
    echo "exit code $?" >>"$work/$side"
done
check_out "the program came to its end" '^all are let in -> 0|^all are let in 0' cat "$work/real"
check "both say the same" diff "$work/real" "$work/ours"
check_out "a write of one shut out fails with ESHUTDOWN" '^write -> 108' cat "$work/ours"

# An address with port and nonce 0 is everybody on that host; ask until the OSDs have the map.
# refuses WHAT PATTERN COMMAND...
refuses() {
  local what=$1 pattern=$2 deadline=$((SECONDS + 30)) code=0
  shift 2
  while ((SECONDS < deadline)); do
    code=0
    timeout 20 "$@" >"$work/said" 2>&1 || code=$?
    ((code == 0)) || break
  done
  check "$what" test "$code" != 0 -a "$code" != 124  # 124: it hung
  check_out "$what, and says why" "$pattern" cat "$work/said"
}
for side in real ours; do
  side_conf=$conf
  [[ $side == ours ]] || side_conf=$ceph_conf
  check "$side: our client writes" "$siphon" -c "$side_conf" -p fenced put mine "$work/real"
  check "$side: a host is shut out" ceph -c "$side_conf" osd blocklist add 127.0.0.1:0/0 600
  refuses "$side: our client does not write" 'address is blocked' \
    "$siphon" -c "$side_conf" -p fenced put mine "$work/ours"
  refuses "$side: rados does not write" '108|shutdown' \
    rados -c "$side_conf" -p fenced put mine "$work/ours"
  check "$side: it is let in" ceph -c "$side_conf" osd blocklist rm 127.0.0.1:0/0
done
