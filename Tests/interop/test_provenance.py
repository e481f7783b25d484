"""Provenance of programs that make no tracking call: they read and write through hdfs-native under `hfs run start`, and the
graph knows what came from what, also after renames, overwrites and deletions."""

import json
import pathlib
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
