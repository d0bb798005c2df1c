"""Operations on objects through librados, one line for each result: `osd_operations.py CEPH_CONF`.

What it prints is the same for every cluster that answers as Ceph 16.2 does. The pools that it makes
stay. It runs with Debian's python3-rados.
"""
import json
import struct
import sys
import time

import rados

HEAD = 0xfffffffffffffffe


def show(name, call, *args):
    """Prints what the call gives, or its errno."""
    try:
        print(name, "->", call(*args), flush=True)
    except rados.Error as error:
        print(name, "-> errno", error.errno, flush=True)


def strings(*values):
    return b"".join(struct.pack("<I", len(v)) + v for v in values)


def versioned(body, version=1):
    """A structure as Ceph encodes it: version, oldest reader, length."""
    return struct.pack("<BBI", version, 1, len(body)) + body


def omap(io, oid):
    with rados.ReadOpCtx() as op:
        values, _ = io.get_omap_vals(op, "", "", 100)
        io.operate_read_op(op, oid)
        return list(values)


def hello_class(io):
    call = lambda oid, method, data=b"": io.execute(oid, "hello", method, data)
    show("hello, no object", call, "absent", "say_hello")
    io.write_full("o", b"abc")
    show("hello", call, "o", "say_hello", b"bob")
    show("hello, long name", call, "o", "say_hello", b"b" * 101)
    show("record on an object", call, "o", "record_hello", b"x")
    show("record", call, "new", "record_hello", b"x")
    show("replay", call, "new", "replay")
    show("turn it to 11", call, "new", "turn_it_to_11")
    show("read", io.read, "new")
    show("write with output", call, "o", "writes_dont_return_data")
    show("failing write with output", call, "o", "writes_dont_return_data", b"z")
    show("bad reader", call, "o", "bad_reader")
    show("bad writer", call, "o", "bad_writer")
    show("no such method", call, "o", "no_such_method")
    show("no such class", io.execute, "o", "no_such_class", "x", b"")
    show("attributes", lambda: dict(io.get_xattrs("o")))


def lock_class(io):
    show("exclusive", io.lock_exclusive, "lk", "L", "c1", "why")
    show("exclusive again", io.lock_exclusive, "lk", "L", "c1", "why")
    show("exclusive, other cookie", io.lock_exclusive, "lk", "L", "c2", "why")
    show("shared meanwhile", io.lock_shared, "lk", "L", "c3", "tag")
    show("the object", lambda: io.stat("lk")[0])
    show("unlock another's", io.unlock, "lk", "L", "other")
    show("unlock", io.unlock, "lk", "L", "c1")
    show("unlock again", io.unlock, "lk", "L", "c1")
    show("unlock, no object", io.unlock, "absent", "L", "c1")
    show("shared", io.lock_shared, "lk", "L", "c3", "tag")
    show("shared too", io.lock_shared, "lk", "L", "c4", "tag")
    show("shared, other tag", io.lock_shared, "lk", "L", "c5", "tag2")
    show("exclusive meanwhile", io.lock_exclusive, "lk", "L", "c9")
    show("renew", io.lock_shared, "lk", "L", "c3", "tag", "", None, 1)
    show("must renew", io.lock_shared, "lk", "L", "c7", "tag", "", None, 2)


def small_classes(io):
    number = lambda method, text: io.execute("n", "numops", method, strings(b"k", text))
    show("add", number, "add", b"5.5")
    show("add", number, "add", b"1e3")
    show("mul", number, "mul", b"3")
    show("mul by no number", number, "mul", b"3x")
    show("mul, half an input", io.execute, "n", "numops", "mul", b"abc")
    show("number", omap, io, "n")

    count = lambda method, tag, implicit: io.execute(
        "rc", "refcount", method, versioned(strings(tag) + implicit))
    show("get, no object", count, "get", b"a", b"\0")
    io.write_full("rc", b"x")
    show("get", count, "get", b"a", b"\1")
    show("put", count, "put", b"a", b"\1")
    show("put again", count, "put", b"a", b"\1")
    show("references", io.execute, "rc", "refcount", "read", versioned(b"\1"))
    show("attribute", io.get_xattr, "rc", "refcount")
    show("last put", count, "put", b"z", b"\1")
    show("the object", lambda: io.stat("rc")[0])

    number_and_tag = lambda n, tag: versioned(struct.pack("<Q", n) + strings(tag))
    show("version, no object", io.execute, "v", "version", "read", b"")
    io.write_full("v", b"x")
    show("no version", io.execute, "v", "version", "read", b"")
    show("set", io.execute, "v", "version", "set", versioned(number_and_tag(7, b"tag")))
    none = number_and_tag(0, b"") + struct.pack("<I", 0)
    show("inc", io.execute, "v", "version", "inc", versioned(none))
    show("version", io.execute, "v", "version", "read", b"")
    for condition in range(9):
        one = versioned(number_and_tag(8, b"tag") + struct.pack("<I", condition))
        body = versioned(number_and_tag(0, b"") + struct.pack("<I", 1) + one)
        show(f"condition {condition}", io.execute, "v", "version", "check_conds", body)


def log_class(io):
    call = lambda method, body, version=1: io.execute(
        "lg", "log", method, versioned(body, version))
    entry = lambda second, name: versioned(
        strings(b"section", name) + struct.pack("<II", second, 5000) + strings(b"data", b""), 2)
    entries = entry(100, b"a") + entry(200, b"b") + entry(150, b"c")
    show("add", call, "add", struct.pack("<I", 3) + entries + b"\1", 2)
    show("info", call, "info", b"")
    some = struct.pack("<II", 0, 0) + strings(b"") + struct.pack("<IIi", 0, 0, 2)
    show("list", call, "list", some)
    trim = struct.pack("<IIII", 0, 0, 120, 0) + strings(b"", b"")
    show("trim", call, "trim", trim, 2)
    show("trim again", call, "trim", trim, 2)
    show("list", call, "list", some)


def watches(io):
    events, errors = [], []

    def on_notify(notify_id, notifier, watch, data):
        events.append(data)
        return b"reply"

    show("notify, no object", io.notify, "absent", "m", 2000)
    io.write_full("w", b"x")
    show("notify without watchers", io.notify, "w", "m", 2000)
    show("watch, no object", io.watch, "absent", on_notify)
    watch = io.watch("w", on_notify, lambda watch, error: errors.append(error), 5)
    show("notify", io.notify, "w", "hello", 5000)
    print("events", events)
    io.remove_object("w")
    deadline = time.monotonic() + 20
    while not errors and time.monotonic() < deadline:
        time.sleep(0.05)
    print("after the object went", errors)
    watch.close()


def pool_snapshots(io):
    listed = lambda: sorted(o.key for o in io.list_objects() if o.key in ("s", "young"))
    io.write_full("s", b"one")
    io.set_xattr("s", "x", b"1")
    io.create_snap("s1")
    io.write_full("s", b"twotwo")
    io.set_xattr("s", "x", b"2")
    io.write("young", b"y")
    io.create_snap("s2")
    io.remove_object("s")
    show("the object", lambda: io.stat("s")[0])
    show("listed", listed)
    first, second = io.lookup_snap("s1"), io.lookup_snap("s2")
    io.set_read(first.snap_id)
    show("read at 1", io.read, "s")
    show("size at 1", lambda: io.stat("s")[0])
    show("attribute at 1", io.get_xattr, "s", "x")
    show("young at 1", io.read, "young")
    io.set_read(second.snap_id)
    show("read at 2", io.read, "s")
    show("young at 2", io.read, "young")
    show("write at 2", io.write, "young", b"z")
    io.set_read(HEAD)
    show("roll back", io.snap_rollback, "s", "s1")
    show("read", io.read, "s")
    show("attribute", io.get_xattr, "s", "x")
    show("roll young back", io.snap_rollback, "young", "s1")
    show("young", lambda: io.stat("young")[0])
    show("roll back to none", io.snap_rollback, "s", "absent")
    show("make again", io.create_snap, "s1")
    show("snapshots", lambda: sorted(s.name for s in io.list_snaps()))
    io.remove_snap("s1")
    io.set_read(first.snap_id)
    wait_for_errno(lambda: io.read("s"), 2)
    show("read at 1, removed", io.read, "s")
    io.set_read(second.snap_id)
    show("read at 2", io.read, "s")
    io.set_read(HEAD)
    show("self-managed one", io.create_self_managed_snap)


def wait_for_errno(call, errno):
    """The OSD learns of a removed snapshot by the next map."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            call()
        except rados.Error as error:
            if error.errno == errno:
                return
        time.sleep(0.05)


def own_snapshots(io):
    io.write_full("a", b"0123456789")
    first = io.create_self_managed_snap()
    io.set_self_managed_snap_write([first])
    io.write("a", b"XX", 2)
    io.write_full("b", b"new")
    second = io.create_self_managed_snap()
    print("ids", first, second)
    io.set_self_managed_snap_write([second, first])
    io.write("a", b"YY", 5)
    show("head", io.read, "a")
    for snap in (first, second):
        io.set_read(snap)
        show(f"a at {snap}", io.read, "a")
        show(f"b at {snap}", io.read, "b")
    io.set_read(HEAD)
    show("roll back", io.rollback_self_managed_snap, "a", first)
    show("head", io.read, "a")
    show("roll b back", io.rollback_self_managed_snap, "b", first)
    show("b", io.read, "b")
    show("a pool's own", io.create_snap, "no")
    io.remove_self_managed_snap(first)
    io.set_read(first)
    wait_for_errno(lambda: io.read("a"), 2)
    show("removed", io.read, "a")
    io.set_read(second)
    show("the other", io.read, "a")
    io.set_read(HEAD)


def limits(io):
    for length in (0, 2048, 2049):
        show(f"name of {length}", io.write_full, "n" * length, b"")
    for length in (256, 257):
        io.set_namespace("n" * length)
        show(f"namespace of {length}", io.write_full, "a", b"")
    io.set_namespace("")
    for length in (2048, 2049):
        io.set_locator_key("k" * length)
        show(f"key of {length}", io.write_full, "a", b"")
    io.set_locator_key("")
    for length in (100, 101):
        show(f"attribute's name of {length}", io.set_xattr, "o", "x" * length, b"")
    show("large attribute", io.set_xattr, "o", "x", b"z" * (2 << 20))
    show("write past the largest", io.write, "o", b"x", 128 << 20)
    show("truncate to the largest", io.trunc, "o", 128 << 20)
    show("attribute of no object", io.get_xattr, "absent", "a")
    show("no attribute", io.get_xattr, "o", "a")
    show("remove no attribute", io.rm_xattr, "o", "a")


def any_copy(cluster):
    """Reads that the client sends to any OSD of a group, though only some can serve them."""
    commands = ({"prefix": "osd pool create", "pool": "copies", "pg_num": 16},
                {"prefix": "osd pool set", "pool": "copies", "var": "size", "val": "2"},
                {"prefix": "osd pool set", "pool": "copies", "var": "min_size", "val": "1"})
    for command in commands:
        print(command["prefix"], cluster.mon_command(json.dumps(command), b"")[0])
    with cluster.open_ioctx("copies") as io:
        names = [f"o{i}" for i in range(40)]
        for name in names:
            with rados.WriteOpCtx() as op:
                io.set_omap(op, ("k",), (name.encode(),))
                io.operate_write_op(op, name)
        for flag in (rados.LIBRADOS_OPERATION_BALANCE_READS,
                     rados.LIBRADOS_OPERATION_LOCALIZE_READS):
            found = []
            for name in names:
                with rados.ReadOpCtx() as op:
                    pairs, _ = io.get_omap_vals(op, "", "", 10)
                    io.operate_read_op(op, name, flag)
                    found += [value.decode() for _, value in pairs]
            print("read by flag", flag, found == names)


def main():
    with rados.Rados(conffile=sys.argv[1], conf={"rados_osd_op_timeout": "30"}) as cluster:
        for name in ("operations", "snapshots"):
            cluster.create_pool(name)
        with cluster.open_ioctx("operations") as io:
            for part in (hello_class, lock_class, small_classes, log_class, watches,
                         pool_snapshots, limits):
                print(f"--- {part.__name__}")
                part(io)
        print("--- any_copy")
        any_copy(cluster)
        with cluster.open_ioctx("snapshots") as io:
            print("--- own_snapshots")
            own_snapshots(io)


main()
