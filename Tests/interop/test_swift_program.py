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
    """Waits for trials that get a result, or for what else the event feed tells."""

    def __init__(self, cluster, project, kind="rename"):
        self.feed = subprocess.Popen(
            [BINARY, "events", "--since", "1s", "--follow", "--path", f"/Projects/{project}", "--kind", kind],
            stdout=subprocess.PIPE, text=True, env={**os.environ, "HFS_URI": cluster.uri, "HFS_USER": "alice"})

    def wait(self, word="/result", below=""):
        for line in self.feed.stdout:
            if word in line and below in line:
                break
        self.feed.kill()
        self.feed.wait()


def programs(cluster, project):
    return cluster.hfs("ls", f"/Projects/{project}/Experiments/.programs", user="alice", check=0).text.split()


def lines(output):
    """The printed results by their first words."""
    return {line.split(":")[0]: line for line in output.splitlines()}


def experiments(cluster, project):
    listed = json.loads(cluster.hfs("experiment", "ls", "--project", project, "--json", user="alice", check=0).text)
    return sorted(e["id"] for e in listed)


def model(cluster, line):
    return cluster.hfs("cat", line.split()[-1], user="alice", check=0).stdout


def worker(process, project, rank):
    """The process of a rank, once there is one."""
    wanted = {f"HFS_PROJECT={project}".encode(), f"RANK={rank}".encode()}
    while process.poll() is None:
        for folder in pathlib.Path("/proc").iterdir():
            try:
                if folder.name.isdigit() and wanted <= set((folder / "environ").read_bytes().split(b"\0")):
                    return int(folder.name)
            except OSError:
                continue
    pytest.fail(f"the program has ended: {process.communicate()}")


def test_a_program_searches_trains_with_several_workers_and_takes_itself_apart(cluster, project, digits):
    output, _ = finish(start(cluster, project, 4, 3))
    said = lines(output)
    record = show(cluster, project, "digits-1")
    assert record["state"] == "FINISHED" and record["ended"] == {"FINISHED": record["trialsBegun"]}
    best = record["best"]
    assert f"accuracy={best['metric']} " in said["search"] and best["metric"] > 0.2 and best["budget"] == 3
    assert said["search"].endswith(f"{best['path']}/files/model")
    hidden = best["parameters"]["hidden"]
    assert len(model(cluster, said["search"])) == 4 * (hidden * 65 + (hidden + 1) * 10)
    # Those that were promoted went on from their checkpoints: no step is reported twice.
    for trial in show(cluster, project, "digits-1")["trials"]:
        path = f"{record['path']}/trials/{trial['trial']:06}/result/metrics.jsonl"
        steps = [json.loads(line)["step"] for line in cluster.hfs("cat", path, user="alice", check=0).text.splitlines()]
        assert steps == list(range(steps[0], trial["budget"] + 1)) and (steps[0] > 1) == ("parent" in trial), trial

    final = show(cluster, project, "digits-final-1")["best"]
    assert f"accuracy={final['metric']} " in said["final"] and final["metric"] > 0.2
    rendezvous = cluster.hfs("ls", f"{final['path']}/rendezvous", user="alice", check=0).text.split()
    assert rendezvous == ["rank-0", "rank-1"]
    parts = {t["parameters"]["without"]: t["metric"] for t in show(cluster, project, "digits-parts-1")["trials"]}
    assert set(parts) == {"nothing", "hidden", "decay", "border"}
    for name in ("hidden", "decay", "border"):
        assert f"{name} contributes {parts['nothing'] - parts[name]}" in output
    assert parts["border"] != parts["nothing"] or parts["hidden"] != parts["nothing"]

    assert experiments(cluster, project) == ["digits-1", "digits-final-1", "digits-parts-1"] and programs(cluster, project) == []
    runs = json.loads(cluster.hfs("run", "ls", "--json", "--project", project, user="alice", check=0).text)
    kinds = {run["id"]: run["kind"] for run in runs}
    assert {run["state"] for run in runs} == {"finished"}
    assert {kinds[run["parent"]] for run in runs if run["kind"] == "trial"} == {"experiment"}
    assert {kinds[run["parent"]] for run in runs if run["kind"] == "experiment"} == {"program"}


def test_a_program_killed_in_each_of_its_parts_goes_on_when_it_is_started_again(cluster, project, digits):
    undisturbed = lines(finish(start(cluster, project, 4, 3))[0])
    for part in ("digits-2/", "digits-final-2/", "digits-parts-2/"):
        results = None if part == "digits-final-2/" else Results(cluster, project)
        process = start(cluster, project, 4, 3)
        if results:
            results.wait(below=part)
        else:
            worker(process, project, 1)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        assert len(programs(cluster, project)) == 1
    output, errors = finish(start(cluster, project, 4, 3))
    assert "goes on with run-" in errors and programs(cluster, project) == []
    assert experiments(cluster, project) == sorted(
        f"{name}-{number}" for name in ("digits", "digits-final", "digits-parts") for number in (1, 2))
    for name in ("digits-2", "digits-final-2", "digits-parts-2"):
        record = show(cluster, project, name)
        assert record["state"] == "FINISHED" and set(record["ended"]) == {"FINISHED"}, record
    # The workers' weights depend on nothing but what was found.
    again = lines(output)
    if again["search"].split(" accuracy")[0] == undisturbed["search"].split(" accuracy")[0]:
        assert model(cluster, again["final"]) == model(cluster, undisturbed["final"])


def test_a_worker_that_dies_ends_its_group_which_begins_again_from_the_checkpoint(cluster, project, digits):
    undisturbed = lines(finish(start(cluster, project, 3, 4))[0])
    process = start(cluster, project, 3, 4)
    os.kill(worker(process, project, 1), signal.SIGKILL)
    again = lines(finish(process)[0])
    trial = show(cluster, project, "digits-final-2")["trials"][0]
    assert trial["attempts"] == 2 and trial["state"] == "FINISHED"
    first = f"/Projects/{project}/Experiments/digits-final-2/trials/000000/attempts/1/output.log"
    log = cluster.hfs("cat", first, user="alice", check=0).text
    assert "Rank 1 of 2 has failed: the program was ended by signal 9" in log, log
    assert again["search"].split("/Projects")[0] == undisturbed["search"].split("/Projects")[0]
    assert model(cluster, again["final"]) == model(cluster, undisturbed["final"]), "other weights than without the death"


def test_a_worker_that_comes_to_another_call_says_which_and_what_there_was(cluster, project, digits):
    finish(start(cluster, project, 3, 3))
    run = json.loads(cluster.hfs("run", "ls", "--json", "--project", project, user="alice", check=0).text)
    program = next(r["id"] for r in run if r["kind"] == "program")
    there = f"/Projects/{project}/Experiments"
    name = "digits-parts-1"
    environment = {"HFS_WORKER": f"{program}/1/0", "HFS_EXPERIMENT": f"{there}/{name}", "HFS_TRIAL": "0", "HFS_ATTEMPT": "1",
                   "HFS_SEED": "1", "HFS_METRIC": "accuracy", "HFS_LOGDIR": "/tmp", "HFS_CHECKPOINT_DIR": "/tmp",
                   "HFS_OUTPUTS": "/tmp/none", "HFS_PARAMS": "{}"}
    process = start(cluster, project, 3, 3, **environment)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 1 and "names another call than the experiment's" in errors
    # The same call with other arguments has another space.
    process = start(cluster, project, 3, 4, **{**environment, "HFS_EXPERIMENT": f"{there}/digits-1"})
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 1 and "Call 1 of this program is experiment 'digits' with the space" in errors, errors
    assert f"but in {program} it was 'digits' with the space" in errors
    assert cluster.hfs("ls", "/tmp/none", check=1).error


def test_a_script_that_tracks_itself_is_an_experiment_of_one_trial(cluster, project, digits):
    said = lines(finish(start(cluster, project, "track", 3))[0])["tracked"]
    record = show(cluster, project, "digits-tracked-1")
    best = record["best"]
    assert record["state"] == "FINISHED" and f"FINISHED accuracy={best['metric']} " in said and best["metric"] > 0.2
    assert len(model(cluster, said)) == 4 * (8 * 65 + 9 * 10)
    path = f"{best['path']}/metrics.jsonl"
    steps = [json.loads(line)["step"] for line in cluster.hfs("cat", path, user="alice", check=0).text.splitlines()]
    assert steps == [1, 2, 3]
    # What the process read is the trial's, not the user's alone.
    runs = json.loads(cluster.hfs("run", "ls", "--json", "--project", project, user="alice", check=0).text)
    trial = next(run["id"] for run in runs if run["kind"] == "trial")
    told = cluster.hfs("events", "--since", "1h", "--run", trial, "--kind", "read", user="alice", check=0).text
    told += cluster.hfs("events", "--since", "1h", "--run", trial, "--kind", "opened", user="alice", check=0).text
    assert f"{digits}/part-00000.csv" in told, told


def test_a_script_that_tracks_itself_is_stopped_early_by_its_next_report(cluster, project, digits):
    results = Results(cluster, project, kind="create")
    process = start(cluster, project, "track", 100_000)
    results.wait("metrics.jsonl", below="digits-tracked-1/")
    cluster.hfs("experiment", "stop", "digits-tracked-1", "--project", project, user="alice", check=0, timeout=120)
    said = lines(finish(process)[0])["tracked"]
    trial = show(cluster, project, "digits-tracked-1")["trials"][0]
    assert "STOPPED" in said and trial["state"] == "STOPPED" and "alice" in trial["reason"], (said, trial)
