#!/usr/bin/env bash
# Debian's unmodified python3-rados: 20,000 objects, callbacks, guards, locks, watches and snapshots
# give on our cluster what they give on a real one.
source testing/interop/programs/programs.sh
start_both
same_transcripts python_rados end /usr/bin/python3 $programs/python_rados.py
