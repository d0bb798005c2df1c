#!/usr/bin/env python3
"""`rados bench` against siphon-osd and the real ceph-osd, side by side in one run.

Four clusters on loopback, each of a monitor and one OSD with the same settings: siphon-osd in memory
and on RocksDB, ceph-osd on memstore and on bluestore. All stay up; in each round each gets the same
load, one after the other, so that what else the machine does meets all of them alike. The figures are
medians over the rounds. CPU is that of the OSD's process (user and system, /proc/PID/stat) for each
operation, latency what `rados bench` says. Everything is stopped and deleted at the end.

Only ratios of figures of one run carry over to other machines.

  bazel run --config=opt //testing/bench:rados_bench -- --rounds 3
"""

import argparse
import fcntl
import json
import os
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time

TARGETS = {
    "siphon memory": ("siphon", "memory"),
    "ceph memstore": ("ceph", "memstore"),
    "siphon rocksdb": ("siphon", "rocksdb"),
    "ceph bluestore": ("ceph", "bluestore"),
}
SIZES = {"4K": 4 << 10, "4M": 4 << 20}
MODES = ("write", "seq", "rand")
# What a round may write: memory holds it twice, in the store and on its way.
MAX_BYTES = 1 << 30
PORTS = range(10000, 24000, 1000)  # of testing/interop/ports.sh; below the kernel's own range
POOL = "bench"


def fail(text):
    sys.exit(f"rados_bench: {text}")


def environment(**more):
    """Of the programs: no word about other clusters."""
    env = {k: v for k, v in os.environ.items() if not k.startswith("CEPH_")}
    env.update(more, CEPH_ARGS="--admin-socket=")
    return env


def run(command, env=None, limit=120):
    done = subprocess.run(command, env=env or environment(), capture_output=True, text=True,
                          timeout=limit, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)}: exit code {done.returncode}\n"
                           f"{done.stdout[-1000:]}{done.stderr[-2000:]}")
    return done.stdout


def claim_port(claims):
    """The first of 1000 ports that no test has, by the lock that the tests take."""
    for port in PORTS:
        claim = open(f"/tmp/siphon-ports-{port}.lock", "a", encoding="ascii")
        try:
            fcntl.flock(claim, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            claim.close()
            continue
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) != 0:
                claims.append(claim)
                return port
        claim.close()
    return fail("no 1000 ports are free: tests hold each lock /tmp/siphon-ports-*")


class Cluster:
    """A monitor and an OSD of ours or of Ceph's, from start() to stop()."""

    def __init__(self, name, folder, port, args):
        self.name = name
        self.kind, self.store = TARGETS[name]
        self.folder = folder
        self.port = port
        self.args = args
        self.conf = ["-c", f"{folder}/ceph.conf"]

    def start(self):
        if self.kind == "siphon":
            run(["services/cluster/cluster.sh", "start", "--dir", self.folder, "--osds", "1",
                 "--store", self.store, "--mon-port", str(self.port), "--auth", self.args.auth,
                 "--msgr", self.args.msgr, "--mode", "crc"], environment(SIPHON_BIN=self.args.bin))
        else:
            run(["testing/interop/real-ceph.sh", "start", self.folder],
                environment(AUTH=self.args.auth, MSGR=self.args.msgr, STORE=self.store, OSDS="1",
                            PORT=str(self.port)))
        self._await_up()
        run(["ceph", *self.conf, "osd", "pool", "create", POOL, "32", "32"])
        with open(f"{self.folder}/run/osd.0.pid", encoding="ascii") as file:
            self.pid = int(file.read())
        # The groups of the new pool are there when a first object is.
        run(["rados", *self.conf, "-p", POOL, "put", "first", "/dev/null"])

    def _await_up(self):
        end = time.monotonic() + 60
        while "1 up" not in run(["ceph", *self.conf, "osd", "stat"]):
            if time.monotonic() > end:
                raise RuntimeError(f"{self.name}: its OSD is not up after a minute")

    def stop(self):
        if not os.path.isdir(self.folder):
            return
        if self.kind == "siphon":
            run(["services/cluster/cluster.sh", "stop", "--dir", self.folder],
                environment(SIPHON_BIN=self.args.bin))
        else:
            run(["testing/interop/real-ceph.sh", "stop", self.folder])

    def cpu_seconds(self):
        with open(f"/proc/{self.pid}/stat", encoding="ascii") as file:
            fields = file.read().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def measure(self, size, mode):
        command = ["rados", *self.conf, "-p", POOL, "bench", str(self.args.seconds), mode,
                   "-t", str(self.args.in_flight)]
        if mode == "write":
            command += ["-b", str(size), "--no-cleanup",
                        "--max-objects", str(max(self.args.in_flight, MAX_BYTES // size))]
        before = self.cpu_seconds()
        text = run(command, limit=self.args.seconds * 10 + 120)
        return figures(text, size, self.cpu_seconds() - before)

    def clean(self):
        run(["rados", *self.conf, "-p", POOL, "cleanup"], limit=600)


def figures(text, size, cpu):
    """Of what `rados bench` printed, and the seconds of CPU meanwhile."""

    def number(name):
        found = re.search(rf"^{re.escape(name)}\s*:?\s+([0-9.e+-]+)", text, re.MULTILINE)
        if found is None:
            raise RuntimeError(f"rados bench says no \"{name}\":\n{text[-2000:]}")
        return float(found.group(1))

    def optional(*names):
        for name in names:
            if name in text:
                return number(name)
        return number(names[0])

    done = optional("Total writes made:", "Total reads made:")
    took = optional("Total time run:", "Total time run")
    return {
        "ops_per_s": done / took,
        "mb_per_s": done * size / took / 1e6,
        "latency_ms": number("Average Latency(s):") * 1e3,
        "latency_max_ms": number("Max latency(s):") * 1e3,
        "cpu_us": cpu / done * 1e6,
        "ops": done,
    }


def measure_all(clusters, args):
    """The figures of all rounds: {(size, mode, target): [figures]}."""
    rounds = {}
    for turn in range(args.rounds):
        # Who begins changes: the first after a pause may find the machine in another state.
        order = clusters[turn % len(clusters):] + clusters[:turn % len(clusters)]
        for size in args.sizes:
            for mode in MODES:
                for cluster in order:
                    got = cluster.measure(SIZES[size], mode)
                    rounds.setdefault((size, mode, cluster.name), []).append(got)
                    print(f"round {turn + 1}: {size} {mode}, {cluster.name}: "
                          f"{got['ops_per_s']:.0f} ops/s", file=sys.stderr)
            for cluster in order:
                cluster.clean()
    return rounds


def rows(rounds, args):
    for size in args.sizes:
        for mode in MODES:
            for target in args.targets:
                got = rounds[size, mode, target]
                row = {"size": size, "load": mode, "target": target, "rounds": len(got)}
                row.update({k: statistics.median(g[k] for g in got) for k in got[0]})
                yield row


def table(found):
    lines = ["| load | OSD | ops/s | MB/s | latency, ms | max, ms | OSD's CPU, µs/op |",
             "|---|---|---|---|---|---|---|"]
    for r in found:
        lines.append(f"| {r['size']}iB {r['load']} | {r['target']} | {r['ops_per_s']:.0f} "
                     f"| {r['mb_per_s']:.1f} | {r['latency_ms']:.2f} | {r['latency_max_ms']:.1f} "
                     f"| {r['cpu_us']:.0f} |")
    return "\n".join(lines)


def names(known):
    def parse(text):
        chosen = [name.strip() for name in text.split(",")]
        for name in chosen:
            if name not in known:
                raise argparse.ArgumentTypeError(f"\"{name}\" is none of: {', '.join(known)}")
        return chosen
    return parse


def positive(text):
    if not text.isdigit() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"\"{text}\" is no number from 1 on")
    return int(text)


def parse_args():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=positive, default=3, help="(3)")
    parser.add_argument("--seconds", type=positive, default=10,
                        help="of each load at most; writes and seq end after 1 GiB (10)")
    parser.add_argument("--in-flight", type=positive, default=16, help="operations at a time (16)")
    parser.add_argument("--sizes", type=names(SIZES), default=list(SIZES), help="4K,4M")
    parser.add_argument("--targets", type=names(TARGETS), default=list(TARGETS),
                        help=", ".join(TARGETS))
    parser.add_argument("--auth", choices=("none", "cephx"), default="none", help="(none)")
    parser.add_argument("--msgr", choices=("v1", "v2", "both"), default="v2", help="(v2)")
    parser.add_argument("--format", choices=("table", "json"), default="table", help="(table)")
    parser.add_argument("--folder", default="/var/tmp",
                        help="where the stores are, in a folder of their own: a disk (/var/tmp)")
    parser.add_argument("--bin", default=os.environ.get("SIPHON_BIN", os.getcwd()),
                        help="the folder with services/osd/siphon-osd and the others, when not run "
                        "by bazel ($SIPHON_BIN)")
    args = parser.parse_args()
    args.bin = os.path.abspath(args.bin)
    if not os.access(f"{args.bin}/services/osd/siphon-osd", os.X_OK):
        fail(f"{args.bin} has no services/osd/siphon-osd; build with --config=opt, and give --bin")
    for program in ("ceph", "rados"):
        if shutil.which(program) is None:
            fail(f"{program} is not installed; see packages.txt")
    return args


def interrupted(*_):
    raise KeyboardInterrupt


def main():
    args = parse_args()
    if not os.path.exists("services/cluster/cluster.sh"):
        os.chdir(os.path.join(os.path.dirname(os.path.abspath(__file__)), "../.."))
    signal.signal(signal.SIGTERM, interrupted)
    folder = tempfile.mkdtemp(prefix="siphon-bench.", dir=args.folder)
    clusters, claims, trouble = [], [], None
    try:
        for number, name in enumerate(args.targets):
            clusters.append(Cluster(name, f"{folder}/{number}", claim_port(claims), args))
            clusters[-1].start()
        found = list(rows(measure_all(clusters, args), args))
        print(json.dumps(found, indent=1) if args.format == "json" else table(found))
    except (RuntimeError, subprocess.TimeoutExpired, KeyboardInterrupt) as error:
        trouble = str(error) or "interrupted"
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        for cluster in clusters:
            try:
                cluster.stop()
            except (RuntimeError, subprocess.TimeoutExpired) as error:
                trouble = trouble or str(error)
        shutil.rmtree(folder, ignore_errors=True)
    if trouble:
        fail(trouble)


if __name__ == "__main__":
    main()
