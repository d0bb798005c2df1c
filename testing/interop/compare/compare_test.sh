#!/usr/bin/env bash
# Debian's unmodified `ceph` is given the same commands on our cluster and on a real one: what it prints
# and how it ends is the same, but for what differences.txt lists with a reason.
#
# Both clusters have three OSDs, cephx, and both protocols; the real one has a manager.
# KEEP=DIR leaves what both answered in DIR.
source testing/interop/lib.sh

list=testing/interop/compare
python=/usr/bin/python3 # Debian's, which has `rados`

check "the comparison's own tests" "$python" $list/compare_unittest.py

# What keeps the manager from making a pool and from moving things, and makes it quick. Both clusters
# are told, for options are compared too.
begin_alike() {
  local option
  for option in mgr/{devicehealth/enable_monitoring,balancer/active}=false mgr_{tick,stats}_period=1; do
    timeout 30 ceph -c "$1" config set mgr "${option%=*}" "${option#*=}" --force 2>/dev/null
  done
}

# The real monitor makes changes at once, and is silent about clients older than any here.
real_options='paxos_propose_interval = 0.02\nmon_warn_on_insecure_global_id_reclaim_allowed = false'

# Starts daemons: they take what they are told through their admin sockets, which clients go without,
# and report what container they are in.
alone() { env -u CEPH_ARGS -u CONTAINER_NAME -u POD_NAME -u POD_NAMESPACE "$@"; }

start_real() {
  local dir=$work/ceph try
  real_conf=$dir/ceph.conf
  claim_ports
  AUTH=cephx MSGR=both PORT=$claimed OSDS=3 EXTRA_CONF=$real_options \
    alone testing/interop/real-ceph.sh start "$dir" >/dev/null
  begin_alike "$real_conf"
  timeout 30 ceph -c "$real_conf" auth get-or-create mgr.x mon 'allow profile mgr' osd 'allow *' \
    mds 'allow *' >"$dir/mgr/keyring"
  alone ceph-mgr -c "$real_conf" -i x --keyring "$dir/mgr/keyring"
  for try in {1..100}; do
    timeout 10 ceph -c "$real_conf" -s 2>/dev/null >"$work/out" || true
    if grep -q 'mgr: x(active' "$work/out" && grep -q '3 osds: 3 up' "$work/out"; then return; fi
  done
  echo "the real cluster is not up after $try tries" >&2
  return 1
}

run() { "$python" $list/runner.py "$1" $list/commands.txt "$work/$2.json"; }

# Two fresh clusters are asked everything, both at once, and compared.
compare() {
  local ended
  start_siphon
  begin_alike "$conf"
  start_real
  run "$conf" ours &
  local ours=$!
  run "$real_conf" real &
  local real=$!
  wait "$real" && ended=yes || ended=no
  check "the real cluster is asked every command" test $ended = yes
  wait "$ours" && ended=yes || ended=no
  check "ours is asked every command" test $ended = yes
  [[ -z ${KEEP:-} ]] || cp "$work"/{real,ours}.json "$KEEP"
  "$python" $list/compare.py "$work/real.json" "$work/ours.json" $list/differences.txt \
    >"$work/differences" && same=yes || same=no
  grep -v '^known' "$work/differences" || true
}

# What only a moment made, as a rate or a change that a cluster had not settled, does not come again and
# again: of what surprises, only that counts which does so each time.
compare
grep -E '^(NEW|GONE) ' "$work/differences" | sort >"$work/surprises" || true
for again in 2 3; do
  [[ $same == no && -s $work/surprises ]] || break
  echo "Once more, the $again. time: which of these come again?"
  services/cluster/cluster.sh stop --dir "$work/siphon"
  testing/interop/real-ceph.sh stop "$work/ceph"
  rm -rf "$work/siphon" "$work/ceph"
  compare
  grep -E '^(NEW|GONE) ' "$work/differences" | sort | comm -12 - "$work/surprises" >"$work/both" || true
  mv "$work/both" "$work/surprises"
  [[ -s $work/surprises ]] || same=yes
done
cat "$work/surprises"
check "no difference but those of differences.txt, and each of those" test $same = yes
