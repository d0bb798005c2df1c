"""Tests of the comparison: what fails a part, and what may differ."""
import os
import subprocess
import sys
import tempfile
import unittest

PROGRAM = os.path.join(os.path.dirname(os.path.realpath(__file__)), "transcripts.py")


def compare(real, ours, allowed=""):
    """The verdicts, as {part: "ok" or "FAIL"}."""
    with tempfile.TemporaryDirectory() as folder:
        names = [os.path.join(folder, name) for name in ("real", "ours", "allowed")]
        for name, text in zip(names, (real, ours, allowed)):
            with open(name, "w") as file:
                file.write(text)
        done = subprocess.run([sys.executable, PROGRAM, "p", *names], text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    verdicts = dict(reversed(line.split("\t")) for line in done.stdout.splitlines())
    return done.returncode, verdicts


class TranscriptsTest(unittest.TestCase):
    def test_a_part_fails_by_a_line_that_differs_and_others_do_not(self):
        _, found = compare("=== a\n1\n=== b\n2\n", "=== a\n1\n=== b\n3\n")
        self.assertEqual((found["a"], found["b"]), ("ok", "FAIL"))

    def test_a_part_that_one_side_lacks_fails(self):
        self.assertEqual(compare("=== a\n=== b\n", "=== a\n")[1]["b"], "FAIL")
        self.assertEqual(compare("=== a\n", "=== a\n=== b\n")[1]["b"], "FAIL")

    def test_times_and_ids_are_no_difference(self):
        real = "=== a\nclient.4123 at 2026-11-23T08:28:55.123+0000\n"
        ours = "=== a\nclient.7 at 2026-11-24T00:00:00.5+0000\n"
        self.assertEqual(compare(real, ours)[1]["a"], "ok")

    def test_what_is_listed_with_a_reason_may_differ(self):
        allowed = "Why.\n    p | a | - old *\n    p | a | + new\n    q | a | - other\n"
        _, found = compare("=== a\nold one\n", "=== a\nnew\n", allowed)
        self.assertEqual(set(found.values()), {"ok"})

    def test_what_is_listed_and_does_not_differ_fails(self):
        _, found = compare("=== a\n1\n", "=== a\n1\n", "Why.\n    p | a | - 1\n")
        self.assertEqual((found["a"], found["what may differ does"]), ("ok", "FAIL"))

    def test_a_list_without_reasons_is_refused(self):
        self.assertNotEqual(compare("=== a\n", "=== a\n", "# says nothing\n\n    p | a | - 1\n")[0], 0)


if __name__ == "__main__":
    unittest.main()
