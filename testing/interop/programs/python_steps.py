"""What the parts of python_rados.py share: steps that print what came of them."""
import errno
import hashlib

import rados


def show(name, call, *args, **options):
    """Prints what the call gives, or its errno."""
    try:
        print(name, "->", call(*args, **options), flush=True)
    except rados.Error as error:
        code = abs(error.errno or 0)
        print(name, "->", errno.errorcode.get(code, f"errno {code}"), flush=True)
    except (AssertionError, KeyError, TypeError, UnicodeError, ValueError) as error:
        print(name, "->", type(error).__name__, flush=True)


def digest(values):
    return hashlib.sha256(repr(values).encode()).hexdigest()[:16]


def value_of(completion):
    """What an asynchronous operation returned, after its callbacks ran."""
    completion.wait_for_complete_and_cb()
    return completion.get_return_value()


def write(io, oid, *steps, flags=0):
    """One write operation; a step is the name of one, and its arguments."""
    with rados.WriteOpCtx() as op:
        for name, *args in steps:
            if name in ("set_omap", "remove_omap_keys", "clear_omap", "remove_omap_range2"):
                getattr(io, name)(op, *args)
            else:
                getattr(op, name)(*args)
        io.operate_write_op(op, oid, flags=flags)


def omap(io, oid, after="", prefix="", most=10000):
    with rados.ReadOpCtx() as op:
        values, _ = io.get_omap_vals(op, after, prefix, most)
        io.operate_read_op(op, oid)
        return list(values)
