"""A namenode that is killed between what a run reads and what it writes: the output has its inputs all the same."""

import json
import os
import re
import subprocess
import sys

from conftest import BINARY

READ_THEN_WRITE = """
import os, sys, hdfs_native
client = hdfs_native.Client(os.environ["HFS_URI"])
for path in sys.argv[2:]:
    assert len(client.read(path).read()) > 0
print("read", flush=True)
assert sys.stdin.readline() == "go\\n"
with hdfs_native.Client(os.environ["HFS_URI"]).create(sys.argv[1]) as out:
    out.write(b"made from them")
"""


def records(cluster, run):
    """The events of each record of the edits log in the run's name."""
    done = cluster.hfs("debug", "edits", "--dir", cluster.directory, check=0)
    return [line for line in done.text.splitlines() if f" {run} " in line]


def last_run(cluster):
    return json.loads(cluster.hfs("run", "ls", "--json", "-n", "1", user="alice", check=0).text)[0]["id"]


def kill_between(cluster, *command):
    """Runs a program in a run of alice, kills the namenode when it says that it has read, and lets it go on when there is
    another. Returns what the log has of the run."""
    environment = {**os.environ, "HFS_URI": cluster.uri, "HFS_USER": "alice"}
    process = subprocess.Popen([BINARY, "run", "start", "--", *map(str, command)], text=True, stdin=subprocess.PIPE,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment)
    try:
        assert process.stdout.readline() == "read\n", process.stderr.read()
        cluster.kill("namenode")
        cluster.start()
        _, error = process.communicate("go\n", timeout=120)
        assert process.returncode == 0, error
    finally:
        process.kill()
        process.wait()
    return records(cluster, last_run(cluster))


def place(lines, what):
    """Where an event is first told: record, and place in it."""
    for number, line in enumerate(lines):
        found = re.search(rf"\b{what}(?![\w/.-])", line)
        if found:
            return number, found.start()
    raise AssertionError(f"no '{what}' in\n" + "\n".join(lines))


def given(cluster):
    """A directory of alice's with a file on datanodes and one that the namenode keeps."""
    cluster.hfs("mkdir", "-p", "/d", check=0)
    cluster.hfs("chmod", "777", "/d", check=0)
    cluster.hfs("put", "-", "/d/large", stdin=os.urandom(200_000), check=0)
    cluster.hfs("put", "-", "/d/small", stdin=b"a few bytes", check=0)


def test_what_hdfs_native_read_before_is_an_input_of_what_it_writes_after(fresh_cluster):
    given(fresh_cluster)
    lines = kill_between(fresh_cluster, sys.executable, "-c", READ_THEN_WRITE, "/d/out", "/d/large", "/d/small")
    for name in ["large", "small"]:
        assert place(lines, f"read /d/{name}") < place(lines, "create /d/out"), lines


def test_so_it_is_without_any_block_that_safemode_would_wait_for(fresh_cluster):
    fresh_cluster.hfs("mkdir", "-p", "/d", check=0)
    fresh_cluster.hfs("chmod", "777", "/d", check=0)
    fresh_cluster.hfs("put", "-", "/d/small", stdin=b"a few bytes", check=0)
    lines = kill_between(fresh_cluster, sys.executable, "-c", READ_THEN_WRITE, "/d/out", "/d/small")
    assert place(lines, "read /d/small") < place(lines, "create /d/out"), lines


def test_what_a_command_read_that_has_ended_is_in_the_log(fresh_cluster):
    given(fresh_cluster)
    script = (f"'{BINARY}' cat /d/small /d/large > /dev/null && echo read && read go && "
              f"'{BINARY}' touch /d/out")
    lines = kill_between(fresh_cluster, "sh", "-c", script)
    for name in ["large", "small"]:
        assert place(lines, f"read /d/{name}") < place(lines, "create /d/out"), lines


def test_each_output_of_a_copy_under_kills_has_its_input(fresh_cluster, tmp_path):
    """One process of our own client reads and writes on, whatever becomes of the namenode."""
    cluster = fresh_cluster
    cluster.hfs("mkdir", "-p", "/d/from", check=0)
    cluster.hfs("chmod", "-R", "777", "/d", check=0)
    local = tmp_path / "from"
    local.mkdir()
    for number in range(300):
        (local / f"f{number}").write_bytes(b"x" * (number + 1))
    cluster.hfs("put", *sorted(local.iterdir()), "/d/from", check=0)
    environment = {**os.environ, "HFS_URI": cluster.uri, "HFS_USER": "alice"}
    process = subprocess.Popen([BINARY, "run", "start", "--", BINARY, "cp", "-r", "/d/from", "/d/to"],
                               stderr=subprocess.PIPE, text=True, env=environment)
    try:
        for _ in range(2):
            seen = len(cluster.hfs("ls", "/d/to").text.splitlines())
            while process.poll() is None and len(cluster.hfs("ls", "/d/to").text.splitlines()) < seen + 20:
                pass
            cluster.kill("namenode")
            cluster.start()
        _, error = process.communicate(timeout=120)
        assert process.returncode == 0, error
    finally:
        process.kill()
        process.wait()
    lines = records(cluster, last_run(cluster))
    for number in range(300):
        assert place(lines, f"read /d/from/f{number}") < place(lines, f"_COPYING_ -> /d/to/f{number}"), number
