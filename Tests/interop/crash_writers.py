"""The writers of crash.py: what each did, what it knows to be so, and what of it a namespace contradicts."""

import random

from hdfs_native import WriteOptions
from wire import RemoteError, Rpc, message

DIRECTORY = "dir"
EXISTS = "org.apache.hadoop.fs.FileAlreadyExistsException"
NOT_FOUND = "java.io.FileNotFoundException"


class Writer:
    """Chooses operations in a directory of its own. `held` and `absent` are acknowledged; `unknown` is what was in flight."""

    def __init__(self, base, shared, seed):
        self.base, self.shared = base, shared
        self.choose = random.Random(seed)
        self.held, self.absent, self.unknown = {}, set(), {}
        self.count = self.acknowledged = self.refused = 0
        self.in_flight = None
        self.problem = None
        self.is_frozen = False

    def run(self, is_killed):
        try:
            self.connect()
            if self.base not in self.held:
                self.do({self.base: (None, DIRECTORY)}, self.mkdirs, self.base)
            while not is_killed():
                self.one()
        except BaseException as error:  # hdfs-native may panic when its connection breaks
            # After the kill every call in flight fails; before it none may.
            if not is_killed():
                self.problem = f"{self.base}: {self.in_flight}: {type(error).__name__}: {error}"

    def do(self, changes, operation, *arguments):
        """Runs an operation that changes path -> (before, after); it is acknowledged when this returns."""
        self.in_flight = changes
        operation(*arguments)
        self.settle()

    def settle(self):
        if self.is_frozen:
            return
        for path, (_, what) in self.in_flight.items():
            if what is None:
                self.held.pop(path, None)
                self.absent.add(path)
            else:
                self.held[path] = what
                self.absent.discard(path)
        self.in_flight = None
        self.acknowledged += 1

    def freeze(self):
        """Nothing of this writer counts any more but what it knows now; what it has in flight may be so or so."""
        self.is_frozen = True
        self.held, self.absent = dict(self.held), set(self.absent)
        self.unknown = dict(self.in_flight or {})

    def fresh(self, prefix):
        self.count += 1
        return f"{self.base}/{prefix}{self.count}"

    def one(self):
        kind = self.choose.random()
        files = [path for path, what in self.held.items() if what != DIRECTORY]
        if kind < 0.25:
            path = self.fresh("d")
            self.do({path: (None, DIRECTORY)}, self.mkdirs, path)
        elif kind < 0.35:
            # The same path from all writers: most of these answers change nothing.
            path = f"{self.shared}/{self.choose.randrange(20)}"
            self.do({path: (None, DIRECTORY)}, self.mkdirs, path)
        elif kind < 0.65 or not files:
            path, data = self.fresh("f"), self.data()
            self.do({path: (None, len(data))}, self.create, path, data)
        elif kind < 0.80:
            path, target = self.choose.choice(files), self.fresh("r")
            what = self.held[path]
            self.do({path: (what, None), target: (None, what)}, self.rename, path, target)
        elif kind < 0.92:
            path = self.choose.choice(files)
            self.do({path: (self.held[path], None)}, self.delete, path)
        else:
            # Refused, and without a trace.
            target = self.fresh("x")
            self.absent.add(target)
            self.in_flight = {}
            if self.choose.random() < 0.5:
                refused = self.is_refused(self.rename, f"{self.base}/never", target)
            else:
                refused = self.is_refused(self.create, self.choose.choice(files), b"")
            self.refused += 1
            if not refused:
                self.problem = f"{self.base}: an operation that must be refused was not"

    def check(self, found):
        """What is wrong with `found`, path -> what, as this writer sees it."""
        for path, what in self.held.items():
            if path not in self.unknown and found.get(path) != what:
                yield f"{path}: acknowledged as {what}, found {found.get(path)}"
        for path in self.absent:
            if path not in self.unknown and path in found:
                yield f"{path}: removed or refused, and found {found[path]}"
        if not self.unknown:
            return
        is_new = len(self.unknown) == 1 and all(before is None for before, _ in self.unknown.values())
        outcomes = [all(found.get(path) == state[side] for path, state in self.unknown.items()) for side in (0, 1)]
        # A file whose create was done and whose complete was not is there, with what length it has so far.
        if not any(outcomes) and not is_new:
            yield f"half an operation: {self.unknown}, found {[found.get(p) for p in self.unknown]}"


class RawWriter(Writer):
    """Speaks the protocol itself. After the restart it sends the call that was in flight again, under the same client id and
    call id, and must get the answer of a call that was never interrupted: nothing stays unknown."""

    def __init__(self, port, base, shared, seed):
        super().__init__(base, shared, seed)
        self.port = port
        self.rpc = None
        self.call_in_flight = None
        self.holder = base
        self.user = "root"
        self.client_id = None

    def connect(self):
        self.rpc = Rpc(self.port, user=self.user)
        if self.client_id:
            self.rpc.client_id = self.client_id
        self.client_id = self.rpc.client_id
        self.rpc.next_call_id = 0 if self.call_in_flight is None else self.call_in_flight[2] + 1

    def call(self, method, *fields):
        self.call_in_flight = (method, fields, self.rpc.next_call_id)
        return self.rpc.call(method, *fields)

    def data(self):
        return b""

    def mkdirs(self, path):
        assert self.call("mkdirs", (1, path), (2, message((1, 0o755))), (3, True)).one(1) == 1

    def create(self, path, _):
        answer = self.call("create", (1, path), (2, message((1, 0o644))), (3, self.holder), (4, 1), (5, False), (6, 1),
                           (7, 1 << 27))
        self.complete(path, answer)

    def complete(self, path, created):
        assert self.call("complete", (1, path), (2, self.holder), (4, created.nested(1).one(13))).one(1) == 1

    def rename(self, path, target):
        self.call("rename2", (1, path), (2, target), (3, False))

    def delete(self, path):
        assert self.call("delete", (1, path), (2, False)).one(1) == 1

    def is_refused(self, operation, *arguments):
        try:
            operation(*arguments)
        except RemoteError as error:
            return error.java_class in (EXISTS, NOT_FOUND)
        return False

    def repeat(self):
        """Sends the call in flight again; says what is wrong with its answer."""
        if not self.in_flight:
            return
        method, fields, call_id = self.call_in_flight
        try:
            self.connect()
        except OSError as error:
            yield f"{self.base}: no connection after the restart: {error}"
            return
        try:
            answer = self.rpc.call(method, *fields, call_id=call_id, retry_count=1)
            if method == "create":
                self.complete(next(iter(self.in_flight)), answer)
            elif method != "rename2" and answer.one(1) != 1:
                yield f"{self.in_flight}: {method} repeated (call id {call_id}) answered no"
        except RemoteError as error:
            yield f"{self.in_flight}: {method} repeated (call id {call_id}): {error}"
        self.settle()
        self.rpc.close()


class NativeWriter(Writer):
    """Writes data through hdfs-native. That does not repeat a mutation, and some of its calls never notice that the namenode
    is gone: what was in flight stays unknown."""

    def __init__(self, client, base, shared, seed):
        super().__init__(base, shared, seed)
        self.client = client

    def connect(self):
        pass

    def data(self):
        return self.choose.randbytes(self.choose.randrange(1, 3000))

    def mkdirs(self, path):
        self.client.mkdirs(path, permission=0o755, create_parent=True)

    def create(self, path, data):
        with self.client.create(path, WriteOptions(overwrite=False, create_parent=False)) as writer:
            if data:
                writer.write(data)

    def rename(self, path, target):
        self.client.rename(path, target, overwrite=False)

    def delete(self, path):
        assert self.client.delete(path, recursive=False)

    def is_refused(self, operation, *arguments):
        try:
            operation(*arguments)
        except (FileNotFoundError, FileExistsError):
            return True
        return False

    def repeat(self):
        self.freeze()
        return ()
