#!/usr/bin/env bash
# Debian's unmodified `rados`: each of its commands on objects, with what it gets wrong, says on our
# cluster what it says on a real one, and ends with the same code.
source testing/interop/programs/programs.sh
check "the comparison's own tests" /usr/bin/python3 $programs/transcripts_test.py
start_both
same_transcripts rados_cli end $programs/rados_cli.sh
