"""The parts of python_rados.py about guarded writes, snapshots, classes, and what goes wrong."""
import rados

from python_steps import omap, show, value_of, write

EXCLUSIVE = rados.LIBRADOS_CREATE_EXCLUSIVE


def guarded_writes(cluster, io):
    io.write_full("g", b"0123456789")
    io.set_xattr("g", "a", b"5")
    version = io.get_last_version()
    show("the bytes are as expected",
         write, io, "g", ("cmpext", b"345", 3), ("write", b"abc", 3), ("set_xattr", "b", b"1"))
    show("the bytes are not", write, io, "g", ("cmpext", b"3x5", 3), ("write", b"XYZ", 0))
    show("nothing of it was done", io.read, "g")
    show("with what came before the guard",
         write, io, "g", ("write", b"##", 0), ("cmpext", b"zz", 0))
    show("nothing of it either", io.read, "g")
    show("an older version", write, io, "g", ("assert_version", version), ("append", b"!"))
    io.stat("g")
    current = io.get_last_version()
    print("versions grow", current > version)
    show("a newer version", write, io, "g", ("assert_version", current + 1), ("append", b"!"))
    show("this version", write, io, "g", ("assert_version", current), ("append", b"!"))
    show("version 0", write, io, "g", ("assert_version", 0), ("append", b"!"))
    show("as a result", io.read, "g")
    write(io, "g", ("set_omap", ("k",), (b"5",)))
    for name in ("EQ", "NE", "GT", "GTE", "LT", "LTE"):
        code = getattr(rados, "LIBRADOS_CMPXATTR_OP_" + name)
        for value in ("4", "5", "6"):
            show(f"omap_cmp {name} {value}",
                 write, io, "g", ("omap_cmp", "k", value, code), ("append", b"."))
    show("omap_cmp, no key", write, io, "g", ("omap_cmp", "none", "", 1), ("append", b"?"))
    show("omap_cmp, no key, something", write, io, "g", ("omap_cmp", "none", "x", 1))
    show("exclusively new", write, io, "n", ("new", EXCLUSIVE), ("append", b"1"))
    show("exclusively again", write, io, "n", ("new", EXCLUSIVE), ("append", b"2"))
    show("new or not", write, io, "n", ("new", rados.LIBRADOS_CREATE_IDEMPOTENT), ("append", b"3"))
    show("remove and create at once",
         write, io, "n", ("remove",), ("new", EXCLUSIVE), ("append", b"4"))
    show("as a result", io.read, "n")
    show("an attribute of what is new", write, io, "n", ("set_xattr", "x", b"y"), ("rm_xattr", "x"))
    show("a failing step that may fail", write, io, "n",
         ("rm_xattr", "none"), ("set_flags", rados.LIBRADOS_OP_FLAG_FAILOK), ("append", b"5"))
    show("all kinds of bytes", write, io, "n", ("write_full", b"abcdefghij"), ("zero", 2, 3),
         ("truncate", 8), ("append", b"end"), ("writesame", b"xy", 4, 11))
    show("as a result", io.read, "n")
    show("a class within", write, io, "new", ("execute", "hello", "record_hello", b"you"),
         ("set_xattr", "by", b"class"))
    show("as a result", lambda: (io.read("new"), [name for name, _ in io.get_xattrs("new")]))
    show("a class that refuses", write, io, "new", ("append", b"no"),
         ("execute", "hello", "record_hello", b""))
    show("nothing of it was done", io.read, "new")
    show("an empty operation", write, io, "void")
    show("and no object", io.stat, "void")
    with rados.WriteOpCtx() as op:
        op.append(b" later")
        show("asynchronous", lambda: value_of(io.operate_aio_write_op(op, "new")))
    with rados.ReadOpCtx() as op:
        op.cmpext(b"Hello", 0)
        show("a guarded read", lambda: omap_within(io, op, "new"))
    with rados.ReadOpCtx() as op:
        op.cmpext(b"Hallo", 0)
        show("a guarded read, refused", lambda: omap_within(io, op, "new"))


def omap_within(io, op, oid):
    values, _ = io.get_omap_vals(op, "", "", 10)
    io.operate_read_op(op, oid)
    return list(values)


def snapshots(cluster, io):
    io.write_full("s", b"first")
    io.set_xattr("s", "x", b"1")
    write(io, "s", ("set_omap", ("k",), (b"1",)))
    io.create_snap("before")
    io.write("s", b"SECOND", 2)
    io.set_xattr("s", "x", b"2")
    write(io, "s", ("set_omap", ("k", "l"), (b"2", b"2")))
    io.write_full("young", b"y")
    snap = io.lookup_snap("before")
    print("snapshots", [(s.name, s.snap_id) for s in io.list_snaps()], snap.name)
    state = lambda: (io.read("s"), dict(io.get_xattrs("s")), omap(io, "s"))
    io.set_read(snap.snap_id)
    show("at the snapshot", state)
    show("what was made later", io.stat, "young")
    show("listed at the snapshot", lambda: len([o.key for o in io.list_objects()]) > 0)
    show("a write at a snapshot", io.write_full, "s", b"no")
    io.set_read(rados.LIBRADOS_SNAP_HEAD)
    show("the head", state)
    show("roll back", io.snap_rollback, "s", "before")
    show("the head", state)
    show("roll back to none", io.snap_rollback, "s", "none")
    show("no such snapshot", io.lookup_snap, "none")
    show("made again", io.create_snap, "before")
    show("removed", io.remove_snap, "before")
    show("removed again", io.remove_snap, "before")
    show("snapshots", lambda: list(io.list_snaps()))
    show("of one's own in this pool", io.create_self_managed_snap)


def own_snapshots(cluster, io):
    ids = []
    for i in range(4):
        io.write("o", b"%d" % i, i)
        ids.insert(0, io.create_self_managed_snap())
        io.set_self_managed_snap_write(ids)
    print("ids go up", ids == sorted(ids, reverse=True))
    io.write_full("o", b"head")
    for i, snap in enumerate(reversed(ids)):
        io.set_read(snap)
        show(f"at {i}", io.read, "o")
    io.set_read(rados.LIBRADOS_SNAP_HEAD)
    show("roll back to 1", io.rollback_self_managed_snap, "o", ids[2])
    show("the head", io.read, "o")
    show("out of order", io.set_self_managed_snap_write, [ids[2], ids[0]])
    io.set_self_managed_snap_write(ids)
    io.remove_object("o")
    show("removed", io.stat, "o")
    io.set_read(ids[0])
    show("the last snapshot", io.read, "o")
    io.set_read(rados.LIBRADOS_SNAP_HEAD)
    for snap in ids:
        io.remove_self_managed_snap(snap)
    show("one of the pool's", io.create_snap, "no")


def classes(cluster, io):
    io.write_full("c", b"bytes")
    show("say_hello", io.execute, "c", "hello", "say_hello", b"")
    show("a name that is too long", io.execute, "c", "hello", "say_hello", b"n" * 200)
    show("no class", io.execute, "c", "nowhere", "x", b"")
    show("no method", io.execute, "c", "hello", "x", b"")
    show("a buffer that is too small", io.execute, "c", "hello", "say_hello", b"somebody", 4)
    show("numops, no input", io.execute, "c", "numops", "add", b"")
    show("lock, nonsense", io.execute, "c", "lock", "lock", b"\1\2\3")
    show("lock, empty", io.execute, "c", "lock", "get_info", b"")
    show("version, nonsense", io.execute, "c", "version", "set", b"\xff" * 40)
    show("refcount, nonsense", io.execute, "c", "refcount", "get", b"\xff" * 6)
    show("log, nonsense", io.execute, "c", "log", "add", b"\0" * 5)
    show("a name with odd bytes", io.execute, "c", "hel/lo", "x", b"")


def errors(cluster, io):
    for name, call in (
            ("read", lambda: io.read("absent")), ("stat", lambda: io.stat("absent")),
            ("remove", lambda: io.remove_object("absent")),
            ("truncate", lambda: io.trunc("absent", 5)),
            ("attribute", lambda: io.get_xattr("absent", "a")),
            ("attributes", lambda: list(io.get_xattrs("absent"))),
            ("cmpext", lambda: value_of(io.aio_cmpext("absent", b"x"))),
            ("omap", lambda: omap(io, "absent"))):
        show(f"absent: {name}", call)
    show("what truncate left", lambda: io.stat("absent"))
    io.write_full("e", b"0123456789")
    show("read of nothing", io.read, "e", 0)
    show("read beyond the end", io.read, "e", 10, 10)
    show("read across the end", io.read, "e", 10, 8)
    show("truncate to the largest number", io.trunc, "e", (1 << 64) - 1)
    show("an attribute longer than the buffer", lambda: (
        io.set_xattr("e", "long", b"x" * 20000), len(io.get_xattr("e", "long"))))
    show("an attribute of 64 KiB", io.set_xattr, "e", "larger", b"x" * 65536)
    show("an attribute of 64 KiB and a byte", io.set_xattr, "e", "larger", b"x" * 65537)
    show("an empty attribute", lambda: (
        io.set_xattr("e", "empty", b""), io.get_xattr("e", "empty")))
    show("an attribute without a name", io.set_xattr, "e", "", b"x")
    show("an attribute with odd bytes", lambda: (
        io.set_xattr("e", "\u00e9 /x", b"\0\xff"), io.get_xattr("e", "\u00e9 /x")))
    show("a name of 2049 bytes", io.write_full, "n" * 2049, b"")
    show("an empty name", io.write_full, "", b"x")
    show("a name with odd bytes", lambda: (
        io.write_full("\u00e9/\n%s", b"odd"), io.read("\u00e9/\n%s")))
    show("90 MiB at once", lambda: io.write_full("e", b"\0" * (90 << 20)))
    show("too large", io.write_full, "e", b"\0" * ((90 << 20) + 1))
    show("beyond what an object may hold", io.write, "e", b"x", (128 << 20))
    show("up to what it may", io.write, "e", b"x", (128 << 20) - 1)
    show("appended to that", io.append, "e", b"x")
    show("writesame, nothing", io.writesame, "e", b"", 10)
    show("writesame, uneven", io.writesame, "e", b"abc", 10)
    show("cmpext of zeros beyond the end", io.cmpext, "ordered", b"\0" * 4, 100000)
    show("cmpext beyond the end", io.cmpext, "ordered", b"\0\0x", 100000)
    show("the size at the end", lambda: io.stat("e")[0])
    io.remove_object("e")


def pools(cluster, io):
    show("no such pool", cluster.open_ioctx, "nowhere")
    show("a pool that is there", cluster.create_pool, "python")
    show("lookup", lambda: cluster.pool_reverse_lookup(cluster.pool_lookup("python")))
    show("exists", lambda: (cluster.pool_exists("python"), cluster.pool_exists("nowhere")))
    show("application", io.application_enable, "tests")
    show("another one", io.application_enable, "more")
    show("forced", io.application_enable, "more", True)
    show("applications", io.application_list)
    show("metadata", io.application_metadata_set, "tests", "key", "value")
    show("read back", io.application_metadata_get, "tests", "key")
    show("list", io.application_metadata_list, "tests")
    show("none", io.application_metadata_get, "tests", "none")
    show("removed", io.application_metadata_remove, "tests", "key")
    show("of no application", io.application_metadata_list, "nobody")
