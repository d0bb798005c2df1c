# Ports for clusters of tests that run at the same time on one machine. Source it; then claim_ports.

# claim_ports: puts into `claimed` the first of 1000 ports that no other test has, below the range
# that the kernel gives to clients. The claim is a lock on a file in /tmp; it ends with the process,
# and with the daemons that it started.
claim_ports() {
  local first file fd
  # Not Ceph's own ports, those of ./x cluster (16789 on), nor those of the unit tests (24000 on).
  for first in {28..31}000 {10..15}000 {18..23}000; do
    file=/tmp/siphon-ports-$first.lock
    [[ -e $file ]] || : >"$file" 2>/dev/null || true
    { exec {fd}<"$file"; } 2>/dev/null || continue
    if flock --nonblock "$fd" && ! is_listened_to "$first"; then
      claimed=$first
      return
    fi
    exec {fd}<&-
  done
  echo "no 1000 ports are left for this test: another one holds each lock /tmp/siphon-ports-*" >&2
  return 1
}

is_listened_to() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }
