#!/usr/bin/env bash
# Keys and capabilities with cephx: the auth commands print on our monitor what they print on a real
# one, and Ceph's own clients may do on our cluster what their capabilities allow, and no more.
source testing/interop/lib.sh

# auth_lines CONF: what the commands about keys answer, with the keys taken out.
auth_lines() {
  local run=(timeout 30 ceph -c "$1") keyring=$work/one.keyring
  try() {
    local code=0
    echo "\$ auth $*"
    "${run[@]}" auth "$@" >"$work/out" 2>"$work/err" || code=$?
    sed 's/^/out: /' "$work/out"
    echo
    # Ours say what was expected; and a real export shows the key, or where it would be, here.
    [[ $1 == export ]] || sed 's/^/err: /; s/: expected .*//' "$work/err"
    echo "code $code"
  }
  {
    try get client.admin
    try get client.admin -f json
    try get client.nobody
    try get-or-create client.a mon 'allow r' osd 'allow rw pool=data'
    try get-or-create client.a mon 'allow r' osd 'allow rw pool=data' -f json
    try get-or-create client.a
    try get-or-create client.a mon 'allow rw'
    try get-or-create-key client.a
    try get-or-create-key client.a -f json
    try get-or-create client.b mon 'bogus'
    try get-or-create client.b osd 'bogus'
    try get-or-create client.b foo 'bogus'
    try get-or-create client.b mon
    try get-or-create bogus mon 'allow r'
    try add client.c mon 'allow r'
    try add client.c mon 'allow r'
    try add client.c mon 'allow rw'
    try get-key client.c
    try print-key client.c -f json
    try print_key client.c
    try get-key client.nobody
    try caps client.c mon 'allow *' osd 'allow r'
    try caps client.nobody mon 'allow *'
    try caps client.c mon 'nonsense'
    try get client.c
    try ls
    try list -f json-pretty
    try export
    try export client.c
    try export client.nobody
    "${run[@]}" auth export client.c -o "$keyring" 2>/dev/null
    try del client.c
    try del client.c
    try rm client.c
    try import -i "$keyring"
    try get client.c
    try import
    try add client.d -i "$keyring"
    sed -i 's/client.c/client.d/' "$keyring"
    try add client.d -i "$keyring"
    try get client.d
  } 2>&1 | sed -E 's#AQ[A-Za-z0-9+/]{36}==#KEY#g; /^(out: )?$/d'
}

AUTH=cephx start_ceph
auth_lines "$conf" >"$work/real.lines"
testing/interop/real-ceph.sh stop "$work/ceph"
rm -rf "$work/ceph"

start_siphon --osds 1 --auth cephx --msgr v1
auth_lines "$conf" >"$work/our.lines"
check "auth commands: the same words as on a real monitor" diff "$work/real.lines" "$work/our.lines"

check_out "the administrator's keyring is its own" '^600$' stat -c %a "$work/siphon/keyring"
check_out "an OSD's keyring is its own" '^600$' stat -c %a "$work/siphon/osd.0/keyring"

admin=(ceph -c "$conf")
check "a pool" "${admin[@]}" osd pool create data 8
check "another" "${admin[@]}" osd pool create other 8
head -c 10K /dev/urandom >"$work/file"

# as NAME MON-CAPS OSD-CAPS: makes an entity; "${who[@]}" then lets a program be it.
as() {
  "${admin[@]}" auth get-or-create "client.$1" mon "$2" osd "$3" >"$work/$1.keyring"
  who=(-c "$conf" -n "client.$1" --keyring "$work/$1.keyring")
}
refused() { # WHAT WORD COMMAND...: it fails, and says so
  local what=$1 word=$2
  shift 2
  check_fails "$what" "$@"
  cp "$work/err" "$work/why"
  check "$what: and says why" grep -q "$word" "$work/why"
}

as writer 'allow r' 'allow rw pool=data'
check "pool=data: put" rados "${who[@]}" -p data put object "$work/file"
check "pool=data: get" rados "${who[@]}" -p data get object "$work/back"
check "pool=data: came back equal" cmp "$work/file" "$work/back"
check_out "pool=data: ls" object rados "${who[@]}" -p data ls
refused "pool=data: not another pool" 'not permitted' rados "${who[@]}" -p other put object "$work/file"
refused "pool=data: methods take x" 'not permitted' rados "${who[@]}" -p data lock get object l
check_out "allow r: status" 'osd: 1 osds' ceph "${who[@]}" -s
refused "allow r: no pools are made" 'EACCES' ceph "${who[@]}" osd pool create mine 8
refused "allow r: no keys are shown" 'EACCES' ceph "${who[@]}" auth ls

as reader 'allow r' 'allow r pool=data'
check "allow r: get" rados "${who[@]}" -p data get object "$work/back"
refused "allow r: no put" 'not permitted' rados "${who[@]}" -p data put object "$work/file"
refused "allow r: no rm" 'not permitted' rados "${who[@]}" -p data rm object

as spaced 'allow r' 'allow rw pool=data namespace=mine'
check "namespace=mine: put" rados "${who[@]}" -p data -N mine put object "$work/file"
refused "namespace=mine: not another" 'not permitted' rados "${who[@]}" -p data -N yours put object "$work/file"
refused "namespace=mine: not the default one" 'not permitted' rados "${who[@]}" -p data get object "$work/back"

as locker 'allow r' 'allow rwx pool=data'
check "x: methods may be called" rados "${who[@]}" -p data lock get object l

as image 'profile rbd' 'profile rbd pool=data'
check "profile rbd: put" rados "${who[@]}" -p data put image "$work/file"
refused "profile rbd: no pools are made" 'EACCES' ceph "${who[@]}" osd pool create mine 8

as lister 'allow command "osd pool ls"' 'allow r'
check_out "allow command: that one" '^data$' ceph "${who[@]}" osd pool ls
refused "allow command: no other" 'EACCES' ceph "${who[@]}" osd tree

# Who is not who it says.
as gone 'allow r' 'allow rw'
check "a key that is there" ceph "${who[@]}" fsid
check "is removed" "${admin[@]}" auth del client.gone
check_fails "and opens nothing any more" ceph "${who[@]}" --connect-timeout 5 fsid
as forged 'allow r' 'allow rw'
ceph-authtool --create-keyring "$work/forged.keyring" --gen-key -n client.forged >/dev/null
check_fails "a key of one's own making opens nothing" ceph "${who[@]}" --connect-timeout 5 fsid
check_fails "nor does none at all" ceph -c "$conf" --auth-client-required none --connect-timeout 5 fsid

key=$("${admin[@]}" auth get-key client.admin)
check_fails "no log holds a key" grep -rqF "$key" "$work/siphon/log"

S=("$siphon" -c "$conf" --name client.writer --keyring "$work/writer.keyring")
check "our client: get with a key" "${S[@]}" -p data get object "$work/back"
check "our client: came back equal" cmp "$work/file" "$work/back"
check_fails "our client: not another pool" "${S[@]}" -p other put object "$work/file"
check_fails "our client: a forged key" "$siphon" -c "$conf" --name client.forged \
  --keyring "$work/forged.keyring" --connect-timeout 5s status

# The monitor's store knows the keys of before.
services/cluster/cluster.sh stop --dir "$work/siphon"
services/cluster/cluster.sh start --dir "$work/siphon" --osds 1
check "a restart keeps keys" rados -c "$conf" -n client.writer --keyring "$work/writer.keyring" \
  -p data put again "$work/file"
