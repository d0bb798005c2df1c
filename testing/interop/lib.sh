# What the interop tests share. Source it; then `check`, `start_siphon`, `start_ceph`.
#
# Each test has a range of ports of its own, given to these functions, below 32000.
set -euo pipefail

export SIPHON_BIN=$PWD
siphon=$PWD/services/client/siphon
siphonctl=$PWD/admin/siphonctl
work=$(mktemp -d /tmp/siphon-interop.XXXXXX)
# Ceph's programs look for a home, and quarrel about one admin socket.
export HOME=$work CEPH_ARGS='--admin-socket='
checks=0 failures=0

finish() {
  local code=$?
  [[ -d $work/siphon ]] && services/cluster/cluster.sh stop --dir "$work/siphon"
  [[ -d $work/ceph ]] && testing/interop/real-ceph.sh stop "$work/ceph"
  if ((code != 0 || failures > 0)); then
    tail -n 30 "$work"/siphon/log/*.log 2>/dev/null || true
  fi
  rm -rf "$work"
  echo "$checks checks, $failures failed"
  ((code == 0 && failures > 0)) && code=1
  exit "$code"
}
trap finish EXIT

# check WHAT COMMAND...: the command succeeds.
check() {
  local what=$1
  shift
  checks=$((checks + 1))
  if timeout 60 "$@" >"$work/out" 2>"$work/err"; then
    echo "ok    $what"
  else
    failures=$((failures + 1))
    echo "FAIL  $what: $*"
    head -c 2000 "$work/out" "$work/err" || true
  fi
}

# check_out WHAT PATTERN COMMAND...: it succeeds, and its output matches the extended pattern.
check_out() {
  local what=$1 pattern=$2
  shift 2
  checks=$((checks + 1))
  if timeout 60 "$@" >"$work/out" 2>"$work/err" && grep -Eq -- "$pattern" "$work/out" "$work/err"; then
    echo "ok    $what"
  else
    failures=$((failures + 1))
    echo "FAIL  $what: $* does not say \"$pattern\""
    head -c 2000 "$work/out" "$work/err" || true
  fi
}

# check_fails WHAT COMMAND...: the command fails.
check_fails() {
  local what=$1
  shift
  checks=$((checks + 1))
  if timeout 60 "$@" >"$work/out" 2>"$work/err"; then
    failures=$((failures + 1))
    echo "FAIL  $what: $* succeeds"
  else
    echo "ok    $what"
  fi
}

# json EXPRESSION COMMAND...: what a Python expression over the command's JSON, `j`, gives.
json() {
  local expression=$1
  shift
  timeout 60 "$@" 2>"$work/err" | /usr/bin/python3 -c "import json, sys
j = json.load(sys.stdin)
print($expression)"
}

# make_files FOLDER: files of the sizes that matter.
make_files() {
  mkdir -p "$1"
  : >"$1/empty"
  printf x >"$1/one-byte"
  head -c 4K /dev/urandom >"$1/4KiB"
  head -c 4M /dev/urandom >"$1/4MiB"
  head -c 64M /dev/urandom >"$1/64MiB"
}

start_siphon() { # PORT [OSDS]
  services/cluster/cluster.sh start --dir "$work/siphon" --mon-port "$1" --osds "${2:-3}"
  conf=$work/siphon/ceph.conf
}

start_ceph() { # PORT
  AUTH=none MSGR=v1 PORT=$1 OSDS=1 testing/interop/real-ceph.sh start "$work/ceph" >/dev/null
  conf=$work/ceph/ceph.conf
  # The OSD's program returns before the monitor has it in the map.
  local try
  for try in {1..100}; do
    timeout 10 ceph -c "$conf" osd stat 2>/dev/null | grep -q '1 up' && return
  done
  echo "the real ceph-osd is not up after $try tries" >&2
  return 1
}
