"""An OSD that runs out of space, as `injectfull` has it: `full_osd.py CEPH_CONF`, one line for each step.

What the map and the health say, what clients get that want to know, and that the others wait until
there is space again. It runs with Debian's python3-rados, which has no name for librados' FULL_TRY.
"""
import json
import sys
import time

import rados

FULL_TRY = 64
STATES = ("nearfull", "backfillfull", "full")
POOL = "space"


def command(cluster, **words):
    code, out, error = cluster.mon_command(json.dumps({**words, "format": "json"}), b"")
    if code != 0:
        sys.exit(f"{words}: {error}")
    return json.loads(out) if out.strip() else None


def inject(cluster, **words):
    code, _, error = cluster.osd_command(0, json.dumps({"prefix": "injectfull", **words}), b"")
    print("injectfull", *words.values(), "->", code, error)


def wait_for(cluster, state):
    """Until the map has the OSD and the pool in `state`, or in none."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        dump = command(cluster, prefix="osd dump")
        osd = next(o for o in dump["osds"] if o["osd"] == 0)["state"]
        pool = next(p for p in dump["pools"] if p["pool_name"] == POOL)["flags_names"].split(",")
        if all([s for s in STATES if s in names] == [s for s in STATES if s == state] for names in (osd, pool)):
            break
        time.sleep(0.1)
    print(state, osd, pool)
    cluster.wait_for_latest_osdmap()


def print_health(cluster):
    health = command(cluster, prefix="health", detail="detail")
    for code, check in sorted(health["checks"].items()):
        if not code.endswith("FULL"):
            continue
        lines = [d["message"] for d in check["detail"] if "osd.0" in d["message"] or f"'{POOL}'" in d["message"]]
        number = check["summary"]["message"].split()[0] if code.startswith("OSD") else "N"
        print(code, check["severity"], number, *check["summary"]["message"].split()[1:], lines)


def try_to_write(io, step, oid, data):
    try:
        with rados.WriteOpCtx() as op:
            if data is None:
                op.remove()
            else:
                op.write_full(data)
            io.operate_write_op(op, oid, flags=FULL_TRY)
        print(step, "-> done")
    except rados.Error as error:
        print(step, "-> errno", error.errno)


def main():
    with rados.Rados(conffile=sys.argv[1]) as cluster:
        cluster.create_pool(POOL)
        with cluster.open_ioctx(POOL) as io:
            io.write_full("before", b"0123456789")
            for state in STATES:
                inject(cluster, type=state)
                wait_for(cluster, state)
                print_health(cluster)
            try_to_write(io, "try a new object", "new", b"x")
            try_to_write(io, "try to remove", "before", None)
            waiting = io.aio_write_full("waits", b"patience")
            print("objects", [o.key for o in io.list_objects()])
            print("an ordinary write waits", not waiting.is_complete())
            inject(cluster, type="none")
            wait_for(cluster, "none")
            waiting.wait_for_complete()
            print("and is done when there is space", waiting.get_return_value(), io.read("waits"))
            print_health(cluster)


if __name__ == "__main__":
    main()
