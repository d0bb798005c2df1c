#!/usr/bin/env bash
# Keys stay where they belong: whatever is asked of daemons that log all they can, no key is in a
# log, on the admin port, in what commands print beside what they are for, nor in a file that others
# may read.
source testing/interop/lib.sh

mon=$SIPHON_BIN/services/mon/siphon-mon
osd=$SIPHON_BIN/services/osd/siphon-osd

# Who is there: the administrator, an OSD with its key in a file, one with its key in ceph.conf, and
# clients of old and new keys.
start_siphon --osds 2
admin=(ceph -c "$conf")
check "a pool" "${admin[@]}" osd pool create data 8
key_of_osd1=$("${admin[@]}" auth print-key osd.1)
services/cluster/cluster.sh stop --dir "$work/siphon"
rm -f "$work/siphon/log"/* "$work/siphon/osd.1/keyring"
printf '\n[osd.1]\nkey = %s\n' "$key_of_osd1" >>"$conf"
chmod 600 "$conf"

start() { # PROGRAM ID: with all that it can log
  check "$(basename "$1") $2, --verbose 9" env -u CEPH_ARGS "$1" -c "$conf" -i "$2" --verbose 9
}
start "$mon" a
start "$osd" 0
start "$osd" 1

# Everything that deals with keys, by both programs and both protocols; what is shown is kept.
shown=$work/shown
say() { timeout 30 "$@" </dev/null >>"$shown" 2>&1 || true; }
"${admin[@]}" auth get-or-create client.web mon 'allow r' osd 'allow rw' >"$work/web.keyring"
web=$("${admin[@]}" auth print-key client.web)
"${admin[@]}" auth export >"$work/all.keyring" 2>/dev/null
head -c 100K /dev/urandom >"$work/file"
for addr in "v2:127.0.0.1:$((mon_port + 1))" "v1:127.0.0.1:$mon_port"; do
  who=(-c "$conf" -m "$addr" -n client.web -k "$work/web.keyring")
  check "real client: put, $addr" rados "${who[@]}" -p data put object "$work/file"
  check "our client: get, $addr" "$siphon" "${who[@]}" -p data get object "$work/back" -v 9
  cat "$work/out" "$work/err" >>"$shown"
  say "$siphon" "${who[@]}" --key "$web" -v 9 status
  say "$siphon" "${who[@]}" --key "${web:0:30}" -v 9 status
  say "$siphon" -c "$conf" -m "$addr" -v 9 --connect-timeout 3s --name client.nobody --key "$web" status
  say "$siphon" -c "$conf" -m "$addr" -v 9 --connect-timeout 3s --name client.admin --key "$web" status
done
say "${admin[@]}" auth import -i "$work/all.keyring"
say "${admin[@]}" auth caps client.web mon 'allow r' osd 'allow rwx'
say "${admin[@]}" auth add client.web -i "$work/all.keyring"
say "${admin[@]}" auth del client.nobody
say "${admin[@]}" status
say "${admin[@]}" osd dump
say "${admin[@]}" config dump
say "${admin[@]}" report
say "${admin[@]}" log last 100
for daemon in mon.a osd.0 osd.1; do
  say "${admin[@]}" tell "$daemon" config show
  say "${admin[@]}" tell "$daemon" config diff
  say "${admin[@]}" tell "$daemon" config get key
  say "${admin[@]}" config show "$daemon"
  port=(--admin "unix:$work/siphon/run/$daemon.admin.sock" --format json)
  for ask in messengers connections queues 'option list' 'option get key'; do
    # shellcheck disable=SC2086
    say "$siphonctl" "${port[@]}" $ask
  done
  for dump in ops_in_flight historic_ops historic_ops_by_duration historic_slow_ops none; do
    say "$siphonctl" "${port[@]}" dump "$dump"
  done
done
check "there is something to look through" test "$(wc -c <"$shown")" -gt 20000
check "the option key is hidden from its own daemon's admin port" \
  test "$(grep -c '(hidden)' "$shown")" -ge 5
check "the daemons logged at length" test "$(cat "$work/siphon/log"/*.log | wc -l)" -gt 100

# All keys there are, in base64 and as their bytes in hexadecimal.
"${admin[@]}" auth export 2>/dev/null | sed -n 's/^\tkey = //p' >"$work/keys"
printf '%s\n' "${web:0:30}" >>"$work/keys"
check "five entities have keys" test "$(sort -u "$work/keys" | wc -l)" -ge 5
while read -r key; do
  [[ ${#key} -lt 40 ]] || base64 -d <<<"$key" | tail -c 16 | xxd -p
done <"$work/keys" >"$work/keys.hex"
check "keys are found where they are" grep -qFf "$work/keys" "$work/all.keyring"
check_fails "no log holds a key" grep -rFf "$work/keys" "$work/siphon/log"
check_fails "nor its bytes" grep -rFif "$work/keys.hex" "$work/siphon/log"
check_fails "the admin port, and answers, hold no key" grep -Ff "$work/keys" "$shown"
check_fails "nor its bytes" grep -Fif "$work/keys.hex" "$shown"

# On the disk: only files that their owner alone may read.
for file in keyring osd.0/keyring; do
  check_out "$file: mode 600" '^600$' stat -c %a "$work/siphon/$file"
done
services/cluster/cluster.sh stop --dir "$work/siphon"
# The files below these folders, but those in folders that others may not enter, that others may read
# and that hold a key, in base64 or as its bytes.
readable_with_keys() {
  find "$@" -type d ! -perm /007 -prune -o -type f -perm /077 -print0 | /usr/bin/python3 -c "import base64, sys
texts = open('$work/keys', 'rb').read().split()
keys = texts + [base64.b64decode(text)[-16:] for text in texts if len(text) == 40]
for path in sys.stdin.buffer.read().split(b'\\0'):
    if path and any(key in open(path, 'rb').read() for key in keys):
        print(path.decode())"
}
cp "$work/all.keyring" "$work/siphon/log/careless"
check_out "a careless copy of a keyring would be found" 'careless' cat <(readable_with_keys "$work/siphon")
rm "$work/siphon/log/careless"
found=$(readable_with_keys "$work/siphon")
check "no file that others may read holds a key: $found" test -z "$found"
