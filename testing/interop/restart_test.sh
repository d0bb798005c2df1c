#!/usr/bin/env bash
# What the monitor knows survives its restart; an OSD that dies is marked down.
source testing/interop/lib.sh
start_siphon
S=("$siphon" -c "$conf")
epoch() { json 'j["epoch"]' "$siphon" -c "$conf" --format json osd dump; }

check "a pool" "${S[@]}" osd pool create kept 8
head -c 100000 /dev/urandom >"$work/file"
check "put" "${S[@]}" -p kept put object "$work/file"
before=$(epoch)

pid=$(<"$work/siphon/run/mon.a.pid")
kill -TERM "$pid"
await_end 10 "$pid" && ended=yes || ended=no
check "the monitor ends on SIGTERM" test $ended = yes
check "its pid file is gone" test ! -e "$work/siphon/run/mon.a.pid"
check "it starts again" env -u CEPH_ARGS services/mon/siphon-mon -c "$conf" -i a
check_out "the pool is still there" '^kept$' "${S[@]}" osd pool ls
check "the epoch did not go back" test "$(epoch)" -ge "$before"
check "get, after the restart" "${S[@]}" -p kept get object "$work/back"
check "it is equal" cmp "$work/file" "$work/back"

pid=$(<"$work/siphon/run/mon.a.pid")
kill -KILL "$pid"
await_end 10 "$pid"
check "it starts again after SIGKILL" env -u CEPH_ARGS services/mon/siphon-mon -c "$conf" -i a
check_out "the pool is still there after SIGKILL" '^kept$' "${S[@]}" osd pool ls

# A killed OSD refuses its peers' connections, who report it at once.
before=$(epoch)
kill -KILL "$(<"$work/siphon/run/osd.1.pid")"
count_down() { json 'sum(1 - o["up"] for o in j["osds"])' "$siphon" -c "$conf" --format json osd dump; }
for _ in {1..400}; do [[ $(count_down) == 1 ]] && break; done
check "the killed OSD is marked down" test "$(count_down)" = 1
check "in a new epoch" test "$(epoch)" -gt "$before"
check "it comes back" env -u CEPH_ARGS services/osd/siphon-osd -c "$conf" -i 1
check_out "and is up" '3 osds: 3 up' "${S[@]}" osd stat

check "admin socket is for its owner only" \
  test "$(stat -c %a "$work/siphon/run/osd.0.admin.sock")" = 600
check_out "siphonctl messengers" 'ms_hb_front_server' \
  "$siphonctl" --admin "unix:$work/siphon/run/osd.0.admin.sock" messengers
check_out "siphonctl connections" 'OPEN|READY' \
  "$siphonctl" --admin "unix:$work/siphon/run/mon.a.admin.sock" connections
A=("$siphonctl" --admin "unix:$work/siphon/run/mon.a.admin.sock")

# osd_is_open: whether the monitor has an open connection with osd.2, and becomes so within seconds.
osd_is_open() {
  json 'any(c["peer"] == "osd.2" and c["state"] in ("OPEN", "READY") for c in j["connections"])' \
    "${A[@]}" connections --format json
}
becomes() {
  local try
  for try in {1..200}; do [[ $(osd_is_open) == "$1" ]] && return; done
  return 1
}
becomes True && open=yes || open=no
check "the monitor has a connection with osd.2" test $open = yes
check_out "fault partition" 'mon: partition v[12]:127.0.0.1:' "${A[@]}" fault partition mon osd.2
becomes False && closed=yes || closed=no
check "a partitioned OSD is disconnected" test $closed = yes
check_out "siphonctl messengers shows the partition" 'INJECTED FAULT' "${A[@]}" messengers
check_out "fault heal" 'no faults injected' "${A[@]}" fault heal mon
becomes True && open=yes || open=no
check "a healed OSD comes back" test $open = yes
check "pause" "${A[@]}" pause mon
check_fails "a paused monitor does not answer" timeout 2 "$siphon" -c "$conf" --connect-timeout 1s fsid
check "resume" "${A[@]}" resume mon
check_out "a resumed one does" "$(sed -n 's/^fsid = //p' "$conf")" "${S[@]}" fsid
check "option set" "${A[@]}" option set ms_max_backoff 7
check_out "option get" '7' "${A[@]}" option get ms_max_backoff
check_out "watch" 'mon' "${A[@]}" watch --interval 50ms --count 3 --format json
