"""Provenance of programs that make no tracking call: they read and write through hdfs-native under `hfs run start`, and the
graph knows what came from what, also after renames, overwrites and deletions."""

import json
import os
import pathlib
import signal
import sys

import prov.model
import pytest

DIGITS = pathlib.Path(__file__).resolve().parents[2] / "deploy/data/digits.csv"

HEAD = """
import os, sys
from hdfs_native import Client, WriteOptions
client = Client(os.environ["HFS_URI"])
source, target = sys.argv[1:]
with client.read(source) as file:
    data = bytes(file.read())
"""
TRANSFORM = HEAD + """
with client.create(target, WriteOptions(overwrite=True)) as file:
    file.write(data[: len(data) // 2])
"""
LOOK = HEAD + "assert data"


@pytest.fixture(scope="module")
def pipeline(request):
    """A cluster of its own in which a CSV became a training set and that a model, and somebody only looked."""
    from conftest import started
    clusters = started(3)
    cluster = next(clusters)
    request.addfinalizer(lambda: next(clusters, None))
    cluster.hfs("mkdir", "-p", *(f"/Projects/demo/{name}" for name in ("Resources", "TrainingDatasets", "Models")), check=0)
    cluster.hfs("put", DIGITS, "/Projects/demo/Resources/digits.csv", check=0)
    run(cluster, "prepare", TRANSFORM, "Resources/digits.csv", "TrainingDatasets/digits/part-0.csv")
    run(cluster, "train", TRANSFORM, "TrainingDatasets/digits/part-0.csv", "Models/digits/1/model.bin")
    run(cluster, "look", LOOK, "TrainingDatasets/digits/part-0.csv", "-")
    return cluster


def run(cluster, name, program, source, target, project="/Projects/demo"):
    target = target if target == "-" else f"{project}/{target}"
    cluster.hfs("run", "start", "--name", name, "--project", "demo", "--", sys.executable, "-c", program,
                f"{project}/{source}", target, check=0)


def closure(cluster, direction, path):
    answer = json.loads(cluster.hfs("provenance", direction, path, "--format", "json", check=0).text)
    return {(node["path"], node["state"]) for node in answer["nodes"]}


def run_of(cluster, name):
    runs = json.loads(cluster.hfs("run", "ls", "--json", check=0).text)
    return max((one for one in runs if one["name"] == name), key=lambda one: one["startedMs"])["id"]


def test_upstream_and_downstream_of_programs_that_track_nothing(pipeline):
    above = {path for path, _ in closure(pipeline, "upstream", "/Projects/demo/Models/digits/1")}
    assert {"/Projects/demo/TrainingDatasets/digits", "/Projects/demo/Resources/digits.csv"} <= above
    below = {path for path, _ in closure(pipeline, "downstream", "/Projects/demo/Resources/digits.csv")}
    assert {"/Projects/demo/TrainingDatasets/digits", "/Projects/demo/Models/digits/1"} <= below


def test_a_run_that_only_reads_makes_nothing(pipeline):
    footprint = pipeline.hfs("run", "footprint", run_of(pipeline, "look"), check=0).text
    assert "part-0.csv" in footprint
    assert "model.bin" not in footprint


def test_what_was_read_is_told_apart_from_what_was_only_opened(pipeline):
    asks = HEAD.replace("with client.read", "client.read(target)\nwith client.read")
    run(pipeline, "asks", asks, "Resources/digits.csv", "TrainingDatasets/digits/part-0.csv")
    asked = run_of(pipeline, "asks")
    nodes = json.loads(pipeline.hfs("run", "footprint", asked, "--format", "json", check=0).text)["nodes"]
    roles = [(node["path"].rsplit("/", 1)[1], node["role"]) for node in nodes]
    assert roles == [("digits.csv", "read"), ("part-0.csv", "opened")]
    lines = pipeline.hfs("run", "footprint", asked, check=0).text.splitlines()
    assert [line.split()[4] for line in lines[1:3]] == ["read", "opened"], lines
    files = json.loads(pipeline.hfs("run", "show", asked, "--json", check=0).text)["files"]
    assert [(file["path"].rsplit("/", 1)[1], file["role"]) for file in files] == roles
    shown = [line.split() for line in pipeline.hfs("run", "show", asked, check=0).text.splitlines()]
    assert [line for line in shown if line[0] in ("read", "opened")] == [[role, f"/Projects/demo/{folder}/{name}"]
            for (name, role), folder in zip(roles, ("Resources", "TrainingDatasets/digits"))]


def test_exports_are_read_by_others(pipeline):
    train = run_of(pipeline, "train")
    text = pipeline.hfs("provenance", "export", "--format", "prov-json", "--run", train, check=0).text
    document = prov.model.ProvDocument.deserialize(content=text, format="json")
    kinds = {type(record).__name__ for record in document.get_records()}
    assert {"ProvActivity", "ProvEntity", "ProvUsage", "ProvGeneration"} <= kinds
    lines = pipeline.hfs("provenance", "export", "--format", "openlineage", "--run", train, check=0).text.splitlines()
    events = [json.loads(line) for line in lines]
    assert [event["eventType"] for event in events] == ["START", "COMPLETE"]
    assert [one["name"] for one in events[-1]["outputs"]] == ["/Projects/demo/Models/digits/1"]


def test_answers_stay_right_after_rename_overwrite_and_delete(pipeline):
    pipeline.hfs("mv", "/Projects/demo", "/Projects/renamed", check=0)
    run(pipeline, "again", TRANSFORM, "Resources/digits.csv", "TrainingDatasets/digits/part-0.csv", "/Projects/renamed")
    pipeline.hfs("rm", "/Projects/renamed/Resources/digits.csv", check=0)
    above = closure(pipeline, "upstream", "/Projects/renamed/Models/digits/1")
    assert ("/Projects/renamed/TrainingDatasets/digits", "changed") in above
    assert ("/Projects/renamed/Resources/digits.csv", "deleted") in above


def test_wrong_questions_are_told_so(pipeline):
    for arguments in (["upstream", "/nowhere"], ["export", "--format", "xml", "--path", "/"], ["upstream", "/", "--depth", "x"]):
        done = pipeline.hfs("provenance", *arguments)
        assert done.returncode in (1, 2) and done.error.startswith("hfs: ")
    assert "/nowhere" in pipeline.hfs("provenance", "history", "/nowhere", check=1).error


def test_a_search_tells_nothing_of_what_is_hidden(pipeline):
    pipeline.hfs("mkdir", "/private", check=0)
    pipeline.hfs("chmod", "700", "/private", check=0)
    pipeline.hfs("touch", "/private/unguessable", check=0)
    assert "unguessable" in pipeline.hfs("search", "unguessable", check=0).text
    hidden, absent = (pipeline.hfs("search", word, user="ann") for word in ("unguessable", "unguessed"))
    assert (hidden.text, hidden.returncode) == (absent.text, absent.returncode)


def test_nobody_learns_that_a_hidden_path_exists(pipeline):
    pipeline.hfs("mkdir", "-p", "/closed/in", check=0)
    for name in ("/closed/in/secret", "/closed/in/gone"):
        pipeline.hfs("touch", name, check=0)
    pipeline.hfs("rm", "/closed/in/gone", check=0)
    pipeline.hfs("chmod", "700", "/closed", check=0)
    for question in (["history"], ["upstream"], ["downstream"], ["query", "readers"], ["query", "models-from"]):
        answers = set()
        for path in ("/closed/in/secret", "/closed/in/gone", "/closed/in", "/closed/in/never"):
            done = pipeline.hfs("provenance", *question, path, user="ann", check=1)
            answers.add((done.text, done.error.replace(path, "PATH")))
        assert len(answers) == 1, answers
        pipeline.hfs("provenance", *question, "/closed/in/secret", check=0)
    assert "secret" not in pipeline.hfs("provenance", "query", "unread", "0", user="ann", check=0).text


def test_the_history_of_a_published_name_lists_its_versions(pipeline):
    for content in ("one", "two"):
        pipeline.hfs("mkdir", "-p", "/Projects/shop/staging", "/Projects/shop/Models", check=0)
        pipeline.hfs("put", "-", "/Projects/shop/staging/model.bin", stdin=content.encode(), check=0)
        pipeline.hfs("publish", "/Projects/shop/staging", "/Projects/shop/Models/digits", check=0)
    lines = pipeline.hfs("provenance", "history", "/Projects/shop/Models/digits", check=0).text.splitlines()
    assert lines[0].split() == ["PATH", "KIND", "VERSION", "STATE", "MADE", "BY"]
    assert [line.split()[:2] for line in lines[1:3]] == [[f"/Projects/shop/Models/digits/{n}", "model"] for n in (2, 1)]
    assert all(line.split()[-1].endswith("@127.0.0.1") for line in lines[1:3])


def test_a_file_put_by_a_rename_has_one_version(pipeline):
    pipeline.hfs("put", "-", "/put-once", stdin=b"x", check=0)
    answer = json.loads(pipeline.hfs("provenance", "downstream", "/put-once", "--format", "json", check=0).text)
    assert [(node["version"], node["state"]) for node in answer["nodes"]] == [(1, "live")]


def test_what_a_live_model_was_made_from_is_not_deleted_without_force(fresh_cluster):
    cluster = fresh_cluster
    project, protection = "/Projects/kept", "hfs.deletion-protection"
    cluster.hfs("mkdir", "-p", *(f"{project}/{name}" for name in ("Resources", "TrainingDatasets", "Models")), check=0)
    cluster.hfs("put", DIGITS, f"{project}/Resources/digits.csv", check=0)
    run(cluster, "prepare", TRANSFORM, "Resources/digits.csv", "TrainingDatasets/digits/part-0.csv", project)
    run(cluster, "prepare", TRANSFORM, "Resources/digits.csv", "TrainingDatasets/unused/part-0.csv", project)
    run(cluster, "train", TRANSFORM, "TrainingDatasets/digits/part-0.csv", "Models/digits/1/model.bin", project)
    assert "lineage" in cluster.hfs("xattr", "set", project, f"{protection}=maybe", check=1).error
    cluster.hfs("xattr", "set", project, f"{protection}=lineage", check=0)

    def refused(*arguments, why):
        done = cluster.hfs("rm", *arguments, check=1)
        assert "Not deleted" in done.error and why in done.error and "--force" in done.error, done.error
        assert f"{protection}=lineage of {project}" in done.error

    model = f"{project}/Models/digits/1"
    refused("-r", f"{project}/TrainingDatasets/digits", why=model)
    refused(f"{project}/TrainingDatasets/digits/part-0.csv", why=model)
    refused("-r", "-f", f"{project}/TrainingDatasets", why=model)
    refused(f"{project}/Resources/digits.csv", why=model)
    assert cluster.hfs("ls", f"{project}/TrainingDatasets/digits", check=0).text
    # Nobody made anything from this one.
    cluster.hfs("rm", "-r", f"{project}/TrainingDatasets/unused", check=0)
    # The nearest directory says what holds.
    cluster.hfs("mkdir", f"{project}/scratch", check=0)
    cluster.hfs("xattr", "set", f"{project}/scratch", f"{protection}=none", check=0)
    run(cluster, "more", TRANSFORM, "TrainingDatasets/digits/part-0.csv", "scratch/part-0.csv", project)
    run(cluster, "train", TRANSFORM, "scratch/part-0.csv", "Models/digits/2/model.bin", project)
    cluster.hfs("rm", "-r", f"{project}/scratch", check=0)
    # Without the service nobody can tell, so everything protected stays; what is not protected goes.
    tailer = cluster.report["tailer"]["pid"]
    os.kill(tailer, signal.SIGKILL)
    cluster.hfs("mkdir", "-p", "/elsewhere/d", check=0)
    cluster.hfs("rm", "-r", "/elsewhere", check=0)
    refused("-r", f"{project}/TrainingDatasets/digits", why="nobody can tell")
    cluster.start()
    # The whole project goes with its models; one of another project keeps it.
    cluster.hfs("mkdir", "-p", "/Projects/other/Models", check=0)
    cluster.hfs("run", "start", "--name", "tune", "--", sys.executable, "-c", TRANSFORM, f"{model}/model.bin",
                "/Projects/other/Models/tuned/1/model.bin", check=0)
    refused("-r", project, why="/Projects/other/Models/tuned/1")
    warned = cluster.hfs("rm", "-r", "--force", f"{project}/TrainingDatasets/digits", check=0).error
    assert "Deleted by --force" in warned and model in warned
    cluster.hfs("rm", "-r", "/Projects/other/Models/tuned", check=0)
    cluster.hfs("rm", "-r", project, check=0)
