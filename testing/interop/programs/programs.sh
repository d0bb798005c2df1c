# What tests of programs on two clusters share. Source it; then `start_both` and `same_transcripts`.
source testing/interop/lib.sh
programs=testing/interop/programs

# A real cluster (configuration in $real_conf) and ours ($conf): both with keys and both protocols,
# their objects on disk.
start_both() {
  # An OSD of Ceph's without an admin socket answers no commands.
  CEPH_ARGS='' AUTH=cephx MSGR=both STORE=bluestore start_ceph
  real_conf=$conf
  start_siphon
}

# same_transcripts NAME LAST PROGRAM...: the program, with a configuration as its last argument,
# prints the same on both, up to its part LAST. KEEP=DIR leaves what it printed in DIR.
same_transcripts() {
  local name=$1 last=$2 side result part
  shift 2
  for side in real ours; do
    timeout 150 "$@" "$([[ $side == real ]] && echo "$real_conf" || echo "$conf")" \
      >"$work/$name.$side" 2>&1 || echo "exit code $?" >>"$work/$name.$side"
    [[ -z ${KEEP:-} ]] || cp "$work/$name.$side" "$KEEP"
  done
  check "$name comes to its end" grep -qx "=== $last" "$work/$name.real"
  /usr/bin/python3 $programs/transcripts.py "$name" "$work/$name."{real,ours} \
    $programs/differences.txt >"$work/verdicts" || note FAIL "$name is compared"
  while IFS=$'\t' read -r result part; do
    note "$result" "$name: $part"
  done <"$work/verdicts"
}
