#!/usr/bin/env bash
# Commands that nobody should send (garbage, half JSON, deep nesting, megabytes, numbers past all):
# each is refused with an error number and a word why, and the daemons live on.
source testing/interop/lib.sh

start_siphon --osds 1 --auth none
timeout 200 /usr/bin/python3 testing/interop/bad_commands.py "$conf" >"$work/said" 2>&1 ||
  echo "exit code $?" >>"$work/said"
check_out "the daemons answer after each" '^the end$' tail -n 1 "$work/said"
head -n -1 "$work/said" >"$work/refused"
check_out "all that is asked is answered" '^58$' bash -c "wc -l <'$work/refused'"
check_out "whatever it is, it is refused, and why" '^0$' \
  bash -c "grep -Evc \": -(22|34) [\\\"'].+[\\\"']\\\$\" '$work/refused' || true"

# What a real monitor of 16.2 says. (Of a prefix that is a number it dies.)
cat >"$work/ceph" <<'END'
mon, nothing: -22 'unparseable JSON '
mon, a space: -22 'unparseable JSON  '
mon, garbage: -22 'unparseable JSON \x01\x02\xff{]['
mon, half an object: -22 'unparseable JSON {"prefix": "version"'
mon, a list: -22 'not JSON object []'
mon, a number: -22 'not JSON object 7'
mon, a string: -22 'not JSON object "version"'
mon, null: -22 'not JSON object null'
mon, no prefix: -22 'command prefix not found'
mon, an empty prefix: -22 'command prefix must not be empty'
mon, an unknown prefix: -22 'command not known'
END
head -n 11 "$work/refused" >"$work/ours"
check "the monitor says what Ceph's says" diff "$work/ceph" "$work/ours"

check_out "no pool came of it" '^0$' bash -c "set -o pipefail; rados -c '$conf' lspools | wc -l"
for name in mon.a osd.0; do
  check "$name takes a good command" ceph -c "$conf" tell "$name" version
done
