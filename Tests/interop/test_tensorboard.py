"""hfs tensorboard: the real TensorBoard on a copy of an experiment's event files that follows the experiment, asked over its own HTTP
API; and nothing of either is left when it ends."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request

import pytest
from hdfs_native import Client

from conftest import BINARY
from test_experiments import TENSORBOARD, environment, is_running, post, project, run, trials  # noqa: F401: a fixture

needs_tensorboard = pytest.mark.skipif(not TENSORBOARD, reason="HFS_TENSORBOARD_PYTHON names no Python with tensorboard")
PROGRAM = ("import json, os; p = json.loads(os.environ['HFS_PARAMS'])\n"
           "for step in range(3): print(f\"hfs::metric score={p['x'] + step} step={step}\")\n")


class Board:
    """TensorBoard as `hfs tensorboard` runs it."""

    def __init__(self, cluster, folder, *arguments):
        self.folder = folder
        folder.mkdir()
        self.process = subprocess.Popen(
            [BINARY, "tensorboard", *arguments, "--python", TENSORBOARD], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            env={**environment(cluster, "alice"), "TMPDIR": str(folder)})
        self.url = self.process.stdout.readline().strip()
        assert self.url.startswith("http://127.0.0.1:"), self.process.communicate()
        self.children = self.descendants(self.process.pid)

    @staticmethod
    def descendants(pid):
        found = []
        for name in os.listdir(f"/proc/{pid}/task"):
            with open(f"/proc/{pid}/task/{name}/children") as file:
                for child in map(int, file.read().split()):
                    found += [child, *Board.descendants(child)]
        return found

    def get(self, path):
        with urllib.request.urlopen(f"{self.url}{path}", timeout=30) as answer:
            return json.load(answer)

    def scalars(self):
        """Steps of the metric by run."""
        tags = self.get("data/plugin/scalars/tags")
        runs = [run for run, tags in tags.items() if "score" in tags]
        return {run: [point[1] for point in self.get(f"data/plugin/scalars/scalars?run={run}&tag=score")] for run in runs}

    def wait(self, condition):
        """TensorBoard looks at the copy every other second; that it has done so is told by its answers alone."""
        deadline = time.monotonic() + 60
        while not condition(scalars := self.scalars()):
            assert self.process.poll() is None and time.monotonic() < deadline, scalars
            time.sleep(0.2)

    def end(self, how=signal.SIGINT):
        self.process.send_signal(how)
        output, errors = self.process.communicate(timeout=60)
        assert self.process.returncode == 128 + how and output == "" and errors == "", (self.process.returncode, errors)
        assert self.children and not any(is_running(pid) for pid in self.children)
        assert os.listdir(self.folder) == []


@pytest.fixture
def board(cluster, tmp_path):
    started = []

    def start(*arguments):
        started.append(Board(cluster, tmp_path / f"board-{len(started)}", *arguments))
        return started[-1]

    yield start
    for one in started:
        if one.process.poll() is None:
            one.process.terminate()
            one.process.wait(timeout=60)


@needs_tensorboard
def test_an_experiment_is_shown_and_followed(cluster, project, board):
    record = run(cluster, project, "--space", "x=0.0..1.0", "--space", "act=relu|tanh", "--trials", 2,
                 program=[sys.executable, "-c", PROGRAM])
    shown = board("--project", project, record["id"])
    assert 1024 < int(shown.url.rstrip("/").rsplit(":", 1)[1]) < 32768
    results = [f"trials/{n:06}/result" for n in range(2)]
    shown.wait(lambda scalars: scalars == {one: [0, 1, 2] for one in results})
    request = {"experimentName": "", "allowedStatuses": ["STATUS_SUCCESS"], "colParams": [], "startIndex": 0, "sliceSize": 10}
    groups = post(f"{shown.url}data/plugin/hparams/session_groups", request)["sessionGroups"]
    expected = {(t["parameters"]["act"], round(t["parameters"]["x"], 9)) for t in trials(cluster, project)}
    assert {(g["hparams"]["act"], round(g["hparams"]["x"], 9)) for g in groups} == expected
    texts = shown.get("data/plugin/text/tags")
    assert texts["."] == ["experiment"] and all(texts[one] == ["trial"] for one in results), texts
    about = json.dumps(shown.get("data/plugin/text/text?run=.&tag=experiment"))
    assert "optimizer" in about and "random" in about and "x act" in about
    # A further trial's file comes in parts, is renamed as an attempt that counts is, and goes.
    client = Client(cluster.uri)
    place = f"{record['path']}/{results[0]}"
    name = next(s.path.rsplit("/", 1)[1] for s in client.list_status(place) if "tfevents" in s.path)
    with client.read(f"{place}/{name}") as file:
        events = bytes(file.read())
    cluster.hfs("mkdir", "-p", f"{record['path']}/trials/000002/attempts/1", user="alice", check=0)
    attempt = f"{record['path']}/trials/000002/attempts/1"
    ends = record_ends(events)
    cluster.hfs("put", "-", f"{attempt}/{name}", stdin=events[: ends[-3]], user="alice", check=0)
    shown.wait(lambda scalars: scalars.get("trials/000002/attempts/1") == [0, 1])
    append(cluster, f"{attempt}/{name}", events[ends[-3]:])
    shown.wait(lambda scalars: scalars.get("trials/000002/attempts/1") == [0, 1, 2])
    cluster.hfs("mv", attempt, f"{record['path']}/trials/000002/result", user="alice", check=0)
    shown.wait(lambda scalars: scalars.get("trials/000002/result") == [0, 1, 2] and "trials/000002/attempts/1" not in scalars)
    cluster.hfs("rm", "-r", f"{record['path']}/trials/000002", user="alice", check=0)
    shown.wait(lambda scalars: set(scalars) == set(results))
    shown.end()


@needs_tensorboard
def test_a_running_trial_is_shown_by_what_it_has_reported(cluster, project, board, tmp_path):
    program = ("for step in 0 1; do echo hfs::metric score=$step step=$step; done\n"
               f"while [ ! -e {tmp_path}/go ]; do sleep 0.05; done; echo hfs::metric score=2 step=2")
    search = subprocess.Popen(
        [BINARY, "experiment", "run", "--project", project, "--metric", "score", "--space", "x=0.0..1.0", "--trials", "1", "--",
         "sh", "-c", program], env=environment(cluster, "alice"), stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
    try:
        shown = board(search.stderr.readline().strip())
        shown.wait(lambda scalars: scalars == {"trials/000000/attempts/1/running": [0, 1]})
        (tmp_path / "go").touch()
        shown.wait(lambda scalars: scalars == {"trials/000000/result": [0, 1, 2]})
        assert search.wait(timeout=60) == 0
        shown.end()
    finally:
        search.kill()
        search.communicate()


def record_ends(events):
    """Where each record of an event file ends: length, its checksum, the bytes, their checksum."""
    ends, position = [], 0
    while position < len(events):
        position += 8 + 4 + int.from_bytes(events[position:position + 8], "little") + 4
        ends.append(position)
    return ends


def append(cluster, path, data):
    previous = os.environ.get("HADOOP_USER_NAME")
    os.environ["HADOOP_USER_NAME"] = "alice"
    try:
        with Client(cluster.uri).append(path) as file:
            file.write(data)
    finally:
        os.environ.pop("HADOOP_USER_NAME")
        if previous is not None:
            os.environ["HADOOP_USER_NAME"] = previous


@needs_tensorboard
def test_a_port_that_is_taken_and_two_boards_at_once(cluster, project, board):
    record = run(cluster, project, "--space", "x=0.0..1.0", "--trials", 1, program=[sys.executable, "-c", PROGRAM])
    first, second = board(record["path"]), board(record["path"])
    assert first.url != second.url
    port = first.url.rstrip("/").rsplit(":", 1)[1]
    refused = cluster.hfs("tensorboard", record["path"], "--python", TENSORBOARD, "--port", port, user="alice", check=1)
    assert f"port {port}: is in use" in refused.error
    first.end(signal.SIGTERM)
    os.kill(second.children[0], signal.SIGKILL)
    _, errors = second.process.communicate(timeout=60)
    assert second.process.returncode == 1 and "TensorBoard ended" in errors and os.listdir(second.folder) == []


def test_what_is_missing_is_said(cluster, project, tmp_path):
    done = cluster.hfs("tensorboard", "nosuch-1", "--project", project, user="alice", check=1)
    assert f"/Projects/{project}/Experiments/nosuch-1: No such experiment" in done.error
    found = subprocess.run([BINARY, "tensorboard", f"/Projects/{project}"], capture_output=True, text=True, timeout=60,
                           env={**environment(cluster, "alice"), "PATH": "/nonexistent"})
    assert found.returncode == 1 and "pip install tensorboard" in found.stderr
    done = cluster.hfs("tensorboard", f"/Projects/{project}", "--python", tmp_path, user="alice", check=1)
    assert f"{tmp_path}/bin/python: No such program" in done.error
    # A Python without it: its own last words.
    (tmp_path / "python").write_text("#!/bin/sh\necho No module named tensorboard >&2; exit 1\n")
    (tmp_path / "python").chmod(0o755)
    done = cluster.hfs("tensorboard", f"/Projects/{project}", "--python", tmp_path / "python", user="alice", check=1)
    assert "TensorBoard did not start: No module named tensorboard" in done.error
