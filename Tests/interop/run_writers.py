"""Writers that act in runs and read before they write; they know which events the feed and which rows the lineage graph must
have because of them."""

import collections
import os
import signal
import subprocess
import sys
import threading

from conftest import BINARY
from crash_writers import DIRECTORY, RawWriter
from wire import RemoteError, Rpc, message

OWN_PROTOCOL = "hfs.FileSystemProtocol"
Output = collections.namedtuple("Output", "inode run inputs")
"""A file that was closed once; `inputs` are inodes that the run surely read before, and the namenode surely remembers."""

EVENTS = {"mkdirs": ["mkdir"], "create": ["create", "close"], "overwrite": ["delete", "create", "close"],
          "rename": ["rename"], "delete": ["delete"]}


def start_run(port, name):
    rpc = Rpc(port, protocol=OWN_PROTOCOL)
    try:
        return rpc.call("startRun", (1, name)).nested(1).one(1)
    finally:
        rpc.close()


class RunWriter(RawWriter):
    def __init__(self, port, base, pool, seed):
        super().__init__(port, base, base, seed)
        self.pool = pool
        """Files that nobody changes, path -> inode."""
        self.told = collections.Counter()
        self.outputs = []
        self.run_id = None
        self.durable, self.unsure = set(), set()
        """Inodes that the run read: told in the log for sure; read since the run's last acknowledged change."""

    def connect(self):
        if self.run_id is None:
            self.run_id = start_run(self.port, self.base)
            self.user = f"root@@run-{self.run_id}"
            self.durable, self.unsure = set(), set()
        super().connect()

    def do(self, changes, operation, *arguments):
        self.events = [(kind, *arguments) if kind == "rename" else (kind, arguments[0], None)
                       for kind in EVENTS[operation.__name__]]
        super().do(changes, operation, *arguments)

    def settle(self):
        super().settle()
        self.told.update(self.events)
        self.durable |= self.unsure
        self.unsure = set()

    def one(self):
        choose = self.choose
        if choose.random() < 0.03:
            self.rpc.close()
            self.run_id = None
            self.connect()
        for _ in range(choose.randrange(3)):
            path = choose.choice(sorted(self.pool))
            self.rpc.call("getBlockLocations", (1, path), (2, 0), (3, 1))
            self.unsure.add(self.pool[path])
        files = [path for path, what in self.held.items() if what != DIRECTORY]
        kind = choose.random()
        if kind < 0.5 or not files:
            path = self.fresh_path(choose)
            self.do({path: (None, 0)}, self.create, path, b"")
        elif kind < 0.65:
            path = choose.choice(files)
            self.do({path: (0, 0)}, self.overwrite, path)
        elif kind < 0.8:
            path, target = choose.choice(files), self.fresh_path(choose)
            self.do({path: (0, None), target: (None, 0)}, self.rename, path, target)
        elif kind < 0.92:
            path = choose.choice(files)
            self.do({path: (0, None)}, self.delete, path)
        else:
            path = self.fresh("d")
            self.do({path: (None, DIRECTORY)}, self.mkdirs, path)

    def fresh_path(self, choose):
        directories = sorted(path for path, what in self.held.items() if what == DIRECTORY)
        self.count += 1
        return f"{choose.choice(directories)}/f{self.count}"

    def overwrite(self, path):
        answer = self.call("create", (1, path), (2, message((1, 0o644))), (3, self.holder), (4, 3), (5, False), (6, 1),
                           (7, 1 << 27))
        self.complete(path, answer)

    def complete(self, path, created):
        # The create was acknowledged, and with it what was read before it.
        self.durable |= self.unsure
        self.unsure = set()
        output = Output(created.nested(1).one(13), self.run_id, frozenset(self.durable))
        super().complete(path, created)
        self.outputs.append(output)

    def repeat(self):
        """What was read since the run's last acknowledged change died with the namenode's memory."""
        self.unsure = set()
        yield from super().repeat()


PROGRAM = """
import os, sys
from hdfs_native import Client
client = Client(os.environ["HFS_URI"])
*inputs, output = sys.argv[1:]
data = b""
for path in inputs:
    with client.read(path) as file:
        data += bytes(file.read())
with client.create(output) as file:
    file.write(data)
"""


class NativeJobs:
    """One `hfs run start` after another: a program that reads and writes through hdfs-native and knows nothing of runs."""

    def __init__(self, cluster, base, inputs, choose):
        self.cluster, self.base, self.inputs, self.choose = cluster, base, inputs, choose
        self.done = []
        """(output, inputs) of those that ended well without seeing the namenode die."""
        self.count = 0
        self.stopping = threading.Event()
        self.disturbed = threading.Event()

    def run(self):
        while not self.stopping.is_set():
            self.disturbed.clear()
            self.count += 1
            inputs = self.choose.sample(self.inputs, 2)
            output = f"{self.base}/out-{self.count}"
            process = subprocess.Popen(
                [BINARY, "run", "start", "--name", f"job-{self.count}", "--", sys.executable, "-c", PROGRAM, *inputs, output],
                env={**os.environ, "HFS_URI": self.cluster.uri, "RUST_BACKTRACE": "0"}, start_new_session=True,
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            while process.poll() is None:
                try:
                    process.wait(timeout=0.1)
                except subprocess.TimeoutExpired:
                    if self.disturbed.is_set():
                        os.killpg(process.pid, signal.SIGKILL)
            if process.returncode == 0 and not self.disturbed.is_set():
                self.done.append((output, inputs))
