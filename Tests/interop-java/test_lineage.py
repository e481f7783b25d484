"""Provenance of programs on Java's client under `hfs run start`: FsShell brings a CSV, Spark makes a training set and a model
of it, all of them write over what they wrote before; and pandas, which sits in the same pipelines."""

import json
import os
import subprocess

import conftest
import pytest
from conftest import judges

BASE = "/Projects/lineage"
CSV, TRAINING, MODEL = f"{BASE}/Resources/digits.csv", f"{BASE}/TrainingDatasets/digits", f"{BASE}/Models/digits/1"
DIGITS = conftest.HERE.parents[1] / "deploy" / "data" / "digits.csv"


class Pipeline:
    def __init__(self, cluster, folder):
        self.cluster, self.folder = cluster, folder

    def run(self, name, *command):
        """Runs a program in a run called `name`; gives the run's id."""
        environment = {k: v for k, v in os.environ.items() if not k.startswith(("SPARK", "PYSPARK", "HADOOP"))}
        environment |= {"HFS_URI": self.cluster.uri, "SPARK_LOCAL_DIRS": str(self.folder)}
        done = subprocess.run(
            [judges.BINARY, "run", "start", "--name", name, "--", *map(str, command)], capture_output=True, text=True,
            timeout=300, cwd=self.folder, env=environment)
        assert done.returncode == 0, done.stderr[-5000:]
        return next(run["id"] for run in self.ask("run", "ls", "--json") if run["name"] == name)

    def shell(self, name, *arguments):
        path = conftest.class_path("$HADOOP_CONF_DIR")
        return self.run(name, "sh", "-c", f'exec java -cp "{path}" org.apache.hadoop.fs.FsShell "$@"', "sh", *arguments)

    def spark(self, step, source, target):
        return self.run(step, os.environ["HFS_SPARK_PYTHON"], conftest.HERE / "spark_pipeline.py", step, source, target)

    def ask(self, *arguments):
        return json.loads(self.cluster.hfs(*arguments, check=0).text)

    def nodes(self, question, path):
        return self.ask("provenance", question, path, "--format", "json")["nodes"]

    def events(self, path):
        return [json.loads(line) for line in
                self.cluster.hfs("events", "--json", "--path", path, check=0).text.splitlines()]


@pytest.fixture(scope="module")
def pipeline(cluster, tmp_path_factory):
    """The id of each program's run, and the cluster that they ran on."""
    pipeline = Pipeline(cluster, tmp_path_factory.mktemp("lineage"))
    cluster.hfs("rm", "-r", "-f", BASE, check=0)
    for place in ("Resources", "TrainingDatasets", "Models"):
        cluster.hfs("mkdir", "-p", f"{BASE}/{place}", check=0)
    pipeline.put = pipeline.shell("put", "-put", DIGITS, CSV)
    pipeline.prepare = pipeline.spark("prepare", CSV, TRAINING)
    pipeline.train = pipeline.spark("train", TRAINING, MODEL)
    return pipeline


def test_fsshell_and_spark_act_in_their_runs(pipeline):
    for path, run in ((CSV, pipeline.put), (TRAINING, pipeline.prepare), (MODEL, pipeline.train)):
        changes = [event for event in pipeline.events(path) if event["kind"] not in ("opened", "read")]
        assert changes and {event.get("run") for event in changes} == {run}, (path, changes)
    read = {event.get("run") for event in pipeline.events(CSV) if event["kind"] in ("opened", "read")}
    assert read == {pipeline.prepare}


def test_upstream_of_the_model_names_training_set_and_csv(pipeline):
    assert {TRAINING, CSV} <= {node["path"] for node in pipeline.nodes("upstream", MODEL)}


def test_downstream_of_the_csv_names_training_set_and_model(pipeline):
    assert {TRAINING, MODEL} <= {node["path"] for node in pipeline.nodes("downstream", CSV)}
    models = pipeline.ask("provenance", "query", "models-from", CSV, "--format", "json")["nodes"]
    assert [node["path"] for node in models] == [MODEL]


def test_a_put_over_a_file_keeps_its_history(pipeline):
    again = pipeline.shell("put again", "-put", "-f", DIGITS, CSV)
    history = pipeline.nodes("history", CSV)
    assert [(node["run"], node["state"]) for node in history] == [(again, "live"), (pipeline.put, "replaced")]
    assert {TRAINING, CSV} <= {node["path"] for node in pipeline.nodes("upstream", MODEL)}


def test_an_overwritten_table_keeps_its_history(pipeline):
    again = pipeline.spark("prepare", CSV, TRAINING)
    history = pipeline.nodes("history", TRAINING)
    assert (history[0]["run"], history[0]["state"]) == (again, "live")
    assert pipeline.prepare in {node.get("run") for node in history[1:]}
    # The model was made from the table as it was.
    above = {(node["path"], node["state"]) for node in pipeline.nodes("upstream", MODEL)}
    assert (TRAINING, "replaced") in above or (TRAINING, "changed") in above, above
    assert CSV in {path for path, _ in above}
    assert MODEL in {node["path"] for node in pipeline.nodes("downstream", TRAINING)}


PANDAS = """
import os, sys, fsspec, hdfs_native.fsspec, pandas
uri = os.environ["HFS_URI"]
files = fsspec.filesystem("hdfs", host="127.0.0.1", port=int(uri.rsplit(":", 1)[1]))
pandas.read_csv(uri + sys.argv[1]).to_parquet(sys.argv[2], filesystem=files)
"""


def test_a_file_that_pandas_writes_again_keeps_its_history(pipeline):
    target = f"{BASE}/Resources/digits.parquet"
    program = (os.environ["HFS_SPARK_PYTHON"], "-c", PANDAS, CSV, target)
    first, second = pipeline.run("first", *program), pipeline.run("second", *program)
    history = pipeline.nodes("history", target)
    assert [(node["run"], node["state"]) for node in history] == [(second, "live"), (first, "replaced")]
    for node in history:
        inputs = pipeline.ask("provenance", "query", "inputs", node["run"], "--format", "json")["nodes"]
        assert CSV in {one["path"] for one in inputs}
