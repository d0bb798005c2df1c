#!/usr/bin/env bash
# OSDs of ours that are told to compress still serve Ceph 16.2's clients, which know of no
# compression, and ours; and agree on it among themselves.
source testing/interop/lib.sh

# Heartbeats are between OSDs; the connections of clients say nothing of compression.
compressed() {
  json "[c for c in j['connections'] if c.get('compression') == 'zstd' and c.get('peer') == 'osd.1']" \
    "$siphonctl" --admin "unix:$work/siphon/run/osd.0.admin.sock" --format json connections |
    grep -q 'osd.1'
}
among_themselves() {
  local try
  for try in {1..100}; do
    compressed && return
    read -rt 0.1 <> <(:) || true
  done
  return 1
}

make_files "$work/files"
for mode in crc secure; do
  start_siphon --osds 2 --mode "$mode"
  services/cluster/cluster.sh stop --dir "$work/siphon"
  printf '%s\n' '[global]' 'ms_osd_compress_mode = force' 'ms_compress_secure = true' \
    'ms_osd_compression_algorithm = zstd lz4' 'ms_osd_compress_min_size = 64' >>"$conf"
  services/cluster/cluster.sh start --dir "$work/siphon" --osds 2
  check "$mode: a pool" ceph -c "$conf" osd pool create data 8
  for file in "$work/files"/*; do
    name=$(basename "$file")
    check "$mode: real client, put $name" rados -c "$conf" -p data put "$name" "$file"
    check "$mode: our client, get $name" "$siphon" -c "$conf" -p data get "$name" "$work/back"
    check "$mode: equal" cmp "$file" "$work/back"
    check "$mode: real client, get $name" rados -c "$conf" -p data get "$name" "$work/back"
    check "$mode: equal" cmp "$file" "$work/back"
  done
  if among_themselves; then
    note ok "$mode: OSDs agree on zstd"
  else
    note FAIL "$mode: OSDs agree on zstd"
  fi
  services/cluster/cluster.sh stop --dir "$work/siphon"
  rm -rf "$work/siphon"
done
