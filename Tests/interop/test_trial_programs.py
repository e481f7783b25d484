"""What a trial's program can do without hfs's own libraries: the Python module that ships with hfs, event files alone, and Optuna's
view of the experiment."""

import json
import os
import struct
import subprocess
import sys

import pytest

from conftest import BINARY
from test_experiments import SPACE, TENSORBOARD, cat, command, environment, project, run, show, trials  # noqa: F401

OPTUNA = os.environ.get("HFS_OPTUNA_PYTHON")


def python(text):
    return [sys.executable, "-c", text]


def test_the_module_gives_parameters_and_takes_reports_and_outputs(cluster, project):
    record = run(cluster, project, *SPACE, "--space", "act=relu|tanh", "--trials", 2, "--seed", 3, program=python(
        "import hfs_trial as t, os\n"
        "assert t.is_trial and t.attempt == 1 and t.includes('conv') and t.columns(['a', 'b']) == ['a', 'b']\n"
        "for step in range(3): t.report(t.params['x'] + step, step=step, loss=0.5)\n"
        "note = os.environ['HFS_LOGDIR'] + '/../note.txt'\n"
        "open(note, 'w').write(t.params['act'])\n"
        "t.output(note=note, width=t.number); t.output(width=7)\n"))
    assert record["ended"] == {"FINISHED": 2}
    for trial in trials(cluster, project):
        assert trial["metric"] == pytest.approx(trial["parameters"]["x"] + 2)
        outputs = json.loads(cat(cluster, f"{trial['path']}/outputs.json"))
        assert outputs["width"] == 7
        assert cat(cluster, f"{trial['path']}/files/note.txt") == trial["parameters"]["act"]
        reports = [json.loads(line) for line in cat(cluster, f"{trial['path']}/metrics.jsonl").splitlines()]
        assert reports[-1]["values"]["loss"] == 0.5


def test_a_program_that_reports_learns_that_it_is_to_stop(cluster, project):
    record = run(cluster, project, *SPACE, "--trials", 2, "--early-stop", "median:min=1", "--grace", "60", timeout=90, program=python(
        "import hfs_trial, os, time\n"
        "step = 0\n"
        "try:\n"
        "    while hfs_trial.number or step < 1000:\n"
        "        hfs_trial.report(1 - hfs_trial.number, step=step); step += 1; time.sleep(0.1 * hfs_trial.number)\n"
        "finally: hfs_trial.output(steps=step, last='cleaned up')\n"))
    assert record["ended"] == {"FINISHED": 1, "STOPPED": 1}
    stopped = trials(cluster, project)[1]
    outputs = json.loads(cat(cluster, f"{stopped['path']}/outputs.json"))
    assert outputs["last"] == "cleaned up" and outputs["steps"] == stopped["step"]
    assert "Traceback" not in cat(cluster, f"{stopped['path']}/output.log")


def test_an_attempt_goes_on_from_the_checkpoint_of_the_one_before(cluster, project):
    record = run(cluster, project, *SPACE, "--trials", 1, "--retries", 1, program=python(
        "import hfs_trial as t, os, sys\n"
        "total = float(open(t.restore()[1]).read()) if t.restore() else 0\n"
        "for step in range(t.restored_step() + 1, 10):\n"
        "    total += step\n"
        "    t.checkpoint(step, lambda path: open(path, 'w').write(str(total)))\n"
        "    t.report(total, step=step)\n"
        "    if step == 5 and t.attempt == 1: sys.exit(3)\n"
        "assert sorted(os.listdir(os.environ['HFS_CHECKPOINT_DIR']))[-2:] == ['step-000000008', 'step-000000009']\n"))
    assert record["ended"] == {"FINISHED": 1} and record["best"]["metric"] == 45 and record["best"]["attempts"] == 2
    log = cat(cluster, f"{record['best']['path']}/output.log")
    assert "step=6" in log and "metric score=15.0 step=5" not in log


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
    crc ^= 0xFFFFFFFF
    return struct.pack("<I", ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF)


def scalar_record(tag, value, step):
    inner = b"\x0a" + bytes([len(tag)]) + tag.encode() + b"\x15" + struct.pack("<f", value)
    summary = b"\x0a" + bytes([len(inner)]) + inner
    event = b"\x09" + struct.pack("<d", 1.0) + b"\x10" + bytes([step]) + b"\x2a" + bytes([len(summary)]) + summary
    length = struct.pack("<Q", len(event))
    return length + crc32c(length) + event + crc32c(event)


def test_a_program_that_only_writes_event_files_has_its_metric_read_while_it_runs(cluster, project, tmp_path):
    for number in range(2):
        values = [0.25] * 38 + [0.5, 0.75] if number == 0 else [0.125] * 40
        for step, value in enumerate(values):
            (tmp_path / f"{number}.{step}").write_bytes(scalar_record("score", value, step))
    # The second trial is hopeless: it is seen from its event file alone, before its end.
    program = (f"for n in $(seq 0 39); do f={tmp_path}/$HFS_TRIAL.$n; [ -e $f ] || break; "
               "cat $f >> $HFS_LOGDIR/events.out.tfevents.1.host; [ $HFS_TRIAL = 0 ] || sleep 0.5; done")
    record = run(cluster, project, *SPACE, "--trials", 2, "--early-stop", "median:min=1", "--grace", "1",
                 timeout=90, program=["sh", "-c", program])
    assert record["ended"] == {"FINISHED": 1, "STOPPED": 1} and record["best"]["metric"] == 0.75
    reports = [json.loads(line) for line in cat(cluster, f"{record['best']['path']}/metrics.jsonl").splitlines()]
    assert [r["step"] for r in reports] == list(range(40))
    assert [r["values"] for r in reports[-3:]] == [{"score": 0.25}, {"score": 0.5}, {"score": 0.75}]


@pytest.mark.skipif(not TENSORBOARD, reason="HFS_TENSORBOARD_PYTHON names no Python with tensorboard")
def test_event_files_of_tensorboards_own_writer_are_read(cluster, project):
    record = run(cluster, project, *SPACE, "--trials", 1, program=[TENSORBOARD, "-c", (
        "import os\n"
        "from tensorboard.summary.writer.event_file_writer import EventFileWriter\n"
        "from tensorboard.compat.proto.event_pb2 import Event\n"
        "from tensorboard.compat.proto.summary_pb2 import Summary\n"
        "writer = EventFileWriter(os.environ['HFS_LOGDIR'])\n"
        "for step in range(5):\n"
        "    value = Summary.Value(tag='score', simple_value=step / 4)\n"
        "    writer.add_event(Event(wall_time=step, step=step, summary=Summary(value=[value])))\n"
        "writer.close()\n")])
    assert record["ended"] == {"FINISHED": 1} and record["best"]["metric"] == 1 and record["best"]["step"] == 4


def test_the_experiment_is_a_study_of_optuna(cluster, project, tmp_path):
    program = python("import hfs_trial as t, sys\n"
                     "if t.number == 3: sys.exit(1)\n"
                     "for step in range(3): t.report(t.params['x'] + step, step=step)\n")
    record = run(cluster, project, *SPACE, "--space", "act=relu|tanh", "--space", "n=int:1..9:step2", "--trials", 5,
                 "--seed", 1, program=program)
    study = tmp_path / "optuna.journal"
    cluster.hfs("get", f"{record['path']}/optuna.journal", study, user="alice", check=0)
    lines = [json.loads(line) for line in study.read_text().splitlines()]
    ours = trials(cluster, project)
    assert lines[0]["study_name"] == "experiment-1" and lines[0]["directions"] == [2]
    assert [line["state"] for line in lines[3:]] == [1, 1, 1, 3, 1]
    assert [line.get("value") for line in lines[3:]] == [trial.get("metric") for trial in ours]
    if not OPTUNA:
        return
    read = subprocess.run([OPTUNA, "-W", "ignore", "-c", (
        "import json, sys, optuna\n"
        "from optuna.storages import JournalStorage\n"
        "from optuna.storages.journal import JournalFileBackend\n"
        "study = optuna.load_study(study_name='experiment-1', storage=JournalStorage(JournalFileBackend(sys.argv[1])))\n"
        "print(json.dumps({'best': study.best_trial.number, 'params': [t.params for t in study.trials],\n"
        "    'states': [t.state.name for t in study.trials], 'reports': study.trials[0].intermediate_values,\n"
        "    'seconds': study.trials[0].duration.total_seconds()}))\n"
        "study.optimize(lambda trial: trial.suggest_float('x', 0, 1), n_trials=1)\n"), study],
        capture_output=True, text=True, timeout=120)
    assert read.returncode == 0, read.stderr
    theirs = json.loads(read.stdout)
    assert theirs["best"] == record["best"]["trial"]
    assert theirs["params"] == [trial["parameters"] for trial in ours]
    assert theirs["states"] == ["COMPLETE", "COMPLETE", "COMPLETE", "FAIL", "COMPLETE"]
    assert theirs["reports"] == {str(step): pytest.approx(ours[0]["parameters"]["x"] + step) for step in range(3)}
    assert 0 < theirs["seconds"] < 60
