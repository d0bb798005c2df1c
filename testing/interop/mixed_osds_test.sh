#!/usr/bin/env bash
# OSDs of both kinds in one cluster: ours under a real monitor, and a real one under ours. Clients find
# their objects on either, and the monitor hears what each says of itself.
source testing/interop/lib.sh

# state_of OSD: its words in the map.
state_of() {
  local try
  for try in {1..5}; do
    timeout 20 ceph -c "$conf" osd dump -f json >"$work/dump" 2>/dev/null || continue
    python3 -c "import json; print(*next((o['state'] for o in json.load(open('$work/dump'))['osds'] if o['osd'] == $1), []))"
    return
  done
}

# await_state OSD WORD yes|no: until the map has the word, or has it no more.
await_state() {
  local try found
  for try in {1..150}; do
    found=no
    [[ " $(state_of "$1") " != *" $2 "* ]] || found=yes
    [[ $found != "$3" ]] || return 0
  done
  return 0 # what follows tells that it is not so
}

# round_trip WHAT: objects on both OSDs, written and read by real clients and by ours.
round_trip() {
  local what=$1 i failed=0
  for i in 0 1; do check "$what: osd.$i counts" ceph -c "$conf" osd crush reweight "osd.$i" 1; done
  check "$what: a pool" ceph -c "$conf" osd pool create mixed 16
  for i in {1..24}; do
    head -c $((i * 20000)) /dev/urandom >"$work/in"
    timeout 30 rados -c "$conf" -p mixed put "real$i" "$work/in" &&
      timeout 30 "$siphon" -c "$conf" -p mixed get "real$i" "$work/out" && cmp -s "$work/in" "$work/out" || failed=1
    timeout 30 "$siphon" -c "$conf" -p mixed put "ours$i" "$work/in" &&
      timeout 30 rados -c "$conf" -p mixed get "ours$i" "$work/out" && cmp -s "$work/in" "$work/out" || failed=1
  done
  check "$what: 48 objects are equal" test "$failed" = 0
  check "$what: both list them all" test "$(rados -c "$conf" -p mixed ls | sort | md5sum)" = \
    "$("$siphon" -c "$conf" -p mixed ls | sort | md5sum)"
  for i in 0 1; do
    check_out "$what: osd.$i leads some" "p$i\\)" bash -c \
      "for n in {1..24}; do ceph -c '$conf' osd map mixed real\$n; done"
  done
}

# says_that_it_is_full WHAT OSD: the monitor marks it, and forgets it again.
says_that_it_is_full() {
  check "$1: osd.$2 is to be full" ceph -c "$conf" tell "osd.$2" injectfull full
  await_state "$2" full yes
  check "$1: the map says so" test "$(state_of "$2")" = "exists full up"
  check "$1: and has space again" ceph -c "$conf" tell "osd.$2" injectfull none
  await_state "$2" full no
  check "$1: the map says so too" test "$(state_of "$2")" = "exists up"
}

# --- Ours under a real monitor, beside a real one.
CEPH_ARGS='' MSGR=both start_ceph
cat >"$work/ours.conf" <<CONF
$(grep -E '^(fsid|mon_host|auth_.*|ms_bind_msgr.|ms_bind_port.*) = ' "$conf" | sed '1i [global]')
osd_data = $work/ours
run_dir = $work/ceph/run
pid_file = $work/ceph/run/\$name.pid
log_file = $work/ceph/log/\$name.log
CONF
check "ours starts" env -u CEPH_ARGS services/osd/siphon-osd -c "$work/ours.conf" -i 1
await_state 1 up yes
check "ours is up in the real map" test "$(state_of 1)" = "exists up"
round_trip "ours under a real monitor"
says_that_it_is_full "ours under a real monitor" 1
kill "$(<"$work/ceph/run/osd.1.pid")"
await_state 1 up no
check "it says good-bye" test "$(state_of 1)" = exists
testing/interop/real-ceph.sh stop "$work/ceph"
rm -rf "$work/ceph"

# --- A real one under our monitor, beside one of ours.
start_siphon --osds 1 --auth none --msgr v1
mkdir -p "$work/ceph/run" "$work/ceph/log" "$work/theirs"
cat >"$work/theirs.conf" <<CONF
[global]
fsid = $(ceph -c "$conf" fsid)
mon_host = [v1:127.0.0.1:$mon_port]
auth_cluster_required = none
auth_service_required = none
auth_client_required = none
ms_bind_msgr2 = false
ms_bind_port_min = $((mon_port + 500))
ms_bind_port_max = $((mon_port + 600))
public_network = 127.0.0.0/8
osd_data = $work/theirs
osd_objectstore = memstore
osd_crush_chooseleaf_type = 0
run_dir = $work/ceph/run
admin_socket = $work/ceph/run/\$name.asok
pid_file = $work/ceph/run/\$name.pid
log_file = $work/ceph/log/\$name.log
CONF
uuid=$(</proc/sys/kernel/random/uuid)
check_out "a number for it" '^1$' ceph -c "$conf" osd new "$uuid"
check "its store" env -u CEPH_ARGS ceph-osd -c "$work/theirs.conf" -i 1 --mkfs --osd-uuid "$uuid"
check "the real one starts" env -u CEPH_ARGS ceph-osd -c "$work/theirs.conf" -i 1
await_state 1 up yes
check "the real one is up in our map" test "$(state_of 1)" = "exists up"
check_out "it has said what it is" '"ceph_version_short": "16' ceph -c "$conf" osd metadata 1
round_trip "a real one under our monitor"
says_that_it_is_full "a real one under our monitor" 1
kill -9 "$(<"$work/ceph/run/osd.1.pid")"
await_state 1 up no
check "ours finds that it is dead" test "$(state_of 1)" = exists
