"""`hfs events`: what happened, in order, also across a restart of the namenode; and readers that do not read."""

import json
import queue
import signal
import subprocess
import threading
import time

from conftest import BINARY
from wire import Rpc, message, parse

OWN_PROTOCOL = "hfs.FileSystemProtocol"


class Follower:
    """`hfs events --follow --json` in the background; its lines as they come."""

    def __init__(self, cluster, *arguments):
        self.process = subprocess.Popen(
            [BINARY, "events", "--uri", cluster.uri, "--json", "--follow", *arguments],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.lines = queue.Queue()
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()

    def read(self):
        for line in self.process.stdout:
            self.lines.put(json.loads(line))

    def until(self, path, timeout=90):
        """Everything up to the first event about `path`."""
        found = []
        while True:
            found.append(self.lines.get(timeout=timeout))
            if found[-1]["path"] == path:
                return found

    def interrupt(self):
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(timeout=120)


def all_events(cluster, *arguments):
    return [json.loads(line) for line in cluster.hfs("events", "--json", *arguments, check=0).text.splitlines()]


def test_the_feed_tells_what_was_done_once_and_in_order(cluster, folder):
    below = folder.rstrip("/") + "/told"
    cluster.hfs("mkdir", "-p", f"{below}/a", check=0)
    cluster.hfs("put", "-", f"{below}/a/f", stdin=b"12345", check=0)
    cluster.hfs("mv", f"{below}/a/f", f"{below}/g", check=0)
    cluster.hfs("rm", f"{below}/g", check=0)
    events = all_events(cluster, "--path", below)
    places = [(event["lsn"], event["index"]) for event in events]
    assert places == sorted(set(places))
    assert [event["path"] for event in events[:2]] == [below, f"{below}/a"]
    assert any(event["kind"] == "close" and event["length"] == 5 for event in events)
    assert (events[-2]["path"], events[-2]["newPath"]) == (f"{below}/a/f", f"{below}/g")
    assert (events[-1]["kind"], events[-1]["path"]) == ("delete", f"{below}/g")
    assert all_events(cluster, "--path", below, "--from", str(events[2]["lsn"])) == [
        event for event in events if event["lsn"] >= events[2]["lsn"]]
    assert all_events(cluster, "--path", below, "--kind", "mkdir") == events[:2]
    assert all_events(cluster, "--path", below, "--limit", "3") == events[:3]
    assert all_events(cluster, "--path", below, "--since", "1h") == events
    assert f"{below}/a/f -> {below}/g" in cluster.hfs("events", "--path", below, check=0).text


def test_malformed_arguments_are_told_and_end_with_2(cluster):
    for arguments, word in ((["--since", "yesterday"], "--since takes"), (["--kind", "explode"], "no kind of event"),
                            (["--from", "1", "--since", "1h"], "exclude"), (["--run", "x"], "--run takes"),
                            (["--limit", "0"], "at least 1"), (["--since", "2026-13-01"], "--since takes")):
        done = subprocess.run([BINARY, "events", "--uri", cluster.uri, *arguments], capture_output=True, text=True)
        assert done.returncode == 2 and word in done.stderr, (arguments, done.stderr)
    done = subprocess.run([BINARY, "events", "--uri", cluster.uri, "--from", "99999999999"], capture_output=True, text=True)
    assert done.returncode == 1 and "lies in the future" in done.stderr


def test_following_goes_on_across_a_killed_and_a_stopped_namenode_without_loss_or_repetition(fresh_cluster):
    cluster = fresh_cluster
    cluster.hfs("mkdir", "/followed", check=0)
    first = all_events(cluster, "--path", "/followed")
    follower = Follower(cluster, "--path", "/followed", "--from", str(first[0]["lsn"]))
    seen = follower.until("/followed")
    for number in range(3):
        cluster.hfs("mkdir", f"/followed/{number}", check=0)
        if number == 2:
            cluster.stop()
        else:
            cluster.kill("namenode")
        cluster.start()
        cluster.hfs("mkdir", f"/followed/{number}/after", check=0)
        seen += follower.until(f"/followed/{number}/after")
    assert follower.interrupt() == 130
    assert seen == all_events(cluster, "--path", "/followed")
    assert [event["path"] for event in seen] == ["/followed"] + [
        path for number in range(3) for path in (f"/followed/{number}", f"/followed/{number}/after")]


def test_readers_that_never_take_their_answers_hold_up_nobody(cluster, folder):
    below = folder.rstrip("/") + "/busy"
    cluster.hfs("mkdir", below, check=0)
    idle = [Rpc(cluster.port, protocol=OWN_PROTOCOL) for _ in range(8)]
    for rpc in idle:
        for _ in range(200):
            rpc.send_call("readEvents", message((1, 0), (5, 8192)))
    rpc = Rpc(cluster.port)
    start = time.monotonic()
    for number in range(200):
        rpc.call("mkdirs", (1, f"{below}/{number}"), (2, message((1, 0o755))), (3, 1))
    assert time.monotonic() - start < 60
    reader = Rpc(cluster.port, protocol=OWN_PROTOCOL)
    next_lsn, paths = 0, []
    while True:
        answer = reader.call("readEvents", (1, next_lsn), (2, below), (5, 100))
        paths += [parse(event).text(11) for event in answer.get(1, [])]
        next_lsn = answer.one(2)
        if next_lsn > answer.one(3):
            break
    assert paths == [below] + [f"{below}/{number}" for number in range(200)]
    for one in [rpc, reader, *idle]:
        one.close()


def test_a_wait_is_answered_by_the_event_and_cursors_are_durable(fresh_cluster):
    rpc = Rpc(fresh_cluster.port, protocol=OWN_PROTOCOL)
    end = rpc.call("readEvents", (1, 0), (8, 1)).one(2)
    rpc.send_call("readEvents", message((1, end), (2, "/waited"), (6, 60_000)))
    other = Rpc(fresh_cluster.port)
    for name in ("/unrelated", "/waited"):
        other.call("mkdirs", (1, name), (2, message((1, 0o755))), (3, 1))
    answer = rpc.result()
    assert [parse(event).text(11) for event in answer[1]] == ["/waited"]
    rpc.call("setCursor", (1, "mine"), (2, answer.one(2)), (3, 1))
    fresh_cluster.kill("namenode")
    fresh_cluster.start()
    rpc = Rpc(fresh_cluster.port, protocol=OWN_PROTOCOL)
    cursors = [parse(cursor) for cursor in rpc.call("listCursors")[1]]
    cursors = [cursor for cursor in cursors if cursor.text(1) != "provenance"]  # the tailer has one of its own
    assert [(cursor.text(1), cursor.one(2), cursor.text(3)) for cursor in cursors] == [("mine", answer.one(2), "root")]
    assert rpc.call("removeCursor", (1, "mine")).one(1) == 1
    assert "mine" not in str(rpc.call("listCursors"))
