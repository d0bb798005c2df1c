#!/usr/bin/env bash
# ./x demo: a small cluster from start to end, with real files through it.
#
# Environment: SIPHON_BIN, the folder with the programs.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
source "$here/processes.sh"
siphon=${SIPHON_BIN:?the folder with the programs}/services/client/siphon
siphonctl=$SIPHON_BIN/admin/siphonctl
dir=$(mktemp -d /tmp/siphon-demo.XXXXXX)
failures=0

say() { printf '\n== %s\n' "$*"; }

finish() {
  local code=$?
  "$here/cluster.sh" stop --dir "$dir" || code=1
  if ((code == 0)); then
    rm -rf "$dir"
  else
    echo "The demo failed; logs are in $dir/log" >&2
  fi
  exit "$code"
}
trap finish EXIT

conf=$dir/ceph.conf
s() { "$siphon" -c "$conf" "$@"; }

say "A monitor and three OSDs"
"$here/cluster.sh" start --dir "$dir" --osds 3
s status

say "A pool"
s osd pool create demo 32
s osd pool ls

say "Files in, and out again"
mkdir "$dir/files"
: >"$dir/files/empty"
printf x >"$dir/files/one-byte"
head -c 4K /dev/urandom >"$dir/files/4KiB"
head -c 4M /dev/urandom >"$dir/files/4MiB"
head -c 64M /dev/urandom >"$dir/files/64MiB"
printf '%-10s %12s  %-16s %s\n' OBJECT BYTES SHA-256 RESULT
for file in "$dir"/files/*; do
  name=$(basename "$file")
  s -p demo put "$name" "$file"
  s -p demo get "$name" "$dir/back"
  before=$(sha256sum <"$file" | cut -d' ' -f1)
  after=$(sha256sum <"$dir/back" | cut -d' ' -f1)
  result=equal
  if [[ $before != "$after" ]]; then
    result=DIFFERENT
    failures=$((failures + 1))
  fi
  printf '%-10s %12d  %-16s %s\n' "$name" "$(stat -c %s "$file")" "${before:0:16}" "$result"
done
say "The pool's objects"
s -p demo ls | sort

say "What each daemon's messengers did"
for name in mon.a osd.0 osd.1 osd.2; do
  echo "$name"
  "$siphonctl" --admin "unix:$dir/run/$name.admin.sock" messengers
  echo
done

say "An OSD stops, and the map says so"
epoch() { s --format json osd dump | /usr/bin/python3 -c 'import json, sys; print(json.load(sys.stdin)["epoch"])'; }
before=$(epoch)
pid=$(<"$dir/run/osd.2.pid")
kill -TERM "$pid"
await_end 10 "$pid"
after=$(epoch)
echo "osdmap epoch $before -> $after"
s osd tree
if ((after <= before)); then
  echo "the map did not change"
  failures=$((failures + 1))
fi

say "The end"
if ((failures > 0)); then
  echo "$failures things were not as they should be"
  exit 1
fi
echo "All files came back as they went in."
