#!/usr/bin/env bash
# From nothing to a finished `rados put`: a cluster with the defaults (cephx, both protocols, three OSDs
# on disk) is started, a pool made, and an object written by Debian's program. It takes well under a
# second on an idle machine; the test shows what it took, and fails only at what no load explains.
source testing/interop/lib.sh

limit_ms=5000
now_ms() { echo $(($(date +%s%N) / 1000000)); }

head -c 4096 /dev/urandom >"$work/file"
begin=$(now_ms)
start_siphon
up=$(now_ms)
"$siphon" -c "$conf" osd pool create first 8
pool=$(now_ms)
rados -c "$conf" -p first put object "$work/file"
end=$(now_ms)

echo "cluster up after $((up - begin)) ms, pool after $((pool - begin)) ms," \
  "rados put done after $((end - begin)) ms"
check "from start to a finished put in less than $limit_ms ms" test $((end - begin)) -lt $limit_ms
check "the cluster has Ceph's default of keys" grep -q '^auth_client_required = cephx' "$conf"
check "objects are on disk" grep -q '^osd_objectstore = rocksdb' "$conf"
check "get" rados -c "$conf" -p first get object "$work/back"
check "it is equal" cmp "$work/file" "$work/back"
