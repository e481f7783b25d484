"""A Swift program whose experiments are closures: examples/Digits, as real processes against a real cluster."""

import json
import os
import pathlib
import signal
import subprocess

import pytest

from conftest import BINARY, ROOT

PROGRAM = pathlib.Path(BINARY).resolve().parent / "digits" if "/" in BINARY else pathlib.Path("digits")
DIGITS = ROOT / "deploy/data/digits.csv"


@pytest.fixture
def project(cluster, request):
    """A project of alice's for one test alone, with some of the digits as its dataset."""
    name = "".join(c if c.isalnum() else "_" for c in request.node.name)[:80]
    cluster.hfs("rm", "-r", "-f", f"/Projects/{name}", check=0)
    cluster.hfs("mkdir", "-p", f"/Projects/{name}", check=0)
    cluster.hfs("chown", "alice", f"/Projects/{name}", check=0)
    return name


@pytest.fixture
def digits(cluster, project, tmp_path):
    lines = DIGITS.read_text().splitlines(keepends=True)
    (tmp_path / "digits.csv").write_text("".join(lines[:401]))
    made = cluster.hfs("dataset", "create", "digits", tmp_path / "digits.csv", "--project", project, "--json", user="alice",
                       check=0)
    record = json.loads(made.text)
    assert record["path"] == f"/Projects/{project}/TrainingDatasets/digits/1" and record["rows"] == 400
    return record["path"]


def start(cluster, project, *arguments, **variables):
    return subprocess.Popen(
        [PROGRAM, *map(str, arguments)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env={**os.environ, "HFS_URI": cluster.uri, "HFS_USER": "alice", "HFS_PROJECT": project, **variables})


def finish(process):
    output, errors = process.communicate(timeout=300)
    assert process.returncode == 0, errors
    return output, errors


def show(cluster, project, id):
    return json.loads(cluster.hfs("experiment", "show", id, "--project", project, "--json", user="alice", check=0).text)


class Results:
    """Waits for trials that get a result, by the event feed."""

    def __init__(self, cluster, project):
        self.feed = subprocess.Popen(
            [BINARY, "events", "--since", "1s", "--follow", "--path", f"/Projects/{project}", "--kind", "rename"],
            stdout=subprocess.PIPE, text=True, env={**os.environ, "HFS_URI": cluster.uri, "HFS_USER": "alice"})

    def wait(self, count=1, below=""):
        for line in self.feed.stdout:
            count -= "/result" in line and below in line
            if count == 0:
                break
        self.feed.kill()
        self.feed.wait()


def programs(cluster, project):
    return cluster.hfs("ls", f"/Projects/{project}/Experiments/.programs", user="alice", check=0).text.split()


def test_a_program_searches_with_its_own_closure(cluster, project, digits):
    output, _ = finish(start(cluster, project, 4, 3))
    record = show(cluster, project, "digits-1")
    assert record["state"] == "FINISHED" and record["ended"] == {"FINISHED": record["trialsBegun"]}
    best = record["best"]
    assert f"accuracy={best['metric']}" in output and best["metric"] > 0.2
    assert best["budget"] == 3 and f"hidden={best['parameters']['hidden']}" in output
    model = output.split()[-1]
    assert model == f"{best['path']}/files/model"
    inputs = best["parameters"]["hidden"] * 65 + (best["parameters"]["hidden"] + 1) * 10
    assert int(cluster.hfs("du", "-s", model, user="alice", check=0).text.split()[0]) == 4 * inputs
    # A promoted trial went on from the checkpoint of the one that was promoted: it reports no step twice.
    steps = [json.loads(line)["step"] for line in
             cluster.hfs("cat", f"{best['path']}/metrics.jsonl", user="alice", check=0).text.splitlines()]
    assert steps[-1] == 3 and (steps == [1, 2, 3] if best.get("parent") is None else steps[0] == 2), steps
    assert programs(cluster, project) == []
    runs = json.loads(cluster.hfs("run", "ls", "--json", "--project", project, user="alice", check=0).text)
    kinds = {run["id"]: run["kind"] for run in runs}
    assert {run["state"] for run in runs} == {"finished"}
    assert {kinds[run["parent"]] for run in runs if run["kind"] == "trial"} == {"experiment"}
    assert {kinds[run["parent"]] for run in runs if run["kind"] == "experiment"} == {"program"}


def test_a_program_that_was_killed_goes_on_when_it_is_started_again(cluster, project, digits):
    results = Results(cluster, project)
    process = start(cluster, project, 6, 3)
    results.wait()
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert len(programs(cluster, project)) == 1
    output, errors = finish(start(cluster, project, 6, 3))
    assert "goes on with run-" in errors
    record = show(cluster, project, "digits-1")
    assert record["state"] == "FINISHED" and record["trialsBegun"] >= 6
    listed = json.loads(cluster.hfs("experiment", "ls", "--project", project, "--json", user="alice", check=0).text)
    assert [e["id"] for e in listed] == ["digits-1"] and f"accuracy={record['best']['metric']}" in output
    assert programs(cluster, project) == []
