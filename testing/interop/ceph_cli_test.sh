#!/usr/bin/env bash
# Debian's unmodified `ceph` asks our monitor.
source testing/interop/lib.sh
start_siphon

fsid=$(sed -n 's/^fsid = //p' "$conf")
C=(ceph -c "$conf")

check_out "fsid" "^$fsid\$" "${C[@]}" fsid
check_out "mon dump" "^0: .v2:127.0.0.1:[0-9]+/0,v1:127.0.0.1:$mon_port/0. mon.a\$" "${C[@]}" mon dump
check_out "mon stat" 'e1: 1 mons' "${C[@]}" mon stat
check_out "osd dump" '^osd.2 up   in  weight 1 ' "${C[@]}" osd dump
check_out "osd tree" 'osd.1 +up +1.00000' "${C[@]}" osd tree
check_out "osd stat" '3 osds: 3 up .*3 in' "${C[@]}" osd stat
check_out "status" 'osd: 3 osds: 3 up' "${C[@]}" status
check_out "status -s" 'mon: 1 daemons, quorum a' "${C[@]}" -s
check_out "osd pool create" "pool 'p1' created" "${C[@]}" osd pool create p1 8
check_out "osd pool create again" "pool 'p1' already exists" "${C[@]}" osd pool create p1 8
check_out "osd pool ls" '^p1$' "${C[@]}" osd pool ls
check_out "osd pool ls detail" "pool 1 'p1' replicated size 1 .*pg_num 8" "${C[@]}" osd pool ls detail
check_out "help" 'osd pool create' "${C[@]}" --help
check_fails "a command that is none" "${C[@]}" osd frobnicate
check_fails "a pool without a name" "${C[@]}" osd pool create

[[ $(json 'j["fsid"]' ceph -c "$conf" mon dump -f json) == "$fsid" ]] && got=yes || got=no
check "mon dump -f json has the fsid" test $got = yes
up=$(json 'sum(o["up"] for o in j["osds"])' ceph -c "$conf" osd dump -f json)
check "osd dump -f json has three OSDs up" test "$up" = 3
hosts=$(json 'sum(n["type"] == "host" for n in j["nodes"])' ceph -c "$conf" osd tree -f json)
check "osd tree -f json has a host" test "$hosts" = 1
num=$(json 'j["osdmap"]["num_up_osds"]' ceph -c "$conf" status -f json)
check "status -f json counts the OSDs" test "$num" = 3

# What OSDs count, by themselves and all together.
check "rados put" rados -c "$conf" -p p1 put object "$conf"
writes=0
for osd in 0 1 2; do
  writes=$((writes + $(json 'j["osd"]["op_w"]' "${C[@]}" tell osd.$osd perf dump osd)))
done
check "tell osd.N perf dump counts the write" test "$writes" = 1
check_out "mgr stat" '"available": false' "${C[@]}" mgr stat
check_out "osd set" 'noout is set' "${C[@]}" osd set noout
check_out "osd stat shows flags" '^flags noout$' "${C[@]}" osd stat
check "osd unset" "${C[@]}" osd unset noout

# The real tools read our maps.
check "osd getmap" "${C[@]}" osd getmap -o "$work/osdmap"
check_out "osdmaptool reads it" "^pool 1 'p1'" osdmaptool --print "$work/osdmap"
check "osd getcrushmap" "${C[@]}" osd getcrushmap -o "$work/crush"
check_out "crushtool reads it" 'item osd.2 weight 1.000' crushtool -d "$work/crush"
check "mon getmap" "${C[@]}" mon getmap -o "$work/monmap"
check_out "monmaptool reads it" 'mon.a' monmaptool --print "$work/monmap"
