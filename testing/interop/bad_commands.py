"""Commands that nobody should send, through librados: `bad_commands.py CEPH_CONF`.

One line for each: who was asked, what, the error number and the start of the words with it. After
each, the one asked has to answer a good command. It runs with Debian's python3-rados.
"""
import json
import sys

import rados

DEEP = 50_000
HUGE = 4 << 20
GOOD = json.dumps({"prefix": "version"})
SHOWN = 100  # characters


def commands():
    """Names and texts."""
    yield "nothing", ""
    yield "a space", " "
    yield "garbage", "\x01\x02\xff{]["
    yield "half an object", '{"prefix": "version"'
    yield "a list", "[]"
    yield "a number", "7"
    yield "a string", '"version"'
    yield "null", "null"
    yield "no prefix", "{}"
    yield "an empty prefix", '{"prefix": ""}'
    yield "an unknown prefix", '{"prefix": "no such command"}'
    yield "half a prefix", '{"prefix": "osd"}'
    yield "words after the object", '{"prefix": "version"} and more'
    yield "a prefix that is a number", '{"prefix": 7}'
    yield "a prefix that is a list", '{"prefix": ["version"]}'
    yield "a prefix that is null", '{"prefix": null}'
    yield "deep lists", "[" * DEEP
    yield "deep lists, closed", "[" * DEEP + "]" * DEEP
    yield "deep objects", '{"a":' * DEEP
    yield "a deep argument", '{"prefix": "osd pool get", "pool": ' + "[" * DEEP + "]" * DEEP + "}"
    yield "a huge prefix", json.dumps({"prefix": "x" * HUGE})
    yield "a huge name", json.dumps({"prefix": "osd pool get", "pool": "x" * HUGE, "var": "size"})
    yield "many arguments", json.dumps(
        {"prefix": "no such command", **{f"a{i}": i for i in range(20_000)}})
    yield "a huge number", '{"prefix": "osd down", "ids": ["' + "9" * 1000 + '"]}'
    yield "a number past all", '{"prefix": "osd pool create", "pool": "n", "pg_num": 1e999}'
    yield "a negative pg_num", '{"prefix": "osd pool create", "pool": "n", "pg_num": -1}'
    yield "an absurd pg_num", '{"prefix": "osd pool create", "pool": "n", "pg_num": 2147483647}'
    yield "a pool without a name", '{"prefix": "osd pool create"}'
    yield "a list for a name", '{"prefix": "osd pool create", "pool": ["n"]}'


def main():
    cluster = rados.Rados(conffile=sys.argv[1])
    cluster.connect(timeout=60)
    senders = {
        "mon": lambda text: cluster.mon_command(text, b"", timeout=60),
        "osd.0": lambda text: cluster.osd_command(0, text, b"", timeout=60),
    }
    for who, send in senders.items():
        for what, text in commands():
            code, _, words = send(text)
            print(f"{who}, {what}: {code} {words[:SHOWN]!a}", flush=True)
            if send(GOOD)[0] != 0:
                sys.exit(f"{who} does not answer after {what}")
    print("the end")
    cluster.shutdown()


if __name__ == "__main__":
    main()
