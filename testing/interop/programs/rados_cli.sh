#!/usr/bin/env bash
# What people do with Debian's `rados`: rados_cli.sh CEPH_CONF plays it, and prints each command,
# what it said and its exit code. A line "=== PART" begins a part; the pools that it makes stay.
set -uo pipefail
conf=$(realpath "${1:?a ceph.conf}")
folder=$(mktemp -d /tmp/siphon-interop.XXXXXX)
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit 1

# One command; of a usage, the first line. Debian's libradosstriper now and then crashes in a thread of
# its own when its program has done its work and ends: what it says of that, and a code that comes of
# it, tell nothing of the cluster.
attempt() {
  local code
  timeout 60 rados -c "$conf" -p cli "$@" >said 2>&1
  code=$?
  if grep -aEq '^(\*\*\* Caught signal|terminate called)' said; then
    sed -Ei '/^(\*\*\* Caught signal|terminate called)/,$d' said
    ((code < 128)) || code=0
  fi
  awk '/^usage: rados/ { usage = 1; print } !usage' said
  return $code
}

# play [FILTER]: plays lines of arguments of `rados`, each for pool "cli" if it names no other.
play() {
  local line words
  while read -r line; do
    eval "words=($line)"
    echo "\$ rados $line"
    attempt "${words[@]}" | "${1:-cat}"
    echo "exit code ${PIPESTATUS[0]}"
  done
}

# What is measured, and how often, is nobody's difference.
without_numbers() {
  sed -E 's/benchmark_data_.*/PREFIX/; s/-?[0-9]+(\.[0-9]+)?(e[-+]?[0-9]+)?/N/g
    s/N ?([kKMGT]i?B?|B)\b/SIZE/g; s/\s+/ /g' | uniq
}

# A real OSD lists what was removed, and lived on in snapshots, until these are trimmed.
without_trimmed() { grep -vx s; }

printf 'hello\n' >small
: >empty
printf 'second line\n' >second
head -c 5000000 /dev/zero | tr '\0' x >large
head -c 70000 /dev/zero | tr '\0' y >medium

for pool in cli other; do ceph -c "$conf" osd pool create $pool 16 2>&1; done

echo "=== objects"
play <<'COMMANDS'
lspools
put small small
put empty empty
put large large
put medium medium --block-size 4096
get small -
get large back
stat small
stat large
stat2 absent
stat absent
get absent -
put absent no-such-file
put
put small small --offset 3
get small -
put holes small --offset 100
stat holes
append small second
get small -
append fresh second
get fresh -
truncate small 3
get small -
truncate small 6
get small -
truncate absent 10
stat absent
truncate small -1
truncate small x
touch touched
touch touched
create created
create created
stat created
set-alloc-hint created 4096 4096
set-alloc-hint created x y
rm created
rm created
rm small medium absent
ls
ls -f json
ls nosuchfile/x
-p nopool ls
-p nopool put small small
nonsense
COMMANDS
cmp large back && echo "large came back"

echo "=== copies"
play <<'COMMANDS'
put a small
setxattr a colour green
setomapval a key value
cp a b
get b -
getxattr b colour
listomapvals b
cp a c --target-pool other
-p other get c -
-p other getxattr c colour
cp a
cp absent x
cp a a
cp a far --target-locator place
stat far
--object-locator place stat far
cppool cli nopool
COMMANDS

echo "=== attributes"
play <<'COMMANDS'
put x small
setxattr x one 1
setxattr x two "2 2"
setxattr x empty ""
listxattr x
getxattr x one
getxattr x empty
getxattr x none
rmxattr x one
rmxattr x one
listxattr x
setxattr made one 1
stat made
listxattr absent
getxattr absent one
rmxattr absent one
setxattr x
COMMANDS
printf 'from a file' | timeout 60 rados -c "$conf" -p cli setxattr x stdin - 2>&1
play <<<'getxattr x stdin'

echo "=== maps"
play <<'COMMANDS'
setomapval m one 1
setomapval m two "2 2"
setomapval m empty ""
listomapkeys m
listomapvals m
getomapval m one
getomapval m one out
getomapval m none
getomapval absent one
getomapheader m
setomapheader m header
getomapheader m
getomapheader m out
rmomapkey m one
rmomapkey m one
rmomapkey absent one
listomapkeys m
clearomap m
clearomap m
clearomap absent
listomapvals m
listomapkeys absent
stat m
put m small
setomapval m again x
get m -
listomapvals m
COMMANDS
printf 'from\0a pipe' | timeout 60 rados -c "$conf" -p cli setomapval m stdin 2>&1
play <<<'listomapvals m'

echo "=== places"
play <<'COMMANDS'
-N space put x second
-N space get x -
get x -
-N space ls
ls
-N space stat y
--all ls
-N space --all ls
--object-locator key put located second
--object-locator key get located -
get located -
--object-locator key rm located
-N space rm x
-N space ls
COMMANDS

echo "=== snapshots"
play <<'COMMANDS'
put s small
setxattr s v 1
mksnap one
mksnap one
put s second
setxattr s v 2
put later small
mksnap two
lssnap
-s one get s -
-s one getxattr s v
-s one stat later
-s one ls
-s one put s small
-s none get s -
-S 1 get s -
get s -
listsnaps s
listsnaps s -f json
listsnaps absent
rollback s one
get s -
getxattr s v
rollback s none
rollback absent one
rollback later one
stat later
rm s
stat s
-s two get s -
listsnaps s
rmsnap one
rmsnap one
rmsnap two
lssnap
COMMANDS

echo "=== locks"
play <<'COMMANDS'
lock get l name
lock get l name
lock get l name --lock-type shared
lock get l sharing --lock-type shared --lock-tag tag --lock-cookie c1
lock get l sharing --lock-type shared --lock-tag tag --lock-cookie c2 --lock-description why
lock get l sharing --lock-type shared --lock-tag another
lock get l timed --lock-duration 3600
lock get l wrong --lock-type nonsense
lock list l
lock list l -f json
lock info l name
lock info l sharing
lock info l none
lock info absent name
lock break l name client.99999
lock break l name nonsense
lock list absent
lock
lock get l
COMMANDS
holder=$(timeout 60 rados -c "$conf" -p cli lock info l name -f json | grep -o 'client\.[0-9]*' |
  head -n 1)
echo "held: ${holder:+yes}"
play <<COMMANDS
lock break l name $holder
lock list l
lock get l name
COMMANDS

echo "=== watches"
play <<'COMMANDS'
put w small
listwatchers w
notify w nobody
notify absent hello
watch absent
listwatchers absent
COMMANDS
mkfifo stdin
timeout 60 rados -c "$conf" -p cli watch w <stdin >watched 2>&1 &
exec 7>stdin
until timeout 60 rados -c "$conf" -p cli listwatchers w | grep -q watcher; do :; done
play <<'COMMANDS'
listwatchers w
notify w "hello there"
COMMANDS
echo >&7
exec 7>&-
wait
cat watched
play <<<'listwatchers w'

echo "=== striper"
play <<'COMMANDS'
--striper put striped large
--striper stat striped
--striper get striped back2
--striper ls
--striper append striped small
--striper stat striped
--striper truncate striped 1000
--striper stat striped
--striper setxattr striped a b
--striper getxattr striped a
--striper listxattr striped
--striper rm striped
--striper stat striped
--striper rm absent
COMMANDS
cmp large back2 && echo "large came back"

echo "=== export"
for object in e1 e2 e3; do timeout 60 rados -c "$conf" -p other put $object second 2>&1; done
timeout 60 rados -c "$conf" -p other setxattr e1 a b
timeout 60 rados -c "$conf" -p other setomapval e2 k v
timeout 60 rados -c "$conf" -p other -N space put e4 large
play <<'COMMANDS'
-p other export --workers 1 pool.export
-p other rm e1 e3
-p other import --no-overwrite pool.export
-p other import pool.export
-p other ls --all
-p other get e3 -
-p other getxattr e1 a
-p other getomapval e2 k
-p other -N space stat e4
-p other import --dry-run pool.export
import pool.export
import no-such-file
import small
purge other
purge other --yes-i-really-really-mean-it
-p other ls --all
COMMANDS

echo "=== rare"
play <<'COMMANDS'
put x small
mapext x
put r medium --object-size 4096
mapext r
get r back3 -b 512
put x small --offset 200000
mapext x
mapext absent
touch x 2020-01-01
list-inconsistent-obj 1.0
list-inconsistent-snapset 1.0
tier-promote x
tier-promote absent
tier-flush x
tier-evict x
tier-evict absent
unset-manifest x
cache-flush x
cache-flush absent
cache-try-flush x
cache-evict x
COMMANDS
play without_trimmed <<'COMMANDS'
--pgid 1.0 ls
--pgid 1.f ls
COMMANDS
play without_trimmed <<'COMMANDS'
ls --default
COMMANDS
play <<'COMMANDS'
--pgid 99.0 ls
--pgid nonsense ls
getomapval x --omap-key-file small
setomapval x k --input-file small
getomapval x k
cp r z --target-nspace beyond
-N beyond ls
-N beyond stat z
clearomap x r absent
rm --force-full x
rm --force-full x
COMMANDS
cmp medium back3 && echo "medium came back"

echo "=== manifests"
play <<'COMMANDS'
put x small
set-redirect x --target-pool other y
set-chunk x 0 2 --target-pool other y 0
COMMANDS

echo "=== bench"
bench() {
  echo "\$ rados bench $*"
  attempt -p other bench "$@" | grep -Ev '^ +[0-9]|sec Cur ops|^hints' | without_numbers
  echo "exit code ${PIPESTATUS[0]}"
}
bench 1 write -b 4096 -t 8 --no-cleanup
bench 1 seq -t 8
bench 1 rand -t 8
play without_numbers <<<'-p other cleanup'
bench 1 seq
bench 1 write -b 65536 -O 1048576 -t 4
bench 1 write -b 4096 -t 4 --write-omap --write-xattr --no-cleanup --run-name named
bench 1 seq -t 4 --run-name named
play without_numbers <<<'-p other cleanup --run-name named'
bench 1 nonsense
play without_numbers <<<'-p other ls'

echo "=== df"
timeout 60 rados -c "$conf" df | without_numbers
timeout 60 rados -c "$conf" df -f json | grep -o '"[a-z_]*":' | sort -u
echo "=== end"
