"""Compares what two clusters answered, as runner.py noted it.

    compare.py REAL OURS ALLOWED

Prints each difference and ends with counts. ALLOWED is differences.txt, which describes itself. Exits
with 1 if there is a difference that it does not allow, or if it allows one that did not occur.

A difference is a line "COMMAND | DETAIL", DETAIL being one of
    exit REAL -> OURS
    out - LINE, out + LINE, err - LINE, err + LINE    only the real one has it, only ours has it
    json - PATH:TYPE, json + PATH:TYPE                likewise, a field
    json PATH: REAL -> OURS                           values
"""
import collections
import difflib
import json
import re
import sys

import normalise


def line_differences(stream, real, ours):
    matcher = difflib.SequenceMatcher(None, real, ours, autojunk=False)
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind != "equal":
            yield from (f"{stream} - {line}" for line in real[a:b])
            yield from (f"{stream} + {line}" for line in ours[c:d])


def json_differences(real, ours):
    real, ours = normalise.json_fields(real), normalise.json_fields(ours)
    for path in sorted(real.keys() | ours.keys()):
        if path not in ours:
            yield f"json - {path}"
        elif path not in real:
            yield f"json + {path}"
        elif real[path] != ours[path]:
            yield f"json {path}: {shorten(real[path])} -> {shorten(ours[path])}"


def shorten(values):
    text = " ".join(values)
    return text if len(text) <= 120 else text[:117] + "..."


def differences(real, ours):
    """The details in which two answers to one command differ."""
    command = real["command"]
    if real["code"] != ours["code"]:
        yield f"exit {real['code']} -> {ours['code']}"
    documents = [normalise.parse_documents(answer["out"]) for answer in (real, ours)]
    if None not in documents:
        yield from json_differences(*documents)
    else:
        yield from line_differences("out", *(normalise.text_lines(command, answer["out"])
                                             for answer in (real, ours)))
    yield from line_differences("err", *(normalise.text_lines(command, answer["err"])
                                         for answer in (real, ours)))


class Allowed:
    """What differences.txt allows: reasons, and below each the patterns of differences."""

    def __init__(self, text):
        self.patterns = []
        reason = ""
        for line in text.splitlines():
            if line.startswith("  "):
                may = line.startswith("  ? ")
                text = line[4 if may else 2:]
                parts = [re.escape(part) for part in text.split("*")]
                self.patterns.append([text, re.compile(".*".join(parts) + "$"), int(may), reason])
            elif not line or line.startswith("#"):
                reason = ""
            else:
                reason = f"{reason} {line}".strip()

    def reason_of(self, difference):
        """Why the difference is allowed; None if it is not."""
        for pattern in self.patterns:
            if pattern[1].match(difference):
                pattern[2] += 1
                return pattern[3]
        return None

    def unused(self):
        return [pattern[0] for pattern in self.patterns if pattern[2] == 0]


def name_of(answer):
    return answer["command"] + (" -f json" if answer["format"] == "json" else "")


def pair(real, ours):
    """The answers to the same command of the same place in the list; -f json is asked for only where
    the plain form succeeded, so that one side may lack it."""
    real = {(answer["place"], answer["format"]): answer for answer in real}
    ours = {(answer["place"], answer["format"]): answer for answer in ours}
    return [(real[key], ours[key]) for key in real if key in ours]


def main():
    with open(sys.argv[1], encoding="utf-8") as a, open(sys.argv[2], encoding="utf-8") as b:
        pairs = pair(json.load(a), json.load(b))
    with open(sys.argv[3], encoding="utf-8") as file:
        allowed = Allowed(file.read())
    equal, differing, new = 0, 0, 0
    reasons = collections.defaultdict(set)  # to the answers that differ for it
    for real, ours in pairs:
        found = list(differences(real, ours))
        equal += not found
        differing += bool(found)
        for detail in found:
            line = f"{name_of(real)} | {detail}"
            reason = allowed.reason_of(line)
            if reason is None:
                new += 1
            else:
                reasons[reason].add((real["place"], real["format"]))
            print("NEW   " if reason is None else "known ", line)
    unused = allowed.unused()
    for line in unused:
        print("GONE  ", line)
    for reason, answers in sorted(reasons.items(), key=lambda item: -len(item[1])):
        print(f"{len(answers):5} answers: {reason}")
    commands = len({real["place"] for real, _ in pairs})
    print(f"{commands} commands, {len(pairs)} answers compared: {equal} equal, {differing} differ; "
          f"{new} differences are new, {len(unused)} listed ones are gone")
    sys.exit(1 if new or unused or not pairs else 0)


if __name__ == "__main__":
    main()
