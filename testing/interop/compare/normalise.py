"""What two clusters cannot have in common, taken out of what their commands print.

Text becomes lines with single spaces, in which times, ages, ids, addresses, sizes, keys and epochs are
words in capitals. JSON becomes a set of "path:type" and, per path, the sorted values; a list's places
are all one path ("nodes[].id"). Fields in MASKED have a type only.
"""
import collections
import json
import re

# In this order: what an earlier rule replaced, a later one does not see.
TEXT_RULES = [(re.compile(pattern), word) for pattern, word in [
    (r"(ceph|siphon) version [\d.]+( \([0-9a-f]{40}\) pacific \(stable\))?", "PROGRAM"),
    (r"^(16\.2\.\d+|0\.\d+\.\d+)$", "VERSION"),
    (r'"version": ?"[\d.]+"', "VERSION"),
    (r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "UUID"),
    (r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?([+-]\d{4}|Z)?", "TIME"),
    (r"AQ[\w+/]{36}==", "KEY"),
    (r"\[v2:127\.0\.0\.1:\d+/\d+,v1:127\.0\.0\.1:\d+/\d+\]", "ADDRS"),
    (r"(v[12]:)?127\.0\.0\.1:\d+(/\d+)?", "ADDR"),
    (r"\b(since|age) [\dywdhms. ]+[ywdhms]\b", r"\1 AGE"),
    (r"\b\d+(\.\d+)? ?[KMGTPE]?i?B\b", "SIZE"),
    (r"\be\d+\b", "eN"),
    (r"([\w-]+\|){5,}[\w-]+", "CHOICES"),
    (r"\b(epoch:?|last_change|up_from|up_thru|down_at|osdmap|version) \d+\b", r"\1 N"),
    (r"\[\d+,\d+\) ADDRS", "INTERVAL ADDRS"),
    (r"\b\d+'\d+\b", "VERSION"),
    (r"/tmp/siphon-[\w./-]+", "FILE"),
    (r"\s+", " "),
]]

# Rules for some commands only: what they print is measured.
COMMAND_RULES = [(re.compile(command), re.compile(pattern), word) for command, pattern, word in [
    (r"^osd df", r"SIZE [\d.]+(?= |$)", "SIZE PERCENT"),
    (r"^df", r"SIZE [\d.]+(?= |$)", "SIZE PERCENT"),
    (r"^pg (dump|ls)", r"\b\d+:\d+\b", "EPOCH:SEQ"),
    (r"^pg ls", r" \w+ VERSION EPOCH:SEQ", " AGE VERSION EPOCH:SEQ"),
    (r"^pg dump", r"(SIZE \[[\d,]+\] \d+ )\d+", r"\1 LED"),
    (r"^config log", r"^--- \d+ ---", "--- N ---"),
    (r"^osd perf", r"^( ?\d+) .*", r"\1 LATENCIES"),
]]

# Commands whose lines real monitors print in no order.
UNORDERED = re.compile(r"^pg (dump|ls)")

# Fields whose values differ from run to run, and from one machine to the next.
MASKED = re.compile(r"""(^|[.\]])(
    fsid | cluster_fsid | id_hex | osd_uuid | uuid | key | .*epoch.* | .*stamp | .*_at | .*_from
    | .*_thru | created | modified | .*addr.* | addr | nonce | port | since | .*_time | .*_age |
    age | up_since | kb.* | .*_kb | bytes_(total|used|avail) | total_kb.* | cpu | elapsed_sec |
    iops | .*_per_sec | statfs.* | utilization | var | total_.*bytes.* | std_dev | .*_avail.* |
    max_avail | avail_.* | percent_used | average_utilization | last_.* | seq | version |
    .*version | stdv | stddev | dev | .*_since | num_per_pool_osds | election_epoch | num |
    stamp_delta | last.update | round | .*ratio | quorum_age | reported_.* | .*_seconds |
    .*latency.* | crush_version | snap_seq | .*_ms | .*_ns
)$""", re.VERBOSE)


# What follows these lines is the usage of the commands that come closest, in a monitor's own words.
USAGE_FOLLOWS = re.compile(r"^(no valid command found|Invalid command: )")
USAGE_ENDS = re.compile(r"^Error E")


def without_usage(lines):
    """Lines without usages, and the number of the closest matches with them."""
    skips = False
    for line in lines:
        if USAGE_ENDS.match(line):
            skips = False
        if not skips:
            yield line.partition(";")[0] if line.startswith("no valid command") else line
        if USAGE_FOLLOWS.match(line):
            skips = True


def text_lines(command, text):
    """The lines of `text` that are not empty, normalised."""
    lines = []
    for line in without_usage(text.splitlines()):
        for pattern, word in TEXT_RULES:
            line = pattern.sub(word, line)
        line = line.strip()
        for commands, pattern, word in COMMAND_RULES:
            if commands.search(command):
                line = pattern.sub(word, line)
        if line:
            lines.append(line)
    return sorted(lines) if UNORDERED.search(command) else lines


def type_name(value):
    for types, name in ((bool, "bool"), ((int, float), "number"), (str, "string"), (dict, "object"),
                        (list, "list")):
        if isinstance(value, types):
            return name
    return "null"


def walk(path, value, values):
    """Puts every value in `value` into `values`, a dict from "path:type" to texts."""
    kind = type_name(value)
    place = values[f"{path or '.'}:{kind}"]
    if kind == "object":
        for name, field in value.items():
            name = " ".join(text_lines("", name))
            walk(f"{path}.{name}" if path else name, field, values)
    elif kind == "list":
        for element in value:
            walk(path + "[]", element, values)
    elif MASKED.search(path):
        pass
    elif kind == "string":
        place.append(" ".join(text_lines("", value)))
    else:
        # Integers as they are; the others with as many digits as single precision has.
        real = isinstance(value, float)
        place.append(f"{value:.6g}" if real else json.dumps(value))


def json_fields(documents):
    """What JSON documents have: a dict from "path:type" to the sorted values."""
    values = collections.defaultdict(list)
    for document in documents:
        walk("", document, values)
    return {path: sorted(found) for path, found in values.items()}


def parse_documents(text):
    """The JSON documents in `text`, one after the other; None if it is something else."""
    decoder, documents, position = json.JSONDecoder(), [], 0
    text = text.strip()
    while position < len(text):
        try:
            document, position = decoder.raw_decode(text, position)
        except ValueError:
            return None
        documents.append(document)
        while position < len(text) and text[position].isspace():
            position += 1
    return documents or None
