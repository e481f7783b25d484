"""What the command line says to somebody who has just come, and whether it names the right thing."""

import json
import os
import subprocess

import pytest
from conftest import BINARY


def hfs(*arguments, **variables):
    """Without what the environment of the tests says of clusters and users, but for `variables`."""
    known = ("HFS_URI", "HFS_USER", "HADOOP_USER_NAME", "HFS_CLUSTER_DIR", "HADOOP_TOKEN_FILE_LOCATION")
    environment = {name: value for name, value in os.environ.items() if name not in known}
    return subprocess.run([BINARY, *map(str, arguments)], capture_output=True, text=True, timeout=120,
                          env={**environment, **variables})


@pytest.mark.parametrize("variables, owner", [
    ({"HADOOP_USER_NAME": "eve"}, "eve"), ({"HFS_USER": "bob", "HADOOP_USER_NAME": "eve"}, "bob"),
])
def test_the_user_comes_from_the_environment(cluster, variables, owner):
    path = f"/tmp/of-{'-'.join(variables)}"
    assert hfs("touch", path, HFS_URI=cluster.uri, **variables).returncode == 0
    assert json.loads(cluster.hfs("stat", "--json", path, check=0).text)[0]["owner"] == owner
    path += "-option"
    assert hfs("touch", "--user", "carl", path, HFS_URI=cluster.uri, **variables).returncode == 0
    assert json.loads(cluster.hfs("stat", "--json", path, check=0).text)[0]["owner"] == "carl"


def test_a_missing_home_is_said_to_be_missing(cluster, tmp_path):
    (tmp_path / "f").write_text("x")
    explained = ("hfs: {0}: /user/nobody-yet: There is no home directory (a superuser makes it: hfs mkdir -p "
                 "/user/nobody-yet && hfs chown nobody-yet /user/nobody-yet)\n")
    for command in (["put", tmp_path / "f", "x"], ["ls"], ["touch", "x"], ["put", "-", "x"]):
        error = cluster.hfs(*command, user="nobody-yet", stdin=b"", check=1).error
        assert error.endswith(explained.format(command[0])) and error.count("\n") == 2, error
        assert "_COPYING_" not in error
    error = cluster.hfs("put", tmp_path / "f", "/none/x", check=1).error
    assert error == "hfs: put: /none/x: No such file or directory\n"


def test_a_put_that_is_denied_names_its_target(cluster, folder, tmp_path):
    (tmp_path / "f").write_text("x")
    error = cluster.hfs("put", tmp_path / "f", folder, user="mallory", check=1).error
    assert error.startswith(f"hfs: put: {folder}/f: Permission denied: user=mallory, access=WRITE, inode=\"{folder}")
    assert "_COPYING_" not in error


def test_mv_under_a_sticky_bit_names_both(cluster):
    cluster.hfs("touch", "/tmp/mine", check=0)
    error = cluster.hfs("mv", "/tmp/mine", "/tmp/yours", user="mallory", check=1).error
    assert error.startswith("hfs: mv: /tmp/mine to /tmp/yours: Permission denied by sticky bit setting: user=mallory")


@pytest.mark.parametrize("arguments, message", [
    (["run", "end", "run-999999"], "hfs: run end: run-999999: No such run\n"),
    (["run", "start", "--parent", "run-999999", "--", "true"], "hfs: run start: run-999999: No such run\n"),
    (["run", "show", "run-999999"], "hfs: run show: run-999999: No such run\n"),
    (["debug", "recover-lease", "/tmp"], "hfs: debug recover-lease: /tmp: Is a directory\n"),
    (["debug", "recover-lease", "/none"], "hfs: debug recover-lease: /none: No such file or directory\n"),
])
def test_messages_name_what_they_are_about(cluster, arguments, message):
    assert cluster.hfs(*arguments, check=1).error == message


def test_a_port_for_something_else_is_recognised(cluster):
    http = cluster.report["namenode"]["http"].replace("http:", "hdfs:")
    error = hfs("ls", "/", HFS_URI=http).stderr
    assert error.startswith(f"hfs: ls: {http}: An HTTP server answers here: this is not the port for calls (is it a namenode's")
    transfers = "hdfs://" + cluster.report["datanodes"][0]["address"]
    error = hfs("ls", "/", HFS_URI=transfers).stderr
    assert error.startswith(f"hfs: ls: {transfers}: The server closed the connection (is it a namenode's port?")


@pytest.mark.parametrize("command", [["edits"], ["inode", "5"], ["block", "5"], ["shard"]])
def test_debug_says_how_to_name_a_cluster(tmp_path, command):
    done = hfs("debug", *command, HFS_CLUSTER_DIR=str(tmp_path / "none"))
    assert done.returncode == 1
    assert done.stderr == (f"hfs: debug {command[0]}: {tmp_path}/none/namenode: No such file or directory (--dir or "
                           "$HFS_CLUSTER_DIR names a cluster's directory, --data a namenode's)\n")


def test_what_cannot_be_made_or_read_is_said_in_the_systems_words(tmp_path):
    (tmp_path / "file").write_text("")
    done = hfs("cluster", "start", "--dir", tmp_path / "file" / "below", "--port", "0")
    assert (done.returncode, done.stderr) == (
        1, f"hfs: cluster start: {tmp_path}/file/below: Cannot be made: Not a directory\n")
    for server in "namenode", "datanode", "tailer":
        done = hfs(server, "--config", tmp_path / "none")
        assert (done.returncode, done.stderr) == (
            2, f"hfs: {server}: {tmp_path}/none: cannot be read: No such file or directory\n")


def test_a_cluster_is_not_made_smaller_and_says_how_to_find_it(cluster):
    start = ["cluster", "start", "--dir", cluster.directory]
    done = hfs(*start, "--datanodes", "1")
    assert done.returncode == 1 and done.stdout == ""
    assert "Holds a cluster of 3 datanodes" in done.stderr and "cannot be made smaller" in done.stderr
    advice = f"  export HFS_URI={cluster.uri}\n"
    assert hfs(*start, HFS_CLUSTER_DIR="/none").stdout.endswith(advice)
    for variables in {"HFS_URI": cluster.uri}, {"HFS_CLUSTER_DIR": cluster.directory}:
        done = hfs(*start, "--datanodes", "3", **variables)
        assert done.returncode == 0 and advice not in done.stdout


@pytest.mark.parametrize("arguments, message", [
    (["chown", ":", "/tmp"], "hfs: name an owner, a group, or both\nUsage: hfs chown "),
    (["chown", "a:b:c", "/tmp"], "hfs: 'a:b:c' is not owner, owner:group or :group\nUsage: hfs chown "),
    (["mkdir", "-m", "zz", "/tmp/x"], "hfs: 'zz' is not a mode\nUsage: hfs mkdir "),
    (["head", "-n", "-1", "/tmp/x"], "hfs: a count is not negative\nUsage: hfs head "),
    (["tail", "-c", "-1", "/tmp/x"], "hfs: a count is not negative\nUsage: hfs tail "),
    (["debug", "shard", "--rows", "x"], "hfs: 'x' is no table; there are acl, "),
    (["cluster", "start", "--timeout", "0"], "hfs: --timeout is at least 1\nUsage: hfs cluster start "),
])
def test_wrong_usage_is_said_with_the_commands_own_usage(arguments, message):
    done = hfs(*arguments)
    assert done.returncode == 2 and done.stdout == "" and done.stderr.startswith(message), done.stderr
