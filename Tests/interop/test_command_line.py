"""The hfs command as a user meets it: output, messages, exit codes."""

import fcntl
import json
import os
import signal
import subprocess
import time

import pytest
from conftest import BINARY


def test_a_second_start_says_that_it_runs(cluster):
    done = cluster.hfs("cluster", "start", "--dir", cluster.directory, check=0)
    assert "already running" in done.text
    assert cluster.status()["isRunning"]


@pytest.mark.parametrize("text", ["{}", '{"port": 0, "directory": ""}'])
def test_a_namenode_without_a_directory_formats_none(tmp_path, text):
    config, here = tmp_path / "namenode.json", tmp_path / "here"
    config.write_text(text)
    here.mkdir()
    done = subprocess.run([BINARY, "namenode", "--config", str(config)], capture_output=True, text=True, cwd=here, timeout=60)
    assert done.returncode == 2 and f"{config}: 'directory'" in done.stderr, done.stderr
    assert list(here.iterdir()) == []


def test_status_tells_who_is_healthy(fresh_cluster):
    cluster = fresh_cluster
    report = cluster.status()
    assert report["isHealthy"] and all(s["health"] == {"isHealthy": True} for s in [report["namenode"], *report["datanodes"], report["tailer"]])
    text = cluster.hfs("cluster", "status", "--dir", cluster.directory, check=0).text
    assert text.count("healthy") == 5 and "unhealthy" not in text
    cluster.kill("namenode")
    deadline = time.monotonic() + 120
    while any(s["health"]["isHealthy"] for s in cluster.status()["datanodes"]):
        assert time.monotonic() < deadline, cluster.status()
        time.sleep(0.05)
    report = cluster.status()
    assert not report["isHealthy"] and report["namenode"]["health"] == {"isHealthy": False, "problem": "not running"}
    assert all("not registered" in s["health"]["problem"] for s in report["datanodes"])
    text = cluster.hfs("cluster", "status", "--dir", cluster.directory, check=1).text
    assert text.count("unhealthy: not registered") == 3


def test_tmp_and_home_are_made(cluster):
    listing = json.loads(cluster.hfs("ls", "--json", "-d", "/tmp", "/user", check=0).text)
    assert listing[0]["mode"] == "1777"
    home = json.loads(cluster.hfs("stat", "--json", ".", check=0).text)[0]
    assert home["kind"] == "directory" and home["path"] == f"/user/{home['owner']}"


def test_put_and_get_keep_every_byte_and_the_mode(cluster, folder, tmp_path):
    data = os.urandom(3_000_001)
    source = tmp_path / "source.bin"
    source.write_bytes(data)
    source.chmod(0o640)
    cluster.hfs("put", source, f"{folder}/a.bin", check=0)
    status = json.loads(cluster.hfs("stat", "--json", f"{folder}/a.bin", check=0).text)[0]
    assert status["length"] == len(data) and status["mode"] == "640"
    target = tmp_path / "back.bin"
    cluster.hfs("get", f"{folder}/a.bin", target, check=0)
    assert target.read_bytes() == data
    assert target.stat().st_mode & 0o777 == 0o640
    assert cluster.hfs("cat", f"{folder}/a.bin", check=0).stdout == data
    assert cluster.hfs("get", f"{folder}/a.bin", "-", check=0).stdout == data
    assert sorted(p.name for p in tmp_path.iterdir()) == ["back.bin", "source.bin"]


def test_put_refuses_to_replace_unless_forced(cluster, folder, tmp_path):
    (tmp_path / "x").write_text("one")
    cluster.hfs("put", tmp_path / "x", f"{folder}/x", check=0)
    (tmp_path / "x").write_text("two")
    refused = cluster.hfs("put", tmp_path / "x", f"{folder}/x", check=1)
    assert refused.error == f"hfs: put: {folder}/x: File exists\n"
    assert cluster.hfs("cat", f"{folder}/x").text == "one"
    cluster.hfs("put", "-f", tmp_path / "x", f"{folder}/x", check=0)
    assert cluster.hfs("cat", f"{folder}/x").text == "two"
    assert cluster.hfs("ls", folder, check=0).text == "x\n"


def test_directories_travel_whole(cluster, folder, tmp_path):
    tree = tmp_path / "tree"
    for index in range(30):
        path = tree / f"d{index % 4}" / f"file {index}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"content {index}\n" * index)
    (tree / "empty").mkdir()
    refused = cluster.hfs("put", tree, folder, check=1)
    assert "Is a directory" in refused.error
    cluster.hfs("put", "-r", tree, folder, check=0)
    cluster.hfs("cp", "-r", f"{folder}/tree", f"{folder}/copy", check=0)
    cluster.hfs("get", "-r", f"{folder}/copy", tmp_path / "back", check=0)
    assert subprocess.run(["diff", "-r", tree, tmp_path / "back"]).returncode == 0
    count = json.loads(cluster.hfs("count", "--json", f"{folder}/copy", check=0).text)[0]
    assert (count["directories"], count["files"]) == (6, 30)


def test_several_sources_go_into_a_directory(cluster, folder, tmp_path):
    for name in "abc":
        (tmp_path / name).write_text(name)
    cluster.hfs("put", *(tmp_path / n for n in "abc"), folder, check=0)
    assert cluster.hfs("ls", folder, check=0).text == "a\nb\nc\n"
    assert "Not a directory" in cluster.hfs("put", tmp_path / "a", tmp_path / "b", f"{folder}/c", check=1).error
    assert cluster.hfs("cat", f"{folder}/[ab]", check=0).text == "ab"


def test_standard_input_becomes_a_file(cluster, folder):
    cluster.hfs("put", "-", f"{folder}/lines", stdin=b"".join(b"line %d\n" % n for n in range(5000)), check=0)
    assert cluster.hfs("head", "-n", "2", f"{folder}/lines", check=0).text == "line 0\nline 1\n"
    assert cluster.hfs("tail", "-n", "2", f"{folder}/lines", check=0).text == "line 4998\nline 4999\n"
    assert cluster.hfs("tail", "-c", "5", f"{folder}/lines", check=0).text == "4999\n"
    assert cluster.hfs("head", "-c", "3", f"{folder}/lines", check=0).text == "lin"


@pytest.mark.parametrize("arguments, message", [
    (["ls", "/none"], "hfs: ls: /none: No such file or directory\n"),
    (["cat", "/none"], "hfs: cat: /none: No such file or directory\n"),
    (["rm", "/none"], "hfs: rm: /none: No such file or directory\n"),
    (["rm", "/"], "hfs: rm: /: The root cannot be removed\n"),
    (["mkdir", "/none/a"], "hfs: mkdir: /none/a: No such file or directory\n"),
    (["mkdir", "/tmp"], "hfs: mkdir: /tmp: File exists\n"),
    (["mv", "/none", "/tmp/x"], "hfs: mv: /none: No such file or directory\n"),
    (["stat", "/none"], "hfs: stat: /none: No such file or directory\n"),
    (["put", "/no/such/file", "/tmp"], "hfs: put: /no/such/file: No such file or directory\n"),
    (["get", "/none", "x"], "hfs: get: /none: No such file or directory\n"),
    (["cat", "/tmp"], "hfs: cat: /tmp: Is a directory\n"),
    (["xattr", "get", "/tmp", "none"], "hfs: xattr get: /tmp: No such attribute\n"),
])
def test_failures_are_said_as_a_unix_tool_says_them(cluster, arguments, message):
    done = cluster.hfs(*arguments, check=1)
    assert done.error == message
    assert done.text == ""


@pytest.mark.parametrize("arguments", [["ls", "--bogus"], ["put", "a"], ["chmod", "zz", "/"], ["frobnicate"], ["test", "/"]])
def test_wrong_usage_is_exit_code_2(cluster, arguments):
    assert cluster.hfs(*arguments, check=2).error.startswith("hfs: ")


def test_one_bad_operand_does_not_stop_the_others(cluster, folder):
    done = cluster.hfs("mkdir", f"{folder}/a", f"{folder}/no/b", f"{folder}/c", check=1)
    assert done.error.count("\n") == 1
    assert cluster.hfs("ls", folder).text == "a\nc\n"


def test_mode_owner_and_times(cluster, folder):
    cluster.hfs("touch", f"{folder}/f", check=0)
    cluster.hfs("chmod", "u=rw,g=r,o=", f"{folder}/f", check=0)
    cluster.hfs("chmod", "-R", "g+w", folder, check=0)
    cluster.hfs("chown", "ada:science", f"{folder}/f", check=0)
    before = json.loads(cluster.hfs("stat", "--json", f"{folder}/f").text)[0]
    assert (before["mode"], before["owner"], before["group"], before["length"]) == ("660", "ada", "science", 0)
    time.sleep(0.01)
    cluster.hfs("touch", f"{folder}/f", check=0)
    assert json.loads(cluster.hfs("stat", "--json", f"{folder}/f").text)[0]["modifiedMs"] > before["modifiedMs"]
    long = cluster.hfs("ls", "-l", folder, check=0).text.split()
    assert long[0] == "-rw-rw----" and long[2:5] == ["ada", "science", "0"]


def test_permissions_hold(cluster, folder):
    cluster.hfs("mkdir", f"{folder}/private", check=0)
    cluster.hfs("chmod", "700", f"{folder}/private", check=0)
    done = cluster.hfs("ls", f"{folder}/private", user="mallory", check=1)
    assert "Permission denied: user=mallory, access=READ_EXECUTE" in done.error
    cluster.hfs("test", "-r", f"{folder}/private", user="mallory", check=1)
    cluster.hfs("test", "-r", f"{folder}/private", check=0)


def test_test_answers_by_its_exit_code(cluster, folder):
    cluster.hfs("touch", f"{folder}/empty", check=0)
    for flag, path, code in [("-e", folder, 0), ("-d", folder, 0), ("-f", folder, 1), ("-z", f"{folder}/empty", 0),
                             ("-s", f"{folder}/empty", 1), ("-f", f"{folder}/empty", 0), ("-e", f"{folder}/no", 1)]:
        done = cluster.hfs("test", flag, path, check=code)
        assert done.text == done.error == ""


def test_find_du_df_count(cluster, folder):
    cluster.hfs("mkdir", "-p", f"{folder}/a/b", check=0)
    cluster.hfs("put", "-", f"{folder}/a/b/x.csv", stdin=b"1" * 2000, check=0)
    cluster.hfs("put", "-", f"{folder}/a/y.txt", stdin=b"2" * 10, check=0)
    assert cluster.hfs("find", folder, "-name", "*.csv", check=0).text == f"{folder}/a/b/x.csv\n"
    assert cluster.hfs("find", folder, "-type", "d", "-maxdepth", "1", check=0).text == f"{folder}\n{folder}/a\n"
    assert cluster.hfs("find", folder, "-size", "+1k", check=0).text == f"{folder}/a/b/x.csv\n"
    usage = json.loads(cluster.hfs("du", "--json", f"{folder}/a", check=0).text)
    assert {(u["path"], u["length"]) for u in usage} == {(f"{folder}/a/b", 2000), (f"{folder}/a/y.txt", 10)}
    free = json.loads(cluster.hfs("df", "--json", check=0).text)
    assert free["capacity"] > free["available"] > 0 and free["missingBlocks"] == 0
    assert cluster.hfs("count", folder, check=0).text.split() == ["3", "2", "2010", folder]
    assert "Filesystem" in cluster.hfs("df", "-h", check=0).text


def test_attributes(cluster, folder):
    cluster.hfs("xattr", "set", folder, "color", "deep blue", check=0)
    cluster.hfs("xattr", "set", folder, "user.raw", "0x00ff", check=0)
    assert cluster.hfs("xattr", "get", folder, "user.color", check=0).text == "deep blue\n"
    assert cluster.hfs("xattr", "ls", folder, check=0).text == "user.color=deep blue\nuser.raw=0x00ff\n"
    cluster.hfs("xattr", "rm", folder, "color", check=0)
    assert cluster.hfs("xattr", "get", folder, "color", check=1).error.endswith("No such attribute\n")


def test_checksums_tell_equal_from_unequal(cluster, folder):
    for name, data in [("a", b"same" * 9999), ("b", b"same" * 9999), ("c", b"else" * 9999)]:
        cluster.hfs("put", "-", f"{folder}/{name}", stdin=data, check=0)
    sums = {r["path"][-1]: r["checksum"] for r in
            json.loads(cluster.hfs("checksum", "--json", f"{folder}/a", f"{folder}/b", f"{folder}/c", check=0).text)}
    assert sums["a"] == sums["b"] != sums["c"]


def test_move_and_setrep(cluster, folder):
    cluster.hfs("mkdir", f"{folder}/d", check=0)
    cluster.hfs("put", "-", f"{folder}/f", stdin=b"abc", check=0)
    cluster.hfs("mv", f"{folder}/f", f"{folder}/d", check=0)
    cluster.hfs("touch", f"{folder}/g", check=0)
    assert cluster.hfs("mv", f"{folder}/g", f"{folder}/d/f", check=1).error == f"hfs: mv: {folder}/d/f: File exists\n"
    cluster.hfs("setrep", "-w", "2", f"{folder}/d/f", check=0)
    assert json.loads(cluster.hfs("stat", "--json", f"{folder}/d/f").text)[0]["replication"] == 2


def test_an_interrupted_put_leaves_nothing(cluster, folder):
    environment = {**os.environ, "HFS_URI": cluster.uri}
    put = subprocess.Popen([BINARY, "put", "-", f"{folder}/half"], stdin=subprocess.PIPE, env=environment)
    put.stdin.write(b"x" * 1_000_000)
    put.stdin.flush()
    deadline = time.monotonic() + 120
    while not cluster.hfs("ls", folder).text and time.monotonic() < deadline:
        pass
    put.send_signal(signal.SIGINT)
    assert put.wait(timeout=120) == 130
    put.stdin.close()
    assert cluster.hfs("ls", folder, check=0).text == ""


def test_puts_of_one_target_at_a_time_leave_each_other_alone(cluster, folder):
    environment = {**os.environ, "HFS_URI": cluster.uri}

    def start(content, *options):
        put = subprocess.Popen([BINARY, "put", *options, "-", f"{folder}/x"], stdin=subprocess.PIPE,
                               stderr=subprocess.PIPE, env=environment)
        put.stdin.write(content * 1_000_000)
        put.stdin.flush()
        return put

    def writing():
        return [name for name in cluster.hfs("ls", folder).text.split() if name.endswith("._COPYING_")]

    def both(*options):
        puts = [start(b"a", *options), start(b"b", *options)]
        deadline = time.monotonic() + 120
        while len(writing()) < 2 and time.monotonic() < deadline:
            pass
        assert len(writing()) == 2
        return [put.communicate(timeout=120)[1] for put in puts], [put.returncode for put in puts]

    errors, codes = both()
    assert codes == [0, 1], errors
    assert b"File exists" in errors[1]
    assert cluster.hfs("cat", f"{folder}/x", check=0).stdout == b"a" * 1_000_000
    errors, codes = both("-f")
    assert codes == [0, 0], errors
    assert cluster.hfs("cat", f"{folder}/x", check=0).stdout == b"b" * 1_000_000
    assert cluster.hfs("ls", folder, check=0).text == "x\n"


def test_tail_follows_a_growing_file(cluster, folder):
    environment = {**os.environ, "HFS_URI": cluster.uri}
    cluster.hfs("put", "-", f"{folder}/log", stdin=b"one\n", check=0)
    tail = subprocess.Popen([BINARY, "tail", "-f", f"{folder}/log"], stdout=subprocess.PIPE, env=environment)
    try:
        assert tail.stdout.readline() == b"one\n"
        from hdfs_native import Client
        writer = Client(cluster.uri).append(f"{folder}/log")
        writer.write(b"two\n")
        writer.close()
        assert tail.stdout.readline() == b"two\n"
    finally:
        tail.send_signal(signal.SIGINT)
        assert tail.wait(timeout=120) == 130


def test_a_start_waits_for_a_server_that_is_on_its_way_out(fresh_cluster):
    fresh_cluster.kill("datanode-1")
    with open(f"{fresh_cluster.directory}/run/datanode-1.pid") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        start = subprocess.Popen([BINARY, "cluster", "start", "--dir", fresh_cluster.directory, "--json"],
                                 stdout=subprocess.PIPE)
        with pytest.raises(subprocess.TimeoutExpired):
            start.wait(1)
    report = json.loads(start.communicate(timeout=120)[0])
    before = fresh_cluster.report["datanodes"][0]
    assert report["datanodes"][0]["isRunning"] and report["datanodes"][0]["pid"] != before["pid"]


def test_stop_and_start_bring_everything_back(fresh_cluster, tmp_path):
    data = os.urandom(500_000)
    fresh_cluster.hfs("put", "-", "/tmp/kept", stdin=data, check=0)
    fresh_cluster.hfs("mkdir", "-p", "/a/b/c", check=0)
    uri = fresh_cluster.uri
    fresh_cluster.stop()
    assert not fresh_cluster.status()["isRunning"]
    fresh_cluster.start()
    assert fresh_cluster.uri == uri
    assert fresh_cluster.hfs("cat", "/tmp/kept", check=0).stdout == data
    assert fresh_cluster.hfs("ls", "/a/b", check=0).text == "c\n"


def test_debug_looks_into_the_files(fresh_cluster):
    cluster = fresh_cluster
    cluster.hfs("mkdir", "-p", "/a/b", check=0)
    cluster.hfs("put", "-", "/a/b/file", stdin=b"x" * 1000, check=0)
    cluster.hfs("mv", "/a/b/file", "/a/b/renamed", check=0)
    cluster.stop()
    where = ["--dir", cluster.directory]
    edits = cluster.hfs("debug", "edits", *where, check=0).text
    assert "mkdir /a/b" in edits and "rename" in edits and "\n!" not in edits
    shards = cluster.hfs("debug", "shard", *where, check=0).text
    assert shards.count("applied") == 4 and "damaged" not in shards
    inode = cluster.hfs("debug", "inode", "/a/b/renamed", *where, check=0).text
    assert "path /a/b/renamed" in inode and "lengthBytes 1000" in inode
    block = next(line.split()[1] for line in cluster.hfs("debug", "shard", "--rows", "block", *where, check=0).text.splitlines()
                 if line.startswith("  block ") and "lsn" in line)
    assert "/a/b/renamed" in cluster.hfs("debug", "block", block, *where, check=0).text
    assert "No such" in cluster.hfs("debug", "inode", "/none", *where, check=1).error


def test_a_path_is_never_taken_for_another_one(cluster, folder):
    for operand in ("", "hdfs://elsewhere.example:8020" + folder):
        assert cluster.hfs("rm", "-r", "-f", operand, check=1).error
        assert cluster.hfs("touch", operand, check=1).error
    cluster.hfs("test", "-d", cluster.uri + folder, check=0)
