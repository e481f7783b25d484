"""Processes killed with SIGKILL while clients work."""

import hashlib
import os
import random
import re
import signal
import subprocess
import sys
import threading
import time

from conftest import BINARY
from hdfs_native import Client, WriteOptions

SIZE = 64 << 20


def used_bytes(cluster, number):
    folder = os.path.join(cluster.directory, f"datanode-{number}")
    return sum(os.path.getsize(os.path.join(path, name)) for path, _, names in os.walk(folder) for name in names
               if os.path.exists(os.path.join(path, name)))


def wait_until(condition, seconds=180):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "did not happen in time"
        time.sleep(0.02)


def test_our_put_survives_a_datanode_of_three(fresh_cluster):
    data = random.Random(1).randbytes(SIZE)
    before = used_bytes(fresh_cluster, 2)
    put = subprocess.Popen([BINARY, "put", "-", "/tmp/data"], env={**os.environ, "HFS_URI": fresh_cluster.uri},
                           stdin=subprocess.PIPE, stderr=subprocess.PIPE)
    # It cannot end before it has been given all, however long the way there takes.
    put.stdin.write(data[: SIZE // 2])
    put.stdin.flush()
    wait_until(lambda: used_bytes(fresh_cluster, 2) > before + SIZE // 8)
    fresh_cluster.kill("datanode-2")
    _, error = put.communicate(data[SIZE // 2 :], timeout=300)
    assert put.returncode == 0, error.decode()
    assert fresh_cluster.hfs("cat", "/tmp/data", check=0).stdout == data


def test_our_get_survives_a_datanode_of_three(fresh_cluster, tmp_path):
    data = random.Random(2).randbytes(SIZE)
    fresh_cluster.hfs("put", "-", "/tmp/data", stdin=data, check=0)
    get = subprocess.Popen([BINARY, "cat", "/tmp/data"], env={**os.environ, "HFS_URI": fresh_cluster.uri},
                           stdout=subprocess.PIPE)
    digest = hashlib.sha256(get.stdout.read(1 << 20))
    # Whichever replica is being read: two of three go, one after the other; the last one must do.
    fresh_cluster.kill("datanode-1")
    digest.update(get.stdout.read(1 << 20))
    fresh_cluster.kill("datanode-3")
    for part in iter(lambda: get.stdout.read(1 << 20), b""):
        digest.update(part)
    assert get.wait(timeout=300) == 0
    assert digest.digest() == hashlib.sha256(data).digest()


def test_hdfs_native_writes_on_when_a_datanode_of_four_dies(four_datanodes):
    cluster = four_datanodes
    client = Client(cluster.uri)
    data = random.Random(3).randbytes(SIZE)
    writer = client.create("/tmp/data", WriteOptions(replication=3, block_size=8 << 20))
    for start in range(0, SIZE, 1 << 20):
        if start == SIZE // 4:
            cluster.kill("datanode-2")
        writer.write(data[start : start + (1 << 20)])
    writer.close()
    with client.read("/tmp/data") as reader:
        assert reader.read() == data


def test_hdfs_native_reads_on_when_a_datanode_of_four_dies(four_datanodes):
    cluster = four_datanodes
    client = Client(cluster.uri)
    data = random.Random(4).randbytes(SIZE)
    with client.create("/tmp/data", WriteOptions(replication=3, block_size=8 << 20)) as writer:
        writer.write(data)
    with client.read("/tmp/data") as reader:
        got = reader.read(SIZE // 4)
        cluster.kill("datanode-2")
        got += reader.read()
    assert got == data


def test_lost_copies_are_made_again(four_datanodes):
    cluster = four_datanodes
    cluster.hfs("put", "-", "/tmp/data", stdin=os.urandom(3_000_000), check=0)
    located = blocks(cluster, "/tmp/data")
    victim = next(n for n in range(1, 5) if cluster.report["datanodes"][n - 1]["address"] in located)
    cluster.kill(f"datanode-{victim}")
    wait_until(lambda: len(set(blocks(cluster, "/tmp/data")) - {cluster.report["datanodes"][victim - 1]["address"]}) == 3, 300)


def blocks(cluster, path):
    from wire import Rpc, parse
    located = Rpc(cluster.port).call("getBlockLocations", (1, path), (2, 0), (3, 1 << 40)).nested(1)
    nodes = [parse(parse(node).one(1)) for node in parse(located.one(2)).get(3, [])]
    return [f"{node.text(1)}:{node.one(4)}" for node in nodes]


def test_a_lost_writers_file_is_closed_or_it_is_said_what_keeps_it_open(fresh_cluster):
    cluster = fresh_cluster
    data = os.urandom(3_000_000)
    script = ("import sys, time\nfrom hdfs_native import Client, WriteOptions\n"
              "w = Client(sys.argv[1]).create(sys.argv[2], WriteOptions())\n"
              "w.write(sys.stdin.buffer.read())\nif sys.argv[3:]: w.hsync()\n"
              "print('written', flush=True)\ntime.sleep(600)\n")
    # Only hsync promises bytes: what the second writer queued may have reached no datanode when it dies.
    for path, *synced in (("/tmp/one", "hsync"), ("/tmp/two",)):
        writer = subprocess.Popen([sys.executable, "-c", script, cluster.uri, path, *synced], stdin=subprocess.PIPE,
                                  stdout=subprocess.PIPE)
        writer.stdin.write(data)
        writer.stdin.close()
        assert writer.stdout.readline() == b"written\n"
        writer.kill()
        writer.wait()
    assert cluster.hfs("debug", "recover-lease", "/tmp/one", check=0).text == "/tmp/one: closed\n"
    assert cluster.hfs("cat", "/tmp/one", check=0).stdout == data
    for number in (1, 2, 3):
        cluster.kill(f"datanode-{number}")
    stuck = cluster.hfs("debug", "recover-lease", "--drop-last-block", "--tries", "2", "/tmp/two", check=1)
    assert re.search(r"/tmp/two: is still open: blk_\d+_\d+ of 0 synced bytes: .*127\.0\.0\.1:\d+", stuck.error), stuck.error
    cluster.start()
    assert cluster.hfs("debug", "recover-lease", "/tmp/two", check=0).text == "/tmp/two: closed\n"
    assert data.startswith(cluster.hfs("cat", "/tmp/two", check=0).stdout)
    missing = cluster.hfs("debug", "recover-lease", "/tmp/none", check=1)
    assert missing.error == "hfs: debug recover-lease: /tmp/none: No such file or directory\n"


def test_put_and_get_right_after_the_namenode_was_killed(fresh_cluster):
    cluster = fresh_cluster
    data = os.urandom(2_000_000)
    for round in range(5):
        Client(cluster.uri).mkdirs(f"/tmp/{round}", permission=0o755, create_parent=True)
        with Client(cluster.uri).create(f"/tmp/{round}/a", WriteOptions()) as writer:
            writer.write(data)
        cluster.kill("namenode", signal.SIGKILL)
        cluster.start()
        client = Client(cluster.uri)
        with client.create(f"/tmp/{round}/b", WriteOptions()) as writer:
            writer.write(data)
        for name in "ab":
            with client.read(f"/tmp/{round}/{name}") as reader:
                assert reader.read() == data


def test_our_writer_lives_through_a_namenode_restart(fresh_cluster, tmp_path):
    cluster = fresh_cluster
    data = os.urandom(8_000_000)
    put = subprocess.Popen([BINARY, "put", "-", "/tmp/data"], stdin=subprocess.PIPE,
                           env={**os.environ, "HFS_URI": cluster.uri})
    put.stdin.write(data[:4_000_000])
    put.stdin.flush()
    wait_until(lambda: b"._COPYING_" in cluster.hfs("ls", "/tmp", check=0).stdout)
    cluster.kill("namenode", signal.SIGKILL)
    restart = threading.Thread(target=cluster.start)
    restart.start()
    put.stdin.write(data[4_000_000:])
    put.stdin.close()
    restart.join()
    assert put.wait(timeout=300) == 0
    assert cluster.hfs("cat", "/tmp/data", check=0).stdout == data


def test_the_dead_do_not_come_back_wrong(fresh_cluster):
    """A datanode that missed a write while it was down serves nothing stale when it is back."""
    cluster = fresh_cluster
    cluster.hfs("put", "-", "/tmp/f", stdin=b"old" * 100_000, check=0)
    cluster.kill("datanode-1")
    cluster.hfs("put", "-f", "-", "/tmp/f", stdin=b"new" * 100_000, check=0)
    cluster.start()
    for _ in range(5):
        assert cluster.hfs("cat", "/tmp/f", check=0).stdout == b"new" * 100_000
