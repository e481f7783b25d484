#!/usr/bin/env python3
"""Kills the namenode with SIGKILL under concurrent writers, round after round, and checks what it remembers.

Every acknowledged operation must be there after the restart, also those that changed nothing; no refused one may have been
applied; the one that each writer had in flight may be there or not, but nothing between. A raw client repeats its last call
under the same client id and call id and must get the same answer."""

import os

os.environ["RUST_BACKTRACE"] = "0"  # hdfs-native panics when its connection breaks in a close: no need to see where

import argparse
import asyncio
import random
import signal
import sys
import tempfile
import threading
import time

from conftest import Cluster
from hdfs_native import AsyncClient, Client, WriteOptions
from wire import Rpc, RemoteError, message

DIRECTORY = "dir"


class Writer:
    """One writer and what it knows: `held` is acknowledged, `unknown` may be so or so."""

    def __init__(self, client, base, shared, seed):
        self.client, self.base, self.shared = client, base, shared
        self.choose = random.Random(seed)
        self.held = {}
        self.absent = set()
        self.unknown = {}
        self.count = 0
        self.acknowledged = 0
        self.refused = 0
        self.in_flight = None
        self.problem = None

    def fresh(self, prefix):
        self.count += 1
        return f"{self.base}/{prefix}{self.count}"

    def files(self):
        return [path for path, what in self.held.items() if what != DIRECTORY]

    async def run(self, is_killed):
        try:
            self.in_flight = {self.base: (None, DIRECTORY)}
            await self.client.mkdirs(self.base, permission=0o755, create_parent=True)
            self.settle({self.base: DIRECTORY})
            while not is_killed():
                await self.one()
        except asyncio.CancelledError:
            raise
        except BaseException as error:  # hdfs-native panics, too, when its connection breaks in a close
            # After the kill every call in flight fails; before it none may.
            if not is_killed():
                self.problem = f"{self.base}: {self.in_flight}: {type(error).__name__}: {error}"
            self.unknown = self.in_flight or {}

    def settle(self, changes):
        for path, what in changes.items():
            if what is None:
                self.held.pop(path, None)
                self.absent.add(path)
            else:
                self.held[path] = what
                self.absent.discard(path)
        self.in_flight = None
        self.acknowledged += 1

    async def one(self):
        kind = self.choose.random()
        files = self.files()
        if kind < 0.25:
            path = self.fresh("d")
            self.in_flight = {path: (None, DIRECTORY)}
            await self.client.mkdirs(path, permission=0o755, create_parent=True)
            self.settle({path: DIRECTORY})
        elif kind < 0.35:
            # The same path from all writers: most of these answers change nothing.
            path = f"{self.shared}/{self.choose.randrange(20)}"
            self.in_flight = {path: (None, DIRECTORY)}
            await self.client.mkdirs(path, permission=0o755, create_parent=True)
            self.settle({path: DIRECTORY})
        elif kind < 0.65 or not files:
            path = self.fresh("f")
            data = self.choose.randbytes(self.choose.randrange(1, 3000)) if self.choose.random() < 0.1 else b""
            self.in_flight = {path: (None, len(data))}
            writer = await self.client.create(path, WriteOptions(overwrite=False, create_parent=False))
            if data:
                await writer.write(data)
            await writer.close()
            self.settle({path: len(data)})
        elif kind < 0.80:
            path, target = self.choose.choice(files), self.fresh("r")
            what = self.held[path]
            self.in_flight = {path: (what, None), target: (None, what)}
            await self.client.rename(path, target, overwrite=False)
            self.settle({path: None, target: what})
        elif kind < 0.92:
            path = self.choose.choice(files)
            self.in_flight = {path: (self.held[path], None)}
            if not await self.client.delete(path, recursive=False):
                self.problem = f"{path}: delete of a file that was acknowledged found nothing"
            self.settle({path: None})
        else:
            await self.refuse(files)

    async def refuse(self, files):
        """An operation that must be refused and must leave no trace."""
        target = self.fresh("x")
        self.absent.add(target)
        try:
            if self.choose.random() < 0.5:
                await self.client.rename(f"{self.base}/never", target, overwrite=False)
            else:
                await self.client.create(self.choose.choice(files), WriteOptions(overwrite=False))
        except (FileNotFoundError, FileExistsError):
            self.refused += 1
            return
        self.problem = f"{self.base}: an operation that must be refused was not"

    def check(self, found):
        """What is wrong with `found`, path -> what, as this writer sees it."""
        for path, what in self.held.items():
            if path in self.unknown:
                continue
            if found.get(path) != what:
                yield f"{path}: acknowledged as {what}, found {found.get(path)}"
        for path in self.absent:
            if path not in self.unknown and path in found:
                yield f"{path}: removed or refused, and found {found[path]}"
        outcomes = [tuple(found.get(path) == state[side] for path, state in self.unknown.items()) for side in (0, 1)]
        creating = all(before is None for before, _ in self.unknown.values())
        if self.unknown and not any(all(o) for o in outcomes):
            # A file whose create was done and whose complete was not is there, with what length it has so far.
            if not (creating and len(self.unknown) == 1):
                yield f"half an operation: {self.unknown}, found {[found.get(p) for p in self.unknown]}"


class RepeatingClient:
    """Deletes directories over the raw protocol, to send its last call again after the restart."""

    def __init__(self, port, base):
        self.port, self.base = port, base
        self.client_id = None
        self.last = None
        self.thread = threading.Thread(target=self.run)

    def run(self):
        try:
            rpc = Rpc(self.port)
            self.client_id = rpc.client_id
            for number in range(1_000_000):
                path = f"{self.base}/again{number}"
                rpc.call("mkdirs", (1, path), (2, message((1, 0o755))), (3, True))
                call_id = 1_000_000 + number
                if rpc.call("delete", (1, path), (2, True), call_id=call_id).one(1) == 1:
                    self.last = (path, call_id)
        except (OSError, EOFError, RemoteError):
            return

    def check(self):
        if self.last is None:
            return
        path, call_id = self.last
        rpc = Rpc(self.port)
        rpc.client_id = self.client_id
        if rpc.call("delete", (1, path), (2, True), call_id=call_id, retry_count=1).one(1) != 1:
            yield f"{path}: the repeated delete (call id {call_id}) got another answer"
        rpc.close()


def listed(client, path):
    try:
        return {s.path: DIRECTORY if s.isdir else s.length for s in client.list_status(path, recursive=True)}
    except FileNotFoundError:
        return {}


async def load(cluster, base, arguments, seed):
    client = AsyncClient(cluster.uri)
    choose = random.Random(seed)
    writers = [Writer(client, f"{base}/w{i}", f"{base}/shared", choose.random()) for i in range(arguments.writers)]
    killed = threading.Event()
    tasks = [asyncio.create_task(w.run(killed.is_set)) for w in writers]
    await asyncio.sleep(choose.uniform(0.3, 1.0))
    killed.set()
    cluster.kill("namenode", signal.SIGKILL)
    await asyncio.wait_for(asyncio.gather(*tasks), timeout=120)
    return writers


def check(cluster, base, writers):
    client = Client(cluster.uri)
    found = listed(client, base)
    found[base] = DIRECTORY
    problems = [w.problem for w in writers if w.problem]
    for writer in writers:
        problems += list(writer.check(found))
    return problems


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
                repeating = RepeatingClient(cluster.port, f"{base}/repeating")
                repeating.thread.start()
                writers = asyncio.run(load(cluster, base, arguments, arguments.seed + number))
                repeating.thread.join(60)
                began = time.monotonic()
                cluster.start()
                restart = time.monotonic() - began
                problems = check(cluster, base, writers) + list(repeating.check())
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
    sys.exit(main())
