"""Compares what one program printed on two clusters, part by part.

    transcripts.py PROGRAM REAL OURS DIFFERENCES

A line "=== PART" begins a part. Prints "ok" or "FAIL", a tab and the part's name, for each; a part
fails if a line differs that DIFFERENCES (which describes itself) does not allow, and the whole if
it allows what did not occur. What differs goes to standard error. Times, ids and addresses that a
program cannot help printing are words in capitals before lines are compared.
"""
import difflib
import fnmatch
import re
import sys

SHOWN = 20  # differences of a part
RULES = [(re.compile(pattern), word) for pattern, word in [
    (r"client\.\d+", "client.N"),
    (r"(cookie[= ]|notify_id |from )\d+", r"\1N"),
    (r"127\.0\.0\.1:0/\d+", "ADDRESS"),
    (r"20\d\d[-.]\d\d[-.]\d\d[T ][0-9:.]+([+-]\d{4})?", "TIME"),
    (r"/tmp/siphon-interop\.\w+", "FOLDER"),
    (r"\s+$", ""),
]]


def parts(lines):
    """{part: its lines}, in order."""
    found, current = {}, None
    for line in lines:
        for pattern, word in RULES:
            line = pattern.sub(word, line)
        if line.startswith("=== "):
            current = found.setdefault(line[4:], [])
        else:
            (found.setdefault("start", []) if current is None else current).append(line)
    return found


def differences(real, ours):
    matcher = difflib.SequenceMatcher(None, real, ours, autojunk=False)
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind != "equal":
            yield from (f"- {line}" for line in real[a:b])
            yield from (f"+ {line}" for line in ours[c:d])


def allowed(lines, program):
    """Patterns "PART | DIFFERENCE" of the program, each under a reason."""
    reason, patterns = None, []
    for line in lines:
        if not line.strip() or line.startswith("#"):
            reason = reason if line.startswith("#") else None
        elif not line.startswith("    "):
            reason = line
        elif reason is None:
            sys.exit(f"no reason is given above {line!r}")
        else:
            name, pattern = line.strip().split(" | ", 1)
            if name == program:
                patterns.append(pattern)
    return patterns


def matches(difference, pattern):
    return fnmatch.fnmatchcase(difference, pattern.replace("[", "[[]").replace("?", "[?]"))


def main():
    program, *files = sys.argv[1:]
    lines = [open(name, errors="backslashreplace").read().split("\n") for name in files]
    real, ours = parts(lines[0]), parts(lines[1])
    patterns = allowed(lines[2], program)
    used = set()
    for part in dict.fromkeys([*real, *ours]):
        unlisted = []
        if part not in real or part not in ours:
            unlisted.append("only in the real one's" if part in real else "only in ours")
        for difference in differences(real.get(part, []), ours.get(part, [])):
            fitting = [p for p in patterns if matches(f"{part} | {difference}", p)]
            used.update(fitting)
            if not fitting:
                unlisted.append(difference)
        for difference in unlisted[:SHOWN]:
            print(f"    {program} | {part} | {difference}", file=sys.stderr)
        if len(unlisted) > SHOWN:
            print(f"    ... and {len(unlisted) - SHOWN} more", file=sys.stderr)
        print("FAIL" if unlisted else "ok", part, sep="\t")
    unused = [p for p in patterns if p not in used]
    for pattern in unused:
        print(f"does not occur: {pattern}", file=sys.stderr)
    print("FAIL" if unused else "ok", "what may differ does", sep="\t")


main()
