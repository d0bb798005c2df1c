#!/usr/bin/env bash
# The matrix: {v1, v2 crc, v2 secure} x {none, cephx} x {real clients with our daemons, our client with
# real daemons}: ten cells, and the two that do not exist.
#
# Then v2.0, spoken with a side of ours that offers nothing newer (ms_msgr2_1 = false).
#
# CELLS="ours/v2/secure/cephx ..." plays only these; v2.0 is among them as a protocol.
source testing/interop/lib.sh

make_files "$work/files"

# modes MODE: the options by which a client insists on it.
modes() { echo "--ms_client_mode=$1 --ms_mon_client_mode=$1"; }

# moves NAME PUT-AND-GET...: every file goes and comes back equal.
moves() {
  local name=$1 file
  shift
  for file in "$work"/files/*; do
    check "$name: put $(basename "$file")" "$@" put "$(basename "$file")" "$file"
    check "$name: get $(basename "$file")" "$@" get "$(basename "$file")" "$work/back"
    check "$name: $(basename "$file") came back equal" cmp "$file" "$work/back"
  done
}

ours() { # MSGR MODE AUTH
  local name="real clients, our daemons, $1 $2 $3" msgr=${1%.0} flags
  read -ra flags <<<"$(modes "$2")"
  [[ $msgr == v2 ]] || flags=()
  start_siphon --osds 1 --msgr "$msgr" --auth "$3" $([[ $2 != secure ]] || echo --mode secure)
  if [[ $1 == v2.0 ]]; then
    services/cluster/cluster.sh stop --dir "$work/siphon"
    echo "ms_msgr2_1 = false" >>"$conf"
    services/cluster/cluster.sh start --dir "$work/siphon" --osds 1
    check_out "$name: the revision is on record" 'v2\.0' \
      "$siphonctl" --admin "unix:$work/siphon/run/osd.0.admin.sock" connections
  fi
  check_out "$name: ceph -s" 'osd: 1 osds: 1 up' ceph -c "$conf" "${flags[@]}" -s
  check_out "$name: mon dump" "$msgr:127.0.0.1" ceph -c "$conf" "${flags[@]}" mon dump
  check "$name: a pool" ceph -c "$conf" "${flags[@]}" osd pool create data 8
  check_out "$name: osd dump" "pool 1 'data'" ceph -c "$conf" "${flags[@]}" osd dump
  moves "$name" rados -c "$conf" "${flags[@]}" -p data
  check_out "$name: rados ls" '^4MiB$' rados -c "$conf" "${flags[@]}" -p data ls
  check "$name: it stops" services/cluster/cluster.sh stop --dir "$work/siphon"
  rm -rf "$work/siphon"
}

real() { # MSGR MODE AUTH
  local name="our client, real daemons, $1 $2 $3" msgr=${1%.0} flags
  read -ra flags <<<"$(modes "$2" | tr _ -)"
  [[ $msgr == v2 ]] || flags=()
  [[ $1 != v2.0 ]] || flags+=(--ms-msgr2-1=false)
  AUTH=$3 MSGR=$msgr MODE=$2 start_ceph
  local S=("$siphon" -c "$conf" "${flags[@]}")
  check_out "$name: status" 'osd: 1 osds: 1 up' "${S[@]}" status
  check_out "$name: mon dump" "$msgr:127.0.0.1" "${S[@]}" mon dump
  check "$name: a pool" "${S[@]}" osd pool create data 8
  moves "$name" "${S[@]}" -p data
  check "$name: rados reads what ours wrote" rados -c "$conf" -p data get 4MiB "$work/back"
  check "$name: the same" cmp "$work/files/4MiB" "$work/back"
  testing/interop/real-ceph.sh stop "$work/ceph"
  rm -rf "$work/ceph"
}

for cell in ${CELLS:-ours/v1/crc/none ours/v1/crc/cephx ours/v2/crc/none ours/v2/crc/cephx \
  ours/v2/secure/cephx real/v1/crc/none real/v1/crc/cephx real/v2/crc/none real/v2/crc/cephx \
  real/v2/secure/cephx ours/v2.0/crc/none ours/v2.0/secure/cephx real/v2.0/crc/none \
  real/v2.0/secure/cephx}; do
  IFS=/ read -r side msgr mode auth <<<"$cell"
  "$side" "$msgr" "$mode" "$auth"
done
[[ -z ${CELLS:-} ]] || exit 0

# Secure mode needs a key, and method none has none.
name="secure mode with auth none"
# refused WHAT PATTERN COMMAND...: the command fails, and what it says matches.
refused() {
  local what=$1 pattern=$2
  shift 2
  check_fails "$what" "$@"
  if grep -Eq -- "$pattern" "$work/out" "$work/err"; then
    note ok "$what, and says why"
  else
    note FAIL "$what, and says why" ": $* does not say \"$pattern\""
  fi
}
refused "$name: a cluster of ours does not begin" 'secure needs a key' \
  services/cluster/cluster.sh start --dir "$work/siphon" --msgr v2 --mode secure --auth none
rm -rf "$work/siphon"
AUTH=none MSGR=v2 MODE=crc start_ceph
refused "$name: our client does not go to real daemons" 'secure alone, and auth_client_required is none' \
  "$siphon" -c "$conf" --ms-client-mode=secure --ms-mon-client-mode=secure status
testing/interop/real-ceph.sh stop "$work/ceph"
rm -rf "$work/ceph"
start_siphon --osds 1 --msgr v2 --auth none
check_fails "$name: a real client does not come to our monitor" \
  ceph -c "$conf" --connect-timeout 5 --ms_mon_client_mode=secure --ms_client_mode=secure -s
