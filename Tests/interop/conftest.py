"""Fixtures of the judges: real clusters started with the built binary, one for the whole run and more where a test breaks
things. Every process is ended by the pid that `cluster start` gave.

With HFS_JUDGED_URI the judges judge a running HDFS instead, whosever it is, as far as they need not break it: so a judge
itself is judged by a real one. A real HDFS 2.7.3 fails three: it answers a create below a file with an internal error, leaves
a reader of a foreign block pool waiting, and tells hdfs-native a shorter length of an open file."""

import json
import os
import pathlib
import signal
import subprocess
import tempfile

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = os.environ.get("HFS_BIN", "hfs")


class Cluster:
    def __init__(self, directory, datanodes=3):
        self.directory = str(directory)
        self.datanodes = datanodes
        self.report = None

    def start(self):
        done = subprocess.run(
            [BINARY, "cluster", "start", "--dir", self.directory, "--datanodes", str(self.datanodes), "--json",
             *(["--port", "0"] if self.report is None else [])],
            capture_output=True, text=True, timeout=180)
        assert done.returncode == 0, done.stderr
        self.report = json.loads(done.stdout)
        return self

    def stop(self):
        subprocess.run([BINARY, "cluster", "stop", "--dir", self.directory], check=True, capture_output=True, timeout=180)

    def status(self):
        done = subprocess.run([BINARY, "cluster", "status", "--dir", self.directory, "--json"],
                              capture_output=True, text=True, timeout=60)
        return json.loads(done.stdout)

    @property
    def uri(self):
        return self.report["uri"]

    @property
    def port(self):
        return int(self.uri.rsplit(":", 1)[1])

    def kill(self, name="namenode", how=signal.SIGKILL):
        server = next(s for s in [self.report["namenode"], *self.report["datanodes"], self.report["tailer"]] if s["name"] == name)
        os.kill(server["pid"], how)

    def hfs(self, *arguments, user=None, stdin=None, check=None, timeout=300):
        """Runs the command line; with `check`, asserts its exit code."""
        environment = {**os.environ, "HFS_URI": self.uri, **({"HFS_USER": user} if user else {})}
        done = subprocess.run([BINARY, *map(str, arguments)], capture_output=True, input=stdin, timeout=timeout,
                              env=environment)
        done.text, done.error = done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace")
        if check is not None:
            assert done.returncode == check, f"hfs {arguments}: exit {done.returncode}: {done.error}"
        return done

    def logs(self):
        folder = pathlib.Path(self.directory) / "logs"
        return "\n".join(f"--- {p.name}\n" + "\n".join(p.read_text(errors="replace").splitlines()[-40:])
                         for p in sorted(folder.glob("*.log")))


def started(datanodes):
    with tempfile.TemporaryDirectory(prefix="hfs-judge-") as directory:
        cluster = Cluster(directory, datanodes)
        try:
            yield cluster.start()
        finally:
            subprocess.run([BINARY, "cluster", "stop", "--dir", directory], capture_output=True, timeout=180)


class ForeignCluster(Cluster):
    def __init__(self, uri):
        super().__init__("/nonexistent")
        from wire import Rpc, parse
        self.report = {"uri": uri}
        nodes = Rpc(self.port).call("getDatanodeReport", (1, 2))[1]
        ids = [parse(node).nested(1) for node in nodes]
        self.report["datanodes"] = [{"address": f"{i.text(1)}:{i.one(4)}"} for i in ids]

    def logs(self):
        return ""


JUDGED = os.environ.get("HFS_JUDGED_URI")


@pytest.fixture(scope="session")
def cluster():
    if JUDGED:
        yield ForeignCluster(JUDGED)
    else:
        yield from started(3)


@pytest.fixture
def fresh_cluster():
    if JUDGED:
        pytest.skip("would be broken")
    yield from started(3)


@pytest.fixture
def four_datanodes():
    if JUDGED:
        pytest.skip("would be broken")
    yield from started(4)


@pytest.fixture
def folder(cluster, request):
    """A directory of the shared cluster for one test alone."""
    path = "/judges/" + "".join(c if c.isalnum() else "_" for c in request.node.name)[:80]
    cluster.hfs("rm", "-r", "-f", path, check=0)
    cluster.hfs("mkdir", "-p", path, check=0)
    return path


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    report = (yield).get_result()
    if report.when == "call" and report.failed:
        for fixture in ("cluster", "fresh_cluster", "four_datanodes"):
            if fixture in item.funcargs:
                report.sections.append((f"logs of {fixture}", item.funcargs[fixture].logs()))
