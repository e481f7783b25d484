"""Small files whose bytes the namenode keeps: written by our command line, read by everybody."""

import json
import pathlib
import random
import time

import pytest
from hdfs_native import Client
from test_datanode import read
from test_hdfs_native import get, put
from wire import RemoteError, Rpc, Transfer, block_fields, message, parse

SIZES = [1, 511, 512, 513, 5000, 65535, 65536]


class Located:
    """What getBlockLocations tells of a file, with the bytes that the namenode keeps."""

    def __init__(self, cluster, path):
        answer = Rpc(cluster.port).call("getBlockLocations", (1, path), (2, 0), (3, 1 << 40), (1000, True))
        located = answer.nested(1)
        self.length = located.one(1)
        self.inline = answer.one(1000)
        self.blocks = [parse(block) for block in located.get(2, [])]
        self.identities = [block.nested(1) for block in self.blocks]
        self.nodes = [[parse(parse(node).one(1)) for node in block.get(3, [])] for block in self.blocks]
        self.addresses = [[(node.text(1), node.one(4)) for node in nodes] for nodes in self.nodes]


def replica_files(cluster, located, index=0):
    return list(pathlib.Path(cluster.directory).rglob(f"blk_{located.identities[index].one(2)}*"))


@pytest.mark.parametrize("size", SIZES)
def test_everybody_reads_what_our_put_left_with_the_namenode(cluster, folder, size):
    data = random.Random(size).randbytes(size)
    path = f"{folder}/f"
    cluster.hfs("put", "-", path, stdin=data, check=0)
    located = Located(cluster, path)
    assert located.inline == data and located.length == size and len(located.blocks) == 1
    assert replica_files(cluster, located) == []
    client = Client(cluster.uri)
    assert get(client, path) == data
    assert cluster.hfs("cat", path, check=0).stdout == data
    assert client.get_file_info(path).length == size
    with client.read(path) as reader:
        for seed in range(5):
            start = random.Random(seed).randrange(size)
            reader.seek(start)
            assert reader.read(size - start) == data[start:]


def test_one_byte_more_goes_to_datanodes_and_so_does_what_asks_for_it(cluster, folder):
    data = bytes(65537)
    cluster.hfs("put", "-", f"{folder}/large", stdin=data, check=0)
    cluster.hfs("put", "--no-inline", "-", f"{folder}/small", stdin=b"small", check=0)
    cluster.hfs("put", "-", f"{folder}/empty", stdin=b"", check=0)
    for name in ("large", "small"):
        located = Located(cluster, f"{folder}/{name}")
        assert located.inline is None and replica_files(cluster, located) != []
    assert Located(cluster, f"{folder}/empty").blocks == []
    cluster.hfs("cp", f"{folder}/small", f"{folder}/copy", check=0)
    assert Located(cluster, f"{folder}/copy").inline == b"small"
    assert cluster.hfs("cat", f"{folder}/copy", check=0).stdout == b"small"


@pytest.mark.parametrize("size", [1, 512, 60_001])
def test_checksums_equal_those_of_a_file_on_datanodes(cluster, folder, size):
    data = random.Random(size).randbytes(size)
    cluster.hfs("put", "-", f"{folder}/inline", stdin=data, check=0)
    cluster.hfs("put", "--no-inline", "-", f"{folder}/blocks", stdin=data, check=0)
    for options in ([], ["--composite"]):
        one, two = json.loads(
            cluster.hfs("checksum", "--json", *options, f"{folder}/inline", f"{folder}/blocks", check=0).text)
        assert (one["algorithm"], one["checksum"]) == (two["algorithm"], two["checksum"])
    # As HDFS's clients ask: of a datanode.
    answers = []
    for name in ("inline", "blocks"):
        located = Located(cluster, f"{folder}/{name}")
        assert (located.inline is None) == (name == "blocks")
        identity = located.identities[0]
        transfer = Transfer(located.addresses[0][0])
        fields = block_fields(identity.text(1), identity.one(2), identity.one(3), size)
        transfer.operation(Transfer.CHECKSUM, message((1, message((1, fields), (2, Transfer.NO_TOKEN)))))
        answer = transfer.receive()
        assert answer.one(1) == 0
        answers.append((answer.nested(3).one(1), answer.nested(3).one(2), answer.nested(3).one(3)))
    assert answers[0] == answers[1]


def test_any_datanode_serves_the_block_and_tells_its_length(cluster, folder):
    data = random.Random(7).randbytes(3000)
    cluster.hfs("put", "-", f"{folder}/f", stdin=data, check=0)
    located = Located(cluster, f"{folder}/f")
    identity = located.identities[0]
    assert len(located.nodes[0]) == 3
    fields = block_fields(identity.text(1), identity.one(2), identity.one(3), 3000)
    for node, address in zip(located.nodes[0], located.addresses[0]):
        for offset, count in ((0, 3000), (1000, 5), (2999, 1)):
            answer, start, received = read(address, fields, offset, count)
            assert answer.one(1) == 0 and received[offset - start :][:count] == data[offset : offset + count]
        rpc = Rpc(node.one(6), protocol="org.apache.hadoop.hdfs.protocol.ClientDatanodeProtocol")
        assert rpc.call("getReplicaVisibleLength", (1, fields)).one(1) == 3000
    # What it never was is no block.
    answer, _, _ = read(located.addresses[0][0], block_fields(identity.text(1), identity.one(2) + (1 << 20), 1001, 1), 0, 1)
    assert answer.one(1) != 0


def test_an_append_leaves_the_bytes_where_they_are(cluster, folder):
    path = f"{folder}/log"
    cluster.hfs("put", "-", path, stdin=b"one\n", check=0)
    client = Client(cluster.uri)
    begun = time.monotonic()
    expected = b"one\n"
    for line in (b"two\n", b"three\n" * 20_000, b"four\n"):
        with client.append(path) as writer:
            writer.write(line)
        expected += line
        assert get(client, path) == expected
        assert cluster.hfs("cat", path, check=0).stdout == expected
    # Nobody waited for a report of a block that no datanode has: ten seconds for each of the three.
    assert time.monotonic() - begun < 30
    located = Located(cluster, path)
    assert located.inline == b"one\n" and len(located.blocks) == 4 and replica_files(cluster, located) == []
    sums = json.loads(cluster.hfs("checksum", "--json", "--composite", path, check=0).text)
    put(client, f"{folder}/other", expected)
    assert json.loads(cluster.hfs("checksum", "--json", "--composite", f"{folder}/other", check=0).text)[0]["checksum"] \
        == sums[0]["checksum"]


def test_renames_overwrites_and_deletions(cluster, folder):
    client = Client(cluster.uri)
    cluster.hfs("put", "-", f"{folder}/a", stdin=b"first", check=0)
    client.rename(f"{folder}/a", f"{folder}/b")
    assert get(client, f"{folder}/b") == b"first"
    put(client, f"{folder}/b", b"second, on datanodes")
    assert Located(cluster, f"{folder}/b").inline is None and get(client, f"{folder}/b") == b"second, on datanodes"
    cluster.hfs("put", "-f", "-", f"{folder}/b", stdin=b"third", check=0)
    assert Located(cluster, f"{folder}/b").inline == b"third" and get(client, f"{folder}/b") == b"third"
    client.set_replication(f"{folder}/b", 2)
    summary = client.get_content_summary(folder)
    assert summary.length == 5 and summary.space_consumed == 10
    cluster.hfs("rm", f"{folder}/b", check=0)
    assert cluster.hfs("cat", f"{folder}/b").returncode == 1


def test_copies_that_are_asked_for_are_made_on_datanodes(fresh_cluster):
    cluster = fresh_cluster
    data = random.Random(3).randbytes(40_000)
    cluster.hfs("mkdir", "-p", "/d", check=0)
    for name in ("f", "g", "h"):
        cluster.hfs("put", "-", f"/d/{name}", stdin=data, check=0)
    with Client(cluster.uri).append("/d/g") as writer:
        writer.write(b"more")
    status = json.loads(cluster.hfs("stat", "--json", "/d/f", check=0).text)[0]
    checksum = cluster.hfs("checksum", "/d/f", check=0).text
    cluster.hfs("setrep", "-w", "2", "/d/f", "/d/g", check=0)
    for name, content in (("f", data), ("g", data + b"more")):
        located = Located(cluster, f"/d/{name}")
        assert located.inline is None and [len(nodes) for nodes in located.addresses] == [2] * len(located.blocks)
        assert len([path for path in replica_files(cluster, located) if path.suffix != ".meta"]) == 2
        assert get(Client(cluster.uri), f"/d/{name}") == content == cluster.hfs("cat", f"/d/{name}", check=0).stdout
    assert cluster.hfs("checksum", "/d/f", check=0).text == checksum
    after = json.loads(cluster.hfs("stat", "--json", "/d/f", check=0).text)[0]
    assert {**after, "replication": 0} == {**status, "replication": 0} and after["replication"] == 2
    # A namenode that is killed after the answer makes them later.
    cluster.hfs("setrep", "2", "/d/h", check=0)
    cluster.kill("namenode")
    cluster.start()
    cluster.hfs("setrep", "-w", "2", "/d/h", check=0)
    assert Located(cluster, "/d/h").inline is None and cluster.hfs("cat", "/d/h", check=0).stdout == data
    # As of any other file, a copy that is lost is made again.
    cluster.hfs("setrep", "-w", "3", "/d/h", check=0)
    cluster.hfs("setrep", "1", "/d/f", check=0)
    assert cluster.hfs("cat", "/d/f", check=0).stdout == data


def crc32c(data):
    table = [0] * 256
    for i in range(256):
        value = i
        for _ in range(8):
            value = value >> 1 ^ (0x82F63B78 if value & 1 else 0)
        table[i] = value
    crc = 0xFFFFFFFF
    for byte in data:
        crc = crc >> 8 ^ table[(crc ^ byte) & 0xFF]
    return crc ^ 0xFFFFFFFF


def creation(path, data, checksum=None, flags=1):
    create = message((1, path), (2, message((1, 0o644))), (3, "probe"), (4, flags), (5, True), (6, 1), (7, 1 << 20))
    return (1, create), (2, data), (3, crc32c(data) if checksum is None else checksum)


def test_a_file_made_in_one_step_happens_once(cluster, folder):
    path = f"{folder}/f"
    rpc = Rpc(cluster.port, protocol="hfs.FileSystemProtocol")
    first = rpc.call("createInline", *creation(path, b"once"), call_id=77).nested(1)
    assert first.one(3) == 4
    again = Rpc(cluster.port, protocol="hfs.FileSystemProtocol")
    again.client_id = rpc.client_id
    assert again.call("createInline", *creation(path, b"once"), call_id=77, retry_count=1).nested(1) == first
    with pytest.raises(RemoteError, match="already exists"):
        again.call("createInline", *creation(path, b"twice"))
    assert cluster.hfs("cat", path, check=0).stdout == b"once"
    again.call("createInline", *creation(path, b"twice", flags=3))
    assert get(Client(cluster.uri), path) == b"twice"
    kinds = [json.loads(line)["kind"] for line in
             cluster.hfs("events", "--json", "--path", path, check=0).text.splitlines()]
    assert kinds == ["create", "close", "delete", "create", "close"]


@pytest.mark.parametrize("data, checksum, problem", [
    (bytes(65537), None, "UnsupportedOperationException"), (b"", None, "UnsupportedOperationException"),
    (b"changed", 1, "IOException")])
def test_bytes_that_cannot_be_kept_are_refused_and_change_nothing(cluster, folder, data, checksum, problem):
    rpc = Rpc(cluster.port, protocol="hfs.FileSystemProtocol")
    with pytest.raises(RemoteError) as refusal:
        rpc.call("createInline", *creation(f"{folder}/f", data, checksum))
    assert problem in str(refusal.value)
    assert Rpc(cluster.port).call("getFileInfo", (1, f"{folder}/f")) == {}


def test_a_tree_of_small_files_is_put_without_temporary_names(cluster, folder, tmp_path):
    for number in range(50):
        (tmp_path / f"f{number}").write_bytes(b"%d" % number * (number + 1))
    cluster.hfs("put", "-r", tmp_path, f"{folder}/tree", check=0)
    for number in range(50):
        assert get(Client(cluster.uri), f"{folder}/tree/f{number}") == b"%d" % number * (number + 1)
    events = cluster.hfs("events", "--json", "--path", f"{folder}/tree", check=0).text
    assert "rename" not in events and "_COPYING_" not in events
    done = cluster.hfs("put", tmp_path / "f1", f"{folder}/tree/f2")
    assert done.returncode == 1 and "File exists" in done.error
    cluster.hfs("put", "-p", "-f", tmp_path / "f1", f"{folder}/tree/f2", check=0)
    status = json.loads(cluster.hfs("stat", "--json", f"{folder}/tree/f2", check=0).text)[0]
    assert status["length"] == 2 and status["modifiedMs"] == (tmp_path / "f1").stat().st_mtime_ns // 1_000_000


def test_the_debug_commands_show_it(fresh_cluster):
    cluster = fresh_cluster
    cluster.hfs("put", "-", "/tmp/f", stdin=b"12345", check=0)
    block = Located(cluster, "/tmp/f").identities[0].one(2)
    cluster.stop()
    text = cluster.hfs("debug", "block", "--dir", cluster.directory, f"blk_{block}", check=0).text
    assert "inline 5 bytes\n" in text and "state committed" in text and "path /tmp/f" in text
    report = json.loads(cluster.hfs("debug", "inode", "--dir", cluster.directory, "--json", "/tmp/f", check=0).text)
    assert report["hasInlineBlock"] is True and report["blocks"] == [block]
    assert f"blk_{block} inline" in cluster.hfs("debug", "inode", "--dir", cluster.directory, "/tmp/f", check=0).text


def test_they_outlive_a_killed_namenode_and_need_no_datanode(fresh_cluster):
    cluster = fresh_cluster
    files = {f"/tmp/f{number}": random.Random(number).randbytes(1 + number * 800) for number in range(40)}
    for path, data in files.items():
        cluster.hfs("put", "-", path, stdin=data, check=0)
    cluster.kill("namenode")
    cluster.start()
    client = Client(cluster.uri)
    for path, data in files.items():
        assert get(client, path) == data
    for number in (1, 2, 3):
        cluster.kill(f"datanode-{number}")
    for path, data in list(files.items())[:5]:
        assert cluster.hfs("cat", path, check=0).stdout == data
    cluster.hfs("checksum", "/tmp/f3", check=0)
    # Also new ones.
    cluster.hfs("put", "-", "/tmp/new", stdin=b"without a datanode", check=0)
    assert cluster.hfs("cat", "/tmp/new", check=0).stdout == b"without a datanode"
