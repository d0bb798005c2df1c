"""What a pool that has reached its quota takes: `full_pool.py CEPH_CONF`, one line for each step.

It needs a cluster that counts objects: one of Ceph's has to have a manager. It runs with Debian's
python3-rados, which has no names for two of librados' flags.
"""
import json
import sys
import time

import rados

FULL_TRY = 64
FULL_FORCE = 128
QUOTA = 3  # objects


def command(cluster, **words):
    code, out, error = cluster.mon_command(json.dumps({**words, "format": "json"}), b"")
    if code != 0:
        sys.exit(f"{words}: {error}")
    return json.loads(out) if out.strip() else None


def wait_until_full(cluster, is_full):
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        pools = command(cluster, prefix="osd dump")["pools"]
        flags = next(p["flags_names"] for p in pools if p["pool_name"] == "small")
        if ("full_quota" in flags.split(",")) == is_full:
            break
        time.sleep(0.1)
    print("full" if is_full else "not full", flags)
    # The client is to have heard of it as well.
    cluster.wait_for_latest_osdmap()


def write(io, step, oid, data, flags):
    try:
        with rados.WriteOpCtx() as op:
            if data is None:
                op.remove()
            else:
                op.write_full(data)
            io.operate_write_op(op, oid, flags=flags)
        print(step, "-> done")
    except rados.Error as error:
        print(step, "-> errno", error.errno)


def main():
    with rados.Rados(conffile=sys.argv[1], conf={"rados_osd_op_timeout": "60"}) as cluster:
        cluster.create_pool("small")
        with cluster.open_ioctx("small") as io:
            for i in range(QUOTA):
                io.write_full(f"o{i}", b"0123456789")
            command(cluster, prefix="osd pool set-quota", pool="small", field="max_objects",
                    val=str(QUOTA))
            wait_until_full(cluster, True)
            write(io, "try a new object", "new", b"x", FULL_TRY)
            write(io, "try a larger one", "o0", b"0123456789a", FULL_TRY)
            write(io, "try one as large", "o0", b"abcdefghij", FULL_TRY)
            write(io, "force a new one", "forced", b"x", FULL_FORCE)
            write(io, "try to remove it", "forced", None, FULL_TRY)
            late = io.aio_write_full("late", b"x")
            io.read("o0")  # which the OSD answers after what came before
            print("a new object waits", not late.is_complete())
            command(cluster, prefix="osd pool set-quota", pool="small", field="max_objects",
                    val="0")
            late.wait_for_complete()
            print("with more room ->", late.get_return_value())
            print(sorted(o.key for o in io.list_objects()))


main()
