#!/usr/bin/env bash
# An OSD without space: the same program on real Ceph and on ours prints the same; then a store that is
# really full.
source testing/interop/lib.sh
# Real daemons take what they are told through their admin sockets, which CEPH_ARGS takes away.
CEPH_ARGS='' start_ceph
ceph_conf=$conf
start_siphon --osds 2

for side in real ours; do
  side_conf=$conf
  [[ $side == ours ]] || side_conf=$ceph_conf
  timeout 200 /usr/bin/python3 testing/interop/full_osd.py "$side_conf" >"$work/$side" 2>&1 ||
    echo "exit code $?" >>"$work/$side"
done
check_out "the program came to its end" "^and is done when there is space 0" cat "$work/real"
check "both say the same" diff "$work/real" "$work/ours"
check_out "a full OSD is an error" '^OSD_FULL HEALTH_ERR' cat "$work/ours"
check_fails "no such state" ceph -c "$conf" tell osd.0 injectfull bogus

# Beyond the last ratio an OSD drops writes by itself, whatever the map says.
check "a pool" ceph -c "$conf" osd pool create small 8
check "what is there" rados -c "$conf" -p small put before "$work/ours"
for osd in 0 1; do check "osd.$osd is beyond" ceph -c "$conf" tell "osd.$osd" injectfull failsafe; done
check_fails "no write" timeout 5 rados -c "$conf" -p small put new "$work/ours"
check "but reads" rados -c "$conf" -p small get before "$work/back"
for osd in 0 1; do check "osd.$osd has space" ceph -c "$conf" tell "osd.$osd" injectfull none; done
check "and takes writes again" timeout 60 rados -c "$conf" -p small put new "$work/ours"
services/cluster/cluster.sh stop --dir "$work/siphon"
rm -rf "$work/siphon"

# A store in memory of 32 MiB: clients wait when it is full, and go on when something is deleted.
start_siphon --osds 1 --store memory
check "a small store" ceph -c "$conf" config set osd.0 memstore_device_bytes 33554432
check "a pool" ceph -c "$conf" osd pool create small 8
head -c 4194304 /dev/urandom >"$work/block"
(for i in {1..10}; do timeout 100 rados -c "$conf" -p small put "o$i" "$work/block" || exit; done) &
writers=$!
for try in {1..100}; do
  timeout 10 ceph -c "$conf" health detail >"$work/health" 2>/dev/null || true
  ! grep -q OSD_FULL "$work/health" || break
done
check_out "it is full and says so" 'osd.0 is full' cat "$work/health"
check_out "so is what is on it" "pool 'small' is full .no space." cat "$work/health"
for object in o1 o2 o3; do
  check "$object is removed" timeout 60 rados -c "$conf" -p small --force-full rm "$object"
done
code=0
wait "$writers" || code=$?
check "those who waited go on" test "$code" = 0
