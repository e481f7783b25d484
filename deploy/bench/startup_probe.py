"""For deploy/bench/startup. Plain Hadoop RPC: when does a namenode answer; write edits until the log has a size. And a kill with
the shards as far behind as they may be."""

import ctypes
import os
import signal
import socket
import struct
import sys
import time
import urllib.request

PROTOCOL = b"org.apache.hadoop.hdfs.protocol.ClientProtocol"


def varint(number):
    out = bytearray()
    while number >= 128:
        out.append(number & 127 | 128)
        number >>= 7
    out.append(number)
    return bytes(out)


def integer(field, value):
    return varint(field << 3) + varint(value)


def text(field, value):
    return varint(field << 3 | 2) + varint(len(value)) + value


def frame(*messages):
    body = b"".join(varint(len(message)) + message for message in messages)
    return struct.pack(">I", len(body)) + body


class Connection:
    def __init__(self, port, user):
        self.client = os.urandom(16)
        self.socket = socket.create_connection(("127.0.0.1", port), 30)
        context = text(2, text(1, user)) + text(3, PROTOCOL)
        self.socket.sendall(b"hrpc\x09\x00\x00" + frame(self.header(-3), context))

    def header(self, call):
        return integer(1, 2) + integer(2, 0) + integer(3, call << 1 if call >= 0 else (-call << 1) - 1) + text(4, self.client)

    def send(self, call, method, request):
        self.socket.sendall(frame(self.header(call), text(1, method) + text(2, PROTOCOL) + integer(3, 1), request))

    def receive(self):
        size = struct.unpack(">I", self.socket.recv(4, socket.MSG_WAITALL))[0]
        return self.socket.recv(size, socket.MSG_WAITALL)


def has_ended(pid):
    with open(f"/proc/{pid}/stat") as file:
        return file.read().rsplit(")", 1)[1].split()[0] in "ZX"


def first_answer(port, path, since, pid):
    """Milliseconds from `since` to the first answer to getFileInfo."""
    while True:
        try:
            connection = Connection(port, b"root")
            connection.send(0, b"getFileInfo", text(1, path))
            if len(connection.receive()) < 20:
                sys.exit("no answer worth the name")
            return (time.time() - since) * 1000
        except OSError:
            if has_ended(pid) or time.time() - since > 300:
                sys.exit("the namenode does not answer")
            time.sleep(0.002)


def fill_log(port, user, directory, mebibytes):
    """Sets large extended attributes until the segments in `directory` hold that much."""
    connection = Connection(port, user)
    connection.send(0, b"mkdirs", text(1, b"/benchmarks/log") + text(2, integer(1, 0o755)) + integer(3, 1))
    connection.receive()
    value = os.urandom(15 << 10)

    def set_attribute(call):
        attribute = integer(1, 0) + text(2, b"a%d" % (call % 16)) + text(3, value)
        connection.send(call, b"setXAttr", text(1, b"/benchmarks/log") + text(2, attribute) + integer(3, 3))

    call = 1
    while call <= 64:
        set_attribute(call)
        call += 1
    while True:
        connection.receive()
        if call % 1024 == 0:
            segments = [name for name in os.listdir(directory) if name.startswith("edits-")]
            if len(segments) * 64 >= mebibytes:
                return
        set_attribute(call)
        call += 1


PTRACE_SEIZE, PTRACE_INTERRUPT = 0x4206, 0x4207


def figures(port, name):
    page = urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=30).read().decode()
    return [int(line.rsplit(" ", 1)[1]) for line in page.splitlines() if line.startswith(name)]


def kill_behind(port, pid, lag):
    """Stops the threads that apply edits to the shards, and kills the namenode when the slowest shard lacks `lag` edits; they
    stop within a moment of each other. Something must write meanwhile. Returns what it lacked."""
    trace = ctypes.CDLL(None, use_errno=True).ptrace
    trace.argtypes = [ctypes.c_long] * 4
    for thread in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{thread}/comm") as file:
            name = file.read().strip()
        if not name.startswith("shard-") or name.startswith("shard-reader"):
            continue
        for request in (PTRACE_SEIZE, PTRACE_INTERRUPT):
            if trace(request, int(thread), 0, 0) != 0:
                sys.exit(f"cannot stop the thread {name}: {os.strerror(ctypes.get_errno())}")
    since = time.time()
    while max(lags := figures(port, "hfs_metastore_shard_lag_edits")) < lag:
        if time.time() - since > 120:
            sys.exit(f"the shards lack {lags} edits, not {lag}")
        time.sleep(0.1)
    os.kill(pid, signal.SIGKILL)
    return max(lags)


if __name__ == "__main__":
    if sys.argv[1] == "first":
        print("%.0f" % first_answer(int(sys.argv[2]), sys.argv[3].encode(), float(sys.argv[4]), int(sys.argv[5])))
    elif sys.argv[1] == "kill-behind":
        print(kill_behind(int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])))
    else:
        fill_log(int(sys.argv[2]), sys.argv[3].encode(), sys.argv[4], int(sys.argv[5]))
