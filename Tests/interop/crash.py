#!/usr/bin/env python3
"""Kills the namenode with SIGKILL under concurrent writers, round after round, and checks what it remembers.

Every acknowledged operation must be there after the restart, also those that changed nothing; no refused one may have been
applied. Most writers speak the protocol themselves and repeat the call that was in flight under its old ids, which must be
answered as if nothing had happened; some write data through hdfs-native."""

import os

os.environ["RUST_BACKTRACE"] = "0"  # hdfs-native panics when its connection breaks in a close: no need to see where

import argparse
import random
import signal
import sys
import tempfile
import threading
import time

from conftest import Cluster
from crash_writers import DIRECTORY, NativeWriter, RawWriter
from hdfs_native import Client

NATIVE_WRITERS = 4
"""Of all writers; each may leave a thread behind that waits for ever."""


def listed(client, path):
    try:
        return {s.path: DIRECTORY if s.isdir else s.length for s in client.list_status(path, recursive=True)}
    except FileNotFoundError:
        return {}


def load(cluster, base, count, seed):
    """Lets the writers run, kills the namenode under them, starts it again and gives back the writers and the seconds that
    the start took."""
    choose = random.Random(seed)
    client = Client(cluster.uri)
    writers = [RawWriter(cluster.port, f"{base}/w{i}", f"{base}/shared", choose.random()) for i in range(count - NATIVE_WRITERS)]
    writers += [NativeWriter(client, f"{base}/n{i}", f"{base}/shared", choose.random()) for i in range(NATIVE_WRITERS)]
    killed = threading.Event()
    threads = [threading.Thread(target=w.run, args=(killed.is_set,), daemon=True) for w in writers]
    for thread in threads:
        thread.start()
    time.sleep(choose.uniform(0.3, 1.0))
    killed.set()
    cluster.kill("namenode", signal.SIGKILL)
    deadline = time.monotonic() + 2
    for writer, thread in zip(writers, threads):
        thread.join(max(0, deadline - time.monotonic()) if isinstance(writer, NativeWriter) else 60)
        if thread.is_alive():
            if isinstance(writer, RawWriter):
                writer.problem = f"{writer.base}: its connection was not closed"
            writer.freeze()
    began = time.monotonic()
    cluster.start()
    return writers, time.monotonic() - began


def check(cluster, base, writers):
    found = listed(Client(cluster.uri), base)
    found[base] = DIRECTORY
    return [w.problem for w in writers if w.problem] + [p for w in writers for p in w.check(found)]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=50)
    parser.add_argument("--writers", type=int, default=64)
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 32))
    arguments = parser.parse_args()
    print(f"seed {arguments.seed} (repeat with SEED={arguments.seed})", flush=True)
    history = []
    total = refused = 0
    with tempfile.TemporaryDirectory(prefix="hfs-crash-") as directory:
        cluster = Cluster(directory, 3)
        try:
            cluster.start()
            for number in range(arguments.rounds):
                base = f"/crash/{number}"
                writers, restart = load(cluster, base, arguments.writers, arguments.seed + number)
                problems = [p for w in writers for p in w.repeat()] + check(cluster, base, writers)
                acknowledged = sum(w.acknowledged for w in writers)
                total += acknowledged
                refused += sum(w.refused for w in writers)
                history.append((base, writers))
                if problems or number % 10 == 9 or number + 1 == arguments.rounds:
                    print(f"round {number + 1}: {acknowledged} acknowledged, restart {restart:.2f} s", flush=True)
                if problems:
                    return report(problems, cluster)
            # What was acknowledged long ago is still there, also after an orderly restart.
            cluster.stop()
            cluster.start()
            problems = [p for base, writers in history[-20:] for p in check(cluster, base, writers)]
            if problems:
                return report(problems, cluster)
            cluster.stop()
            files = cluster.hfs("debug", "shard", "--dir", directory)
            if files.returncode != 0:
                return report([files.error], cluster)
        finally:
            cluster.stop()
    print(f"{arguments.rounds} kills under {arguments.writers} writers: {total} acknowledged operations, none lost; "
          f"{refused} refused, none applied")
    return 0


def report(problems, cluster):
    for problem in problems[:20]:
        print(problem)
    print(f"{len(problems)} problems")
    print(cluster.logs())
    keep = os.environ.get("KEEP")
    if keep:
        import shutil
        shutil.copytree(cluster.directory, keep, dirs_exist_ok=True)
    return 1


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    # Not sys.exit: threads of hdfs-native that wait for ever must not hold the process.
    os._exit(code)
