"""What programs do with Debian's python3-rados: `python_rados.py CEPH_CONF` prints what came of it.

A line "=== PART" begins a part; a part's lines are results, or errno values, of its steps. They
hold no times, ids or addresses, so that two clusters which answer alike print the same. The pools
that it makes stay.
"""
import struct
import sys
import threading

import rados

import python_guards
from python_steps import digest, omap, show, value_of, write

PATIENCE = 30  # seconds that a callback may take


def lock_call(io, oid, method, body, version=1):
    return io.execute(oid, "lock", method, struct.pack("<BBI", version, 1, len(body)) + body)


def text(value):
    return struct.pack("<I", len(value)) + value


def asynchronous(cluster, io):
    counts = {"complete": 0, "safe": 0}
    guard = threading.Lock()

    def count(name):
        def callback(completion):
            with guard:
                counts[name] += 1
        return callback

    name = lambda i: f"aio-{i}"
    many = range(500)
    done = [io.aio_write(name(i), b"%05d" % i * 100, 7, count("complete"), count("safe"))
            for i in many]
    print("writes", {value_of(c) for c in done})
    done = [io.aio_append(name(i), b"tail%d" % i, count("complete"), count("safe")) for i in many]
    io.aio_flush()
    print("all are complete after a flush", all(c.is_complete() for c in done))
    print("appends", {value_of(c) for c in done}, {c.is_safe() for c in done})
    print("callbacks", sorted(counts.items()))

    read, sizes = {}, {}
    done = [io.aio_read(name(i), 4096, 3, lambda c, data, i=i: read.update({i: data}))
            for i in many]
    print("bytes read", sum(value_of(c) for c in done))
    print("as written", all(read[i] == b"\0" * 4 + b"%05d" % i * 100 + b"tail%d" % i for i in many))
    done = [io.aio_stat(name(i), lambda c, size, when, i=i: sizes.update({i: size})) for i in many]
    print("stats", {value_of(c) for c in done}, digest(sorted(sizes.items())))

    def one(step, start, *args, **options):
        """One operation, and what its callback got besides the completion."""
        got = []
        show(step, lambda: (value_of(start(*args, oncomplete=lambda c, *more: got.append(more),
                                           **options)), got))

    one("read of no object", io.aio_read, "absent", 10, 0)
    show("read beyond the end", lambda: value_of(io.aio_read(name(0), 10, 100000, lambda *_: None)))
    show("stat of no object", lambda: value_of(io.aio_stat("absent", lambda *_: None)))
    one("cmpext, equal", io.aio_cmpext, name(7), b"00007", 7)
    one("cmpext, third byte differs", io.aio_cmpext, name(7), b"00x07", 7)
    one("execute", io.aio_execute, name(0), "hello", "say_hello", b"you", 100)
    one("execute no method", io.aio_execute, name(0), "hello", "none", b"", 100)
    one("set an attribute", io.aio_setxattr, name(0), "colour", b"green")
    one("remove no attribute", io.aio_rmxattr, name(0), "shape")
    one("writesame", io.aio_writesame, "same", b"abc", 9, 1)
    one("writesame, uneven", io.aio_writesame, "same", b"abc", 10, 1)
    one("write_full", io.aio_write_full, "same", b"")
    one("remove no object", io.aio_remove, "absent")
    done = [io.aio_remove(name(i), count("complete"), count("safe")) for i in many]
    print("removes", {value_of(c) for c in done}, sorted(counts.items()))
    print("one object's writes in order", in_order(io))


def in_order(io):
    done = [io.aio_append("ordered", b"%d," % i) for i in range(300)]
    codes = {value_of(c) for c in done}
    return codes, io.read("ordered", 4096) == b"".join(b"%d," % i for i in range(300))


def iteration(cluster, io):
    spaces = {"": 20, "one": 10000, "two": 10000}
    pending = []
    for space, count in spaces.items():
        io.set_namespace(space)
        for i in range(count):
            pending.append(io.aio_write_full(f"{space}-object-{i}", b""))
            if len(pending) == 256:
                for completion in pending:
                    completion.wait_for_complete()
                pending.clear()
    io.aio_flush()
    listed = lambda: [(o.nspace, o.key, o.locator_key) for o in io.list_objects()]
    for space in (*spaces, "empty", rados.LIBRADOS_ALL_NSPACES):
        io.set_namespace(space)
        names = listed()
        print(repr(space), len(names), digest(sorted(names)), "in order", digest(names))
    io.set_namespace("one")
    some = [o for _, o in zip(range(3), io.list_objects())]
    print("read while it is listed", [o.stat()[0] for o in some], [o.read() for o in some])
    some[0].write(b"new bytes")
    print("written while it is listed", io.read(some[0].key))
    some[1].remove()
    show("removed while it is listed", io.stat, some[1].key)
    io.set_namespace("")
    show("another namespace's object", io.stat, "one-object-1")
    io.set_locator_key("place")
    io.write_full("moved", b"x")
    io.set_locator_key("")
    show("without its locator key", io.stat, "moved")
    print("listed with it", [o for o in listed() if o[1] == "moved"])


def omaps(cluster, io):
    pairs = {f"key-{i:04}": b"value %d" % i for i in range(1000)}
    write(io, "map", ("set_omap", tuple(pairs), tuple(pairs.values())))
    show("all", lambda: dict(omap(io, "map")) == pairs)
    pages, after = [], ""
    while page := omap(io, "map", after, "", 128):
        pages += [page]
        after = page[-1][0]
    print("pages", [len(page) for page in pages], digest(pages))
    show("with a prefix", omap, io, "map", "key-0123", "key-01", 3)
    show("with a prefix that none has", omap, io, "map", "", "other")
    show("after the last", omap, io, "map", "key-0999")

    def keys(after, most):
        with rados.ReadOpCtx() as op:
            found, _ = io.get_omap_keys(op, after, most)
            io.operate_read_op(op, "map")
            return [key for key, _ in found]

    def by_keys(*wanted):
        with rados.ReadOpCtx() as op:
            found, _ = io.get_omap_vals_by_keys(op, wanted)
            io.operate_read_op(op, "map")
            return list(found)

    show("keys", keys, "key-0500", 4)
    show("by keys, one of them absent", by_keys, "key-0001", "nothing", "key-0998")
    write(io, "map", ("remove_omap_keys", ("key-0000", "nothing")))
    write(io, "map", ("remove_omap_range2", "key-0002", "key-0990"))
    show("after removals", lambda: [key for key, _ in omap(io, "map")])
    show("binary values and an empty one",
         write, io, "map", ("set_omap", ("z1", "z2"), (b"\0\xff\n", b"")))
    show("they read back", omap, io, "map", "z")
    show("of no object", omap, io, "absent")
    write(io, "map", ("clear_omap",))
    show("cleared", omap, io, "map")
    show("the object is there still", lambda: io.stat("map")[0])
    large = {f"{i:03}" + "k" * 1000: b"v" * 5000 for i in range(200)}
    write(io, "large", ("set_omap", tuple(large), tuple(large.values())))
    show("a large map", lambda: digest(omap(io, "large")))


def watches(cluster, io):
    io.write_full("watched", b"")
    heard, gone = [], threading.Event()

    def listener(name, reply):
        def callback(notify_id, notifier, watch, data):
            heard.append((name, data))
            return reply
        return callback

    other_conf = dict(conffile=sys.argv[1], conf={"rados_osd_op_timeout": "30"})
    with rados.Rados(**other_conf) as other, other.open_ioctx(io.get_pool_name()) as theirs:
        first = io.watch("watched", listener("first", b"from first"))
        second = theirs.watch("watched", listener("second", b""), lambda *_: gone.set(), 30)
        print("checked", first.check() is not None, second.check() is not None)

        def answers(oid, message, milliseconds=10000):
            got = []
            done = io.aio_notify(oid, lambda c, *more: got.append(more), message, milliseconds)
            value_of(done)
            return [(code, sorted(map(repr, (ack[-1] for ack in acks or []))), len(late or []))
                    for code, acks, late in got]

        show("both answer", answers, "watched", "hello")
        show("an empty message", answers, "watched", "")
        print("heard", sorted(heard, key=repr))
        show("from the second client", theirs.notify, "watched", "back", 10000)
        print("heard", sorted(heard, key=repr))
        first.close()
        show("after the first left", answers, "watched", "anybody?")
        show("notify, no object", answers, "absent", "x")
        show("watch, no object", io.watch, "absent", listener("none", b""))
        show("synchronous, no object", io.notify, "absent", "x")
        io.remove_object("watched")
        print("the second hears that the object went", gone.wait(PATIENCE))
        show("its watch", second.check)
        second.close()


def locks(cluster, io):
    renew, must_renew = 1, 2
    show("exclusive", io.lock_exclusive, "lk", "L", "mine", "why")
    show("again", io.lock_exclusive, "lk", "L", "mine", "why")
    show("again, renewing", io.lock_exclusive, "lk", "L", "mine", "why", 60, renew)
    show("renewing what is not held", io.lock_exclusive, "lk", "L", "new", "why", 60, must_renew)
    other_conf = dict(conffile=sys.argv[1], conf={"rados_osd_op_timeout": "30"})
    with rados.Rados(**other_conf) as other, other.open_ioctx(io.get_pool_name()) as theirs:
        show("of another client", theirs.lock_exclusive, "lk", "L", "mine", "why")
        show("shared, of another client", theirs.lock_shared, "lk", "L", "mine", "tag")
        show("another lock on the object", theirs.lock_exclusive, "lk", "M", "mine")
        show("unlock of another client", theirs.unlock, "lk", "L", "mine")
        entity = struct.pack("<Bq", 8, cluster.get_instance_id())
        show("break, wrong cookie", lock_call, theirs, "lk", "break_lock",
             text(b"L") + entity + text(b"yours"))
        show("break", lock_call, theirs, "lk", "break_lock", text(b"L") + entity + text(b"mine"))
        show("unlock of what was broken", io.unlock, "lk", "L", "mine")
        show("taken by the other client", theirs.lock_exclusive, "lk", "L", "theirs", "now", 3600)
        show("of the first client", io.lock_exclusive, "lk", "L", "mine")
        show("released", theirs.unlock, "lk", "L", "theirs")
    show("a short lock", io.lock_exclusive, "lk", "brief", "mine", "", 0.001)
    show("which ends by itself", wait_until, lambda: io.lock_exclusive("lk", "brief", "next"))
    show("shared", io.lock_shared, "sh", "S", "a", "tag", "first")
    show("shared too", io.lock_shared, "sh", "S", "b", "tag", "second")
    show("another tag", io.lock_shared, "sh", "S", "c", "other")
    show("exclusive meanwhile", io.lock_exclusive, "sh", "S", "d")
    show("unlock one", io.unlock, "sh", "S", "a")
    show("the only holder becomes exclusive", io.lock_exclusive, "sh", "S", "b", "", None, renew)
    show("locks of the object", lock_call, io, "sh", "list_locks", b"")
    show("an empty name", io.lock_exclusive, "sh", "", "x")
    show("unlock, no object", io.unlock, "absent", "L", "x")


def wait_until(call):
    """Repeats what is refused, until it is not."""
    deadline = threading.Event()
    timer = threading.Timer(PATIENCE, deadline.set)
    timer.start()
    try:
        while not deadline.is_set():
            try:
                return call()
            except rados.Error:
                deadline.wait(0.02)
        return "refused still"
    finally:
        timer.cancel()


PARTS = [("python", run) for run in (
    asynchronous, iteration, omaps, watches, locks, python_guards.guarded_writes,
    python_guards.snapshots, python_guards.classes, python_guards.errors, python_guards.pools)]
PARTS += [("python-own", python_guards.own_snapshots)]


def main():
    with rados.Rados(conffile=sys.argv[1], conf={"rados_osd_op_timeout": "60"}) as cluster:
        for name in ("python", "python-own"):
            cluster.create_pool(name)
        for pool, run in PARTS:
            print(f"=== {run.__name__}", flush=True)
            with cluster.open_ioctx(pool) as io:
                run(cluster, io)
        print("=== end")


main()
