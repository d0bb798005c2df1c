#!/usr/bin/env bash
# Debian's unmodified `rados` and python3-rados move objects through our cluster.
source testing/interop/lib.sh
start_siphon
make_files "$work/files"
R=(rados -c "$conf" -p data)

check "a pool" ceph -c "$conf" osd pool create data 16
check_out "lspools" '^data$' rados -c "$conf" lspools
for file in "$work"/files/*; do
  name=$(basename "$file")
  check "put $name" "${R[@]}" put "$name" "$file"
  check "get $name" "${R[@]}" get "$name" "$work/back"
  check "$name came back equal" cmp "$file" "$work/back"
  check_out "stat $name" "size $(stat -c %s "$file")\$" "${R[@]}" stat "$name"
done
check "ls" "${R[@]}" ls
"${R[@]}" ls | sort >"$work/listed"
check "ls has every object" diff <(ls "$work/files" | sort) "$work/listed"
check "append" "${R[@]}" append 4KiB "$work/files/one-byte"
check_out "append made it longer" 'size 4097$' "${R[@]}" stat 4KiB
check "truncate" "${R[@]}" truncate 4KiB 100
check_out "truncate made it shorter" 'size 100$' "${R[@]}" stat 4KiB
check "rm" "${R[@]}" rm 4KiB
check_fails "get of what is gone" "${R[@]}" get 4KiB "$work/back"
check "setxattr" "${R[@]}" setxattr 4MiB colour green
check_out "getxattr" '^green$' "${R[@]}" getxattr 4MiB colour
check_out "bench write" 'Total writes made' "${R[@]}" bench 2 write -b 65536 --no-cleanup
check_out "bench seq" 'Total reads made' "${R[@]}" bench 1 seq
check_out "bench rand" 'Total reads made' "${R[@]}" bench 1 rand
check "cleanup" "${R[@]}" cleanup

cat >"$work/objects.py" <<'PY'
import sys
import rados

with rados.Rados(conffile=sys.argv[1]) as cluster:
    with cluster.open_ioctx("data") as pool:
        done = [pool.aio_write_full(f"aio-{i}", b"%d" % i * 1000) for i in range(200)]
        for completion in done:
            completion.wait_for_complete()
        for i in range(200):
            assert pool.read(f"aio-{i}", 10000) == b"%d" % i * 1000, i
        names = {o.key for o in pool.list_objects()}
        assert {f"aio-{i}" for i in range(200)} <= names
        try:
            pool.read("nowhere")
        except rados.ObjectNotFound:
            pass
        else:
            raise AssertionError("a missing object was read")
PY
check "200 objects with python3-rados" /usr/bin/python3 "$work/objects.py" "$conf"
