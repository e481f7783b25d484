"""What a client can get wrong about identity, attributes and the event feed: each is told with the exception that HDFS clients
know, changes nothing, and disturbs nobody."""

import json
import os
import subprocess
import sys
import time

import pytest

from conftest import BINARY
from wire import RemoteError, Rpc, message, parse

OWN_PROTOCOL = "hfs.FileSystemProtocol"
ACCESS = "org.apache.hadoop.security.AccessControlException"
ILLEGAL = "org.apache.hadoop.HadoopIllegalArgumentException"


def refusal(call, *arguments, **how):
    with pytest.raises(RemoteError) as caught:
        call(*arguments, **how)
    return caught.value


def mkdirs(rpc, path):
    return rpc.call("mkdirs", (1, path), (2, message((1, 0o755))), (3, 1))


def names(cluster, folder):
    return cluster.hfs("ls", folder, check=0).text


@pytest.fixture
def home(cluster, folder):
    cluster.hfs("chmod", "777", folder, check=0)
    return folder


class Run:
    """A live run, by the protocol itself."""

    def __init__(self, cluster, user, lifetime_ms=None, parent=None, name="r"):
        self.rpc = Rpc(cluster.port, user=user, protocol=OWN_PROTOCOL)
        answer = self.rpc.call("startRun", (1, name), (3, parent), (7, lifetime_ms))
        self.id = answer.nested(1).one(1)
        self.identifier, self.password = answer.one(2), answer.one(3)

    def end(self):
        self.rpc.call("endRun", (1, self.id), (2, 1))
        self.rpc.close()

    def token_file(self, path):
        """As `hdfs fetchdt` writes it; lengths up to 127 are one byte, up to 255 a byte 0x8f and one more."""
        def blob(data):
            return (bytes([len(data)]) if len(data) < 128 else b"\x8f" + bytes([len(data)])) + data
        path.write_bytes(b"HDTS\x00\x01" + blob(b"a") + blob(self.identifier) + blob(self.password)
                         + blob(b"HDFS_DELEGATION_TOKEN") + blob(b"") + b"\x00")
        return path


def ls_with(cluster, token_file):
    return subprocess.run([BINARY, "ls", "/"], capture_output=True, text=True, timeout=60,
                          env={**os.environ, "HFS_URI": cluster.uri, "HADOOP_TOKEN_FILE_LOCATION": str(token_file)})


def test_tokens_are_taken_while_they_hold_and_only_then(cluster, tmp_path):
    run = Run(cluster, "alice")
    file = run.token_file(tmp_path / "live")
    assert ls_with(cluster, file).returncode == 0
    run.end()
    ended = ls_with(cluster, file)
    assert ended.returncode == 1 and "can't be found in cache" in ended.stderr, ended.stderr
    expired = ls_with(cluster, Run(cluster, "alice", lifetime_ms=1).token_file(tmp_path / "expired"))
    # It goes from memory soon after.
    assert expired.returncode == 1 and ("is expired" in expired.stderr or "be found in cache" in expired.stderr), expired.stderr


def test_a_forged_token_is_neither_renewed_nor_cancelled_and_a_cancelled_one_ends_its_run(cluster):
    run = Run(cluster, "alice")
    rpc = Rpc(cluster.port, user="alice")

    def token(identifier, password):
        return message((1, message((1, identifier), (2, password), (3, "HDFS_DELEGATION_TOKEN"), (4, ""))))

    forged = bytes([run.password[0] ^ 1]) + run.password[1:]
    for method in ("renewDelegationToken", "cancelDelegationToken"):
        for identifier, password in [(run.identifier, forged), (run.identifier, b""), (run.identifier[:-1], run.password)]:
            rpc.send_call(method, token(identifier, password))
            assert refusal(rpc.result).java_class.endswith("SecretManager$InvalidToken")
    rpc.send_call("renewDelegationToken", token(run.identifier, run.password))
    assert rpc.result().one(1) > time.time() * 1000
    bob = Rpc(cluster.port, user="bob")
    bob.send_call("cancelDelegationToken", token(run.identifier, run.password))
    assert refusal(bob.result).java_class == ACCESS
    rpc.send_call("cancelDelegationToken", token(run.identifier, run.password))
    rpc.result()
    assert run.rpc.call("getRun", (1, run.id)).nested(1).one(9) == 3  # KILLED
    for one in (rpc, bob, run.rpc):
        one.close()


def test_a_context_claims_no_run_of_another_user_and_none_that_has_ended(cluster, home):
    bobs, ended, own = Run(cluster, "bob"), Run(cluster, "alice"), Run(cluster, "alice")
    ended.end()
    rpc = Rpc(cluster.port, user="alice")
    for context in (f"hfs_run:run-{bobs.id}", f"hfs_run:run-{ended.id}", "hfs_run:run-1", "hfs_run:", "hfs_run:x",
                    f"SPARK_TASK_hfs_run:run-{bobs.id}"):
        rpc.caller_context = context
        error = refusal(mkdirs, rpc, f"{home}/claimed")
        assert error.java_class == ACCESS and not error.is_fatal, context
    rpc.caller_context = f"CLI,hfs_run:run-{own.id}"
    mkdirs(rpc, f"{home}/own")
    rpc.caller_context = "x" * 100_000  # no claim: cut, and harmless
    mkdirs(rpc, f"{home}/long")
    listed = names(cluster, home)
    assert "claimed" not in listed and "own" in listed and "long" in listed
    events = cluster.hfs("events", "--json", "--path", home, check=0).text.splitlines()
    runs = {event["path"]: event.get("run") for event in map(json.loads, events)}
    assert runs[f"{home}/own"] == f"run-{own.id}" and not runs[f"{home}/long"]
    for one in (rpc, bobs.rpc, own.rpc):
        one.close()


def test_runs_programs_get_a_caller_context_that_acts_in_the_run(cluster, home):
    script = f"""
import os, sys
sys.path.insert(0, {os.path.dirname(__file__)!r})
from wire import Rpc, message
rpc = Rpc({cluster.port}, user="alice")
rpc.caller_context = "PROGRAM_" + os.environ["HFS_CALLER_CONTEXT"]
rpc.call("mkdirs", (1, "{home}/made"), (2, message((1, 0o755))), (3, 1))
print(os.environ["HFS_RUN"])
"""
    done = subprocess.run([BINARY, "run", "start", "--", sys.executable, "-c", script], capture_output=True, text=True,
                          timeout=60, env={**os.environ, "HFS_URI": cluster.uri, "HFS_USER": "alice"})
    assert done.returncode == 0, done.stderr
    events = cluster.hfs("events", "--json", "--path", f"{home}/made", check=0).text.splitlines()
    assert [json.loads(event)["run"] for event in events] == [done.stdout.strip()]


def test_nested_runs_outlive_the_ones_around_them(cluster, home):
    outer = Run(cluster, "alice")
    middle = Run(cluster, "alice", parent=outer.id)
    inner = Run(cluster, "alice", parent=middle.id)
    middle.end()
    rpc = Rpc(cluster.port, user="alice")
    rpc.caller_context = f"hfs_run:run-{inner.id}"
    mkdirs(rpc, f"{home}/inner")
    # Through the outermost run's token, as a program within it that narrows its calls.
    error = refusal(Run, cluster, "alice", parent=middle.id)
    assert error.java_class == ILLEGAL and "has ended" in error.text
    error = refusal(Run, cluster, "bob", parent=outer.id)
    assert error.java_class == ACCESS
    for one in (rpc, outer.rpc, inner.rpc):
        one.close()


def test_texts_of_runs_and_cursors_are_bounded(cluster):
    for fields in ([(1, "")], [(1, "x" * 256)], [(1, "n"), (2, "p" * 256)], [(1, "n"), (4, "k" * 256)],
                   [(1, "n"), (5, "c" * 4097)], [(1, "n"), (7, 0)]):
        rpc = Rpc(cluster.port, user="alice", protocol=OWN_PROTOCOL)
        assert refusal(rpc.call, "startRun", *fields).java_class == ILLEGAL, fields
        rpc.close()
    rpc = Rpc(cluster.port, protocol=OWN_PROTOCOL)
    newest = rpc.call("readEvents", (1, 0), (8, 1)).one(3)
    for name in ("", "x" * 129, "a b", "a/b", "ä"):
        assert refusal(rpc.call, "setCursor", (1, name), (2, newest), (3, 1)).java_class == ILLEGAL, name
    error = refusal(rpc.call, "setCursor", (1, "future"), (2, newest + 1_000_000), (3, 1))
    assert error.java_class == ILLEGAL and "future" in error.text
    assert refusal(rpc.call, "setCursor", (1, "unknown"), (2, newest)).java_class.endswith("FileNotFoundException")
    assert refusal(rpc.call, "readEvents", (1, newest + 1_000_000)).java_class == ILLEGAL
    assert refusal(rpc.call, "readEvents", (1, 0), (3, 250)).java_class == ILLEGAL
    assert "future" not in str(rpc.call("listCursors"))
    rpc.close()


def test_attributes_of_no_namespace_or_too_long_change_nothing(cluster, home):
    path = f"{home}/d"
    rpc = Rpc(cluster.port)
    mkdirs(rpc, path)

    def set_xattr(namespace, name, value):
        return rpc.call("setXAttr", (1, path), (2, message((1, namespace), (2, name), (3, value))), (3, 1))

    for namespace in (5, 99):  # HDFS has 0 to 4
        error = refusal(set_xattr, namespace, "x", b"v")
        assert not error.is_fatal and "required fields" in error.text, error
    for name, value in (("", b"v"), ("n" * 256, b"v"), ("ok", b"v" * (16 << 10)), ("hfs.nosuch", b"v"), ("ml.", b"1"),
                        ("ml.x", b"nan")):
        assert refusal(set_xattr, 0, name, value).java_class == ILLEGAL, name
    for namespace in (2, 3):  # security and system belong to the namenode
        assert refusal(set_xattr, namespace, "x", b"v").java_class == ACCESS
    set_xattr(0, "n" * 255, b"v" * ((16 << 10) - 255))
    listed = [parse(attribute).text(2) for attribute in rpc.call("listXAttrs", (1, path))[1]]
    assert listed == ["n" * 255]
    rpc.close()


@pytest.mark.parametrize("path", ["x" * 256, "ä" * 128, "/".join(["x" * 200] * 41), "/".join(["x"] * 1001)])
def test_names_and_paths_that_are_too_long_change_nothing(cluster, home, path):
    rpc = Rpc(cluster.port)
    error = refusal(mkdirs, rpc, f"{home}/{path}")
    assert not error.is_fatal, error
    assert names(cluster, home) == ""
    rpc.close()


def test_a_cursor_that_nobody_moves_and_waits_that_nobody_reads_slow_nobody(cluster, home):
    feed = Rpc(cluster.port, protocol=OWN_PROTOCOL)
    newest = feed.call("readEvents", (1, 0), (8, 1)).one(3)
    feed.call("setCursor", (1, "left-behind"), (2, newest), (3, 1))
    idle = [Rpc(cluster.port, protocol=OWN_PROTOCOL) for _ in range(20)]
    for rpc in idle:
        for _ in range(50):
            rpc.send_call("readEvents", message((1, newest), (2, "/nothing/here"), (6, 60_000)))
    rpc = Rpc(cluster.port)
    start = time.monotonic()
    for number in range(200):
        mkdirs(rpc, f"{home}/{number}")
    took = time.monotonic() - start
    # As long as the waits last, had they been waited for.
    assert took < 60, took
    # Their connections go, and with them their waits: others find room at once.
    for one in idle:
        one.socket.shutdown(2)
        one.close()
    feed.send_call("readEvents", message((1, newest), (2, f"{home}/last"), (6, 60_000)))
    mkdirs(rpc, f"{home}/last")
    assert [parse(event).text(11) for event in feed.result()[1]] == [f"{home}/last"]
    assert feed.call("removeCursor", (1, "left-behind")).one(1) == 1
    for one in (rpc, feed):
        one.close()
