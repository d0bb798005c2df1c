#!/usr/bin/env bash
# Attacks on our monitor and OSD, by somebody between them and a real Ceph client, and by strangers:
# each ends with that connection closed and a reason in the log and on the admin port, and honest
# clients go on.
source testing/interop/lib.sh

start_siphon --osds 1 --msgr v2
services/cluster/cluster.sh stop --dir "$work/siphon"
# Towards monitors Ceph prefers secure mode and allows crc, unless told otherwise.
printf '%s\n' '[global]' 'ms_max_accepting = 20' 'ms_connection_ready_timeout = 5' >>"$conf"
rm -f "$work/siphon/log"/*
services/cluster/cluster.sh start --dir "$work/siphon" --osds 1
check "a pool" ceph -c "$conf" osd pool create data 8
head -c 100K /dev/urandom >"$work/file"
middle=(/usr/bin/python3 testing/interop/man_in_the_middle.py)
port_of() { # DAEMON: where it listens for v2
  json "[p for m in j['messengers'] if m['name'] in ('mon', 'ms_public') for p in m.get('addresses', [])]" \
    "$siphonctl" --admin "unix:$work/siphon/run/$1.admin.sock" --format json messengers |
    grep -Eo 'v2:127.0.0.1:[0-9]+' | head -n 1 | cut -d: -f3
}

honest() { # WHAT
  check "$1: honest clients go on" rados -c "$conf" -p data put object "$work/file"
}

# says DAEMON WHAT PATTERN: the reason is in the log and on the admin port.
says() {
  check_out "$2: on the admin port" "$3" "$siphonctl" \
    --admin "unix:$work/siphon/run/$1.admin.sock" --format json messengers
  check "$2: in the log" grep -Eq "$3" "$work/siphon/log/$1.log"
}

# An attack by somebody in the middle: between WHAT EDIT [PATTERN].
relay=''
begin_relay() {
  coproc RELAY { exec "${middle[@]}" relay "$1" "$((mon_port + 500))" "$(port_of mon.a)"; }
  relay=$RELAY_PID
  read -r <&"${RELAY[0]}"
}
end_relay() {
  [[ -z $relay ]] || { kill "$relay" && wait "$relay" || true; } 2>/dev/null
  relay=''
}
trap 'end_relay; finish' EXIT
between() {
  local what=$1 edit=$2
  begin_relay "$edit"
  if timeout -k 1 4 ceph -c "$conf" -m "v2:127.0.0.1:$((mon_port + 500))" -s >"$work/out" 2>&1; then
    note FAIL "$what: nobody comes in"
  else
    note ok "$what: nobody comes in"
  fi
  end_relay
  [[ -z ${3:-} ]] || says mon.a "$what" "$3"
  honest "$what"
}

between "a banner made older" banner 'changed on the way'
between "another HELLO" hello 'changed on the way'
between "secure taken from the modes" modes 'changed on the way'
# The monitor is told nothing by a client that has been; ours says why it goes.
between "crc in place of secure" mode
begin_relay mode
check_fails "crc in place of secure: our client goes" "$siphon" -c "$conf" \
  -m "v2:127.0.0.1:$((mon_port + 500))" --connect-timeout 2s -v 1 status
cp "$work/err" "$work/why"
check "crc in place of secure: and says why" \
  grep -q "AUTH_CONNECTING_SIGN: the checksum of a frame's preamble" "$work/why"
end_relay
between "another proof" proof 'its key is not that of client.admin'

# What an honest client says is kept.
export RECORD=$work/said
between "nothing is changed, but the address" none 'which is no address of this side: the wrong peer'
unset RECORD

# A stranger says it again, to a monitor whose log begins anew.
services/cluster/cluster.sh stop --dir "$work/siphon"
rm -f "$work/siphon/log"/*
services/cluster/cluster.sh start --dir "$work/siphon" --osds 1
check_out "a login that is played again ends" closed "${middle[@]}" replay "$work/said" "$(port_of mon.a)"
says mon.a "a login that is played again" 'its key is not that of client.admin'

for daemon in mon.a osd.0; do
  port=$(port_of "$daemon")
  for tag in 17 20 18 8 11; do
    check_out "$daemon, frame $tag before authentication" closed "${middle[@]}" early "$tag" "$port"
  done
  # The log has a line each 100 ms.
  says "$daemon" "$daemon, frames before authentication" 'does not belong in state AUTH_ACCEPTING'
  check_out "$daemon, a message before authentication: on the admin port" MESSAGE "$siphonctl" \
    --admin "unix:$work/siphon/run/$daemon.admin.sock" --format json messengers
  coproc FLOOD { exec "${middle[@]}" flood 300 "$port"; }
  relay=$FLOOD_PID
  read -r <&"${FLOOD[0]}"
  honest "$daemon, 300 handshakes that go no further"
  end_relay
  says "$daemon" "$daemon, a flood" 'ms_max_accepting'
done

ceph -c "$conf" auth get-or-create client.web mon 'allow r' osd 'allow rw' -o "$work/web.keyring"
sed "s#key = .*#key = $(ceph -c "$conf" auth print-key client.admin)#" "$work/web.keyring" >"$work/wrong.keyring"
check_fails "a wrong key" timeout 10 ceph -c "$conf" -n client.web -k "$work/wrong.keyring" -s
says mon.a "a wrong key" 'its key is not that of client.web'
sed 's/client.web/client.nobody/' "$work/web.keyring" >"$work/nobody.keyring"
check_fails "an unknown entity" timeout 10 ceph -c "$conf" -n client.nobody -k "$work/nobody.keyring" -s
says mon.a "an unknown entity" 'there is no entity client.nobody'
honest "at the end"
