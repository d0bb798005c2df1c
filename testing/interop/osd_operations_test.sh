#!/usr/bin/env bash
# Object classes, watches, snapshots, limits: the same programs on real Ceph's OSD and on ours print
# the same, line by line.
source testing/interop/lib.sh
start_ceph
ceph_conf=$conf
start_siphon --osds 2
siphon_conf=$conf

# each OUT COMMAND...: its output, and exit code, with what differs between two runs replaced.
each() {
  local out=$1 code=0
  shift
  timeout 60 "$@" >"$work/raw" 2>&1 || code=$?
  sed -E 's/client\.[0-9]+/client.N/g; s/(cookie[= ]|notify_id |from )[0-9]+/\1N/g
    s/127\.0\.0\.1:0\/[0-9]+/ADDRESS/g; s/20[0-9]{2}[-.][0-9]{2}[-.][0-9]{2}[T ][0-9:.+]+/TIME/g
    s/[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.+]+/TIME/g' "$work/raw" >>"$out"
  echo "exit code $code" >>"$out"
}

# same WHAT COMMAND...: the command, with a -c CONF after its name, says the same on both.
same() {
  local what=$1 program=$2
  shift 2
  : >"$work/real" && : >"$work/ours"
  each "$work/real" "$program" -c "$ceph_conf" "$@"
  each "$work/ours" "$program" -c "$siphon_conf" "$@"
  check "$what" diff "$work/real" "$work/ours"
}

# The programs together: lines of a part that differ are shown by it.
for side in real ours; do
  side_conf=$ceph_conf
  [[ $side == real ]] || side_conf=$siphon_conf
  timeout 170 /usr/bin/python3 testing/interop/osd_operations.py "$side_conf" >"$work/$side.lines" 2>&1 ||
    echo "exit code $?" >>"$work/$side.lines"
done
check_out "the program came to its end" '^a pool.s own' cat "$work/real.lines"
for part in $(sed -n 's/^--- //p' "$work/real.lines"); do
  for side in real ours; do
    sed -n "/^--- $part\$/,/^--- /p" "$work/$side.lines" | sed '$ { /^--- /d }' >"$work/$side.part"
  done
  check "$part" diff "$work/real.part" "$work/ours.part"
done

echo hello >"$work/one" && echo second >"$work/two"
for side_conf in "$ceph_conf" "$siphon_conf"; do
  timeout 60 /usr/bin/python3 - "$side_conf" <<'PY'
import sys
import rados
with rados.Rados(conffile=sys.argv[1]) as cluster:
    cluster.create_pool("commands")
PY
done
P=(-p commands)
while read -r line; do
  # shellcheck disable=SC2086  # words of a line are arguments
  same "rados $line" rados "${P[@]}" ${line//WORK/$work}
done <<'COMMANDS'
put o WORK/one
lock get o L
lock get o L
lock info o L
lock list o
lock break o L client.99999
lock get o S --lock-type shared --lock-tag t
lock get o S --lock-type shared --lock-tag t --lock-cookie x
listwatchers o
notify o hi
mksnap s1
mksnap s1
put o WORK/two
lssnap
-s s1 get o -
get o -
-s s1 stat o
listsnaps o
rollback o s1
get o -
rm o
ls
-s s1 ls
stat o
listsnaps o
rmsnap s1
rmsnap s1
cp o o2
put a WORK/one
cp a b
get b -
setxattr a x y
listxattr a
getxattr a z
rmxattr a q
setomapval a k v
listomapvals a
getomapval a kk
getomapheader a
setomapheader a hh
getomapheader a
rmomapkey a k
clearomap a
truncate a 2
stat a
touch t
create t
set-alloc-hint t 10 10
-N ns put nso WORK/one
--object-locator key put lo WORK/one
ls --all
append a WORK/two
get a -
COMMANDS

# A real cluster fills its pools with a manager only, so these are what Ceph's OSD says of itself.
timeout 150 /usr/bin/python3 testing/interop/full_pool.py "$siphon_conf" >"$work/full" 2>&1 || true
check "a pool that has reached its quota" diff - "$work/full" <<'LINES'
full hashpspool,full,full_quota
try a new object -> errno 122
try a larger one -> errno 122
try one as large -> done
force a new one -> done
try to remove it -> done
a new object waits True
with more room -> 0
['late', 'o0', 'o1', 'o2']
LINES

check_out "the OSD shows its longest requests" '"description": "osd_op' \
  "$siphonctl" --admin "unix:$work/siphon/run/osd.0.admin.sock" dump_historic_ops
check_out "and those under way" '"num_ops": 0' \
  "$siphonctl" --admin "unix:$work/siphon/run/osd.0.admin.sock" dump_ops_in_flight
