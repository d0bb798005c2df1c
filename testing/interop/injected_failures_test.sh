#!/usr/bin/env bash
# Sockets that fail all the time, in real Ceph's daemons and in ours: every object comes back equal.
#
# OBJECTS is how many (200).
source testing/interop/lib.sh
objects=${OBJECTS:-200}

# Objects of 0 bytes to some 4 MiB, most of them small.
make_objects() {
  mkdir -p "$work/before" "$work/after"
  /usr/bin/python3 - "$work/before" "$objects" <<'PY'
import os
import random
import sys

random.seed(1)
for i in range(int(sys.argv[2])):
    size = random.choice([0, 1, 100, 4096, 65536, 1 << 20]) + random.randrange(1000)
    if i % 50 == 0:
        size = 4 << 20
    with open(f"{sys.argv[1]}/object-{i}", "wb") as f:
        f.write(os.urandom(size))
PY
}

# round NAME PUT...: puts and gets all objects, several at a time, and compares them.
round_trip() {
  local name=$1
  shift
  rm -f "$work"/after/*
  check "$name: every put succeeds" bash -c \
    "ls '$work/before' | xargs -P 8 -I{} timeout 120 $* put {} '$work/before/{}'"
  check "$name: every get succeeds" bash -c \
    "ls '$work/before' | xargs -P 8 -I{} timeout 120 $* get {} '$work/after/{}'"
  check "$name: all $objects objects are equal" diff -r "$work/before" "$work/after"
}
# The rounds are longer than an ordinary check.
timeout() { if [[ $1 == 60 ]]; then shift; command timeout 1500 "$@"; else command timeout "$@"; fi; }

make_objects
EXTRA_CONF='ms_inject_socket_failures = 200\nms_max_backoff = 1' start_ceph
# The clients of this test read the same file; only the daemons are to fail.
sed '/ms_inject_socket_failures/d' "$conf" >"$work/client.conf"
check "a pool in real Ceph" "$siphon" -c "$work/client.conf" osd pool create data 16
round_trip "siphon with failing ceph-mon and ceph-osd" "$siphon" -c "$work/client.conf" -p data
testing/interop/real-ceph.sh stop "$work/ceph"

start_siphon
check "a pool in ours" "$siphon" -c "$conf" osd pool create data 16
for name in mon.a osd.0 osd.1 osd.2; do
  check "$name: failures on" "$siphonctl" --admin "unix:$work/siphon/run/$name.admin.sock" \
    option set ms_inject_socket_failures 200
done
round_trip "rados with failing siphon-mon and siphon-osd" rados -c "$conf" -p data
