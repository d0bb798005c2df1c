#!/usr/bin/env bash
# A C program on Debian's librados: compound reads and writes, versions, checksums, cursors, watches
# and locks give on our cluster what they give on a real one.
source testing/interop/programs/programs.sh
start_both
same_transcripts c_rados end $programs/c_rados
