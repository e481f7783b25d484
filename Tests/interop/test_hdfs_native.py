"""hdfs-native (Rust, with Python on top): its synchronous and asynchronous API and its fsspec filesystem."""

import asyncio
import os
import random

import pytest
from hdfs_native import AclEntry, AsyncClient, Client, WriteOptions


KEPT = []


def async_client(uri):
    """One that lives until the end: freeing it waits for its runtime with the interpreter's lock held, which a task that is
    just ending may want, and then hangs for ever (hdfs-native 0.14.7)."""
    KEPT.append(AsyncClient(uri))
    return KEPT[-1]


@pytest.fixture
def client(cluster):
    return Client(cluster.uri)


def put(client, path, data, **options):
    with client.create(path, WriteOptions(overwrite=True, **options)) as writer:
        for start in range(0, len(data), 1 << 20):
            writer.write(data[start : start + (1 << 20)])


def get(client, path):
    with client.read(path) as reader:
        return reader.read()


@pytest.mark.parametrize("size", [0, 1, 511, 512, 513, 64_512, 1 << 20, 5_000_011])
def test_bytes_come_back(client, folder, size):
    data = random.Random(size).randbytes(size)
    put(client, f"{folder}/f", data)
    assert get(client, f"{folder}/f") == data
    assert client.get_file_info(f"{folder}/f").length == size


def test_a_file_of_many_blocks_and_random_reads(client, folder):
    data = random.Random(7).randbytes(9_500_000)
    put(client, f"{folder}/f", data, block_size=1 << 20)
    choose = random.Random(8)
    with client.read(f"{folder}/f") as reader:
        for _ in range(60):
            offset = choose.randrange(len(data))
            count = choose.randrange(1, 2_500_000)
            assert reader.read_range(offset, min(count, len(data) - offset)) == data[offset : offset + count]
    assert get(client, f"{folder}/f") == data


def test_namespace_calls(client, folder):
    client.mkdirs(f"{folder}/a/b/c", permission=0o750, create_parent=True)
    for name in ("x", "y", "z"):
        put(client, f"{folder}/a/{name}", name.encode())
    assert [s.path.rsplit("/", 1)[1] for s in client.list_status(f"{folder}/a")] == ["b", "x", "y", "z"]
    assert len(list(client.list_status(folder, recursive=True))) == 6
    assert [s.path for s in client.glob_status(f"{folder}/a/[xy]")] == [f"{folder}/a/x", f"{folder}/a/y"]
    client.rename(f"{folder}/a/x", f"{folder}/a/w")
    with pytest.raises(Exception):
        client.rename(f"{folder}/a/w", f"{folder}/a/y")
    client.rename(f"{folder}/a/w", f"{folder}/a/y", overwrite=True)
    assert get(client, f"{folder}/a/y") == b"x"
    client.set_times(f"{folder}/a/y", 1_600_000_000_000, 1_700_000_000_000)
    client.set_owner(f"{folder}/a/y", "ada", "science")
    client.set_permission(f"{folder}/a/y", 0o604)
    assert client.set_replication(f"{folder}/a/y", 2)
    info = client.get_file_info(f"{folder}/a/y")
    assert (info.modification_time, info.access_time) == (1_600_000_000_000, 1_700_000_000_000)
    assert (info.owner, info.group, info.permission, info.replication) == ("ada", "science", 0o604, 2)
    summary = client.get_content_summary(folder)
    assert (summary.file_count, summary.directory_count, summary.length) == (2, 4, 2)
    assert client.delete(f"{folder}/a", recursive=True)
    assert not client.delete(f"{folder}/a", recursive=True)
    with pytest.raises(FileNotFoundError):
        client.get_file_info(f"{folder}/a")


def test_a_large_directory_is_listed_page_by_page(cluster, client, folder):
    async def fill():
        parallel = async_client(cluster.uri)
        gate = asyncio.Semaphore(64)

        async def one(index):
            async with gate:
                await parallel.mkdirs(f"{folder}/d{index:05}", permission=0o755, create_parent=False)

        await asyncio.gather(*(one(i) for i in range(2500)))

    asyncio.run(fill())
    names = [s.path.rsplit("/", 1)[1] for s in client.list_status(folder)]
    assert names == [f"d{i:05}" for i in range(2500)]


def test_append(client, folder):
    put(client, f"{folder}/log", b"one\n")
    for line in (b"two\n", b"three\n" * 50_000):
        with client.append(f"{folder}/log") as writer:
            writer.write(line)
    assert get(client, f"{folder}/log") == b"one\ntwo\n" + b"three\n" * 50_000
    put(client, f"{folder}/empty", b"")
    with client.append(f"{folder}/empty") as writer:
        writer.write(b"first")
    assert get(client, f"{folder}/empty") == b"first"


def test_synced_bytes_are_read_before_the_file_is_closed(client, folder):
    writer = client.create(f"{folder}/open", WriteOptions())
    writer.write(b"a" * 100_000)
    writer.hsync()
    assert get(client, f"{folder}/open") == b"a" * 100_000
    writer.write(b"b" * 5)
    writer.hsync()
    assert get(client, f"{folder}/open") == b"a" * 100_000 + b"b" * 5
    writer.close()
    assert client.get_file_info(f"{folder}/open").length == 100_005


def test_access_control_lists(client, folder):
    put(client, f"{folder}/f", b"secret")
    client.set_permission(f"{folder}/f", 0o640)
    client.modify_acl_entries(f"{folder}/f", [AclEntry("user", "access", "r--", "ada")])
    status = client.get_acl_status(f"{folder}/f")
    assert any(e.name == "ada" for e in status.entries)
    client.remove_acl(f"{folder}/f")
    assert not client.get_acl_status(f"{folder}/f").entries


def test_a_refused_operation_is_a_typed_error(cluster, folder):
    client = Client(cluster.uri)
    put(client, f"{folder}/f", b"1")
    with pytest.raises(FileExistsError):
        client.create(f"{folder}/f", WriteOptions(overwrite=False))
    with pytest.raises(FileNotFoundError):
        client.read(f"{folder}/none")
    with pytest.raises(Exception):
        client.delete(folder, recursive=False)
    assert get(client, f"{folder}/f") == b"1"


def test_many_tasks_on_one_connection(cluster, folder):
    async def go():
        client = async_client(cluster.uri)

        async def one(index):
            data = random.Random(index).randbytes(index * 700)
            path = f"{folder}/f{index}"
            async with await client.create(path, WriteOptions(replication=1 + index % 3)) as writer:
                await writer.write(data)
            async with await client.read(path) as reader:
                assert await reader.read() == data
            await client.rename(path, path + ".done")

        await asyncio.gather(*(one(i) for i in range(64)))
        return [s.path async for s in client.list_status(folder)]

    assert len(asyncio.run(go())) == 64


def test_fsspec(cluster, folder):
    import fsspec
    from hdfs_native.fsspec import HdfsFileSystem

    fsspec.register_implementation("hdfs", HdfsFileSystem, clobber=True)
    host, port = cluster.uri.removeprefix("hdfs://").split(":")
    fs = fsspec.filesystem("hdfs", host=host, port=int(port))
    with fs.open(f"{folder}/a.txt", "wb") as file:
        file.write(b"hello\nworld\n")
    with fs.open(f"{folder}/a.txt", "rb") as file:
        assert file.read() == b"hello\nworld\n"
    fs.makedirs(f"{folder}/x/y", exist_ok=True)
    fs.touch(f"{folder}/x/y/z")
    assert fs.exists(f"{folder}/x/y/z") and not fs.exists(f"{folder}/nope")
    assert sorted(fs.find(folder)) == [f"{folder}/a.txt", f"{folder}/x/y/z"]
    assert fs.info(f"{folder}/a.txt")["size"] == 12
    assert fs.cat_file(f"{folder}/a.txt", start=6, end=11) == b"world"
    fs.mv(f"{folder}/a.txt", f"{folder}/b.txt")
    fs.rm(f"{folder}/x", recursive=True)
    assert [os.path.basename(p) for p in fs.ls(folder, detail=False)] == ["b.txt"]
