# What the interop tests share. Source it; then `check`, `start_siphon`, `start_ceph`.
#
# Tests may run at the same time: each claims ports of its own.
set -euo pipefail
source services/cluster/processes.sh
source testing/interop/ports.sh

export SIPHON_BIN=$PWD
siphon=$PWD/services/client/siphon
siphonctl=$PWD/admin/siphonctl
work=$(mktemp -d /tmp/siphon-interop.XXXXXX)
# Ceph's programs look for a home, and quarrel about one admin socket.
export HOME=$work CEPH_ARGS='--admin-socket='
checks=0 failures=0
: >"$work/cases"

# Writes the checks as test cases, for the count of ./x test.
write_xml() {
  [[ -n ${XML_OUTPUT_FILE:-} ]] || return 0
  local suite result what
  suite=$(basename "$0" .sh)
  {
    echo "<testsuites><testsuite name=\"$suite\" tests=\"$checks\" failures=\"$failures\">"
    while IFS=$'\t' read -r result what; do
      printf '<testcase classname="%s" name="%s" status="run">' "$suite" "$what"
      [[ $result == ok ]] || printf '<failure message="see the log"/>'
      echo "</testcase>"
    done < <(sed 's/&/\&amp;/g; s/</\&lt;/g; s/>/\&gt;/g; s/"/\&quot;/g' "$work/cases")
    echo "</testsuite></testsuites>"
  } >"$XML_OUTPUT_FILE"
}

finish() {
  local code=$?
  if [[ -d $work/siphon ]]; then
    services/cluster/cluster.sh stop --dir "$work/siphon" || code=1
  fi
  if [[ -d $work/ceph ]]; then
    testing/interop/real-ceph.sh stop "$work/ceph" || code=1
  fi
  if ((code != 0 || failures > 0)); then
    tail -n 30 "$work"/siphon/log/*.log 2>/dev/null || true
  fi
  if ((code != 0)); then note FAIL "the script, and its daemons, end as they should"; fi
  write_xml
  rm -rf "$work"
  echo "$checks checks, $failures failed"
  ((code == 0 && failures > 0)) && code=1
  exit "$code"
}
trap finish EXIT

# note ok|FAIL WHAT [MORE]: counts and shows a check.
note() {
  checks=$((checks + 1))
  [[ $1 == ok ]] || failures=$((failures + 1))
  printf '%s\t%s\n' "$1" "$2" >>"$work/cases"
  printf '%-5s %s%s\n' "$1" "$2" "${3:-}"
}

# check WHAT COMMAND...: the command succeeds.
check() {
  local what=$1
  shift
  if timeout 60 "$@" >"$work/out" 2>"$work/err"; then
    note ok "$what"
  else
    note FAIL "$what" ": $*"
    head -c 2000 "$work/out" "$work/err" || true
  fi
}

# check_out WHAT PATTERN COMMAND...: it succeeds, and its output matches the extended pattern.
check_out() {
  local what=$1 pattern=$2
  shift 2
  if timeout 60 "$@" >"$work/out" 2>"$work/err" && grep -Eq -- "$pattern" "$work/out" "$work/err"; then
    note ok "$what"
  else
    note FAIL "$what" ": $* does not say \"$pattern\""
    head -c 2000 "$work/out" "$work/err" || true
  fi
}

# check_fails WHAT COMMAND...: the command fails.
check_fails() {
  local what=$1
  shift
  if timeout 60 "$@" >"$work/out" 2>"$work/err"; then
    note FAIL "$what" ": $* succeeds"
  else
    note ok "$what"
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

# start_siphon [OPTION...]: our cluster, with three OSDs if no option of cluster.sh says otherwise.
# Its configuration is in $conf, its monitor's port in $mon_port; a second start has the same.
start_siphon() {
  [[ -n ${siphon_port:-} ]] || { claim_ports && siphon_port=$claimed; }
  mon_port=$siphon_port conf=$work/siphon/ceph.conf
  services/cluster/cluster.sh start --dir "$work/siphon" --mon-port "$mon_port" "$@"
}

# [AUTH=... MSGR=... MODE=...] start_ceph: a real monitor and OSD, with msgr v1 and no authentication
# if these settings of real-ceph.sh do not say otherwise.
start_ceph() {
  [[ -n ${ceph_port:-} ]] || { claim_ports && ceph_port=$claimed; }
  mon_port=$ceph_port conf=$work/ceph/ceph.conf
  AUTH=${AUTH:-none} MSGR=${MSGR:-v1} PORT=$mon_port OSDS=1 \
    testing/interop/real-ceph.sh start "$work/ceph" >/dev/null
  # The OSD's program returns before the monitor has it in the map.
  local try
  for try in {1..100}; do
    timeout 10 ceph -c "$conf" osd stat 2>/dev/null | grep -q '1 up' && return
  done
  echo "the real ceph-osd is not up after $try tries" >&2
  return 1
}
