"""Clients that write while daemons are killed: `durability.py CEPH_CONF FOLDER ROUNDS SEED`.

FOLDER is the cluster's (./x cluster), with two OSDs; SIPHON_BIN the folder of the programs. In each
round four librados clients append, overwrite and change objects by compound operations, many at a
time; at a random moment an OSD or the monitor is killed with SIGKILL, an OSD's store is checked by
--fsck, and it is started again. Then every client reads what it wrote:
  - an object of appends is exactly the tokens that were appended, each once, in order;
  - an overwritten object is whole, and no older than the last write that was acknowledged;
  - contents, attribute and object map of a compound operation are of the same operation.
All of it is read once more at the end. Runs with Debian's python3-rados.
"""
import os
import random
import select
import signal
import subprocess
import sys
import threading
import time

import rados

CLIENTS = 4
IN_FLIGHT = 8
POOL = "durability"
OSDS = 2


def pattern(client, name, version):
    """Bytes that tell whose they are from every part of them."""
    unit = b"%d.%s.%08d|" % (client, name.encode(), version)
    count = 1 + (version * 7919) % 4000
    if version % 4 == 0:
        count += 600_000 // len(unit)  # large writes are kept elsewhere (data_files.h)
    return unit * count


class Client(threading.Thread):
    """Writes in each round until it is told to stop, then reads back what it wrote."""

    def __init__(self, conf, number):
        super().__init__(daemon=True)
        self.number = number
        options = {"rados_osd_op_timeout": "60", "client_mount_timeout": "60"}
        self.cluster = rados.Rados(conffile=conf, conf=options)
        self.cluster.connect()
        self.io = self.cluster.open_ioctx(POOL)
        self.begin = threading.Semaphore(0)
        self.done = threading.Semaphore(0)
        self.stop = threading.Event()
        self.round = 0
        self.problems = []
        self.acknowledged = 0
        self.appended = {}   # object: tokens that were acknowledged
        self.versions = {}   # object: the last version that was acknowledged
        self.lock = threading.Lock()
        self.start()

    def run(self):
        while True:
            self.begin.acquire()
            self.write()
            self.verify(list(self.appended)[-1:], list(self.versions))
            self.done.release()

    def note(self, slots, completion, record):
        """One write was answered."""
        result = completion.get_return_value()
        with self.lock:
            if result < 0:
                self.problems.append(f"client {self.number}: a write gave {result}")
            else:
                self.acknowledged += 1
                record()
        slots.release()

    def write(self):
        slots = threading.Semaphore(IN_FLIGHT)
        log = f"log.{self.number}.{self.round}"
        self.appended[log] = 0
        step = 0
        while not self.stop.is_set():
            slots.acquire()
            if step % 3 == 0:
                self.append(slots, log, step // 3)
            elif step % 3 == 1:
                self.overwrite(slots, f"block.{self.number}.{step % 4}")
            else:
                self.compound(slots, f"compound.{self.number}.{step % 4}")
            step += 1
        for _ in range(IN_FLIGHT):
            slots.acquire()

    def append(self, slots, log, index):
        def record():
            self.appended[log] = max(self.appended[log], index + 1)
        self.io.aio_append(log, b"<%d>" % index,
                           oncomplete=lambda c: self.note(slots, c, record))

    def next_version(self, name):
        with self.lock:
            issued, acknowledged = self.versions.get(name, (0, 0))
            self.versions[name] = (issued + 1, acknowledged)
        return issued + 1

    def record_version(self, name, version):
        issued, acknowledged = self.versions[name]
        self.versions[name] = (issued, max(acknowledged, version))

    def overwrite(self, slots, name):
        version = self.next_version(name)
        self.io.aio_write_full(name, pattern(self.number, name, version),
                               oncomplete=lambda c: self.note(
                                   slots, c, lambda: self.record_version(name, version)))

    def compound(self, slots, name):
        version = self.next_version(name)
        with rados.WriteOpCtx() as op:
            op.write_full(pattern(self.number, name, version))
            op.set_xattr("version", b"%d" % version)
            self.io.set_omap(op, ("version",), (b"%d" % version,))
            self.io.operate_aio_write_op(op, name, oncomplete=lambda c: self.note(
                slots, c, lambda: self.record_version(name, version)))

    def complain(self, text):
        self.problems.append(f"client {self.number}, round {self.round}: {text}")

    def verify(self, logs, names):
        for log in logs:
            self.look(log, lambda: self.verify_log(log, self.appended[log]))
        for name in names:
            self.look(name, lambda: self.verify_object(name, *self.versions[name]))

    def look(self, name, verify):
        try:
            verify()
        except rados.Error as error:
            self.complain(f"{name} cannot be read: {error}")

    def verify_log(self, log, count):
        if count == 0:
            return
        size = self.io.stat(log)[0]
        got = self.io.read(log, size + 1)
        expected = b"".join(b"<%d>" % i for i in range(count))
        if got != expected:
            at = next((i for i, (a, b) in enumerate(zip(got, expected)) if a != b),
                      min(len(got), len(expected)))
            self.complain(f"{log} of {count} tokens differs at byte {at}: "
                          f"{got[max(0, at - 20):at + 20]!r}, not "
                          f"{expected[max(0, at - 20):at + 20]!r}")

    def verify_object(self, name, issued, acknowledged):
        if acknowledged == 0:
            return
        got = self.io.read(name, 1 << 20)
        try:
            version = int(got[:got.index(b"|")].rsplit(b".", 1)[1])
        except ValueError:
            return self.complain(f"{name} begins with {got[:40]!r}")
        if got != pattern(self.number, name, version):
            self.complain(f"{name} is torn: it begins as version {version}")
        if not acknowledged <= version <= issued:
            self.complain(f"{name} has version {version}; {acknowledged} was acknowledged")
        if name.startswith("compound"):
            attr = int(self.io.get_xattr(name, "version"))
            with rados.ReadOpCtx() as op:
                values, _ = self.io.get_omap_vals(op, "", "", 10)
                self.io.operate_read_op(op, name)
                omap = {key: int(value) for key, value in values}
            if attr != version or omap != {"version": version}:
                self.complain(f"{name}: bytes are of version {version}, attribute {attr}, "
                              f"object map {omap}")


class Daemons:
    def __init__(self, conf, folder):
        self.conf, self.folder = conf, folder
        self.bin = os.environ["SIPHON_BIN"]
        self.osd = self.bin + "/services/osd/siphon-osd"
        self.checks = 0

    def kill(self, name):
        with open(f"{self.folder}/run/{name}.pid") as file:
            pid = int(file.read())
        process = os.pidfd_open(pid)
        signal.pidfd_send_signal(process, signal.SIGKILL)
        ended = select.select([process], [], [], 30)[0]
        os.close(process)
        if not ended:
            raise RuntimeError(f"{name} lives on after SIGKILL")

    def start(self, name):
        kind, number = name.split(".")
        program = self.osd if kind == "osd" else self.bin + "/services/mon/siphon-mon"
        # What it says is for Ceph's clients.
        env = {name: value for name, value in os.environ.items() if name != "CEPH_ARGS"}
        subprocess.run([program, "-c", self.conf, "-i", number], check=True, timeout=60, env=env)

    def fsck(self, name):
        """What is wrong with an OSD's store."""
        self.checks += 1
        command = [self.osd, "--fsck", "--osd-data", f"{self.folder}/{name}"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60)
        if done.returncode == 0:
            return []
        return [f"fsck of {name} gives {done.returncode}: {done.stdout}{done.stderr}"]


def play(clients, daemons, victim, random_moment):
    for client in clients:
        client.stop.clear()
        client.begin.release()
    time.sleep(random_moment)
    daemons.kill(victim)
    problems = daemons.fsck(victim) if victim.startswith("osd") else []
    daemons.start(victim)
    for client in clients:
        client.stop.set()
    for client in clients:
        if not client.done.acquire(timeout=120):
            problems.append(f"client {client.number} waits for its answers for ever")
        problems += client.problems
        client.problems = []
        client.round += 1
    return problems


def main():
    conf, folder, rounds, seed = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    rand = random.Random(seed)
    daemons = Daemons(conf, folder)
    clients = [Client(conf, number) for number in range(CLIENTS)]
    begin = time.monotonic()
    problems = []
    killed = {}
    for number in range(rounds):
        victim = rand.choice(["osd.0", "osd.0", "osd.1", "osd.1", "mon.a"])
        killed[victim] = killed.get(victim, 0) + 1
        problems += [f"round {number}, {victim} killed: {p}"
                     for p in play(clients, daemons, victim, rand.uniform(0.02, 0.4))]
        if len(problems) > 10:
            break
    for client in clients:
        client.verify(list(client.appended), list(client.versions))
        problems += client.problems
    for line in problems:
        print(line)
    tokens = sum(sum(client.appended.values()) for client in clients)
    print(f"{rounds} rounds in {time.monotonic() - begin:.1f} s, seed {seed}; killed: "
          f"{', '.join(f'{n} {k} times' for n, k in sorted(killed.items()))}; "
          f"{sum(client.acknowledged for client in clients)} writes acknowledged, {tokens} of them "
          f"appends; {daemons.checks} stores checked after a kill; {len(problems)} problems",
          flush=True)
    # Threads of a client that waits for ever would keep the program.
    os._exit(1 if problems else 0)


main()
