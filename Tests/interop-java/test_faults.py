"""A datanode killed while a Java client works, of four."""

import os
import pathlib
import random
import time

import pytest
from conftest import Hadoop

SIZE = 192 << 20


@pytest.fixture
def hadoop_of_four(four_datanodes, tmp_path):
    # By default a Java client gives up at the first broken connection to a namenode that has no standby.
    java = Hadoop(tmp_path / "conf", four_datanodes.uri,
                  {"dfs.client.retry.policy.enabled": "true", "dfs.client.retry.policy.spec": "500,60"})
    yield java
    java.close()


def used_bytes(cluster, number):
    total = 0
    for folder, _, names in os.walk(os.path.join(cluster.directory, f"datanode-{number}")):
        for name in names:
            try:
                total += os.path.getsize(os.path.join(folder, name))
            except FileNotFoundError:
                pass
    return total


def wait_for_bytes(cluster, numbers, count):
    """Waits until one of these datanodes has stored so many more bytes; returns its number."""
    before = {n: used_bytes(cluster, n) for n in numbers}
    deadline = time.monotonic() + 60
    while True:
        for n in numbers:
            if used_bytes(cluster, n) >= before[n] + count:
                return n
        assert time.monotonic() < deadline, "nothing is written"
        time.sleep(0.01)


def test_put_survives_a_killed_datanode(four_datanodes, hadoop_of_four, tmp_path):
    source = tmp_path / "data"
    source.write_bytes(random.Random(11).randbytes(SIZE))
    hadoop_of_four.send("-put", source, "/tmp/data")
    victim = wait_for_bytes(four_datanodes, (1, 2, 3, 4), SIZE // 8)
    four_datanodes.kill(f"datanode-{victim}")
    killed = time.monotonic()
    answer = hadoop_of_four.receive()
    assert answer.code == 0, answer.err
    assert time.monotonic() - killed > 0.05, "the put was over before the datanode was killed"
    hadoop_of_four("-get", "/tmp/data", tmp_path / "back")
    assert (tmp_path / "back").read_bytes() == source.read_bytes()
    assert pathlib.Path(hadoop_of_four.directory / "java.log").read_text().count("pipeline") > 0


def test_get_survives_a_killed_datanode(four_datanodes, hadoop_of_four, tmp_path):
    source = tmp_path / "data"
    source.write_bytes(random.Random(12).randbytes(SIZE))
    hadoop_of_four("-D", "dfs.blocksize=16777216", "-put", source, "/tmp/data")
    hadoop_of_four.send("-get", "/tmp/data", tmp_path / "back")
    deadline = time.monotonic() + 60
    copying = tmp_path / "back._COPYING_"
    while not (copying.exists() and copying.stat().st_size > SIZE // 16):
        assert time.monotonic() < deadline and not (tmp_path / "back").exists(), "the get was too fast or too slow"
        time.sleep(0.002)
    four_datanodes.kill("datanode-1")
    answer = hadoop_of_four.receive()
    assert answer.code == 0, answer.err
    assert (tmp_path / "back").read_bytes() == source.read_bytes()


@pytest.mark.parametrize("appending", [False, True])
def test_a_writer_gets_another_datanode_for_a_killed_one(four_datanodes, hadoop_of_four, appending):
    path = "/tmp/replaced"
    before = {n: used_bytes(four_datanodes, n) for n in (1, 2, 3, 4)}
    hadoop_of_four("open", path)
    hadoop_of_four("write", path, 13, 400_000)
    if appending:
        hadoop_of_four("close", path)
        before = {n: used_bytes(four_datanodes, n) for n in (1, 2, 3, 4)}
        hadoop_of_four("reopen", path)
        hadoop_of_four("write", path, 13, 700_000, 400_000)
    hadoop_of_four("hflush", path)
    written = 700_000 if appending else 400_000
    grown = [n for n in before if used_bytes(four_datanodes, n) > before[n]]
    assert len(grown) == 3
    four_datanodes.kill(f"datanode-{grown[0]}")
    hadoop_of_four("write", path, 13, written + 200_000, written)
    hadoop_of_four("hflush", path)
    assert hadoop_of_four("replicas", path).out.strip() == "3"
    assert hadoop_of_four("equals", path, 13, written + 200_000).out.strip() == "equal"
    hadoop_of_four("write", path, 13, 3_000_000, written + 200_000)
    hadoop_of_four("close", path)
    assert hadoop_of_four("equals", path, 13, 3_000_000).out.strip() == "equal"


def test_a_writer_outlives_a_killed_namenode(four_datanodes, hadoop_of_four):
    path = "/tmp/outlives"
    hadoop_of_four("open", path)
    hadoop_of_four("write", path, 14, 400_000)
    hadoop_of_four("hflush", path)
    four_datanodes.kill("namenode")
    four_datanodes.start()
    hadoop_of_four("write", path, 14, 5_000_000, 400_000)
    hadoop_of_four("close", path)
    assert hadoop_of_four("equals", path, 14, 5_000_000).out.strip() == "equal"


def test_put_outlives_a_killed_namenode(four_datanodes, hadoop_of_four, tmp_path):
    source = tmp_path / "data"
    source.write_bytes(random.Random(15).randbytes(SIZE))
    hadoop_of_four.send("-D", "dfs.blocksize=4194304", "-put", source, "/tmp/data")
    wait_for_bytes(four_datanodes, (1, 2, 3, 4), SIZE // 8)
    four_datanodes.kill("namenode")
    four_datanodes.start()
    answer = hadoop_of_four.receive()
    assert answer.code == 0, answer.err
    hadoop_of_four("-get", "/tmp/data", tmp_path / "back")
    assert (tmp_path / "back").read_bytes() == source.read_bytes()


def test_a_put_that_was_killed_is_repeated(four_datanodes, hadoop_of_four, tmp_path):
    source = tmp_path / "data"
    source.write_bytes(random.Random(16).randbytes(SIZE))
    other = Hadoop(tmp_path / "other", four_datanodes.uri)
    other.send("-put", source, "/tmp/data")
    wait_for_bytes(four_datanodes, (1, 2, 3, 4), SIZE // 8)
    other.process.kill()
    other.process.wait()
    hadoop_of_four("-put", source, "/tmp/data")
    hadoop_of_four("-get", "/tmp/data", tmp_path / "back")
    assert (tmp_path / "back").read_bytes() == source.read_bytes()
    assert hadoop_of_four("-ls", "-C", "/tmp").lines == ["/tmp/data"]
