# What the scripts ask about processes. Source it.

# is_running PID: whether the process runs. One that ended, and whose parent did not ask yet, does
# not.
is_running() {
  local stat
  { read -r stat <"/proc/$1/stat"; } 2>/dev/null || return 1
  [[ ${stat##*) } != [ZX]* ]]
}

# await_end SECONDS PID...: waits until the processes ended; fails after so many seconds.
await_end() {
  local limit=$((SECONDS + $1)) pid
  shift
  for pid; do
    while is_running "$pid"; do
      ((SECONDS <= limit)) || return 1
      sleep 0.01
    done
  done
}
