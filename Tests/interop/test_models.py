"""The model registry through the command line: versions, metrics, aliases, and what made a model, which nobody told."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest

from conftest import BINARY
from test_experiments import environment, project  # noqa: F401: a fixture

SIGNATURE = {"inputs": [{"name": "pixels", "type": "double", "shape": [-1, 2]}, {"name": "n", "type": "integer"}],
             "outputs": [{"name": "digit", "type": "integer"}]}
EXAMPLE = {"pixels": [[0.5, 1], [2, 3]], "n": 2}


def model(cluster, project, *arguments, check=0, **options):
    done = cluster.hfs("model", arguments[0], "--project", project, *arguments[1:], user="alice", check=check, **options)
    return done.error if check else done.text


def data(cluster, project, *arguments):
    return json.loads(model(cluster, project, *arguments, "--json"))


@pytest.fixture
def weights(tmp_path):
    folder = tmp_path / "model"
    (folder / "layers").mkdir(parents=True)
    (folder / "weights.bin").write_bytes(os.urandom(200_000))
    (folder / "layers" / "0.txt").write_text("layer")
    (folder / "latest").symlink_to("weights.bin")
    (folder / "empty").write_bytes(b"")
    return folder


def files(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_versions_are_exported_compared_and_got(cluster, project, weights, tmp_path):
    (tmp_path / "signature.json").write_text(json.dumps(SIGNATURE))
    (tmp_path / "example.json").write_text(json.dumps(EXAMPLE))
    assert data(cluster, project, "ls") == []
    for version, accuracy in ((1, 0.9), (2, 0.95), (3, 0.8)):
        path = model(cluster, project, "export", weights, "digits", "--metric", f"accuracy={accuracy}", "--metric", "loss=1e-3",
                     "--signature", tmp_path / "signature.json", "--input-example", tmp_path / "example.json",
                     "--description", "a small one").strip()
        assert path == f"/Projects/{project}/Models/digits/{version}"
    listed = data(cluster, project, "ls")
    assert [(one["name"], one["versions"], one["aliases"]) for one in listed] == [("digits", [1, 2, 3], {})]
    shown = data(cluster, project, "show", "digits/2")
    assert shown["metrics"] == {"accuracy": 0.95, "loss": 0.001} and shown["user"] == "alice"
    assert shown["signature"] == SIGNATURE and shown["inputExample"] == EXAMPLE and shown["description"] == "a small one"
    assert data(cluster, project, "best", "digits", "--metric", "accuracy")["version"] == 2
    assert data(cluster, project, "best", "digits", "--metric", "accuracy", "--direction", "min")["version"] == 3
    # Of equals the newest.
    assert data(cluster, project, "best", "digits", "--metric", "loss")["version"] == 3
    assert "No version has the metric 'auc'" in model(cluster, project, "best", "digits", "--metric", "auc", check=1)
    assert [one["version"] for one in data(cluster, project, "show", "digits")["versions"]] == [3, 2, 1]
    model(cluster, project, "get", "digits/1", tmp_path / "got")
    got = files(tmp_path / "got")
    assert json.loads(got.pop("hfs-model.json"))["metrics"] == {"accuracy": 0.9, "loss": 0.001}
    assert json.loads(got.pop("hfs-input-example.json")) == EXAMPLE
    assert got == files(weights)
    before = files(tmp_path / "got")
    assert "is there already" in model(cluster, project, "get", "digits/2", tmp_path / "got", check=1)
    assert files(tmp_path / "got") == before
    assert sorted(os.listdir(tmp_path)) == ["example.json", "got", "model", "signature.json"]
    # What was got is exported again without the registry's own files, which are written anew.
    model(cluster, project, "export", tmp_path / "got", "again")
    again = data(cluster, project, "show", "again")["versions"][0]
    assert again["metrics"] == {} and "signature" not in again and "inputExample" not in again
    found = cluster.hfs("find", f"/Projects/{project}", "--where", "kind = model and ml.accuracy > 0.85", check=0).text
    assert [line.split("\t")[0].rsplit("/", 1)[1] for line in sorted(found.splitlines())] == ["1", "2"]
    refused = cluster.hfs("put", tmp_path / "example.json", f"/Projects/{project}/Models/digits/2/x", user="alice", check=1)
    assert "is published" in refused.error
    # Metrics may come later: an attribute is one.
    cluster.hfs("xattr", "set", f"/Projects/{project}/Models/digits/1", "ml.auc=0.5", user="alice", check=0)
    assert data(cluster, project, "best", "digits", "--metric", "auc")["version"] == 1


def test_an_alias_has_one_version_and_a_history(cluster, project, weights):
    for _ in range(3):
        model(cluster, project, "export", weights, "digits")
    racers = [subprocess.Popen([BINARY, "model", "alias", "--project", project, "digits", "production", str(version), "--expect",
                                "none"], env=environment(cluster, "alice"), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
              for version in (1, 2, 3, 1, 2, 3)]
    errors = [racer.communicate(timeout=120)[1].decode() for racer in racers]
    assert [racer.returncode for racer in racers].count(0) == 1
    assert all("is given to version" in error for error, racer in zip(errors, racers) if racer.returncode)
    winner = data(cluster, project, "alias", "digits", "production")["version"]
    loser = winner % 3 + 1
    refused = model(cluster, project, "alias", "digits", "production", winner, "--expect", loser, check=1)
    assert f"The alias 'production' is given to version {winner}, not to version {loser}" in refused
    model(cluster, project, "alias", "digits", "production", loser, "--expect", winner)
    model(cluster, project, "alias", "digits", "staging", "production")
    assert data(cluster, project, "ls")[0]["aliases"] == {"production": loser, "staging": loser}
    assert data(cluster, project, "show", "digits/production")["aliases"] == ["production", "staging"]
    gone = data(cluster, project, "alias", "digits", "production", "--remove")
    assert "version" not in gone and [change.get("version") for change in gone["history"]] == [None, loser, winner]
    assert {change["user"] for change in gone["history"]} == {"alice"}
    assert "has no alias 'production'" in model(cluster, project, "show", "digits/production", check=1)
    assert "has no alias 'never'" in model(cluster, project, "alias", "digits", "never", "--remove", check=1)
    assert "There is no version 9" in model(cluster, project, "alias", "digits", "production", 9, check=1)
    refused = cluster.hfs("model", "alias", "--project", project, "digits", "staging", winner, user="bob", check=1)
    assert "Permission denied" in refused.error


def test_racing_exports_are_all_whole(cluster, project, weights):
    racers = [subprocess.Popen([BINARY, "model", "export", "--project", project, str(weights), "digits", "--metric",
                                f"n={index}"], env=environment(cluster, "alice"), stdout=subprocess.PIPE) for index in range(4)]
    paths = {racer.communicate(timeout=120)[0].decode().strip() for racer in racers}
    assert paths == {f"/Projects/{project}/Models/digits/{version}" for version in range(1, 5)}
    for path in paths:
        assert json.loads(cluster.hfs("count", "--json", path, check=0).text)[0]["files"] == len(files(weights)) + 1


def test_a_killed_export_leaves_no_version(cluster, project, tmp_path):
    (tmp_path / "big").mkdir()
    for index in range(4):
        with open(tmp_path / "big" / str(index), "wb") as file:
            file.truncate(400 << 20)
    export = subprocess.Popen([BINARY, "model", "export", "--project", project, str(tmp_path / "big"), "digits"],
                              env=environment(cluster, "alice"), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    watch = subprocess.Popen([BINARY, "events", "--follow", "--path", f"/Projects/{project}", "--kind", "create", "--since", "1h"],
                             env=environment(cluster, "alice"), stdout=subprocess.PIPE, text=True)
    line = watch.stdout.readline()
    while ".export-" not in line:
        assert line, watch.wait()
        line = watch.stdout.readline()
    export.send_signal(signal.SIGKILL)
    export.wait()
    watch.terminate()
    watch.wait()
    assert data(cluster, project, "ls") == []
    (tmp_path / "small").write_text("x")
    assert model(cluster, project, "export", tmp_path / "small", "digits").strip().endswith("/Models/digits/1")
    assert data(cluster, project, "ls")[0]["versions"] == [1]


TRAIN = """
import json, os, subprocess, sys
binary, project = sys.argv[1:]
run = lambda *command: subprocess.run([binary, *command], check=True, stdout=subprocess.PIPE).stdout
data = run("cat", f"/Projects/{project}/TrainingDatasets/digits/1/part-0.csv")
score = json.loads(os.environ["HFS_PARAMS"])["x"]
os.mkdir("model")
with open("model/weights", "wb") as file:
    file.write(data * 10)
if os.environ["HFS_TRIAL"] == "0":
    run("model", "export", "--project", project, "model", "told", "--metric", f"score={score}")
json.dump({"score": score, "model": "model/weights"}, open(os.environ["HFS_OUTPUTS"], "w"))
print(f"hfs::metric score={score} step=0")
"""


def test_what_made_a_model_is_found_and_not_told(cluster, project, tmp_path):
    base = f"/Projects/{project}"
    cluster.hfs("mkdir", "-p", f"{base}/staged", user="alice", check=0)
    cluster.hfs("put", "-", f"{base}/staged/part-0.csv", stdin=b"1,2\n" * 1000, user="alice", check=0)
    cluster.hfs("publish", f"{base}/staged", f"{base}/TrainingDatasets/digits", user="alice", check=0)
    (tmp_path / "train.py").write_text(TRAIN.replace('os.mkdir("model")', 'os.chdir(os.environ["HFS_LOGDIR"] + "/..")\nos.mkdir("model")'))
    done = subprocess.run(
        [BINARY, "experiment", "run", "--project", project, "--name", "search", "--json", "--metric", "score", "--space",
         "x=0.0..1.0", "--trials", "2", "--seed", "3", "--", sys.executable, str(tmp_path / "train.py"), BINARY, project],
        capture_output=True, text=True, timeout=240, env=environment(cluster, "alice"))
    assert done.returncode == 0 and json.loads(done.stdout)["ended"] == {"FINISHED": 2}, done.stderr
    trials = json.loads(cluster.hfs("experiment", "show", "search-1", "--project", project, "--json", user="alice", check=0).text)["trials"]
    record = f"{base}/Experiments/search-1/environment.json"
    cluster.hfs("put", "-f", "-", record, stdin=b"{}", user="alice", check=0)
    assert [one["path"] for one in data(cluster, project, "show", "told/1")["origin"]["environments"]] == [record]
    kept = f"{base}/Experiments/search-1/environment"
    cluster.hfs("mkdir", kept, user="alice", check=0)
    cluster.hfs("xattr", "set", kept, "hfs.artifact=environment", user="alice", check=0)
    # Exported by the trial's program, in its run.
    told = data(cluster, project, "show", "told/1")["origin"]
    assert told["experiment"] == f"{base}/Experiments/search-1" and told["trial"] == f"{base}/Experiments/search-1/trials/000000"
    assert [(one["path"], one["state"]) for one in told["trainingDatasets"]] == [(f"{base}/TrainingDatasets/digits/1", "live")]
    assert told["runs"][0]["kind"] == "trial"
    assert [one["path"] for one in told["environments"]] == [kept]
    # Copied out of the other one's result by hand, with the metrics that it reported.
    result = f"{base}/Experiments/search-1/trials/000001/result/files"
    model(cluster, project, "export", "--stored", result, "copied")
    copied = data(cluster, project, "best", "copied", "--metric", "score")
    assert copied["metrics"]["score"] == trials[1]["metric"]
    origin = copied["origin"]
    assert origin["trial"] == f"{base}/Experiments/search-1/trials/000001" and origin["experiment"] == told["experiment"]
    assert [one["path"] for one in origin["trainingDatasets"]] == [f"{base}/TrainingDatasets/digits/1"]
    assert origin["runs"][0]["kind"] == "copy"
    text = model(cluster, project, "show", "copied/1")
    assert f"training data  {base}/TrainingDatasets/digits/1\n" in text
    # The answer stays right when things move and go.
    cluster.hfs("mv", base, f"{base}-moved", check=0)
    cluster.hfs("rm", "-r", f"{base}-moved/TrainingDatasets/digits/1", check=0)
    moved = data(cluster, f"{project}-moved", "show", "copied/1")["origin"]
    assert moved["trial"] == f"{base}-moved/Experiments/search-1/trials/000001"
    assert [(one["path"], one["state"]) for one in moved["trainingDatasets"]] == [
        (f"{base}-moved/TrainingDatasets/digits/1", "deleted")]


def test_a_provenance_service_that_lags_is_said(fresh_cluster, tmp_path):
    (tmp_path / "weights").write_text("w")
    fresh_cluster.hfs("model", "export", tmp_path / "weights", "digits", "--project", "demo", check=0)
    fresh_cluster.kill("tailer", signal.SIGSTOP)
    text = fresh_cluster.hfs("model", "show", "digits/1", "--project", "demo", check=0).text
    assert "unknown: the provenance service is behind the cluster's events" in text
    fresh_cluster.kill("tailer", signal.SIGCONT)
    assert "model export" in fresh_cluster.hfs("model", "show", "digits/1", "--project", "demo", check=0).text


def test_without_the_provenance_service_a_model_is_shown_without_its_origin(fresh_cluster, tmp_path):
    (tmp_path / "weights").write_text("w")
    fresh_cluster.hfs("model", "export", tmp_path / "weights", "digits", "--project", "demo", check=0)
    fresh_cluster.kill("tailer")
    deadline = time.monotonic() + 60
    while "originProblem" not in (shown := json.loads(
            fresh_cluster.hfs("model", "show", "digits/1", "--project", "demo", "--json", check=0).text)):
        assert time.monotonic() < deadline
    assert shown["path"] == "/Projects/demo/Models/digits/1" and "origin" not in shown and shown["originProblem"]
    text = fresh_cluster.hfs("model", "show", "digits/1", "--project", "demo", check=0).text
    assert [line.split(None, 3)[:3] for line in text.splitlines()][-1] == ["made", "by", "unknown:"]


@pytest.mark.parametrize("arguments, code, text", [
    (["show", "nosuch"], 1, "There is no model 'nosuch'"),
    (["show", "a/b/c"], 2, "is no model"),
    (["show", "digits/1.5"], 2, "is no version"),
    (["show", "../x"], 1, "is no name of a model"),
    (["best", ".x", "--metric", "a"], 1, "is no name of a model"),
    (["export", "/nonexistent", "digits"], 1, "/nonexistent"),
    (["export", "/dev/null", "digits"], 1, "neither a file nor a directory"),
    (["export", "EMPTY", "digits"], 1, "There are no files to export"),
    (["export", "FILE", "digits", "--metric", "a=nan"], 2, "is not name=number"),
    (["export", "FILE", "digits", "--metric", "a=1", "--metric", "a=2"], 1, "given twice"),
    (["export", "FILE", "digits", "--metric", "description=1"], 1, "is no name of a metric"),
    (["export", "FILE", "a/b"], 1, "is no name of a model"),
    (["export", "FILE", "digits", "--signature", "FILE"], 1, "A signature is"),
    (["export", "FILE", "digits", "--input-example", "FILE"], 1, "is no JSON"),
    (["export", "--stored", "/nonexistent", "digits"], 1, "does not exist"),
    (["alias", "nosuch", "production", "1"], 1, "There is no model 'nosuch'"),
    (["alias", "nosuch", "7", "1"], 2, "is no alias"),
    (["get", "nosuch/1", "x"], 1, "There is no model 'nosuch'"),
])
def test_what_cannot_be_changes_nothing(cluster, project, tmp_path, arguments, code, text):
    (tmp_path / "file").write_text("no json")
    (tmp_path / "empty").mkdir()
    places = {"FILE": str(tmp_path / "file"), "EMPTY": str(tmp_path / "empty")}
    assert text in model(cluster, project, *(places.get(one, one) for one in arguments), check=code)
    assert cluster.hfs("find", f"/Projects/{project}", "-type", "f", user="alice", check=0).text == ""
    assert data(cluster, project, "ls") == []


def test_an_example_must_fit_the_signature(cluster, project, tmp_path):
    (tmp_path / "signature.json").write_text(json.dumps(SIGNATURE))
    (tmp_path / "file").write_text("x")
    for example, text in (({"n": 1}, "lacks the input 'pixels'"), ({**EXAMPLE, "n": 1.5}, "'n' is no integer"),
                          ({**EXAMPLE, "pixels": [[1]]}, "'pixels' is no double tensor"), ({**EXAMPLE, "z": 1}, "has 'z'"),
                          ([EXAMPLE, 7], "is no object")):
        (tmp_path / "example.json").write_text(json.dumps(example))
        assert text in model(cluster, project, "export", tmp_path / "file", "digits", "--signature", tmp_path / "signature.json",
                             "--input-example", tmp_path / "example.json", check=1)
    (tmp_path / "example.json").write_text(json.dumps([EXAMPLE, EXAMPLE]))
    model(cluster, project, "export", tmp_path / "file", "digits", "--signature", tmp_path / "signature.json",
          "--input-example", tmp_path / "example.json")
    assert data(cluster, project, "show", "digits/1")["inputExample"] == [EXAMPLE, EXAMPLE]
