#!/usr/bin/env python3
"""Counts what the test stages of ./x brought: count_tests.py FOLDER.

FOLDER holds, for each stage, NAME.json (Bazel's build events) and NAME.exit (its exit code), and
perhaps programs.txt (a line "NAME pass|fail" for each fuzz target and simulator run). Prints the
targets that failed, those that passed only when they were tried again, and, last, the line
"N passed, N failed, N skipped" in test cases. Exits 1 if anything failed or nothing ran.
"""

import glob
import json
import os
import sys
import urllib.parse
import xml.etree.ElementTree


def count_cases(path):
    """(passed, failed, skipped) of one test.xml; None if it cannot be read."""
    try:
        root = xml.etree.ElementTree.parse(path).getroot()
    except (OSError, xml.etree.ElementTree.ParseError):
        return None
    passed = failed = skipped = 0
    for case in root.iter("testcase"):
        if case.find("failure") is not None or case.find("error") is not None:
            failed += 1
        elif case.find("skipped") is not None or case.get("status") == "notrun":
            skipped += 1
        else:
            passed += 1
    return passed, failed, skipped


def stage_results(path):
    """Yields (label, bazel status, (passed, failed, skipped), attempts) for each test of a stage; of one
    that was tried again, for its last attempt."""
    last = {}
    with open(path, encoding="utf-8") as events:
        for line in events:
            event = json.loads(line)
            result = event.get("testResult")
            if result is None:
                continue
            at = event["id"]["testResult"]
            counts = None
            for output in result.get("testActionOutput", []):
                if output.get("name") == "test.xml":
                    counts = count_cases(urllib.parse.urlparse(output["uri"]).path)
            which = (at["label"], at.get("run"), at.get("shard"))
            if at.get("attempt", 0) >= last.get(which, (0,))[0]:
                last[which] = (at.get("attempt", 0), result.get("status", "NO_STATUS"), counts)
    for (label, _, _), (attempt, status, counts) in last.items():
        yield label, status, counts, attempt


def main():
    folder = sys.argv[1]
    passed = failed = skipped = 0
    for path in sorted(glob.glob(os.path.join(folder, "*.exit"))):
        stage = os.path.basename(path)[: -len(".exit")]
        with open(path, encoding="utf-8") as exit_file:
            code = int(exit_file.read())
        stage_failed = 0
        for label, status, counts, attempt in stage_results(os.path.join(folder, stage + ".json")):
            good, bad, left = counts or (0, 0, 0)
            if status != "PASSED":
                bad = max(bad, 1)  # it crashed, or ran out of time
                print(f"{stage}: {label}: {status}")
            elif good + bad + left == 0:
                good = 1
            if status == "PASSED" and attempt > 1:
                print(f"{stage}: {label}: flaky, it passed at attempt {attempt}")
            passed += good
            skipped += left
            stage_failed += bad
        if code != 0 and stage_failed == 0:
            print(f"{stage}: bazel ended with {code}: something did not build")
            stage_failed = 1
        failed += stage_failed
    programs = os.path.join(folder, "programs.txt")
    if os.path.exists(programs):
        with open(programs, encoding="utf-8") as lines:
            for line in lines:
                target, outcome = line.split()
                if outcome == "pass":
                    passed += 1
                else:
                    failed += 1
                    print(f"{target}: failed")
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return 0 if failed == 0 and passed > 0 else 1


if __name__ == "__main__":
    sys.exit(main())
