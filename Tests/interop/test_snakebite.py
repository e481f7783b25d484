"""snakebite, a pure Python client: reads, and changes names."""

import pytest
from snakebite.client import Client
from snakebite.errors import FileNotFoundException


@pytest.fixture
def client(cluster):
    return Client("127.0.0.1", cluster.port, use_trash=False)


def test_listing_and_status(cluster, client, folder):
    cluster.hfs("put", "-", f"{folder}/f", stdin=b"x" * 1234, check=0)
    cluster.hfs("mkdir", f"{folder}/d", check=0)
    entries = {e["path"]: e for e in client.ls([folder])}
    assert entries[f"{folder}/f"]["length"] == 1234 and entries[f"{folder}/f"]["file_type"] == "f"
    assert entries[f"{folder}/d"]["file_type"] == "d"
    assert client.stat([f"{folder}/f"])["length"] == 1234
    assert client.test(f"{folder}/f", exists=True) and not client.test(f"{folder}/none", exists=True)
    with pytest.raises(FileNotFoundException):
        list(client.ls([f"{folder}/none"]))


@pytest.mark.parametrize("size", [0, 10, 70_000, 3_000_000])
def test_data_is_read(cluster, client, folder, size):
    data = bytes(i * 31 % 251 for i in range(size))
    cluster.hfs("put", "-", f"{folder}/f", stdin=data, check=0)
    assert b"".join(part for file in client.cat([f"{folder}/f"], check_crc=True) for part in file) == data
    if size:  # snakebite's tail of an empty file is an IndexError against any server
        assert next(client.tail(f"{folder}/f")) == data[-1024:]


def test_names_change(cluster, client, folder):
    assert all(r["result"] for r in client.mkdir([f"{folder}/a/b"], create_parent=True))
    assert all(r["result"] for r in client.touchz([f"{folder}/a/t"]))
    assert all(r["result"] for r in client.rename([f"{folder}/a/t"], f"{folder}/a/u"))
    assert all(r["result"] for r in client.chmod([f"{folder}/a/u"], 0o600))
    assert all(r["result"] for r in client.setrep([f"{folder}/a/u"], 2))
    assert all(r["result"] for r in client.chown([f"{folder}/a/u"], "ada:science"))
    assert cluster.hfs("ls", "-l", f"{folder}/a/u").text.split()[:4] == ["-rw-------", "2", "ada", "science"]
    counted = next(client.count([folder]))
    assert (counted["directoryCount"], counted["fileCount"]) == (3, 1)
    assert all(r["result"] for r in client.delete([f"{folder}/a"], recurse=True))
    assert cluster.hfs("ls", folder).text == ""


def test_cluster_figures(client):
    assert client.df()["capacity"] > 0
    defaults = client.serverdefaults()
    assert defaults["blockSize"] == 128 << 20 and defaults["replication"] == 3
