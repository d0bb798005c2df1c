#!/usr/bin/env bash
# Starts, shows and stops a small Siphon cluster on loopback: cluster.sh start|status|stop --dir DIR.
#
# Environment: SIPHON_BIN, the folder with services/mon/siphon-mon and the other programs.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/processes.sh"
# These may be about another cluster; here DIR/ceph.conf alone counts.
unset CEPH_ARGS CEPH_CONF CEPH_KEYRING

usage() {
  cat <<'EOF'
usage: ./x cluster start --dir DIR [--osds N] [--mon-port P] [--store rocksdb|memory]
                         [--auth cephx|none] [--msgr both|v1|v2] [--mode crc|secure]
       ./x cluster status --dir DIR
       ./x cluster stop --dir DIR

start  starts a monitor and N OSDs (3), waits until all are up, and leaves them running.
       DIR/ceph.conf        for any Ceph program: rados -c DIR/ceph.conf lspools
       DIR/keyring          the key of client.admin; DIR/osd.N/keyring, of an OSD with cephx
       DIR/log/NAME.log     what each daemon has to say
       DIR/run/NAME.pid     and NAME.admin.sock, the admin port for siphonctl; NAME.asok is for
                            ceph daemon DIR/run/NAME.asok help
       --mon-port P         the monitor's port; without it a free one from 16789 on. With both
                            protocols v1 has P and v2 the next
       --auth cephx|none    whether keys are asked for (cephx)
       --msgr both|v1|v2    the protocols to speak (both; v2 alone with --mode secure)
       --mode crc|secure    what v2 protects messages by; without it each connection has Ceph's
                            default. Secure takes cephx, and v2 alone: v1 encrypts nothing, and
                            with --msgr both the cluster listens in the clear as well
       --store rocksdb      where objects live: rocksdb, in DIR/osd.N (the default), or memory
status shows whether the daemons run, and the cluster's own word
stop   ends the daemons cleanly; what DIR/mon and DIR/osd.N hold stays, objects in memory do not
EOF
}

fail() {
  echo "cluster: $*" >&2
  exit 1
}

dir='' osds=3 port='' store='' auth='' msgr='' mode=''
parse() {
  while (($# > 0)); do
    case $1 in
      --dir | --osds | --mon-port | --store | --auth | --msgr | --mode)
        (($# > 1)) || fail "$1 needs a value; see ./x cluster --help"
        case $1 in
          --dir) dir=$2 ;;
          --osds) osds=$2 ;;
          --mon-port) port=$2 ;;
          --store) store=$2 ;;
          --auth) auth=$2 ;;
          --msgr) msgr=$2 ;;
          --mode) mode=$2 ;;
        esac
        shift 2
        ;;
      --help | -h)
        usage
        exit 0
        ;;
      *)
        echo "cluster: \"$1\" is no option" >&2
        usage >&2
        exit 2
        ;;
    esac
  done
  [[ -n $dir ]] || fail "give the cluster's folder with --dir DIR"
}

program() { echo "${SIPHON_BIN:?the folder with the programs}/$1"; }
mon=$(program services/mon/siphon-mon)
osd=$(program services/osd/siphon-osd)
siphon=$(program services/client/siphon)

is_listened_on() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# A port that nobody listens on, nor on the next, below the range that the kernel gives to clients.
free_port() {
  local p
  for ((p = 16789; p < 17789; p += 2)); do
    is_listened_on "$p" || is_listened_on "$((p + 1))" || {
      echo "$p"
      return
    }
  done
  fail "no free port from 16789 to 17788; give one with --mon-port"
}

# What was not said. v1 has no secure mode: whoever wants messages encrypted gets v1 only by asking.
choose_security() {
  if [[ $mode == secure && $msgr == both ]]; then
    echo "cluster: warning: --msgr both listens for v1, too, which is not encrypted" >&2
  fi
  [[ -n $auth ]] || auth=cephx
  [[ -n $msgr ]] || msgr=$([[ $mode == secure ]] && echo v2 || echo both)
}

check_security() {
  [[ $auth == none || $auth == cephx ]] || fail "--auth $auth: give none or cephx"
  [[ $msgr == v1 || $msgr == v2 || $msgr == both ]] || fail "--msgr $msgr: give v1, v2 or both"
  [[ -z $mode || $mode == crc || $mode == secure ]] || fail "--mode $mode: give crc or secure"
  [[ $mode != secure || $auth == cephx ]] ||
    fail "--mode secure needs a key to encrypt with, and --auth none has none; add --auth cephx"
  [[ $mode != secure || $msgr != v1 ]] || fail "--mode secure: msgr v1 has no such mode; add --msgr v2"
}

# A cluster keeps what it was made with: being told otherwise is no reason to pretend.
check_same() {
  local had_auth had_msgr=both had_mode
  value() { sed -n "s/^$1 = //p" "$dir/ceph.conf" | head -n 1; }
  had_auth=$(value auth_cluster_required) had_mode=$(value ms_client_mode)
  [[ $(value ms_bind_msgr1) != false ]] || had_msgr=v2
  [[ $(value ms_bind_msgr2) != false ]] || had_msgr=v1
  [[ ${auth:-$had_auth} == "$had_auth" ]] || differs "--auth $auth" "--auth $had_auth"
  [[ ${msgr:-$had_msgr} == "$had_msgr" ]] || differs "--msgr $msgr" "--msgr $had_msgr"
  [[ ${mode:-$had_mode} == "$had_mode" ]] || differs "--mode $mode" "${had_mode:+--mode }${had_mode:-no --mode}"
  auth=$had_auth msgr=$had_msgr mode=$had_mode
}

differs() {
  fail "$dir/ceph.conf is there already, made with $2, and $1 was given; leave it out, edit the file," \
    "or take another folder"
}

mon_addrs() {
  case $msgr in
    v1) echo "v1:127.0.0.1:$port/0" ;;
    v2) echo "v2:127.0.0.1:$port/0" ;;
    both) echo "[v2:127.0.0.1:$((port + 1))/0,v1:127.0.0.1:$port/0]" ;;
  esac
}

write_modes() {
  local option
  [[ -n $mode ]] || return 0
  for option in ms_{,mon_}{cluster,service,client}_mode; do echo "$option = $mode"; done
}

write_conf() {
  cat >"$dir/ceph.conf" <<EOF
[global]
fsid = $(cat /proc/sys/kernel/random/uuid)
mon_host = $(mon_addrs)
auth_cluster_required = $auth
auth_service_required = $auth
auth_client_required = $auth
ms_bind_msgr1 = $([[ $msgr != v2 ]] && echo true || echo false)
ms_bind_msgr2 = $([[ $msgr != v1 ]] && echo true || echo false)
$(write_modes)
ms_bind_port_min = $((port + 100))
ms_bind_port_max = $((port + 900))
keyring = $dir/keyring
osd_pool_default_size = 1
osd_pool_default_min_size = 1
osd_crush_chooseleaf_type = 0

[mon]
mon_data = $dir/mon
log_file = $dir/log/\$name.log
pid_file = $dir/run/\$name.pid
run_dir = $dir/run
admin_socket = $dir/run/\$name.asok

[osd]
public_addr = 127.0.0.1
cluster_addr = 127.0.0.1
osd_data = $dir/osd.\$id
keyring = $dir/osd.\$id/keyring
osd_objectstore = ${store:-rocksdb}
log_file = $dir/log/\$name.log
pid_file = $dir/run/\$name.pid
run_dir = $dir/run
admin_socket = $dir/run/\$name.asok
EOF
}

# Says why a daemon did not start, with the end of its log.
explain() {
  echo "cluster: $1 did not start" >&2
  [[ -s $dir/log/$1.log ]] && tail -n 15 "$dir/log/$1.log" >&2
  stop_all || true
  exit 1
}

# Starts an OSD, which with cephx needs a key: the monitor makes it.
start_osd() {
  local keyring=$dir/osd.$1/keyring
  if grep -q '^auth_cluster_required = cephx' "$dir/ceph.conf" && [[ ! -s $keyring ]]; then
    local caps='["mon", "allow profile osd", "mgr", "allow profile osd", "osd", "allow *"]'
    local ask='{"prefix": "auth get-or-create", "entity": "osd.'$1'", "caps": '$caps'}'
    (umask 077 && "$siphon" -c "$dir/ceph.conf" command "$ask" >"$keyring")
  fi
  exec timeout 30 "$osd" -c "$dir/ceph.conf" -i "$1"
}

start() {
  if [[ ! -e $dir/ceph.conf ]]; then choose_security; else check_same; fi
  check_security
  [[ -z $store || $store == memory || $store == rocksdb ]] ||
    fail "--store $store: there is no such store; give rocksdb or memory"
  [[ $osds =~ ^[1-9][0-9]*$ ]] || fail "--osds $osds: give a number from 1 on"
  mkdir -p "$dir"
  dir=$(cd "$dir" && pwd)
  [[ -z $(running_daemons) ]] || fail "$dir has a running cluster; stop it first"
  local begin
  begin=$(date +%s%N)
  mkdir -p "$dir/log" "$dir/run"
  if [[ ! -e $dir/ceph.conf ]]; then
    [[ -n $port ]] || port=$(free_port)
    write_conf
  elif [[ -n $port ]]; then
    fail "$dir/ceph.conf is there already, with its own port; leave --mon-port out"
  elif [[ -n $store ]] && ! grep -q "^osd_objectstore = $store\$" "$dir/ceph.conf"; then
    fail "$dir/ceph.conf is there already, with another store; leave --store out"
  fi
  # Each program returns when its daemon is up (an OSD, when the map says so), and has 30 s for it.
  timeout 30 "$mon" -c "$dir/ceph.conf" -i a || explain mon.a
  local id pids=()
  for ((id = 0; id < osds; id++)); do
    mkdir -p "$dir/osd.$id"
    start_osd "$id" &
    pids+=($!)
  done
  local late=''
  for ((id = 0; id < osds; id++)); do
    wait "${pids[$id]}" || late=${late:-osd.$id}
  done
  [[ -z $late ]] || explain "$late"
  local took=$((($(date +%s%N) - begin) / 1000000))
  echo "A monitor and $osds OSDs are up after $took ms. Use them with -c $dir/ceph.conf"
}

# The process of a daemon, if it runs: a killed one leaves its pid file, and the kernel may have given
# the number to another program.
process_of() {
  local pid name
  { read -r pid <"$dir/run/$1.pid"; } 2>/dev/null || return 0
  { read -r name <"/proc/$pid/comm"; } 2>/dev/null || return 0
  if [[ $name == siphon-* ]] && is_running "$pid"; then echo "$pid"; fi
}

# The names of the daemons that run, a line each, with their process ids.
running_daemons() {
  local file name pid
  for file in "$dir"/run/*.pid; do
    name=$(basename "$file" .pid)
    pid=$(process_of "$name")
    [[ -z $pid ]] || echo "$name $pid"
  done
}

status() {
  [[ -e $dir/ceph.conf ]] || fail "$dir has no cluster: there is no ceph.conf"
  local file name pid
  printf '%-10s %-8s %s\n' DAEMON STATE PROCESS
  for file in "$dir"/log/*.log; do
    [[ -e $file ]] || continue
    name=$(basename "$file" .log)
    pid=$(process_of "$name")
    if [[ -n $pid ]]; then
      printf '%-10s %-8s %s\n' "$name" running "$pid"
    else
      printf '%-10s %-8s %s\n' "$name" stopped -
    fi
  done
  [[ -n $(process_of mon.a) ]] || return 1
  echo
  "$siphon" -c "$dir/ceph.conf" status
}

# Ends the daemons of a kind ("osd"), all at once; fails if one had to be killed.
stop_kind() {
  local name pid pids=()
  while read -r name pid; do
    [[ $name == "$1".* ]] || continue
    kill -TERM "$pid" 2>/dev/null || true
    pids+=("$pid")
  done < <(running_daemons)
  await_end 10 "${pids[@]}" && return
  while read -r name pid; do
    [[ $name == "$1".* ]] || continue
    echo "cluster: $name ($pid) did not end within 10 s and is killed" >&2
    kill -KILL "$pid" 2>/dev/null || true
  done < <(running_daemons)
  return 1
}

stop_all() {
  local status=0
  # OSDs first: they tell the monitor.
  stop_kind osd || status=1
  stop_kind mon || status=1
  return $status
}

command=${1:---help}
shift || true
case $command in
  start)
    parse "$@"
    start
    ;;
  status)
    parse "$@"
    status
    ;;
  stop)
    parse "$@"
    [[ -d $dir ]] || fail "there is no folder $dir"
    stop_all
    ;;
  --help | -h | help) usage ;;
  *)
    echo "cluster: \"$command\" is no command" >&2
    usage >&2
    exit 2
    ;;
esac
