#!/usr/bin/env bash
# The options of cephx have the effect on our daemons and programs that they have on Ceph's, keys are
# found where Ceph's programs find them, and errors about them say what to do.
source testing/interop/lib.sh

head -c 100K /dev/urandom >"$work/file"

# restart [OPTION=VALUE...]: the cluster again, with these lines in its ceph.conf.
restart() {
  services/cluster/cluster.sh stop --dir "$work/siphon"
  sed -i '/^# options/,/^# end/d' "$conf"
  { echo '# options'; printf '%s\n' '[global]' "$@" '# end'; } >>"$conf"
  rm -f "$work/siphon/log"/*
  services/cluster/cluster.sh start --dir "$work/siphon" --osds 1 >/dev/null
}
# refused WHAT PATTERN COMMAND...: the command fails, and what it says matches.
refused() {
  local what=$1 pattern=$2
  shift 2
  check_fails "$what" "$@"
  if grep -Eq -- "$pattern" "$work/out" "$work/err"; then
    note ok "$what, and says why"
  else
    note FAIL "$what, and says why" ": $* does not say \"$pattern\""
    head -c 2000 "$work/out" "$work/err" || true
  fi
}

# --- Signatures over v1.
start_siphon --osds 1 --msgr v1
S=("$siphon" -c "$conf" -p data)
R=(rados -c "$conf" -p data)
check "a pool" ceph -c "$conf" osd pool create data 8
restart 'cephx_require_signatures = true'
check "signatures required: real client" "${R[@]}" put a "$work/file"
check "signatures required: our client" "${S[@]}" get a "$work/back"
check "signatures required: equal" cmp "$work/file" "$work/back"
restart 'cephx_cluster_require_signatures = true' 'cephx_service_require_signatures = true'
check "required of the cluster and of clients: real client" "${R[@]}" put a "$work/file"
check "required of the cluster and of clients: our client" "${S[@]}" get a "$work/back"
check_fails "a real client that does not sign gets nothing" \
  timeout 6 "${R[@]}" --cephx_sign_messages=false put a "$work/file"
check "and the log says why" grep -rq 'message 1 is not signed' "$work/siphon/log"
check_fails "nor does one of ours" timeout 6 "${S[@]}" --cephx-sign-messages=false put a "$work/file"
restart 'cephx_sign_messages = false'
check "nobody signs: real client" "${R[@]}" put a "$work/file"
check "nobody signs: our client" "${S[@]}" get a "$work/back"
check_fails "who signs does not take what is not signed" \
  timeout 6 "${R[@]}" --cephx_sign_messages=true get a "$work/back"
restart 'auth_mon_ticket_ttl = 8' 'auth_service_ticket_ttl = 4'
check "tickets of seconds: our client outlives them" "${S[@]}" bench 14 write -b 4096
check "tickets of seconds: real client outlives them" "${R[@]}" bench 14 write -b 4096
services/cluster/cluster.sh stop --dir "$work/siphon"
rm -rf "$work/siphon"

# --- Where the key and ceph.conf come from.
unset CEPH_ARGS
start_siphon --osds 1
mv "$work/siphon/keyring" "$work/elsewhere"
export CEPH_CONF=$conf
refused "the keyring is missing" 'no keyring: none of .*siphon/keyring.*give --keyring' "$siphon" status
check "-k FILE" "$siphon" -k "$work/elsewhere" status
sed -n 's/^\tkey = //p' "$work/elsewhere" >"$work/key"
check "--keyfile FILE" "$siphon" --keyfile "$work/key" status
check "--key KEY" "$siphon" --key "$(cat "$work/key")" status
check "CEPH_KEYRING" env CEPH_KEYRING="$work/elsewhere" "$siphon" status
check "CEPH_ARGS" env CEPH_ARGS="--keyring $work/elsewhere --debug-ms 0" "$siphon" status
check "CEPH_ARGS with another name, and the command line's" \
  env CEPH_ARGS="--keyring $work/elsewhere --id web" "$siphon" -n client.admin status
check "as it does in Ceph's programs" \
  env CEPH_ARGS="--keyring $work/elsewhere --id web" ceph -n client.admin status
refused "a name without a key" 'has no key of client.web.*ceph auth get client.web' \
  env CEPH_ARGS="--keyring $work/elsewhere --id web" "$siphon" status
refused "a key that is none" 'key: .*print-key' "$siphon" --key nonsense status
refused "another's key" 'client.admin.*is its key the one that the cluster knows' "$siphon" \
  --connect-timeout 5s --key AQAAAAAAAAAAABAAAAECAwQFBgcICQoLDA0ODw== status
if ((EUID == 0)); then
  chmod 700 "$work" && chmod 600 "$work/elsewhere" && mkdir -p "$work/open"
  cp "$siphon" "$conf" "$work/open" && chmod 711 "$work" && chmod 755 "$work/open"
  refused "a keyring that may not be read" 'Permission denied; run this as a user who may' \
    setpriv --reuid=65534 --regid=65534 --clear-groups "$work/open/siphon" -c "$work/open/ceph.conf" \
    -k "$work/elsewhere" status
fi
services/cluster/cluster.sh stop --dir "$work/siphon"
check "siphon-mon by CEPH_CONF" env CEPH_ARGS="-i a" "$SIPHON_BIN/services/mon/siphon-mon"
check "siphon-osd by CEPH_ARGS" env CEPH_ARGS="-c $conf -n client.admin" \
  "$SIPHON_BIN/services/osd/siphon-osd" -i 0
check_out "and they serve" '1 up' "$siphon" -k "$work/elsewhere" osd stat
services/cluster/cluster.sh stop --dir "$work/siphon"
mv "$work/siphon/osd.0/keyring" "$work/osd.keyring"
mv "$work/elsewhere" "$work/siphon/keyring"
check "the monitor again" "$SIPHON_BIN/services/mon/siphon-mon" -i a
refused "an OSD without its keyring" 'no keyring: none of .*osd.0/keyring' \
  "$SIPHON_BIN/services/osd/siphon-osd" -i 0
unset CEPH_CONF
services/cluster/cluster.sh stop --dir "$work/siphon"
rm -rf "$work/siphon"

# --- What ./x cluster makes of --mode secure.
listens() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }
start_siphon --osds 1 --mode secure
check_out "secure: v2 alone" 'v2:' grep '^mon_host' "$conf"
check_fails "secure: no address of v1 is told" ceph -c "$conf" --connect-timeout 5 \
  -m "v1:127.0.0.1:$mon_port" status
check "secure: a real client" ceph -c "$conf" status
check_fails "secure: no OSD of v1" grep -q 'v1:' <(ceph -c "$conf" osd dump)
check_fails "secure: the next port is closed" listens "$((mon_port + 1))"
refused "a cluster keeps its mode" 'made with --mode secure, and --mode crc was given' \
  services/cluster/cluster.sh start --dir "$work/siphon" --mode crc
services/cluster/cluster.sh stop --dir "$work/siphon"
rm -rf "$work/siphon"
check_out "secure with both: a warning" 'listens for v1, too, which is not encrypted' \
  services/cluster/cluster.sh start --dir "$work/siphon" --mon-port "$mon_port" --osds 1 \
  --mode secure --msgr both
