"""The OpenLineage export against the specification (openlineage/run-event-2-0-2.json) and against OpenLineage's own client."""

import copy
import json
import pathlib

import jsonschema
import pytest
from openlineage.client.event_v2 import InputDataset, Job, OutputDataset, Run, RunEvent, RunState
from openlineage.client.generated import dataset_version_dataset, parent_run
from openlineage.client.serde import Serde

from conftest import BINARY

SCHEMA = json.loads((pathlib.Path(__file__).parent / "openlineage/run-event-2-0-2.json").read_text())
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER)


def export(cluster, *what):
    text = cluster.hfs("provenance", "export", "--format", "openlineage", *what, check=0).text
    return [json.loads(line) for line in text.splitlines()]


@pytest.fixture(scope="module")
def events(cluster):
    """Of a run that reads a file and writes two, in a nested run that fails; and of all that is upstream of its output."""
    base = "/openlineage"
    cluster.hfs("rm", "-r", "-f", base, check=0)
    cluster.hfs("mkdir", "-p", base, check=0)
    cluster.hfs("put", "-", f"{base}/in", stdin=b"data", check=0)
    inner = f"'{BINARY}' cp {base}/in {base}/out && '{BINARY}' cp {base}/out '{base}/naïve \"out\"'; exit 3"
    cluster.hfs("run", "start", "--name", "outer \"job\"", "--", BINARY, "run", "start", "--name", "inner", "--", "sh", "-c",
                inner, check=3)
    runs = json.loads(cluster.hfs("run", "ls", "--json", check=0).text)
    ids = {run["name"]: run["id"] for run in reversed(runs)}
    of_inner = export(cluster, "--run", ids["inner"])
    assert [event["eventType"] for event in of_inner] == ["START", "FAIL"]
    assert [one["name"] for one in of_inner[1]["inputs"]] == [f"{base}/in", f"{base}/out"]
    assert [one["name"] for one in of_inner[1]["outputs"]] == [f"{base}/out", f"{base}/naïve \"out\""]
    assert "parent" in of_inner[0]["run"]["facets"]
    return of_inner + export(cluster, "--run", ids["outer \"job\""]) + export(cluster, "--path", f"{base}/out")


def test_events_are_as_the_specification_demands(events):
    assert len(events) >= 6
    for event in events:
        VALIDATOR.validate(event)


@pytest.mark.parametrize("wrong", [
    lambda event: event.pop("producer"), lambda event: event.update(eventTime="yesterday"),
    lambda event: event["run"].update(runId="run-1"), lambda event: event.update(eventType="DONE"),
    lambda event: event["outputs"][0].pop("namespace"),
    lambda event: event["outputs"][0]["facets"]["version"].pop("_schemaURL"),
    lambda event: event["run"]["facets"]["parent"].pop("job")])
def test_the_judge_refuses_what_is_wrong(events, wrong):
    event = copy.deepcopy(events[1])
    wrong(event)
    assert not VALIDATOR.is_valid(event)


def test_openlineages_own_client_writes_the_same_events(events):
    for event in events:
        facets = {}
        if "parent" in event["run"]["facets"]:
            parent = event["run"]["facets"]["parent"]
            facets["parent"] = parent_run.ParentRunFacet(
                run=parent_run.Run(**parent["run"]), job=parent_run.Job(**parent["job"]), producer=parent["_producer"])
        rebuilt = RunEvent(
            eventType=RunState[event["eventType"]], eventTime=event["eventTime"], producer=event["producer"],
            run=Run(runId=event["run"]["runId"], facets=facets), job=Job(**event["job"]),
            inputs=[dataset(InputDataset, one) for one in event["inputs"]],
            outputs=[dataset(OutputDataset, one) for one in event["outputs"]])
        assert comparable(Serde.to_dict(rebuilt)) == comparable(event)


def dataset(kind, one):
    version = one["facets"]["version"]
    facet = dataset_version_dataset.DatasetVersionDatasetFacet(
        datasetVersion=version["datasetVersion"], producer=version["_producer"])
    return kind(namespace=one["namespace"], name=one["name"], facets={"version": facet})


def comparable(value):
    """Without what is empty, and without the versions of the facets' own pages, which their client is ahead with."""
    if isinstance(value, dict):
        kept = {key: comparable(one) for key, one in value.items() if key != "_schemaURL"}
        return {key: one for key, one in kept.items() if one not in ({}, [], None)}
    return [comparable(one) for one in value] if isinstance(value, list) else value
