#!/usr/bin/env python3
"""How well hfs experiment run keeps its slots busy, on a cluster that runs ($HFS_URI).

    deploy/bench/experiments.py PATH/TO/hfs

64 trials of lognormal lengths (sigma 0.6, published seeds: 1000 + trial) on 4 slots, beside what list scheduling of the same
lengths would take at best and what batches of four would; then what a trial costs that does nothing.
"""
import heapq
import os
import random
import subprocess
import sys
import time

SLOTS, TRIALS, SEED = 4, 64, 1000
PROGRAM = f"""import os, random, time
time.sleep(random.Random({SEED} + int(os.environ["HFS_TRIAL"])).lognormvariate(0, 0.6))
print("hfs::metric score=1")"""


def run(binary, trials, slots, *program):
    started = time.monotonic()
    subprocess.run(
        [binary, "experiment", "run", "--project", "bench", "--name", "slots", "--metric", "score", "--space", "x=0.0..1.0",
         "--trials", str(trials), "--parallel", str(slots), "--", *program],
        check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.monotonic() - started


def main():
    binary = sys.argv[1]
    assert "HFS_URI" in os.environ, "set HFS_URI"
    lengths = [random.Random(SEED + trial).lognormvariate(0, 0.6) for trial in range(TRIALS)]
    slots = [0.0] * SLOTS
    for length in lengths:
        heapq.heapreplace(slots, slots[0] + length)
    batches = sum(max(lengths[first : first + SLOTS]) for first in range(0, TRIALS, SLOTS))
    measured = run(binary, TRIALS, SLOTS, sys.executable, "-c", PROGRAM)
    print(f"{TRIALS} trials on {SLOTS} slots: {measured:.1f} s; list scheduling {max(slots):.1f} s, batches {batches:.1f} s")
    for count in (1, SLOTS):
        each = run(binary, 100, count, "sh", "-c", "echo hfs::metric score=1") / 100 * 1000
        print(f"a trial that does nothing, {count} at once: {each:.0f} ms")


if __name__ == "__main__":
    main()
