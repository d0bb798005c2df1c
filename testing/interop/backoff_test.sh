#!/usr/bin/env bash
# Back-offs: clients of a placement group that is held wait, and go on when it is released: Debian's
# librados, and ours.
source testing/interop/lib.sh
start_siphon --osds 1
check "a pool of one group" ceph -c "$conf" osd pool create data 1
O=(ceph -c "$conf" tell osd.0)
# waits_for HOW-MANY WHAT: until so many clients were told to wait.
waits_for() {
  local deadline=$((SECONDS + 60)) waiting=''
  while [[ $waiting != "$1" ]] && ((SECONDS < deadline)); do
    waiting=$(timeout 20 "${O[@]}" dump_backoffs 2>"$work/err" |
      /usr/bin/python3 -c 'import json, sys; print(json.load(sys.stdin)["waiting"])')
  done
  check "$2: $1 told to wait" test "$waiting" = "$1"
}

head -c 100000 /dev/urandom >"$work/file"
for name in rados siphon; do
  program=(rados)
  [[ $name == rados ]] || program=("$siphon")
  check "$name: the group is held" "${O[@]}" pg hold 1.0
  timeout 120 "${program[@]}" -c "$conf" -p data put "$name" "$work/file" 2>"$work/put.err" &
  put=$!
  waits_for 1 "$name"
  check "$name: it waits" kill -0 "$put"
  check "$name: the group is released" "${O[@]}" pg release 1.0
  code=0
  wait "$put" || code=$?
  check "$name: then it is done" test "$code" = 0
  check "$name: get" "${program[@]}" -c "$conf" -p data get "$name" "$work/back"
  check "$name: the same" cmp "$work/file" "$work/back"
  waits_for 0 "$name, at the end"
done
check_out "appends while the group is held and released come once, in order" '^all 1000 appends' \
  /usr/bin/python3 testing/interop/backoff.py "$conf" data
check_out "what was told is counted" '"backoffs_sent": [1-9]' "${O[@]}" perf dump
check_fails "a group that is not there" "${O[@]}" pg hold 1.7
check_fails "no group" "${O[@]}" pg hold one
check_fails "what is not held" "${O[@]}" pg release 1.0
