#!/usr/bin/env bash
# Daemons are killed while clients write: what was acknowledged is there, once and whole, and --fsck
# finds nothing wrong. SIPHON_DURABILITY_ROUNDS rounds (10), from the seed SIPHON_DURABILITY_SEED.
source testing/interop/lib.sh
rounds=${SIPHON_DURABILITY_ROUNDS:-10} seed=${SIPHON_DURABILITY_SEED:-$RANDOM}
start_siphon --osds 2 --store rocksdb
check "a pool" "$siphon" -c "$conf" osd pool create durability 16

result=0
timeout $((60 + rounds * 10)) /usr/bin/python3 testing/interop/durability.py \
  "$conf" "$work/siphon" "$rounds" "$seed" 2>&1 | tee "$work/report" || result=1
check "$rounds rounds of kills leave every acknowledged write" test $result = 0

services/cluster/cluster.sh stop --dir "$work/siphon"
for osd in osd.0 osd.1; do
  check_out "fsck of $osd agrees" '"problem_count": 0' \
    services/osd/siphon-osd --fsck --format json --osd-data "$work/siphon/$osd"
done
check_fails "fsck of a folder without a store" \
  services/osd/siphon-osd --fsck --osd-data "$work/nothing"
check "the cluster starts again" services/cluster/cluster.sh start --dir "$work/siphon" --osds 2
check_out "and has the objects" 'compound\.0\.0' "$siphon" -c "$conf" -p durability ls
