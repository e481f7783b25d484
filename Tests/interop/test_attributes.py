"""Attributes that one client sets and another one looks for: an HDFS client knows them as user.ml.*, hfs as ml.*."""

import json

import pytest
from hdfs_native import Client
from wire import Rpc, message


def found(cluster, *arguments):
    done = cluster.hfs("find", *arguments, "--json", check=0)
    return {entry["path"]: entry["attributes"] for entry in json.loads(done.text)}


def test_what_an_hdfs_client_sets_is_found_at_once(cluster, folder):
    cluster.hfs("mkdir", *(f"{folder}/m{index}" for index in range(5)), check=0)
    owner = json.loads(cluster.hfs("stat", "--json", folder, check=0).text)[0]["owner"]
    rpc = Rpc(cluster.port, user=owner)
    for index in range(5):
        attribute = message((1, 0), (2, "ml.accuracy"), (3, f"0.9{index}".encode()))
        rpc.call("setXAttr", (1, f"{folder}/m{index}"), (2, attribute), (3, 1))
    best = found(cluster, folder, "--where", "ml.accuracy >= 0.93", "--order-by", "-ml.accuracy")
    assert list(best) == [f"{folder}/m4", f"{folder}/m3"]
    assert best[f"{folder}/m4"] == {"ml.accuracy": "0.94"}
    cluster.hfs("xattr", "set", f"{folder}/m0", "ml.accuracy=0.99", "hfs.artifact=model", check=0)
    asked = rpc.call("getXAttrs", (1, f"{folder}/m0"), (2, message((1, 0), (2, "ml.accuracy"))))
    assert asked.nested(1).one(3) == b"0.99"
    rpc.close()
    assert list(found(cluster, folder, "--where", "kind = model and ml.accuracy > 0.9")) == [f"{folder}/m0"]


def test_the_command_line_sets_compares_and_finds(cluster, folder):
    for name, accuracy in (("a", 0.5), ("b", 0.7), ("c", 0.6)):
        cluster.hfs("mkdir", f"{folder}/{name}", check=0)
        cluster.hfs("xattr", "set", f"{folder}/{name}", f"ml.accuracy={accuracy}", "user.note=x", check=0)
    line = cluster.hfs("find", folder, "--where", "ml.accuracy > 0.5", "--order-by", "-ml.accuracy", "--limit", "1", check=0)
    assert line.text == f"{folder}/b\tml.accuracy=0.7\n"
    cluster.hfs("xattr", "set", f"{folder}/a", "ml.stage=test", "--if-absent", check=0)
    refused = cluster.hfs("xattr", "set", f"{folder}/a", "ml.stage=best", "--if-absent", check=1)
    assert refused.error == f"hfs: xattr set: {folder}/a: ml.stage is test\n"
    cluster.hfs("xattr", "set", f"{folder}/a", "ml.stage=best", "--if-value", "test", check=0)
    assert cluster.hfs("xattr", "get", f"{folder}/a", "ml.stage", check=0).text == "best\n"
    assert "cannot be searched" in cluster.hfs("find", folder, "--where", "trusted.x = 1", check=1).error
    assert "Expected" in cluster.hfs("find", folder, "--where", "ml.x >", check=2).error
    for command in (["set", folder, "nosuch.x=1"], ["set", folder, "nosuch.x", "1"], ["get", folder, "nosuch.x"],
                    ["rm", folder, "nosuch.x"]):
        assert "'nosuch.x' is in no namespace" in cluster.hfs("xattr", *command, check=2).error
    assert "nosuch" not in cluster.hfs("xattr", "ls", folder, check=0).text
    assert "'nosuch.x' is in no namespace" in cluster.hfs("publish", folder, f"{folder}-x", "--xattr", "nosuch.x=1", check=2).error
    assert "cannot be searched" in cluster.hfs("find", folder, "--where", "nosuch.x = 1", check=1).error
    cluster.hfs("xattr", "set", folder, "color=red", "user.nosuch.x=1", check=0)
    assert cluster.hfs("xattr", "ls", folder, check=0).text == "user.color=red\nuser.nosuch.x=1\n"
    assert "has no attribute hfs.kind" in cluster.hfs("xattr", "set", folder, "hfs.kind=x", check=1).error


def test_a_published_directory_is_whole_and_stays(cluster, folder, tmp_path):
    (tmp_path / "weights").write_bytes(b"\0" * 1000)
    target = f"{folder}/Models/digits"
    for version in (1, 2):
        cluster.hfs("put", "-r", tmp_path, f"{folder}/staging", check=0)
        done = cluster.hfs("publish", f"{folder}/staging", target, "--xattr", f"ml.accuracy=0.{version}", check=0)
        assert done.text == f"{target}/{version}\n"
    assert list(found(cluster, folder, "--order-by", "-ml.accuracy")) == [f"{target}/2", f"{target}/1"]
    client = Client(cluster.uri)
    for attempt in (lambda: client.delete(f"{target}/1/weights", False), lambda: client.rename(f"{target}/1/weights", f"{folder}/x"),
                    lambda: client.mkdirs(f"{target}/1/new", permission=0o755, create_parent=True)):
        with pytest.raises(Exception, match="is published"):
            attempt()
    cluster.hfs("rm", "-r", f"{target}/2", check=0)
    cluster.hfs("put", "-r", tmp_path, f"{folder}/staging", check=0)
    assert cluster.hfs("publish", f"{folder}/staging", target, check=0).text == f"{target}/3\n"


def test_conditions_on_names_types_and_sizes_go_with_those_on_attributes(cluster, folder, tmp_path):
    for name, size in (("a.csv", 10), ("b.csv", 3000), ("c.txt", 3000)):
        (tmp_path / name).write_bytes(b"x" * size)
    cluster.hfs("mkdir", "-p", f"{folder}/deep/d.csv", check=0)
    cluster.hfs("put", *(tmp_path / name for name in ("a.csv", "b.csv", "c.txt")), folder, check=0)
    for rank, name in enumerate(("a.csv", "b.csv", "c.txt", "deep/d.csv")):
        cluster.hfs("xattr", "set", f"{folder}/{name}", f"ml.rank={rank}", check=0)
    every = ("--where", "ml.rank >= 0", "--order-by", "-ml.rank")
    assert list(found(cluster, folder, *every, "-name", "*.csv")) == [f"{folder}/{n}" for n in ("deep/d.csv", "b.csv", "a.csv")]
    assert list(found(cluster, folder, *every, "-iname", "*.CSV", "-type", "f")) == [f"{folder}/b.csv", f"{folder}/a.csv"]
    assert list(found(cluster, folder, *every, "-type", "d")) == [f"{folder}/deep/d.csv"]
    assert list(found(cluster, folder, *every, "-maxdepth", "1", "-size", "+1k")) == [f"{folder}/c.txt", f"{folder}/b.csv"]
    # The limit counts what is left, not what the namenode found.
    assert list(found(cluster, folder, *every, "-name", "*.csv", "-type", "f", "--limit", "1")) == [f"{folder}/b.csv"]


def test_a_seal_keeps_what_it_holds_and_not_who_may_read_it(cluster, folder, tmp_path):
    (tmp_path / "weights").write_bytes(b"\1" * 1000)
    cluster.hfs("put", "-r", tmp_path, f"{folder}/staging", check=0)
    root = cluster.hfs("publish", f"{folder}/staging", f"{folder}/Models/sealed", check=0).text.strip()
    before = json.loads(cluster.hfs("stat", "--json", f"{root}/weights", check=0).text)[0]
    cluster.hfs("chmod", "-R", "750", root, check=0)
    cluster.hfs("setrep", "2", f"{root}/weights", check=0)
    cluster.hfs("xattr", "set", root, "ml.stage=production", check=0)
    after = json.loads(cluster.hfs("stat", "--json", f"{root}/weights", check=0).text)[0]
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {"mode", "permissions", "replication"}, (before, after)
    assert "is published" in cluster.hfs("touch", f"{root}/weights", check=1).error
    assert cluster.hfs("cat", f"{root}/weights", check=0).stdout == b"\1" * 1000
