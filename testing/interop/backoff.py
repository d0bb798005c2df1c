"""Writes to a placement group that is held and released again and again: `backoff.py CEPH_CONF POOL`.

Appends, sent without waiting for answers, have to arrive once each and in order. It runs with
Debian's python3-rados.
"""
import json
import sys

import rados

ROUNDS = 40
EACH = 25


def tell(cluster, *words):
    code, out, error = cluster.osd_command(0, json.dumps({"prefix": " ".join(words[:2]),
                                                          "pgid": "1.0"}), b"")
    if code != 0:
        sys.exit(f"{words}: {error}")


def main():
    with rados.Rados(conffile=sys.argv[1]) as cluster:
        io = cluster.open_ioctx(sys.argv[2])
        completions, expected = [], ""
        for n in range(ROUNDS):
            tell(cluster, "pg", "hold")
            for i in range(EACH):
                text = f"{n}.{i} "
                expected += text
                completions.append(io.aio_append("object", text.encode()))
            for _ in range(n % 3):  # the client may have been told by then, or not
                cluster.osd_command(0, json.dumps({"prefix": "dump_backoffs"}), b"")
            tell(cluster, "pg", "release")
        for completion in completions:
            completion.wait_for_complete()
            if completion.get_return_value() != 0:
                sys.exit(f"an append failed: {completion.get_return_value()}")
        got = io.read("object", length=1 << 20).decode()
        if got != expected:
            sys.exit(f"expected {expected[:200]}..., and there is {got[:200]}...")
        print("all", len(completions), "appends are there, in order")
        io.close()


main()
