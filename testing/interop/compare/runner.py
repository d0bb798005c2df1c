"""Runs a list of commands with Debian's `ceph` against one cluster and writes down what came of each.

    runner.py CONF COMMANDS RESULTS

The program is not changed: its text is compiled once, and each command is a process forked from here
that plays it with arguments of its own, which saves the half of its time that imports take. RESULTS
is a list in JSON of {"place", "command", "format", "code", "out", "err"}.

COMMANDS has a line each, with a word in front:
    both LINE        `ceph LINE`, and again with -f json if that succeeds
    text LINE        `ceph LINE` only
    prep LINE        `ceph LINE`; it must succeed, and is not compared
    rados LINE       `rados LINE`, likewise
    raw JSON         the bytes of a monitor command as they stand, past what `ceph` checks
    settle N         waits until N objects are counted and all placement groups are active and clean
$DIR in a line is a folder for files.
"""
import json
import os
import shlex
import signal
import subprocess
import sys
import tempfile
import time

# These are for `ceph`: what is imported here, its processes do not import again.
import ceph_argparse  # noqa: F401
import ceph_daemon  # noqa: F401
import rados

CEPH = "/usr/bin/ceph"
TIMEOUT_SECONDS = 20
SETTLE_SECONDS = 120


class Runner:
    def __init__(self, conf, folder):
        self.conf = conf
        self.folder = folder  # $DIR
        with open(CEPH, encoding="utf-8") as file:
            self.program = compile(file.read(), CEPH, "exec")
        self.cluster = rados.Rados(conffile=conf,
                                   conf={"rados_mon_op_timeout": str(TIMEOUT_SECONDS)})
        self.results = []
        self.place = 0  # the line of the list

    def ceph(self, line, more=()):
        """Exit code ("time-out" for none), output and errors of `ceph LINE`."""
        arguments = ["-c", self.conf, *shlex.split(line.replace("$DIR", self.folder)), *more]
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            child = os.fork()
            if child == 0:
                self.play(arguments, out.fileno(), err.fileno())
            _, status = os.waitpid(child, 0)
            killed = os.WIFSIGNALED(status)
            code = "time-out" if killed else os.WEXITSTATUS(status)
            texts = []
            for file in (out, err):
                file.seek(0)
                texts.append(file.read().decode("utf-8", "replace"))
        return code, *texts

    def play(self, arguments, out, err):
        """Is `ceph` with these arguments; never returns. An alarm ends it, whatever waits."""
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.alarm(TIMEOUT_SECONDS)
        null = os.open("/dev/null", os.O_RDONLY)
        for source, target in ((null, 0), (out, 1), (err, 2)):
            os.dup2(source, target)
        code = 1
        try:
            sys.argv = [CEPH, *arguments]
            exec(self.program, {"__name__": "__main__", "__file__": CEPH})
        except SystemExit as end:
            code = end.code or 0
        except BaseException:
            sys.excepthook(*sys.exc_info())
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)

    def note(self, command, form, code, out, err):
        self.results.append({"place": self.place, "command": command, "format": form, "code": code,
                             "out": out, "err": err})

    def raw(self, text):
        if self.cluster.state != "connected":
            self.cluster.connect(timeout=TIMEOUT_SECONDS)
        code, out, err = self.cluster.mon_command(text, b"")
        self.note("raw " + text, "text", -code, out.decode("utf-8", "replace"), err)

    def settle(self, objects):
        end = time.monotonic() + SETTLE_SECONDS
        while True:
            code, out, err = self.ceph("status -f json")
            pgs = json.loads(out)["pgmap"] if code == 0 else {}
            states = {s["state_name"]: s["count"] for s in pgs.get("pgs_by_state", [])}
            if (code == 0 and pgs["num_pgs"] == states.get("active+clean", 0)
                    and pgs.get("num_objects", 0) == objects):
                return
            if time.monotonic() > end:
                raise SystemExit(f"{self.conf}: not {objects} objects in clean groups: {pgs} {err}")

    def must(self, line, code, err):
        if code != 0:
            raise SystemExit(f"{self.conf}: {line}: {code}: {err}")

    def run(self, word, line):
        if word in ("both", "text"):
            answer = self.ceph(line)
            self.note(line, "text", *answer)
            if word == "both" and answer[0] == 0:
                self.note(line, "json", *self.ceph(line, ["-f", "json"]))
        elif word == "prep":
            code, _, err = self.ceph(line)
            self.must(line, code, err)
        elif word == "rados":
            words = shlex.split(line.replace("$DIR", self.folder))
            done = subprocess.run(["rados", "-c", self.conf, *words], capture_output=True, text=True,
                                  timeout=60, check=False)
            self.must(line, done.returncode, done.stderr)
        elif word == "raw":
            self.raw(line)
        elif word == "settle":
            self.settle(int(line))
        else:
            raise SystemExit(f'"{word} {line}": there is no such word; see runner.py')


def main():
    conf, commands, results = sys.argv[1:]
    with tempfile.TemporaryDirectory(prefix="siphon-compare-") as folder:
        runner = Runner(conf, folder)
        with open(os.path.join(folder, "file"), "wb") as file:
            file.write(b"x" * 4096)
        with open(commands, encoding="utf-8") as file:
            for runner.place, line in enumerate(file, 1):
                line = line.strip()
                if line and not line.startswith("#"):
                    runner.run(*line.split(" ", 1))
    with open(results, "w", encoding="utf-8") as file:
        json.dump(runner.results, file, indent=1)


if __name__ == "__main__":
    main()
