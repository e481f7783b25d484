"""The tailer and the namenode are killed with SIGKILL again and again under programs that act in runs. Afterwards every
acknowledged change is in the feed exactly once, the lineage graph is what a first fold of the whole feed makes, and no output
lacks an input that its run had read. HFS_KILL_ROUNDS: how many rounds (4; `make crash-provenance`: 200); SEED repeats a run."""

import collections
import json
import os
import pathlib
import random
import shutil
import signal
import sqlite3
import subprocess
import threading
import time

import pytest

from conftest import BINARY, Cluster
from run_writers import NativeJobs, RunWriter
from wire import Rpc, message

ROUNDS = int(os.environ.get("HFS_KILL_ROUNDS", "4"))
SEED = int(os.environ.get("SEED") or random.randrange(1 << 32))
WRITERS = 6
SNAPSHOT_EVENTS = 300
TABLES = ("entry", "version", "run", "input", "access", "derived", "attribute")


class Tailed(Cluster):
    """A cluster whose tailer stores snapshots often, may move, and may be compared with one that starts from nothing."""

    def configure(self, **settings):
        file = pathlib.Path(self.directory) / "tailer.json"
        configuration = {**json.loads(file.read_text()), **settings}
        file.write_text(json.dumps(configuration))
        return configuration

    @property
    def graph(self):
        return pathlib.Path(self.configure()["directory"]) / "graph.db"

    def catch_up(self):
        """The service answers only when it has everything that happened before it was asked."""
        self.hfs("provenance", "history", "/kills", check=0)

    def stop_tailer(self, how=signal.SIGTERM):
        self.kill("tailer", how)
        deadline = time.monotonic() + 60
        while self.status()["tailer"]["isRunning"]:
            assert time.monotonic() < deadline, "the tailer does not end"
            time.sleep(0.05)

    def first_fold(self):
        """The tables of a tailer that has never seen anything, after all that the feed holds."""
        directory = pathlib.Path(self.directory) / "first-fold"
        directory.mkdir()
        # A file without tables: so it does not begin with a snapshot.
        (directory / "graph.db").touch()
        settings = {**self.configure(), "directory": str(directory), "port": 0, "httpPort": 0, "snapshotEvents": 1 << 40,
                    "snapshotIntervalMs": 1 << 40}
        (directory / "tailer.json").write_text(json.dumps(settings))
        target = position(self.graph)
        with open(directory / "log", "wb") as log:
            process = subprocess.Popen([BINARY, "tailer", "--config", str(directory / "tailer.json")], stderr=log)
        try:
            deadline = time.monotonic() + 300
            while position(directory / "graph.db") < target:
                assert process.poll() is None and time.monotonic() < deadline, (directory / "log").read_text()[-3000:]
                time.sleep(0.1)
        finally:
            process.terminate()
            process.wait(timeout=60)
        return tables(directory / "graph.db")


def ask(path, sql, *arguments):
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=30) as database:
        return database.execute(sql, arguments).fetchall()


def position(path):
    try:
        rows = ask(path, "SELECT next_lsn FROM position")
    except sqlite3.OperationalError:
        return 0
    return rows[0][0] if rows else 0


def tables(path):
    return {name: collections.Counter(ask(path, f"SELECT * FROM {name}")) for name in TABLES}


@pytest.fixture(scope="module")
def ended(tmp_path_factory):
    """The cluster after all kills, with what its writers know. The tailer does not run any more."""
    choose = random.Random(SEED)
    cluster = Tailed(tmp_path_factory.mktemp("kills"), 1)
    load = None
    try:
        cluster.start()
        cluster.stop_tailer()
        cluster.configure(snapshotEvents=SNAPSHOT_EVENTS)
        cluster.start()
        load = Load(cluster, choose)
        for number in range(ROUNDS):
            load.round()
            if number == ROUNDS // 3:
                rebuild(cluster, load)
            if number == 2 * ROUNDS // 3:
                move(cluster, load)
        load.end()
        cluster.catch_up()
        cluster.stop_tailer()
        yield cluster, load
    finally:
        if load:
            load.end()
        cluster.stop()


class Load:
    def __init__(self, cluster, choose):
        self.cluster, self.choose = cluster, choose
        cluster.hfs("mkdir", "-p", "/kills/pool", "/kills/native", "/Projects/kills/TrainingDatasets/t",
                    "/Projects/kills/Models", check=0)
        self.pool = {}
        rpc = Rpc(cluster.port)
        for number in range(12):
            place = "/kills/pool" if number % 2 else "/Projects/kills/TrainingDatasets/t"
            path = f"{place}/part-{number}"
            created = rpc.call("create", (1, path), (2, message((1, 0o644))), (3, "pool"), (4, 1), (5, False), (6, 1),
                               (7, 1 << 27))
            self.pool[path] = created.nested(1).one(13)
            assert rpc.call("complete", (1, path), (2, "pool"), (4, self.pool[path])).one(1) == 1
        rpc.close()
        for number in range(4):
            cluster.hfs("put", "-", f"/kills/pool/data-{number}", stdin=b"x" * (1000 + number), check=0)
        places = ["/kills", "/Projects/kills/Models"]
        self.writers = [RunWriter(cluster.port, f"{places[i % 2]}/w{i}", self.pool, choose.random()) for i in range(WRITERS)]
        self.jobs = NativeJobs(cluster, "/kills/native", [f"/kills/pool/data-{n}" for n in range(4)],
                               random.Random(choose.random()))
        self.native = threading.Thread(target=self.jobs.run, daemon=True)
        self.native.start()

    def round(self, kills=True):
        """Lets the writers run while the tailer is killed, then kills the namenode, and lets each writer settle its call."""
        killed = threading.Event()
        threads = [threading.Thread(target=writer.run, args=(killed.is_set,), daemon=True) for writer in self.writers]
        for thread in threads:
            thread.start()
        for _ in range(self.choose.randrange(1, 3) if kills else 0):
            time.sleep(self.choose.uniform(0.1, 0.6))
            self.cluster.kill("tailer")
            if self.choose.random() < 0.3:
                break  # it stays away until the namenode was killed, too
            self.cluster.start()
        time.sleep(self.choose.uniform(0.1, 0.5))
        killed.set()
        if kills:
            self.jobs.disturbed.set()
            self.cluster.kill("namenode")
        for thread in threads:
            thread.join(60)
            assert not thread.is_alive()
        if kills:
            self.jobs.disturbed.set()
            self.cluster.start()
        problems = [problem for writer in self.writers for problem in writer.repeat()]
        problems += [writer.problem for writer in self.writers if writer.problem]
        assert not problems, problems[:10]

    def end(self):
        self.jobs.stopping.set()
        self.jobs.disturbed.set()
        self.native.join(60)
        assert not self.native.is_alive()


def rebuild(cluster, load):
    """The tailer's files are gone: it begins with the snapshot kept in hfs and goes on with the feed."""
    while ".db\n" not in cluster.hfs("ls", "/.hfs/provenance").text:
        load.round(kills=False)
    cluster.stop_tailer()
    shutil.rmtree(cluster.graph.parent)
    cluster.start()
    assert "graph-restored" in (pathlib.Path(cluster.directory) / "logs/tailer.log").read_text()
    load.round(kills=False)


def move(cluster, load):
    """A killed tailer's folder is moved, its log of what SQLite had not merged yet with it."""
    cluster.stop_tailer(signal.SIGKILL)
    place = cluster.graph.parent
    place.rename(place.with_name("moved"))
    cluster.configure(directory=str(place.with_name("moved")))
    cluster.start()
    load.round(kills=False)


def test_every_acknowledged_change_is_in_the_feed_exactly_once(ended, capsys):
    cluster, load = ended
    events = [json.loads(line) for line in cluster.hfs("events", "--json", check=0).text.splitlines()]
    places = [(event["lsn"], event["index"]) for event in events]
    assert places == sorted(set(places))
    bases = tuple(writer.base + "/" for writer in load.writers)
    told = collections.Counter(
        (event["kind"], event["path"], event.get("newPath")) for event in events
        if (event["path"] + "/").startswith(bases) and event["kind"] not in ("opened", "read"))
    known = sum((writer.told for writer in load.writers), collections.Counter())
    assert told == known, (list((told - known).items())[:5], list((known - told).items())[:5])
    with capsys.disabled():
        print(f"\nSEED={SEED}: {ROUNDS} rounds, {known.total()} acknowledged changes, "
              f"{sum(len(w.outputs) for w in load.writers)} outputs, {len(load.jobs.done)} programs")


def test_the_graph_is_what_a_first_fold_of_the_whole_feed_makes(ended):
    cluster, _ = ended
    expected, found = cluster.first_fold(), tables(cluster.graph)
    for name in TABLES:
        assert found[name] == expected[name], (
            f"SEED={SEED} {name}", list((found[name] - expected[name]).items())[:3],
            list((expected[name] - found[name]).items())[:3])


def test_no_output_lacks_an_input_that_its_run_had_read(ended):
    cluster, load = ended
    owners = {}  # a file's inode -> the artifact that it was closed in
    versions = {}
    for inode, version, run, inputs, owner, owner_version in ask(
            cluster.graph, "SELECT inode, version, run, inputs, owner_inode, owner_version FROM version"):
        versions[inode, version] = (run, inputs, owner, owner_version)
        if owner is not None:
            owners[inode] = owner
    read = collections.defaultdict(dict)
    for run, number, inode in ask(cluster.graph, "SELECT run, number, inode FROM input ORDER BY number DESC"):
        read[run][inode] = number
    checked = 0
    for output in (output for writer in load.writers for output in writer.outputs):
        run, inputs, owner, owner_version = versions[output.inode, 1]
        assert (run, (output.inode, 2) in versions) == (output.run, False), (SEED, output)
        if owner is not None:
            run, inputs = versions[owner, owner_version][:2]
            assert run == output.run, (SEED, output)
        for inode in output.inputs:
            assert read[run].get(owners.get(inode, inode), inputs + 1) <= inputs, (SEED, output, inode)
            checked += 1
    assert checked > 0


def test_programs_that_the_namenode_outlived_have_their_inputs(ended):
    cluster, load = ended
    entries = {name: inode for name, inode in ask(cluster.graph, "SELECT name, inode FROM entry")}
    assert load.jobs.done or ROUNDS < 10
    for output, inputs in load.jobs.done:
        (run, count), = ask(cluster.graph, "SELECT run, inputs FROM version WHERE inode = ? AND version = 1",
                            entries[output.rsplit("/", 1)[1]])
        found = {inode for inode, in ask(cluster.graph, "SELECT inode FROM input WHERE run = ? AND number <= ?", run, count)}
        assert {entries[path.rsplit("/", 1)[1]] for path in inputs} <= found, (SEED, output)
