"""Tests of the comparison: what is a difference, what is not, and what differences.txt may say."""
import unittest

import compare
import normalise


def answer(out="", err="", code=0, command="osd stat", form="text"):
    return {"place": 1, "command": command, "format": form, "code": code, "out": out, "err": err}


def found(real, ours):
    return list(compare.differences(real, ours))


class DifferencesTest(unittest.TestCase):
    def test_times_ids_addresses_sizes_and_widths_are_no_difference(self):
        real = "osd.0  up since 3s  v1:127.0.0.1:6800/71  4.0 GiB e15 2026-11-23T07:28:55.123+0000"
        ours = "osd.0 up since 17m v1:127.0.0.1:26105/1234 93 MiB e7 2026-11-24T08:00:00.000001+0000"
        self.assertEqual(found(answer(real), answer(ours)), [])

    def test_a_line_that_one_side_lacks_is_named_with_its_side(self):
        self.assertEqual(found(answer("a\nb"), answer("a\nc")), ["out - b", "out + c"])
        self.assertEqual(found(answer(err="no"), answer()), ["err - no"])

    def test_the_words_of_a_usage_are_no_difference_but_why_it_is_shown_is(self):
        real = "Invalid command: missing a\nosd in <ids> :  set them in\nError EINVAL: invalid command"
        ours = "Invalid command: missing b\nosd in <id> :  let them in\nError EINVAL: invalid command"
        self.assertEqual(found(answer(err=real), answer(err=ours)),
                         ["err - Invalid command: missing a", "err + Invalid command: missing b"])

    def test_exit_codes_are_compared(self):
        self.assertEqual(found(answer(code=2), answer(code=22)), ["exit 2 -> 22"])

    def test_fields_of_json_are_compared_by_path_and_type(self):
        real = answer('{"nodes": [{"id": 1, "name": "a"}, {"id": 2}]}', form="json")
        ours = answer('{"nodes": [{"id": 1}, {"id": "2"}], "more": null}', form="json")
        self.assertEqual(found(real, ours), [
            "json + more:null", "json nodes[].id:number: 1 2 -> 1", "json + nodes[].id:string",
            "json - nodes[].name:string"])

    def test_values_of_json_are_compared_in_any_order_and_measured_ones_not(self):
        real = answer('{"l": [1, 2], "epoch": 4, "kb_used": 10}', form="json")
        self.assertEqual(found(real, answer('{"kb_used": 3, "epoch": 9, "l": [2, 1]}', form="json")), [])
        self.assertEqual(found(real, answer('{"kb_used": 3, "epoch": 9, "l": [2, 3]}', form="json")),
                         ["json l[]:number: 1 2 -> 2 3"])

    def test_json_on_one_side_only_is_compared_as_text(self):
        self.assertEqual(found(answer('{}', form="json"), answer('oops', form="json")),
                         ["out - {}", "out + oops"])

    def test_documents_back_to_back_are_read(self):
        self.assertEqual(normalise.parse_documents("[1][2]\n"), [[1], [2]])
        self.assertIsNone(normalise.parse_documents("[1] and more"))


class AllowedTest(unittest.TestCase):
    def test_a_pattern_allows_what_it_matches_and_is_missed_when_nothing_does(self):
        allowed = compare.Allowed("# What\n\nIt is\nso.\n  osd df* | json - *\n  osd tree | out + x[]\n")
        self.assertEqual(allowed.reason_of("osd df tree -f json | json - nodes[].pgs:number"),
                         "It is so.")
        self.assertIsNone(allowed.reason_of("osd tree | out + x"))
        self.assertEqual(allowed.unused(), ["osd tree | out + x[]"])

    def test_a_pattern_with_a_question_mark_is_not_missed(self):
        allowed = compare.Allowed("Now and then.\n  ? osd df | out - *\n")
        self.assertEqual(allowed.unused(), [])
        self.assertEqual(allowed.reason_of("osd df | out - x"), "Now and then.")


if __name__ == "__main__":
    unittest.main()
