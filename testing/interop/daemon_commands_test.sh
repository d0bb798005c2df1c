#!/usr/bin/env bash
# `ceph daemon NAME COMMAND`: Debian's program on the admin sockets of our daemons, by the daemon's name
# and by the socket's path.
source testing/interop/lib.sh

start_siphon --osds 1
# By name, the program asks ceph.conf for the socket; lib.sh's word on it would win.
export CEPH_ARGS=''
for name in mon.a osd.0; do
  for which in "$name" "$work/siphon/run/$name.asok"; do
    D=(ceph -c "$conf" daemon "$which")
    check_out "$which: version" '"release": "pacific"' "${D[@]}" version
    check_out "$which: help" '"config set": ' "${D[@]}" help
    check_out "$which: config show" '"ms_crc_data": "true"' "${D[@]}" config show
    check_out "$which: config get" '"ms_crc_data": "true"' "${D[@]}" config get ms_crc_data
    check_out "$which: config set" "success.*ms_crc_data = 'false'" \
      "${D[@]}" config set ms_crc_data false
    check_out "$which: it is set" '"ms_crc_data": "false"' "${D[@]}" config get ms_crc_data
    check_out "$which: and set back" "success" "${D[@]}" config set ms_crc_data true
    check_out "$which: compact, for programs" '\{"ms_crc_data":"true"\}' \
      "${D[@]}" -f json config get ms_crc_data
    check_fails "$which: an unknown command" "${D[@]}" no such command
  done
done
check_out "osd.0: status" '"state": "active"' ceph -c "$conf" daemon osd.0 status
check_out "osd.0: perf dump" '"op": ' ceph -c "$conf" daemon osd.0 perf dump
check_out "osd.0: dump_ops_in_flight" '"num_ops": 0' ceph -c "$conf" daemon osd.0 dump_ops_in_flight
check_out "mon.a: mon_status" '"state": "leader"' ceph -c "$conf" daemon mon.a mon_status
# Two at once, and one that says nothing.
python3 - "$work/siphon/run/osd.0.asok" <<'EOF' &
import socket, sys
s = socket.socket(socket.AF_UNIX)
s.connect(sys.argv[1])
print(len(s.recv(10)))
EOF
check_out "osd.0: beside a client that says nothing" '"release"' ceph -c "$conf" daemon osd.0 version
wait
check "the sockets are their owner's alone" test "$(stat -c %a "$work/siphon/run/osd.0.asok")" = 600
check "they go with the daemons" services/cluster/cluster.sh stop --dir "$work/siphon"
check "no socket is left" test -z "$(find "$work/siphon/run" -name '*.asok')"
rm -rf "$work/siphon"
