"""A client that is shut out, through librados, one line for each step: `fencing.py CEPH_CONF`.

What it prints is the same for every cluster that answers as Ceph 16.2 does. It runs with Debian's
python3-rados.
"""
import json
import sys
import threading
import time

import rados

PATIENCE = 60  # seconds


def command(cluster, **words):
    code, out, error = cluster.mon_command(json.dumps({**words, "format": "json"}), b"")
    # A word for people may follow the JSON.
    found = json.JSONDecoder().raw_decode(out.decode())[0] if out[:1] in (b"[", b"{") else None
    return code, found


def errno_of(call, *args):
    try:
        call(*args)
        return 0
    except rados.Error as error:
        return error.errno


def until(what, wanted, ask):
    """Waits until ask() gives `wanted`: maps travel, and times have to pass."""
    deadline = time.monotonic() + PATIENCE
    got = ask()
    while got != wanted and time.monotonic() < deadline:
        time.sleep(0.05)
        got = ask()
    print(what, "->", got, flush=True)


def listed(cluster, addr):
    _, entries = command(cluster, prefix="osd blocklist ls")
    return sum(entry["addr"] == addr for entry in entries)


def address_of(cluster):
    """As the list of shut out clients names it."""
    first = cluster.get_addrs().strip("[]").split(",")[0]
    return first.split(":", 1)[1] if first[:2] in ("v1", "v2") else first


def notify(io, oid):
    started = time.monotonic()
    io.notify(oid, "hello", 20000)
    return "at once" if time.monotonic() - started < 10 else "late"


def main():
    conf = sys.argv[1]
    judge = rados.Rados(conffile=conf)
    judge.connect()
    judge.create_pool("fenced")
    io = judge.open_ioctx("fenced")
    victim = rados.Rados(conffile=conf)
    victim.connect()
    mine = victim.open_ioctx("fenced")

    mine.write_full("object", b"before")
    mine.lock_exclusive("object", "a lock", "a cookie")
    heard, failed = [], threading.Event()
    watch = mine.watch("object", lambda notify_id, *_: heard.append(notify_id),
                       lambda *_: failed.set())
    print("a notification before", notify(io, "object"), len(heard))

    addr = address_of(victim)
    print("shut out", command(judge, prefix="osd blocklist", blocklistop="add", addr=addr,
                              expire=3600.0)[0])
    print("listed", listed(judge, addr))
    # An OSD may not have that map yet.
    until("write", 108, lambda: errno_of(mine.write_full, "object", b"after"))
    print("read", errno_of(mine.read, "object"))
    print("another object", errno_of(mine.write_full, "other", b"after"))
    print("the watch is told of it", failed.wait(PATIENCE))
    before = len(heard)
    until("a notification waits for nobody", "at once", lambda: notify(io, "object"))
    print("heard by the one shut out", len(heard) - before)
    print("others write", errno_of(io.write_full, "object", b"x"))
    print("others read", io.read("object"))
    print("the lock stays", errno_of(io.lock_exclusive, "object", "a lock", "another cookie"))

    print("let in", command(judge, prefix="osd blocklist", blocklistop="rm", addr=addr)[0])
    print("listed", listed(judge, addr))
    print("let in twice", command(judge, prefix="osd blocklist", blocklistop="rm", addr=addr)[0])
    until("write", 0, lambda: errno_of(mine.write_full, "object", b"again"))

    print("shut out for a while", command(judge, prefix="osd blocklist", blocklistop="add",
                                          addr=addr, expire=3.0)[0])
    until("write", 108, lambda: errno_of(mine.write_full, "object", b"no"))
    until("it is over", 0, lambda: listed(judge, addr))
    with rados.Rados(conffile=conf) as fresh:
        print("a new client writes",
              errno_of(fresh.open_ioctx("fenced").write_full, "object", b"fresh"))
    until("write", 0, lambda: errno_of(mine.write_full, "object", b"and again"))

    print("a wrong address", command(judge, prefix="osd blocklist", blocklistop="add",
                                     addr="nowhere")[0])
    print("shut out", command(judge, prefix="osd blocklist", blocklistop="add", addr=addr)[0])
    print("all are let in", command(judge, prefix="osd blocklist clear")[0], listed(judge, addr))
    until("write", 0, lambda: errno_of(mine.write_full, "object", b"at last"))
    try:
        watch.close()
    except rados.Error:
        pass
    victim.shutdown()
    judge.shutdown()


main()
