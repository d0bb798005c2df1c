#!/usr/bin/env bash
# Our `siphon` with a real ceph-mon and ceph-osd.
source testing/interop/lib.sh
start_ceph
make_files "$work/files"
S=("$siphon" -c "$conf")

check_out "mon dump" "^0: v1:127.0.0.1:$mon_port/0 mon.a\$" "${S[@]}" mon dump
check_out "osd dump" '^osd.0 up   in ' "${S[@]}" osd dump
check_out "osd tree" 'osd.0 +up' "${S[@]}" osd tree
check_out "status" 'osd: 1 osds: 1 up' "${S[@]}" status
check "osd pool create" "${S[@]}" osd pool create data 8
for file in "$work"/files/*; do
  name=$(basename "$file")
  check "put $name" "${S[@]}" -p data put "$name" "$file"
  check "get $name" "${S[@]}" -p data get "$name" "$work/back"
  check "$name came back equal" cmp "$file" "$work/back"
  check_out "stat $name" "size $(stat -c %s "$file")\$" "${S[@]}" -p data stat "$name"
  # What the real client reads is what ours wrote.
  check "rados get $name" rados -c "$conf" -p data get "$name" "$work/back"
  check "rados reads $name equal" cmp "$file" "$work/back"
done
"${S[@]}" -p data ls | sort >"$work/listed"
check "ls has every object" diff <(ls "$work/files" | sort) "$work/listed"
check "rm" "${S[@]}" -p data rm 4MiB
check_fails "get of what is gone" "${S[@]}" -p data get 4MiB "$work/back"
check_out "bench write" 'operations' "${S[@]}" -p data bench 1 write -b 65536
