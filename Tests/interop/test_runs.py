"""Runs: what a program does through any client is attributed to the run that it was started in."""

import json
import os
import shutil
import signal
import subprocess
import sys

import pytest

from conftest import BINARY

PYTHON = sys.executable


def run(cluster, *command, options=(), user="alice", **kwargs):
    """Runs a program in a run of `user`, whose environment says otherwise."""
    environment = {**os.environ, "HFS_URI": cluster.uri, "HFS_USER": user, **kwargs.pop("env", {})}
    return subprocess.run([BINARY, "run", "start", *options, "--", *map(str, command)], capture_output=True, text=True,
                          env=environment, timeout=120, **kwargs)


def last_run(cluster, user="alice"):
    return json.loads(cluster.hfs("run", "ls", "--json", "-n", "1", user=user, check=0).text)[0]


def edits(cluster, run):
    """Lines of the edits log in the run's name."""
    done = cluster.hfs("debug", "edits", "--dir", cluster.directory, check=0)
    return [line for line in done.text.splitlines() if f" {run} " in line]


@pytest.fixture
def home(cluster, folder):
    cluster.hfs("chmod", "777", folder, check=0)
    return folder


def test_the_command_keeps_its_streams_and_exit_code(cluster):
    done = run(cluster, "sh", "-c", "cat; echo $HFS_RUN; exit 7", input="in\n", options=["--name", "n", "--project", "p"])
    assert done.returncode == 7, done.stderr
    last = last_run(cluster)
    assert done.stdout == f"in\n{last['id']}\n"
    assert (last["state"], last["exitCode"], last["name"], last["project"]) == ("failed", 7, "n", "p")
    shown = cluster.hfs("run", "show", last["id"], user="alice", check=0).text
    assert "exit code" in shown and "alice" in shown
    assert "not a run of bob" in cluster.hfs("run", "show", last["id"], user="bob", check=1).error


def test_signals_reach_the_command_and_the_run_is_ended(cluster):
    environment = {**os.environ, "HFS_URI": cluster.uri, "HFS_USER": "alice"}
    process = subprocess.Popen([BINARY, "run", "start", "--", "sh", "-c", "echo ready; exec sleep 100"], text=True,
                               stdout=subprocess.PIPE, env=environment)
    assert process.stdout.readline() == "ready\n"
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=60) == 128 + signal.SIGTERM
    assert last_run(cluster)["state"] == "killed"


def test_our_own_commands_act_in_the_run(cluster, home):
    cluster.hfs("put", "-", f"{home}/in", stdin=b"x" * 1000, check=0)
    done = run(cluster, "sh", "-c", f"'{BINARY}' cat {home}/in > /dev/null && '{BINARY}' touch {home}/out",
               env={"HADOOP_USER_NAME": "mallory"})
    assert done.returncode == 0, done.stderr
    lines = edits(cluster, last_run(cluster)["id"])
    told = "\n".join(lines)
    assert told.index(f"read {home}/in") < told.index(f"create {home}/out") and "alice" in lines[0], lines


def test_nested_runs_know_their_parent(cluster):
    done = run(cluster, BINARY, "run", "start", "--name", "inner", "--", "true", options=["--name", "outer"])
    assert done.returncode == 0, done.stderr
    inner, outer = json.loads(cluster.hfs("run", "ls", "--json", "-n", "2", user="alice", check=0).text)
    assert (inner["name"], outer["name"], inner["parent"]) == ("inner", "outer", outer["id"])


def test_a_copy_outside_of_any_run_is_one(cluster, home):
    cluster.hfs("put", "-", f"{home}/f", stdin=b"data", user="alice", check=0)
    last = last_run(cluster)
    assert (last["kind"], last["name"], last["state"]) == ("copy", "put", "finished")
    assert any(f"create {home}/f" in line for line in edits(cluster, last["id"]))
    cluster.hfs("cp", f"{home}/f", f"{home}/g", user="alice", check=0)
    lines = edits(cluster, last_run(cluster)["id"])
    assert any(f"read {home}/f" in line for line in lines) and any(f"create {home}/g" in line for line in lines)


WRITE_NATIVE = """
import os, sys, hdfs_native
client = hdfs_native.Client(os.environ["HFS_URI"])
assert client.read(sys.argv[2]).read() == b"seen"
with client.create(sys.argv[1]) as out:
    out.write(b"from hdfs-native")
"""


def test_hdfs_native_writes_as_the_tokens_owner(cluster, home):
    cluster.hfs("put", "-", f"{home}/in", stdin=b"seen", check=0)
    done = run(cluster, "env", "HADOOP_USER_NAME=mallory", PYTHON, "-c", WRITE_NATIVE, f"{home}/out", f"{home}/in")
    assert done.returncode == 0, done.stderr
    assert json.loads(cluster.hfs("stat", "--json", f"{home}/out", check=0).text)[0]["owner"] == "alice"
    lines = edits(cluster, last_run(cluster)["id"])
    assert any(f"create {home}/out" in line and "alice" in line for line in lines), lines
    assert any(f"read {home}/in" in line for line in lines), lines


READ_NATIVE = """
import os, sys, hdfs_native
home = sys.argv[1]
client = hdfs_native.Client(os.environ["HFS_URI"])
client.get_file_info(f"{home}/looked-at")
client.read(f"{home}/located")
assert client.read(f"{home}/sent").read() == b"bytes" * 50000
assert client.read(f"{home}/sent").read_range(7, 11) == (b"bytes" * 50000)[7:18]
with client.create(f"{home}/out") as out:
    out.write(b"made from them")
"""


def test_what_datanodes_sent_is_read_and_what_was_located_is_opened(cluster, home):
    for name in ["looked-at", "located", "sent"]:
        cluster.hfs("put", "-", f"{home}/{name}", stdin=b"bytes" * 50000, check=0)
    done = run(cluster, PYTHON, "-c", READ_NATIVE, home)
    assert done.returncode == 0, done.stderr
    told = "\n".join(edits(cluster, last_run(cluster)["id"]))
    # The datanode tells while it sends; the output is not closed before its bytes went through another pipeline.
    assert told.index(f"read {home}/sent") < told.index(f"close {home}/out"), told
    assert told.count(f"read {home}/sent") == 1
    assert f"opened {home}/located" in told and f"read {home}/located" not in told, told
    assert "looked-at" not in told, told


def test_a_program_without_a_run_leaves_no_reads(cluster, home):
    cluster.hfs("put", "-", f"{home}/in", stdin=b"seen", check=0)
    alone = subprocess.run([PYTHON, "-c", WRITE_NATIVE, f"{home}/out", f"{home}/in"], capture_output=True, text=True,
                           env={**os.environ, "HFS_URI": cluster.uri, "HADOOP_USER_NAME": "alice"}, timeout=60)
    assert alone.returncode == 0, alone.stderr
    done = cluster.hfs("debug", "edits", "--dir", cluster.directory, check=0)
    assert f"create {home}/out" in done.text
    assert f"read {home}/in" not in done.text and f"opened {home}/in" not in done.text


FSSPEC = """
import os, sys, fsspec
import hdfs_native.fsspec
fs = fsspec.filesystem("hdfs", host="127.0.0.1", port=int(os.environ["HFS_URI"].rsplit(":", 1)[1]))
with fs.open(sys.argv[1], "wb") as out:
    out.write(b"from fsspec")
"""


def test_fsspec_writes_in_the_run(cluster, home):
    done = run(cluster, PYTHON, "-c", FSSPEC, f"{home}/out")
    assert done.returncode == 0, done.stderr
    assert any(f"create {home}/out" in line for line in edits(cluster, last_run(cluster)["id"]))


SNAKEBITE = """
import os, sys
from snakebite.client import Client
port = int(os.environ["HFS_URI"].rsplit(":", 1)[1])
client = Client("127.0.0.1", port, use_trash=False, effective_user=sys.argv[2])
print(list(client.mkdir([sys.argv[1]])))
"""


def test_snakebite_acts_in_the_run_by_its_user_name(cluster, home):
    done = run(cluster, "sh", "-c", f'{PYTHON} -c "$0" {home}/d "$HFS_RUN_USER"', SNAKEBITE)
    assert done.returncode == 0, done.stderr
    last = last_run(cluster)
    assert any(f"mkdir {home}/d/" in line for line in edits(cluster, last["id"]))
    for name in [f"mallory@@{last['id']}", f"alice@@{last['id']}"]:  # another's run; one that has ended
        late = subprocess.run([PYTHON, "-c", SNAKEBITE, f"{home}/late", name], capture_output=True, text=True,
                              env={**os.environ, "HFS_URI": cluster.uri}, timeout=60)
        assert late.returncode != 0 and "is no live run of" in late.stderr, late.stderr


SNAKEBITE_READ = """
import os, sys
from snakebite.client import Client
port = int(os.environ["HFS_URI"].rsplit(":", 1)[1])
client = Client("127.0.0.1", port, use_trash=False, effective_user=os.environ["HFS_RUN_USER"])
[parts] = client.cat([sys.argv[1] + "/in"])
assert b"".join(parts) == b"seen"
print(list(client.mkdir([sys.argv[1] + "/out"])))
"""


def test_what_snakebite_reads_is_told_by_the_datanode(cluster, home):
    cluster.hfs("put", "-", f"{home}/in", stdin=b"seen", check=0)
    done = run(cluster, PYTHON, "-c", SNAKEBITE_READ, home)
    assert done.returncode == 0, done.stderr
    assert f"read {home}/in" in "\n".join(edits(cluster, last_run(cluster)["id"]))


def test_a_token_that_was_taken_back_and_a_forged_one_are_refused(cluster, home, tmp_path):
    copy = tmp_path / "token"
    done = run(cluster, "sh", "-c", f"cp $HADOOP_TOKEN_FILE_LOCATION {copy}")
    assert done.returncode == 0, done.stderr
    environment = {**os.environ, "HFS_URI": cluster.uri, "HADOOP_TOKEN_FILE_LOCATION": str(copy)}
    late = subprocess.run([BINARY, "ls", "/"], capture_output=True, text=True, env=environment, timeout=60)
    assert late.returncode == 1 and "can't be found in cache" in late.stderr, late.stderr
    forge = f"""
import os, subprocess, sys
data = bytearray(open(os.environ["HADOOP_TOKEN_FILE_LOCATION"], "rb").read())
at = data.index(b"HDFS_DELEGATION_TOKEN") - 5
data[at] ^= 1
open("{copy}", "wb").write(data)
os.environ["HADOOP_TOKEN_FILE_LOCATION"] = "{copy}"
sys.exit(subprocess.call(["{BINARY}", "ls", "/"]))
"""
    forged = run(cluster, PYTHON, "-c", forge)
    assert forged.returncode == 1 and "Mismatched response" in forged.stderr, forged.stderr
    cluster.hfs("ls", home, check=0)  # nobody else is disturbed


JARS = os.environ.get("HADOOP_CLIENT_JARS", "")


@pytest.mark.skipif(not JARS or shutil.which("java") is None, reason="HADOOP_CLIENT_JARS names no Hadoop client")
def test_java_fs_shell_writes_as_the_tokens_owner(cluster, home):
    cluster.hfs("put", "-", f"{home}/in", stdin=b"seen", check=0)
    done = run(cluster, "sh", "-c",
               f"HADOOP_USER_NAME=mallory java -cp \"$HADOOP_CONF_DIR:{JARS}\" org.apache.hadoop.fs.FsShell "
               f"-cp {home}/in {home}/out")
    assert done.returncode == 0, done.stderr
    assert json.loads(cluster.hfs("stat", "--json", f"{home}/out", check=0).text)[0]["owner"] == "alice"
    lines = edits(cluster, last_run(cluster)["id"])
    assert any(f"opened {home}/in" in line and f"create {home}/out" in line for line in lines), lines
    assert any(f"read {home}/in" in line for line in lines), lines
