"""File commands where files, directories and datanodes are not as one would wish."""

import json
import os
import pty
import signal
import subprocess

import pytest
from conftest import BINARY


def lines_of(process, stream, count):
    return [getattr(process, stream).readline().decode() for _ in range(count)]


def start(cluster, *arguments):
    return subprocess.Popen([BINARY, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                            env={**os.environ, "HFS_URI": cluster.uri})


def interrupt(process):
    process.send_signal(signal.SIGINT)
    code = process.wait(timeout=120)
    process.stdout.close()
    process.stderr.close()
    return code


def test_tail_goes_on_with_the_file_that_replaces_another(cluster, folder):
    path = f"{folder}/log"
    cluster.hfs("put", "-", path, stdin=b"one\ntwo\n", check=0)
    tail = start(cluster, "tail", "-f", path)
    try:
        assert lines_of(tail, "stdout", 2) == ["one\n", "two\n"]
        cluster.hfs("put", "-f", "-", path, stdin=b"new\n" * 1000, check=0)
        assert lines_of(tail, "stderr", 1) == [f"hfs: tail: {path}: Has been replaced; following the new file\n"]
        assert lines_of(tail, "stdout", 1000) == ["new\n"] * 1000
        cluster.hfs("mv", path, f"{path}.1", check=0)
        assert lines_of(tail, "stderr", 1) == [f"hfs: tail: {path}: Has become inaccessible: No such file or directory\n"]
        cluster.hfs("put", "-", path, stdin=b"third\n", check=0)
        assert lines_of(tail, "stderr", 1) == [f"hfs: tail: {path}: Has appeared; following the new file\n"]
        assert lines_of(tail, "stdout", 1) == ["third\n"]
    finally:
        assert interrupt(tail) == 130


@pytest.mark.parametrize("operand", [".", "..", "./", "{folder}/.", "{folder}/x/..", "{folder}/./"])
def test_rm_refuses_directories_that_are_not_named(cluster, folder, operand):
    cluster.hfs("mkdir", "-p", f"{folder}/x", ".", check=0)
    operand = operand.format(folder=folder)
    for options in (["-r"], ["-r", "-f"]):
        done = cluster.hfs("rm", *options, operand, f"{folder}/gone", check=1)
        assert f"hfs: rm: {operand}: A directory is not removed as . or .., name it\n" in done.error
    cluster.hfs("test", "-d", f"{folder}/x", check=0)
    cluster.hfs("test", "-d", ".", check=0)


@pytest.fixture
def half_closed(cluster, folder):
    """A tree of which mallory may read all but `closed`."""
    for name in "a", "closed", "z":
        cluster.hfs("mkdir", f"{folder}/{name}", check=0)
        cluster.hfs("put", "-", f"{folder}/{name}/f", stdin=name.encode(), check=0)
    cluster.hfs("chmod", "700", f"{folder}/closed", check=0)
    return folder


def test_a_tree_is_copied_but_for_what_cannot_be_read(cluster, half_closed, tmp_path):
    folder = half_closed
    denied = f"{folder}/closed: Permission denied: user=mallory"
    done = cluster.hfs("get", "-r", folder, tmp_path / "back", user="mallory", check=1)
    assert denied in done.error and done.error.count("\n") == 1
    assert sorted(str(p.relative_to(tmp_path / "back")) for p in (tmp_path / "back").rglob("*")) == [
        "a", "a/f", "closed", "z", "z/f"]
    assert (tmp_path / "back/z/f").read_text() == "z"
    copy = f"/tmp/copy-of-half-closed-{os.getpid()}"
    done = cluster.hfs("cp", "-r", folder, copy, user="mallory", check=1)
    assert denied in done.error and done.error.count("\n") == 1
    found = cluster.hfs("find", copy, "-type", "f", check=0).text
    cluster.hfs("rm", "-r", copy, check=0)
    assert found == f"{copy}/a/f\n{copy}/z/f\n"


def test_du_and_count_name_what_they_may_not_count(cluster, half_closed):
    folder = half_closed
    denied = f"{folder}/closed: Permission denied: user=mallory"
    usage = cluster.hfs("du", folder, user="mallory", check=1)
    counted = cluster.hfs("count", f"{folder}/*", user="mallory", check=1)
    for done in usage, counted:
        assert denied in done.error and done.error.count("\n") == 1
    assert [line.split()[0] for line in usage.text.splitlines()] == ["1", "1"]
    assert [line.split()[-1] for line in counted.text.splitlines()] == [f"{folder}/a", f"{folder}/z"]
    # Totals come from counters: they take the right to read the path itself.
    totals = [json.loads(cluster.hfs(*command, "--json", folder, user="mallory", check=0).text)[0]["length"]
              for command in (["du", "-s"], ["count"])]
    assert totals == [8, 8]


def test_a_tree_that_cannot_be_made_has_one_complaint(cluster, folder, tmp_path):
    for index in range(5):
        (tmp_path / "tree" / str(index)).mkdir(parents=True)
        (tmp_path / "tree" / str(index) / "f").write_text("x")
    for command in (["put", "-r", tmp_path / "tree"], ["cp", "-r", "/tmp"]):
        done = cluster.hfs(*command, f"{folder}/new", user="mallory", check=1)
        assert done.error.count("\n") == 1 and f"{folder}/new: Permission denied" in done.error
    (tmp_path / "file").write_text("x")
    cluster.hfs("put", "-r", tmp_path / "tree", f"{folder}/tree", check=0)
    done = cluster.hfs("get", "-r", f"{folder}/tree", tmp_path / "file" / "below", check=1)
    assert done.error == f"hfs: get: {tmp_path}/file/below: Not a directory\n"


def test_setrep_does_not_wait_for_more_copies_than_there_can_be(fresh_cluster):
    cluster = fresh_cluster
    cluster.hfs("put", "--no-inline", "-", "/tmp/f", stdin=b"x", check=0)
    done = cluster.hfs("setrep", "-w", "5", "/tmp/f", check=1, timeout=60)
    assert done.error == ("hfs: setrep: 5 copies: There are only 3 live datanodes (without -w the rest is made when there "
                          "are more)\n")
    assert json.loads(cluster.hfs("stat", "--json", "/tmp/f", check=0).text)[0]["replication"] == 3
    cluster.hfs("setrep", "5", "/tmp/f", check=0)
    # A wait that goes on, for a datanode that hangs, ends with Ctrl-C.
    cluster.hfs("setrep", "-w", "1", "/tmp/f", check=0)
    for node in cluster.report["datanodes"]:
        os.kill(node["pid"], signal.SIGSTOP)
    waiting = start(cluster, "setrep", "-w", "3", "/tmp/f")
    try:
        with pytest.raises(subprocess.TimeoutExpired):
            waiting.wait(timeout=2)
        assert interrupt(waiting) == 130
    finally:
        for node in cluster.report["datanodes"]:
            os.kill(node["pid"], signal.SIGCONT)


def on_a_terminal(cluster, *arguments):
    reader, terminal = pty.openpty()
    with subprocess.Popen([BINARY, *arguments], stdout=terminal, env={**os.environ, "HFS_URI": cluster.uri}) as process:
        os.close(terminal)
        seen = b""
        try:
            while part := os.read(reader, 4096):
                seen += part
        except OSError:  # The other side has gone.
            pass
        os.close(reader)
        assert process.wait(timeout=120) == 0
    return seen.decode().replace("\r\n", "\n")


def test_names_are_quoted_on_a_terminal_and_raw_in_a_pipe(cluster, folder):
    names = ["it's", "new\nline", "plain.txt", "two words", "\x1b_red"]
    for name in names:
        cluster.hfs("touch", f"{folder}/{name}", check=0)
    listed = ["''$'\\033''_red'", '"it\'s"', "'new'$'\\n''line'", "plain.txt", "'two words'"]
    assert on_a_terminal(cluster, "ls", folder) == "\n".join(listed) + "\n"
    assert on_a_terminal(cluster, "find", folder, "-name", "new*") == f"'{folder}/new'$'\\n''line'\n"
    assert cluster.hfs("ls", folder, check=0).text == "\n".join(sorted(names)) + "\n"
    exact = json.loads(cluster.hfs("ls", "--json", folder, check=0).text)
    assert [entry["path"] for entry in exact] == [f"{folder}/{name}" for name in sorted(names)]
    assert cluster.hfs("cat", f"{folder}/no\nsuch", check=1).error == (
        f"hfs: cat: '{folder}/no'$'\\n''such': No such file or directory\n")
